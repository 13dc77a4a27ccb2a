"""Values that point to an asset or to another product, by code."""

from __future__ import annotations

import re
from typing import Any

from catalog.values.base import AttributeSpec, Invalid, Json, ValueType

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")


class ProductReference(ValueType):
    """Another product, by SKU. That it exists is checked where it is written."""

    code = "reference"
    label = "Product"
    noun = "a product's SKU"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, str) or not _CODE.fullmatch(raw.strip()):
            raise Invalid(f"expected {self.noun}, such as AB-123")
        return raw.strip()

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(value)


class AssetLink(ProductReference):
    """A file of the asset library, by its code."""

    code = "asset"
    label = "Asset"
    noun = "an asset's code"
