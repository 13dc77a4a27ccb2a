"""Attributes with their groups and options, and which of the attributes are prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from catalog.importing.plan import AttributeRecord, GroupRecord, OptionRecord, Refused, SlotRecord
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.tables import Row, Table
from catalog.importing.sources.akeneo.units import UNITS
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.decimals import exact
from catalog.values.units import UNITS as OURS

IDENTIFIER = "pim_catalog_identifier"
TEXTAREA = "pim_catalog_textarea"
KINDS = {
    "pim_catalog_text": "text",
    TEXTAREA: "longtext",
    "pim_catalog_number": "number",
    "pim_catalog_metric": "measurement",
    "pim_catalog_boolean": "boolean",
    "pim_catalog_simpleselect": "select",
    "pim_catalog_multiselect": "multiselect",
    "pim_catalog_date": "date",
    "pim_catalog_price_collection": "price",
    "pim_catalog_image": "asset",
    "pim_catalog_file": "asset",
}
_TAKEN = """code type group sort_order localizable scopable useable_as_grid_filter max_characters number_min number_max
decimals_allowed negative_allowed default_metric_unit metric_family"""
LIMITS = ("min", "max", "decimals", "max_length")
_NUMERIC = ("number", "measurement", "price")
_ROLES = {"ean": "gtin", "gtin": "gtin", "brand": "brand"}
_OTHER = GroupRecord("other", {"en": "Other"}, 1000)


class SlotKind(NamedTuple):
    slot: str
    multiple: bool
    rich: bool
    position: int


# Localizable text areas that are prose: each paragraph of a description is a fragment, a teaser is one plain fragment.
SLOTS = {
    "short_description": SlotKind("teaser", multiple=False, rich=False, position=20),
    "description": SlotKind("description", multiple=True, rich=True, position=30),
}


@dataclass
class Attribute:
    """An attribute that becomes facts. `settings` lose a limit that a value breaks; `spec` sees it at once."""

    row: Row
    spec: AttributeSpec
    settings: dict[str, Any]
    group: str
    label: Mapping[str, str]
    filterable: bool
    position: int

    def record(self) -> AttributeRecord:
        spec = self.spec
        return AttributeRecord(
            spec.code,
            spec.type,
            self.group,
            self.label,
            localizable=spec.localizable,
            per_channel=spec.per_channel,
            filterable=self.filterable,
            role=spec.role,
            settings=dict(self.settings),
            position=self.position,
        )


@dataclass
class Prose:
    """An attribute whose texts become fragments in a slot."""

    row: Row
    code: str
    kind: SlotKind
    label: Mapping[str, str]
    per_channel: bool
    max_length: int | None

    def record(self) -> SlotRecord:
        kind = self.kind
        return SlotRecord(kind.slot, self.label, kind.multiple, kind.rich, self.max_length, kind.position)


@dataclass
class Schema:
    """What the products' files are read with; keys are lower-case codes, but `family_of` has variants' codes."""

    table: Table
    identifier: str = ""
    facts: dict[str, Attribute] = field(default_factory=dict)
    prose: dict[str, Prose] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    family_variants: dict[str, str] = field(default_factory=dict)
    family_of: dict[str, str] = field(default_factory=dict)

    def codes(self) -> dict[str, str]:
        return {key: attribute.spec.code for key, attribute in self.facts.items()}

    def apart(self, code: str) -> bool:
        """Whether a code is the identifier or prose, and so no attribute of ours."""
        return code.lower() == self.identifier.lower() or code.lower() in self.prose


def read_schema(intake: Intake) -> Schema:
    """Raises Refused where no attribute is the identifier."""
    groups = _read_groups(intake)
    table = intake.required("attributes", "code", "type")
    schema = Schema(table)
    _Attributes(intake, schema, groups).read()
    if not schema.identifier:
        raise Refused(f"{table.file}: no attribute has the type {IDENTIFIER}, so products have no SKU")
    _read_options(intake, schema)
    return schema


def _read_groups(intake: Intake) -> dict[str, str]:
    table = intake.optional("attribute_groups", "code")
    labels = intake.labels(table)
    groups: dict[str, str] = {}
    for row in table.rows:
        code = intake.new_code(table, row, "code", groups)
        if code:
            groups[code.lower()] = code
            intake.plan.groups.append(GroupRecord(code, labels(row), intake.whole(table, row, "sort_order")))
    intake.leave(table, {"code", "sort_order"})
    return groups


class _Attributes:
    """Reads attributes.csv into a schema."""

    taken = frozenset(_TAKEN.split())

    def __init__(self, intake: Intake, schema: Schema, groups: dict[str, str]) -> None:
        self.intake = intake
        self.schema = schema
        self.table = schema.table
        self.groups = groups
        self.labels = intake.labels(self.table)
        self.known: dict[str, str] = {}
        self.roles: set[str] = set()

    def read(self) -> None:
        for row in self.table.rows:
            code = self.intake.new_code(self.table, row, "code", self.known)
            if code:
                self.known[code.lower()] = code
                self.one(row, code)
        self.intake.leave(self.table, self.taken)

    def one(self, row: Row, code: str) -> None:
        kind = row.code("type")
        if kind == IDENTIFIER:
            self.identifier(row, code)
        elif kind == TEXTAREA and row.yes("localizable") and code.lower() in SLOTS:
            self.prose(row, code)
        elif kind in KINDS:
            self.fact(row, code, KINDS[kind])
        else:
            self.about(row, "type", "no such attribute type is known; the attribute is left out")

    def about(self, row: Row, column: str, reason: str) -> None:
        self.intake.about(self.table, row, column, reason)

    def identifier(self, row: Row, code: str) -> None:
        if self.schema.identifier:
            self.about(row, "type", f"“{self.schema.identifier}” is the identifier already; the attribute is left out")
            return
        self.schema.identifier = code
        self.about(row, "type", f"“{code}” is the SKU of each product, so it is no attribute")

    def prose(self, row: Row, code: str) -> None:
        kind = SLOTS[code.lower()]
        longest = None if kind.rich else self.intake.whole(self.table, row, "max_characters") or None
        labels = self.labels(row)
        self.schema.prose[code.lower()] = Prose(row, code, kind, labels, row.yes("scopable"), longest)
        self.about(
            row,
            "code",
            f"its texts become fragments in the slot “{kind.slot}”, so it is no attribute, and families neither list "
            "nor require it",
        )

    def fact(self, row: Row, code: str, kind: str) -> None:
        settings = self.settings(row, kind)
        spec = AttributeSpec(
            code,
            kind,
            localizable=row.yes("localizable"),
            per_channel=row.yes("scopable"),
            role=self.role(code, kind),
            settings=settings,
            options={},
        )
        filterable = row.yes("useable_as_grid_filter")
        position = self.intake.whole(self.table, row, "sort_order")
        self.schema.facts[code.lower()] = Attribute(
            row, spec, settings, self.group(row), self.labels(row), filterable, position
        )

    def role(self, code: str, kind: str) -> str:
        """What the attribute is to every receiver; the first of a role has it."""
        role = "price" if kind == "price" else _ROLES.get(code.lower(), "")
        if not role or role in self.roles:
            return ""
        self.roles.add(role)
        return role

    def group(self, row: Row) -> str:
        """The attribute's group, “other” where it is unknown."""
        code = row.code("group")
        if code and code.lower() not in self.groups:
            self.about(row, "group", "there is no such group; the attribute is put into “other”")
        if code.lower() in self.groups:
            return self.groups[code.lower()]
        if _OTHER.code not in self.groups:
            self.groups[_OTHER.code] = _OTHER.code
            self.intake.plan.groups.append(_OTHER)
        return self.groups[_OTHER.code]

    def settings(self, row: Row, kind: str) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if kind in ("text", "longtext") and (longest := self.intake.whole(self.table, row, "max_characters")):
            settings["max_length"] = longest
        if kind in _NUMERIC:
            settings |= self.bounds(row)
        if kind == "measurement":
            settings |= self.unit(row)
        return settings

    def bounds(self, row: Row) -> dict[str, Any]:
        bounds: dict[str, Any] = {}
        for name, column in (("min", "number_min"), ("max", "number_max")):
            if not row.code(column):
                continue
            try:
                bounds[name] = exact(row.code(column))
            except Invalid as error:
                self.about(row, column, f"{error}; the limit is left out")
        if row.code("negative_allowed") == "0":
            bounds.setdefault("min", "0")
        if row.code("decimals_allowed") == "0":
            bounds["decimals"] = 0
        return bounds

    def unit(self, row: Row) -> dict[str, Any]:
        name = row.code("default_metric_unit")
        symbol = UNITS.get(name.upper())
        if symbol:
            return {"unit_family": OURS[symbol].family, "unit": symbol}
        if name:
            self.about(row, "default_metric_unit", "no such unit is known; the attribute has no usual unit")
        return {}


def _read_options(intake: Intake, schema: Schema) -> None:
    table = intake.optional("attribute_options", "attribute", "code")
    labels = intake.labels(table)
    codes = schema.codes()
    for row in table.rows:
        name = row.code("attribute")
        attribute = schema.facts.get(name.lower())
        if attribute is None or not TYPES[attribute.spec.type].has_options:
            known = "has no options" if name.lower() in codes else "is no attribute that was taken"
            intake.about(table, row, "attribute", f"“{name[:80]}” {known}; the option is left out")
            continue
        options: Any = attribute.spec.options
        code = intake.new_code(table, row, "code", options)
        if code:
            texts = labels(row)
            options[code.lower()] = (code, texts)
            position = intake.whole(table, row, "sort_order")
            intake.plan.options.append(OptionRecord(attribute.spec.code, code, texts, position=position))
    intake.leave(table, {"attribute", "code", "sort_order"})
