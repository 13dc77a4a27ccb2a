"""What a document is assembled from, as plain data: loaded once for many products, then no database is needed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.inheritance import level_of
from catalog.values import AttributeSpec, Level

# Put behind an association type's code where it is seen from the other side and reads differently from there. No code
# has a colon.
INVERSE = ":inverse"


@dataclass(frozen=True)
class Context:
    """For whom a document is assembled. `chain` is the wanted language and its fallbacks, best first.

    Codes are spelt as in the knowledge base; "" where the channel says nothing. `on` is the day on which validity is
    judged. `units` are those its readers expect, by kind of unit. `expired_claims` is a channel's policy, "warn" or
    "block". `meets` are the rules, by their text, that the product meets.
    """

    channel: str
    chain: tuple[str, ...]
    medium: str
    market: str
    audience: str
    currencies: tuple[str, ...]
    on: datetime.date
    units: Mapping[str, str] = field(default_factory=dict, hash=False)
    expired_claims: str = "warn"
    meets: frozenset[str] = frozenset()

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


@dataclass(frozen=True, eq=False)
class FragmentContent:
    """What is out of a fragment; `content` as frozen by catalog.operations.fragments.freeze.

    `revision` is the number of the revision that says so; a language may have its text from an earlier one.
    """

    code: str
    revision: int
    content: Mapping[str, Any]

    def revision_of(self, language: str) -> int:
        """The number of the revision whose text is shown in a language."""
        return int(self.content.get("revisions", {}).get(language, self.revision))


@dataclass(frozen=True)
class Placed:
    """A fragment placed where the product gets it, or taken out there where it is `excluded`.

    `kind` is product, category, family or filter; `owner` its SKU or code, or the filter's text, which the product need
    not meet in every language. `distance` counts levels for a product (0 is itself) and steps up from the deepest
    category for a category. `supposed`: it is not there, but asked about.
    """

    fragment: FragmentContent
    slot: SlotInfo
    kind: str
    owner: str
    distance: int
    position: int
    excluded: bool = False
    supposed: bool = False

    @property
    def what(self) -> tuple[str, str]:
        return self.fragment.code, self.slot.code

    @property
    def level(self) -> tuple[int, int]:
        return level_of(self.kind, self.distance)


@dataclass(frozen=True)
class AssetInfo:
    """`url` is where a link leads; a file has none and is known by its digest."""

    code: str
    kind: str
    media_type: str
    width: int | None
    height: int | None
    digest: str
    alt: Mapping[str, str]
    expires: datetime.date | None = None
    url: str = ""


@dataclass(frozen=True)
class Association:
    """Where a product points to. Seen from the other side of a two-way type that reads differently from there, the
    type is its code with INVERSE.
    """

    type: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Required:
    """What the channel demands of a product: a fact, a text in a slot or an asset in a role, as `kind` says.

    `languages` are those in which its condition holds; None where it is demanded in all.
    """

    kind: str
    code: str
    languages: frozenset[str] | None = None


@dataclass(frozen=True)
class Linked:
    """A product that texts name by its SKU. `released` says whether the channel has it.

    `name` is the attribute that names it, and `attributes` those its value is made of.
    """

    sku: str
    released: bool
    name: str
    attributes: tuple[AttributeSpec, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Library:
    """What all products of a release share. Keys are lower-case codes; `linked` are products that texts name.

    `plans` is where assembling keeps what it works out from all this (assembling.plans).
    """

    fragments: Mapping[str, FragmentContent] = field(default_factory=dict)
    assets: Mapping[str, AssetInfo] = field(default_factory=dict)
    attributes: Mapping[str, AttributeSpec] = field(default_factory=dict)
    linked: Mapping[str, Linked] = field(default_factory=dict)
    plans: dict[Context, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class ProductBundle:
    """One product with all that counts for it, inheritance not yet resolved.

    `levels` run from the product up to its root, then come its family's facts and the attributes' defaults;
    `attributes` are in display order; `categories` are paths from their tree's root down; `assets` are (role, asset) of
    the level that fills the role. `cuts` says for what only so many levels count (catalog.inheritance), and `origins`
    where categories and assets come from and what was cut off, as provenance tells it. `meets` are the rules, by
    their text, that it meets in each language.
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
    required: tuple[Required, ...] = ()
    categories: tuple[tuple[Labelled, ...], ...] = ()
    placements: tuple[Placed, ...] = ()
    assets: tuple[tuple[str, AssetInfo], ...] = ()
    associations: tuple[Association, ...] = ()
    cuts: Mapping[str, int] = field(default_factory=dict)
    meets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    origins: Mapping[str, Any] = field(default_factory=dict)
