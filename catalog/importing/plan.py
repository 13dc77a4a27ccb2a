"""A plan: everything an import wants to be true, as plain data, and what it could not take.

Sources make plans and know no database; `apply` makes them true and knows no file. Codes that differ only in case name
the same thing. A dry run is a plan compared and not written.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Texts by language code.
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Issue:
    """Something that could not be taken as it stands: where, what, why, and what was done instead.

    `line` is 1 for the first line of the file; 0 where the whole file is meant.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        column = f", column {self.column}" if self.column else ""
        value = f": “{self.value[:80]}”" if self.value else ""
        return f"{place}{column}{value}: {self.reason}"


# In all records, None says that the source does not speak of it: what is there stays.


@dataclass(frozen=True)
class GroupRecord:
    code: str
    label: Texts = field(default_factory=dict)
    position: int = 0
    responsible: str | None = None


@dataclass(frozen=True)
class AttributeRecord:
    code: str
    type: str
    group: str
    label: Texts = field(default_factory=dict)
    help_text: Texts = field(default_factory=dict)
    localizable: bool = False
    per_channel: bool = False
    filterable: bool = False
    role: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0
    unique: bool | None = None


@dataclass(frozen=True)
class EntityTypeRecord:
    """A kind of thing that products refer to; `attributes` in order."""

    code: str
    label: Texts = field(default_factory=dict)
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EntityRecord:
    """One thing of a kind; `values` is a facts' document, normalised."""

    entity_type: str
    code: str
    label: Texts = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class OptionRecord:
    attribute: str
    code: str
    label: Texts = field(default_factory=dict)
    color: str = ""
    position: int = 0


# How a requirement says that it is not of an attribute.
SLOT, ASSET = "slot:", "asset:"


def split_need(need: str) -> tuple[str, str]:
    """A requirement's two parts: an attribute's code, "slot:CODE" or "asset:ROLE"; and its condition, a filter or "".

    Such as "energy_label if category = lighting".
    """
    what, _, condition = need.partition(" if ")
    return what.strip(), condition.strip()


@dataclass(frozen=True)
class FamilyRecord:
    """`attributes` in order; `requirements` maps a channel's code to what it needs: see `split_need`.

    `values` is a facts' document, normalised, of what all its products have until they say otherwise.
    """

    code: str
    label: Texts = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    label_attribute: str = ""
    image_attribute: str = ""
    requirements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class VariantLevel:
    """One level below the root: the axes that tell its variants apart, and the other attributes that live there."""

    axes: tuple[str, ...]
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FamilyVariantRecord:
    code: str
    family: str
    label: Texts = field(default_factory=dict)
    levels: tuple[VariantLevel, ...] = ()


@dataclass(frozen=True)
class CategoryRecord:
    """`parent` is "" for the root of a tree. Parents stand before their children; siblings in order."""

    code: str
    parent: str = ""
    label: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class TagRecord:
    """`parent` is the broader tag as "facet:code", or ""."""

    facet: str
    code: str
    label: Texts = field(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True)
class SlotRecord:
    code: str
    label: Texts = field(default_factory=dict)
    multiple: bool = False
    rich: bool = True
    max_length: int | None = None
    position: int = 0
    responsible: str | None = None
    required_facets: tuple[str, ...] | None = None
    four_eyes: bool | None = None


@dataclass(frozen=True)
class AssociationTypeRecord:
    code: str
    label: Texts = field(default_factory=dict)
    position: int = 0
    two_way: bool | None = None
    inverse_label: Texts = field(default_factory=dict)
    bundle: bool | None = None


@dataclass(frozen=True)
class MarketRecord:
    code: str
    currency: str
    label: Texts = field(default_factory=dict)
    country: str = ""


@dataclass(frozen=True)
class AudienceRecord:
    code: str
    label: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class ChannelRecord:
    """`languages` are pairs (language, fallback or ""), in order."""

    code: str
    label: Texts = field(default_factory=dict)
    medium: str = "web"
    market: str = ""
    audience: str = ""
    languages: tuple[tuple[str, str], ...] = ()
    tree: str = ""
    families: tuple[str, ...] = ()
    selection: str = ""
    currencies: tuple[str, ...] = ()
    public: bool = False
    units: Mapping[str, str] | None = None
    text_limits: Mapping[str, int] | None = None
    min_picture: int | None = None
    expired_claims: str | None = None
    keep_releases: int | None = None
    keep_days: int | None = None


@dataclass(frozen=True)
class ForbiddenTermRecord:
    """A word that texts must not have, in one language or ("") in all, on one channel or ("") on all."""

    term: str
    language: str = ""
    channel: str = ""
    instead: str = ""


@dataclass(frozen=True)
class AssetRecord:
    """A file to be stored under `code`; `path` is where its bytes are now."""

    code: str
    path: Path
    title: Texts = field(default_factory=dict)
    alt: Texts = field(default_factory=dict)
    rights_holder: str | None = None
    licence: str | None = None
    expires: datetime.date | None = None


@dataclass(frozen=True)
class ProductRecord:
    """`values` is the facts' document, normalised (see catalog.models.Product); asset values are asset codes.

    `assets` are (role, asset code) in order; `associations` are (type, SKU, quantity) in order.
    """

    sku: str
    family: str = ""
    family_variant: str = ""
    parent: str = ""
    status: str = "enabled"
    categories: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    assets: tuple[tuple[str, str], ...] = ()
    associations: tuple[tuple[str, str, int], ...] = ()
    own_only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PlacementRecord:
    """Exactly one of product, family, category, filter is named; `excluded` takes the fragment out there."""

    slot: str
    product: str = ""
    family: str = ""
    category: str = ""
    filter: str = ""
    excluded: bool = False
    position: int = 0


@dataclass(frozen=True)
class FragmentRecord:
    """A fragment with its placements. `approved` asks for a revision when the content differs from the latest one.

    None where nothing is said: then what vouches for it stays as it is.
    """

    code: str
    title: Texts
    body: Texts
    rich: bool = True
    placements: tuple[PlacementRecord, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    verified_on: datetime.date | None = None
    claim_valid_until: datetime.date | None = None
    vouched_by: str | None = None
    source_document: str | None = None
    channels: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    products: str | None = None
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None
    approved: bool = True


@dataclass
class Plan:
    """Everything one import wants, in the order in which it is applied, and its issues.

    `rows` counts what the files hold, by file name, so that a report can be added up against them.
    """

    source: str
    groups: list[GroupRecord] = field(default_factory=list)
    attributes: list[AttributeRecord] = field(default_factory=list)
    options: list[OptionRecord] = field(default_factory=list)
    entity_types: list[EntityTypeRecord] = field(default_factory=list)
    records: list[EntityRecord] = field(default_factory=list)
    families: list[FamilyRecord] = field(default_factory=list)
    family_variants: list[FamilyVariantRecord] = field(default_factory=list)
    categories: list[CategoryRecord] = field(default_factory=list)
    tags: list[TagRecord] = field(default_factory=list)
    slots: list[SlotRecord] = field(default_factory=list)
    association_types: list[AssociationTypeRecord] = field(default_factory=list)
    markets: list[MarketRecord] = field(default_factory=list)
    audiences: list[AudienceRecord] = field(default_factory=list)
    channels: list[ChannelRecord] = field(default_factory=list)
    forbidden_terms: list[ForbiddenTermRecord] = field(default_factory=list)
    assets: list[AssetRecord] = field(default_factory=list)
    products: list[ProductRecord] = field(default_factory=list)
    fragments: list[FragmentRecord] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


class Refused(Exception):
    """The files are not what they claim to be. Nothing was written; the message is one line that names the place."""
