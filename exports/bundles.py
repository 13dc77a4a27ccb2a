"""What a document is assembled from, as plain data: loaded once for many products, then no database is needed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.values import AttributeSpec, Level


@dataclass(frozen=True)
class Context:
    """For whom a document is assembled. `chain` is the wanted language and its fallbacks, best first.

    Codes are spelt as in the knowledge base; "" where the channel says nothing. `on` is the day on which validity is
    judged.
    """

    channel: str
    chain: tuple[str, ...]
    medium: str
    market: str
    audience: str
    currencies: tuple[str, ...]
    on: datetime.date

    @property
    def language(self) -> str:
        return self.chain[0]


@dataclass(frozen=True)
class Labelled:
    """Something with a code and labels by language."""

    code: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class SlotInfo:
    code: str
    multiple: bool
    rich: bool
    position: int


@dataclass(frozen=True)
class FragmentContent:
    """The approved revision of a fragment; `content` as frozen by catalog.operations.fragments.freeze."""

    code: str
    revision: int
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """A fragment placed where the product gets it. `kind` is product, category or family; `owner` its SKU or code.

    `distance` counts levels for a product (0 is itself) and steps up from the deepest category for a category.
    """

    fragment: FragmentContent
    slot: SlotInfo
    kind: str
    owner: str
    distance: int
    position: int


@dataclass(frozen=True)
class AssetInfo:
    code: str
    kind: str
    media_type: str
    width: int | None
    height: int | None
    digest: str
    alt: Mapping[str, str]
    expires: datetime.date | None = None


@dataclass(frozen=True)
class Association:
    type: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Library:
    """What all products of a release share. Keys are lower-case codes."""

    fragments: Mapping[str, FragmentContent] = field(default_factory=dict)
    assets: Mapping[str, AssetInfo] = field(default_factory=dict)


@dataclass(frozen=True)
class ProductBundle:
    """One product with all that counts for it, inheritance not yet resolved.

    `levels` run from the product up to its root; `attributes` are in display order; `categories` are paths from their
    tree's root down; `assets` are (role, asset) of the nearest level that fills the role.
    """

    sku: str
    type: str
    parent: str | None
    variants: tuple[str, ...]
    axes: tuple[str, ...]
    family: Labelled | None
    label_attribute: str
    image_attribute: str
    levels: tuple[Level, ...]
    attributes: tuple[AttributeSpec, ...]
    required: tuple[str, ...] = ()
    categories: tuple[tuple[Labelled, ...], ...] = ()
    placements: tuple[Placed, ...] = ()
    assets: tuple[tuple[str, AssetInfo], ...] = ()
    associations: tuple[Association, ...] = ()
