"""What products can say: attributes with their options, and families."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from catalog import querysets
from catalog.actors import Actor
from catalog.api import parameters as reading
from catalog.api.facts import FACTS, blamed
from catalog.api.fields import (
    Choice,
    Code,
    Document,
    Field,
    Flag,
    Json,
    Link,
    Links,
    Rows,
    Text,
    Texts,
    Whole,
)
from catalog.api.problems import Error, below
from catalog.api.resources.base import Parameter, Parameters, Resource, errors_of
from catalog.api.resources.taxonomy import named
from catalog.api.resources.upkeep import upkeep
from catalog.models import Asset, Attribute, AttributeGroup, Channel, Family, Slot
from catalog.operations.attributes import save_attribute
from catalog.operations.holders import save_with_facts
from catalog.operations.parts import PartError, set_members, set_options, set_requirements
from catalog.values import TYPES

_WORD: Json = {"type": "string"}


class Groups(Resource):
    name, plural, route = "AttributeGroup", "AttributeGroups", "attribute-groups"
    one, words = "an attribute group", "attribute groups"
    about = "A heading under which attributes stand."
    model = AttributeGroup
    acts = upkeep(AttributeGroup, "an attribute group")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(), written="creation", required=True),
        Field("label", Texts(200)),
        Field("responsible", Text(100), "Who supplies what is missing here."),
        Field("position", Whole()),
    )
    example: ClassVar[Json] = {"code": "logistics", "label": {"en": "Logistics"}, "responsible": "purchase"}


class OwnsParts(Resource):
    """A resource whose operations write parts of it, too, and say which was wrong."""

    def blame(self, error: ValidationError, row: Any, data: Mapping[str, Any]) -> list[Error]:
        if not isinstance(error, PartError):
            return super().blame(error, row, data)
        place = below(f"/{error.part}", error.index)
        kind = next(each.kind for each in self.fields if each.name == error.part)
        fields = kind.fields if isinstance(kind, Rows) else ()
        return [{**found, "pointer": place + found["pointer"]} for found in errors_of(error.error, fields)]


OPTION = (
    Field("code", Code(), required=True),
    Field("label", Texts(200)),
    Field("color", Text(7), "Such as #8c2f1b."),
    Field("picture", Link(Asset)),
    Field("retired", Flag()),
)


class Attributes(OwnsParts):
    name, plural, route = "Attribute", "Attributes", "attributes"
    one, words = "an attribute", "attributes"
    about = "A typed characteristic (docs/attributes.md), with its options where it is a choice."
    model = Attribute
    acts = upkeep(Attribute, "an attribute")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(), written="creation", required=True),
        Field("type", Choice(tuple(TYPES)), written="creation", required=True),
        Field("group", Link(AttributeGroup, empty=False), required=True),
        Field("label", Texts(200)),
        Field("help_text", Texts(500)),
        Field("position", Whole()),
        Field("localizable", Flag(), "One value per language."),
        Field("per_channel", Flag(), "One value per channel."),
        Field("filterable", Flag()),
        Field("unique", Flag(), "No two products share a value."),
        Field("retired", Flag()),
        Field("role", Choice(tuple(Attribute.Role.values)), "What it means to every receiver."),
        Field("settings", Document(), "What its type understands; replaced as a whole."),
        Field("options", Rows(OPTION, lambda row: row.options.all()), "In order; replaced as a whole."),
    )
    parameters = (
        Parameter("type", "Only those of this type.", {"type": "string", "enum": list(TYPES)}),
        Parameter("group", "Only those of this group.", _WORD),
        Parameter("family", "Only those that this family has.", _WORD),
    )
    example: ClassVar[Json] = {
        "code": "color",
        "type": "select",
        "group": "technical",
        "label": {"en": "Colour", "de": "Farbe"},
        "filterable": True,
        "options": [{"code": "black", "label": {"en": "Black"}, "color": "#000000"}, {"code": "red"}],
    }

    def rows(self) -> QuerySet[Any]:
        return querysets.attributes().prefetch_related("options__picture")

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        if "type" in asked:
            rows = rows.filter(type=reading.choice(dict(asked), "type", list(TYPES)))
        if "group" in asked:
            rows = rows.filter(group=named(AttributeGroup, asked, "group"))
        if "family" in asked:
            rows = rows.filter(pk__in=named(Family, asked, "family").family_attributes.values("attribute"))
        return rows

    def save(self, actor: Actor, row: Attribute, data: dict[str, Any]) -> None:
        """A default may be one of the options that come with it, which are written once the attribute is there."""
        if row._state.adding:
            settings = row.settings
            row.settings = {name: value for name, value in settings.items() if name != "default"}
            save_attribute(actor, row)
            row.settings = settings
        if "options" in data:
            set_options(actor, row, data["options"])
            # What was read with the row is out of date now.
            vars(row).pop("_prefetched_objects_cache", None)
        save_attribute(actor, row)


DEMAND = (
    Field("channel", Link(Channel, empty=False), required=True),
    Field("attribute", Link(Attribute)),
    Field("slot", Link(Slot)),
    Field("asset_role", Text(50)),
    Field("condition", Text(), "A filter; products it does not match are not asked."),
)


class Families(OwnsParts):
    name, plural, route = "Family", "Families", "families"
    one, words = "a family", "families"
    about = "A kind of product: the attributes it has, the facts all its products share, and what channels demand."
    model = Family
    acts = upkeep(Family, "a family")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(), written="creation", required=True),
        Field("label", Texts(200)),
        Field("attributes", Links(Attribute, sort=False), "In order; replaced as a whole."),
        Field("label_attribute", Link(Attribute), "Whose value is a product's name."),
        Field("image_attribute", Link(Attribute), "Whose picture is a product's main picture."),
        Field("facts", FACTS, "All its products have them until they say otherwise."),
        Field("retired", Flag()),
        Field(
            "requirements",
            Rows(DEMAND, lambda row: row.requirements.all()),
            "Of each channel what it demands: an attribute, a slot or an asset role. Replaced as a whole.",
        ),
    )
    example: ClassVar[Json] = {
        "code": "grinder",
        "label": {"en": "Grinders"},
        "attributes": ["name", "weight"],
        "label_attribute": "name",
        "requirements": [{"channel": "print", "attribute": "weight", "condition": "status = enabled"}],
    }

    def rows(self) -> QuerySet[Any]:
        return querysets.families().prefetch_related("requirements__slot")

    def show(self, row: Any) -> Json:
        members = [member.attribute.code for member in row.family_attributes.all()]
        return {
            each.name: members if each.name == "attributes" else each.kind.show(row, each.name) for each in self.fields
        }

    def save(self, actor: Actor, row: Family, data: dict[str, Any]) -> None:
        save_with_facts(actor, row, data.get("facts", {}))
        if "attributes" in data:
            set_members(actor, row, data["attributes"])
        if "requirements" in data:
            set_requirements(actor, row, data["requirements"])

    def blame(self, error: ValidationError, row: Any, data: Mapping[str, Any]) -> list[Error]:
        return blamed(error, row.values if row else {}, data) or super().blame(error, row, data)

    def pointer_to(self, column: str) -> str:
        return "/facts" if column == "values" else super().pointer_to(column)
