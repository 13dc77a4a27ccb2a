"""Values that point to something else by its code. That it exists is checked where they are written."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, Setting, ValueType, pick
from catalog.values.settings import DEFAULT, ENTITY

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
MAX_LINKS = 200


class Link(ValueType):
    """What links have in common: a code, kept in the spelling of what it points to."""

    noun: str
    operators = frozenset(["="])
    settings: ClassVar[tuple[Setting, ...]] = (DEFAULT,)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, str) or not _CODE.fullmatch(raw.strip()):
            raise Invalid(f"expected {self.noun}, such as AB-123")
        return raw.strip()

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(str(value).lower()),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return Entry(str(Link.parse(self, raw, spec)).lower())

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_CODE.pattern}$"}


class ProductReference(Link):
    """Another product, by SKU."""

    code = "reference"
    searchable = True
    label = "Product"
    noun = "a product's SKU"


class AssetLink(Link):
    """A file of the asset library, by its code."""

    code = "asset"
    label = "Asset"
    noun = "an asset's code"


class AssetLinks(AssetLink):
    """Several files of the asset library, each once, in the order given."""

    code = "assets"
    label = "Assets"
    many = True

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        items = [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw
        if not isinstance(items, list):
            raise Invalid(f"expected a list of codes of assets, not {type(raw).__name__}")
        if len(items) > MAX_LINKS:
            raise Invalid(f"{len(items)} assets are too many; at most {MAX_LINKS} are allowed")
        codes: dict[str, Json] = {}
        for item in items:
            code = super().parse(item, spec)
            codes.setdefault(str(code).lower(), code)
        if not codes:
            raise Invalid("no asset is named; leave the value out instead")
        return list(codes.values())

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return ", ".join(value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return tuple(Entry(str(code).lower()) for code in value)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": super().schema(spec)}


class RecordLink(Link):
    """A record of an entity that users define, such as a brand or a material, by its code."""

    code = "record"
    label = "Record"
    noun = "a record's code"
    faceted = True
    searchable = True
    settings = (ENTITY, DEFAULT)

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        """The record's label, where the records were loaded as the attribute's options; else its code."""
        code, labels = spec.options.get(str(value).lower(), (str(value), {}))
        return pick(labels, chain) or code
