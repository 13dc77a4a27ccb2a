"""Attribute groups, attributes, options, families and their variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from catalog.importing.compare import Item, Kind
from catalog.importing.links import Links
from catalog.importing.plan import AttributeRecord, FamilyRecord, FamilyVariantRecord, GroupRecord, OptionRecord
from catalog.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Channel,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
)


class Groups(Kind[GroupRecord]):
    name = "groups"
    noun = "attribute group"
    model = AttributeGroup
    plain = ("position",)


class Attributes(Kind[AttributeRecord]):
    name = "attributes"
    noun = "attribute"
    model = Attribute
    plain = ("type", "localizable", "per_channel", "filterable", "role", "settings", "position")
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


def _requiring(kind: Kind[FamilyRecord], item: Item) -> Iterator[dict[str, Any]]:
    """The channels that need one attribute of a family."""
    code = kind.run.known.pointed(item.row, "attribute").code.lower()
    for channel, attributes in item.record.requirements.items():
        found = kind.run.known.get(Channel, channel)
        if found is not None and code in {attribute.lower() for attribute in attributes}:
            yield {"channel": found}


def _is_of_another_channel(kind: Kind[FamilyRecord], item: Item, row: Any) -> bool:
    channel = kind.run.known.pointed(row, "channel")
    return channel.code.lower() not in {code.lower() for code in item.record.requirements}


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
    FamilyAttribute.required_by.through,
    "familyattribute",
    ("channel",),
    _requiring,
    keeps=_is_of_another_channel,
)


class Families(Kind[FamilyRecord]):
    """Requirements hang on a family's attributes, which hang on the family."""

    name = "families"
    noun = "family"
    model = Family
    references = {"label_attribute": Attribute, "image_attribute": Attribute}
    links = (FAMILY_ATTRIBUTES,)

    def compare_links(self) -> None:
        super().compare_links()
        places = [
            (item, Item(item.record, row, new=row.pk is None))
            for item in self.items
            for row in item.linked["attributes"]
        ]
        self.link_changes.append(REQUIREMENTS.compare(self, [place for _, place in places]))
        for item, place in places:
            item.touched = item.touched or place.touched
        for item in self.items:
            self._report_requirements(item)

    def _report_requirements(self, item: Item) -> None:
        """Channels that are unknown, and attributes a family has not."""
        here = {self.run.known.pointed(row, "attribute").code.lower() for row in item.linked["attributes"]}
        for channel, attributes in item.record.requirements.items():
            self.find(item.record, "requirements", Channel, channel)
            for code in attributes:
                if code.lower() not in here:
                    self.issue(item.record, f"requirements.{channel}", code, "the family has no such attribute.")


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
