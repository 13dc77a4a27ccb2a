"""The tables that become records by themselves, one small function each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from catalog.importing.plan import (
    AssociationTypeRecord,
    AttributeRecord,
    AudienceRecord,
    CategoryRecord,
    ChannelRecord,
    EntityRecord,
    EntityTypeRecord,
    FamilyRecord,
    FamilyVariantRecord,
    ForbiddenTermRecord,
    GroupRecord,
    MarketRecord,
    OptionRecord,
    SlotRecord,
    TagRecord,
    VariantLevel,
)
from catalog.importing.sources.tessera.rows import Row
from catalog.values import TYPES


def _said(row: Row, key: str) -> bool | None:
    """True or false, None where the row does not speak of it."""
    return row.flag(key) if row.has(key) else None


def group(row: Row) -> GroupRecord:
    return GroupRecord(
        code=row.text("code"),
        label=row.texts("label"),
        position=row.whole("position", row.number),
        responsible=row.text("responsible", "") or None,
    )


def attribute(row: Row) -> AttributeRecord:
    """Its settings stand beside the other keys; they are checked once its options are read."""
    kind = row.one_of("type", TYPES)
    return AttributeRecord(
        code=row.text("code"),
        type=kind.code,
        group=row.text("group"),
        label=row.texts("label"),
        help_text=row.texts("help"),
        localizable=row.flag("localizable"),
        per_channel=row.flag("per_channel"),
        filterable=row.flag("filterable"),
        role=row.text("role", ""),
        settings={name: row.anything(name) for name in (each.name for each in kind.settings) if row.has(name)},
        position=row.whole("position", row.number),
        unique=_said(row, "unique"),
    )


def entity_type(row: Row) -> EntityTypeRecord:
    return EntityTypeRecord(row.text("code"), row.texts("label"), row.names("attributes"))


def record(row: Row) -> EntityRecord:
    """Its facts are parsed once all attributes are read."""
    return EntityRecord(row.text("entity_type"), row.text("code"), row.texts("label"), row.table("facts"))


def option(row: Row) -> OptionRecord:
    return OptionRecord(
        attribute=row.text("attribute"),
        code=row.text("code"),
        label=row.texts("label"),
        color=row.text("color", ""),
        position=row.whole("position", row.number),
    )


def family(row: Row) -> FamilyRecord:
    return FamilyRecord(
        code=row.text("code"),
        label=row.texts("label"),
        attributes=row.names("attributes"),
        label_attribute=row.text("label_attribute", ""),
        image_attribute=row.text("image_attribute", ""),
        requirements=row.lists("requirements"),
        values=row.table("facts") if row.has("facts") else None,
    )


def family_variant(row: Row) -> FamilyVariantRecord:
    return FamilyVariantRecord(
        code=row.text("code"),
        family=row.text("family"),
        label=row.texts("label"),
        levels=tuple(_level(level) for level in row.rows("levels")),
    )


def _level(row: Row) -> VariantLevel:
    """The attributes may name the axes again."""
    axes = row.names("axes")
    level = VariantLevel(axes, tuple(code for code in row.names("attributes") if code not in axes))
    row.done()
    return level


class Placed(NamedTuple):
    """A category and its position among its siblings."""

    record: CategoryRecord
    position: int


def category(row: Row) -> Placed:
    record = CategoryRecord(row.text("code"), row.text("parent", ""), row.texts("label"))
    return Placed(record, row.whole("position", row.number))


def in_tree_order(placed: Sequence[Placed]) -> list[CategoryRecord]:
    """Parents before their children, siblings by position."""
    parents = {record.code.lower(): record.parent.lower() for record, _ in placed}

    def depth(code: str) -> int:
        line: list[str] = []
        while code in parents and code not in line:
            line.append(code)
            code = parents[code]
        return len(line)

    return [record for record, _ in sorted(placed, key=lambda one: (depth(one.record.code.lower()), one.position))]


def tag(row: Row) -> TagRecord:
    return TagRecord(row.text("facet"), row.text("code"), row.texts("label"), row.text("parent", ""))


def slot(row: Row) -> SlotRecord:
    return SlotRecord(
        code=row.text("code"),
        label=row.texts("label"),
        multiple=row.flag("multiple"),
        rich=row.flag("rich"),
        max_length=row.whole("max_length", 0) or None,
        position=row.whole("position", row.number),
        responsible=row.text("responsible", "") or None,
        required_facets=row.names("required_facets") if row.has("required_facets") else None,
        four_eyes=_said(row, "four_eyes"),
    )


def association_type(row: Row) -> AssociationTypeRecord:
    return AssociationTypeRecord(
        row.text("code"),
        row.texts("label"),
        row.whole("position", row.number),
        two_way=_said(row, "two_way"),
        inverse_label=row.texts("inverse_label"),
        bundle=_said(row, "bundle"),
    )


def market(row: Row) -> MarketRecord:
    return MarketRecord(row.text("code"), row.text("currency"), row.texts("label"), row.text("country", ""))


def audience(row: Row) -> AudienceRecord:
    return AudienceRecord(row.text("code"), row.texts("label"))


def channel(row: Row) -> ChannelRecord:
    return ChannelRecord(
        code=row.text("code"),
        label=row.texts("label"),
        medium=row.text("medium"),
        market=row.text("market", ""),
        audience=row.text("audience", ""),
        languages=tuple(_language(language) for language in row.rows("languages")),
        tree=row.text("tree", ""),
        families=row.names("families"),
        selection=row.text("selection", ""),
        currencies=row.names("currencies"),
        public=row.flag("public"),
        units=row.table("units") if row.has("units") else None,
        text_limits=row.table("text_limits") if row.has("text_limits") else None,
        min_picture=row.whole("min_picture") if row.has("min_picture") else None,
        expired_claims=row.text("expired_claims") if row.has("expired_claims") else None,
        keep_releases=row.whole("keep_releases") if row.has("keep_releases") else None,
        keep_days=row.whole("keep_days") if row.has("keep_days") else None,
    )


def _language(row: Row) -> tuple[str, str]:
    pair = (row.text("code"), row.text("fallback", ""))
    row.done()
    return pair


def forbidden_term(row: Row) -> ForbiddenTermRecord:
    return ForbiddenTermRecord(
        row.text("term"), row.text("language", ""), row.text("channel", ""), row.text("instead", "")
    )


# By the table's name: the plan's list it goes to, and how; categories are put in order on their way.
RECORDS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "group": ("groups", group),
    "attribute": ("attributes", attribute),
    "option": ("options", option),
    "entity_type": ("entity_types", entity_type),
    "record": ("records", record),
    "family": ("families", family),
    "family_variant": ("family_variants", family_variant),
    "category": ("categories", category),
    "tag": ("tags", tag),
    "slot": ("slots", slot),
    "association_type": ("association_types", association_type),
    "market": ("markets", market),
    "audience": ("audiences", audience),
    "channel": ("channels", channel),
    "forbidden_term": ("forbidden_terms", forbidden_term),
}
