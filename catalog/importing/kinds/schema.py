"""Attribute groups, attributes, options, families and their variants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from catalog.filters import FilterError, parse
from catalog.importing.compare import Item, Kind
from catalog.importing.links import Links
from catalog.importing.plan import (
    ASSET,
    SLOT,
    AttributeRecord,
    FamilyRecord,
    FamilyVariantRecord,
    GroupRecord,
    OptionRecord,
    split_need,
)
from catalog.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Channel,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
    Requirement,
    Slot,
)


class Groups(Kind[GroupRecord]):
    name = "groups"
    noun = "attribute group"
    model = AttributeGroup
    plain = ("position",)
    optional = ("responsible",)


class Attributes(Kind[AttributeRecord]):
    name = "attributes"
    noun = "attribute"
    model = Attribute
    plain = ("type", "localizable", "per_channel", "filterable", "role", "settings", "position")
    optional = ("unique",)
    texts = ("label", "help_text")
    references = {"group": AttributeGroup}


class Options(Kind[OptionRecord]):
    name = "options"
    noun = "option"
    model = AttributeOption
    identity = ("attribute", "code")
    plain = ("color", "position")
    references = {"attribute": Attribute}


def _family_attributes(kind: Kind[FamilyRecord], item: Item) -> Iterator[dict[str, Any]]:
    attributes = kind.find_all(item.record, "attributes", Attribute, item.record.attributes)
    return ({"attribute": attribute, "position": place} for place, attribute in enumerate(attributes))


def _is_unknown_to_the_plan(kind: Kind[FamilyRecord], _: Item, row: FamilyAttribute) -> bool:
    """An attribute that was added here to a family from elsewhere stays."""
    return kind.run.known.pointed(row, "attribute").code.lower() not in kind.run.attributes


def _requirements(kind: Kind[FamilyRecord], item: Item) -> Iterator[dict[str, Any]]:
    """What the channels named need of the family's products."""
    here = {kind.run.known.pointed(row, "attribute").code.lower() for row in item.linked["attributes"]}
    for channel, needs in item.record.requirements.items():
        found = kind.find(item.record, "requirements", Channel, channel)
        for need in needs:
            columns = _needed(kind, item.record, f"requirements.{channel}", need, here)
            if columns is not None and found is not None:
                yield {"channel": found, **columns}


def _needed(
    kind: Kind[FamilyRecord], record: FamilyRecord, column: str, need: str, here: Collection[str]
) -> dict[str, Any] | None:
    """The columns of one requirement; an issue and None where it cannot be."""
    what, condition = split_need(need)
    code = what.partition(":")[2]
    columns: dict[str, Any] = {"attribute": None, "slot": None, "asset_role": "", "condition": condition}
    if what.startswith(SLOT):
        columns["slot"] = kind.find(record, column, Slot, code)
    elif what.startswith(ASSET) and code:
        columns["asset_role"] = code
    elif what.lower() in here:
        columns["attribute"] = kind.run.known.get(Attribute, what)
    else:
        kind.issue(record, column, what, "the family has no such attribute.")
    try:
        parse(condition)
    except FilterError as error:
        kind.issue(record, column, condition, f"{error} Until this is mended, all products of the family need it.")
    return columns if columns["attribute"] or columns["slot"] or columns["asset_role"] else None


def _is_not_the_plans(kind: Kind[FamilyRecord], item: Item, row: Requirement) -> bool:
    """What another channel needs stays, and texts and files where the plan speaks only of attributes."""
    channel = kind.run.known.pointed(row, "channel").code.lower()
    needs = {code.lower(): needs for code, needs in item.record.requirements.items()}.get(channel)
    if needs is None:
        return True
    prefix = SLOT if row.slot_id else ASSET if row.asset_role else ""
    return bool(prefix) and not any(need.startswith(prefix) for need in needs)


FAMILY_ATTRIBUTES = Links(
    "attributes",
    FamilyAttribute,
    "family",
    ("attribute",),
    _family_attributes,
    payload=("position",),
    keeps=_is_unknown_to_the_plan,
)
REQUIREMENTS = Links(
    "requirements",
    Requirement,
    "family",
    ("channel", "attribute", "slot", "asset_role"),
    _requirements,
    payload=("condition",),
    keeps=_is_not_the_plans,
)


class Families(Kind[FamilyRecord]):
    """Requirements come after the attributes, of which they speak."""

    name = "families"
    noun = "family"
    model = Family
    optional = ("values",)
    references = {"label_attribute": Attribute, "image_attribute": Attribute}
    links = (FAMILY_ATTRIBUTES, REQUIREMENTS)


def _levels(kind: Kind[FamilyVariantRecord], item: Item) -> Iterable[dict[str, Any]]:
    """Axes before the other attributes, so that an attribute named as both is an axis."""
    for number, level in enumerate(item.record.levels, 1):
        for axis, codes in ((True, level.axes), (False, level.attributes)):
            for attribute in kind.find_all(item.record, "levels", Attribute, codes):
                yield {"attribute": attribute, "level": number, "axis": axis}


class FamilyVariants(Kind[FamilyVariantRecord]):
    name = "family_variants"
    noun = "family variant"
    model = FamilyVariant
    references = {"family": Family}
    links = (
        Links(
            "levels",
            FamilyVariantAttribute,
            "family_variant",
            ("attribute",),
            _levels,
            payload=("level", "axis"),
        ),
    )
