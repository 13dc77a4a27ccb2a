"""Families with what each channel requires, and the ways their products split into variants."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from catalog.importing.plan import FamilyRecord, FamilyVariantRecord, VariantLevel
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.schema import Schema
from catalog.importing.sources.akeneo.tables import Row, Table

_REQUIREMENTS = "requirements-"


def read_families(intake: Intake, schema: Schema) -> None:
    """families.csv and family_variants.csv."""
    table = intake.required("families", "code", "attributes")
    labels = intake.labels(table)
    required = dict(_required_columns(intake, table))
    for row in table.rows:
        code = intake.new_code(table, row, "code", schema.families)
        if not code:
            continue
        schema.families[code.lower()] = code
        attributes = _attributes(intake, schema, table, row, "attributes")
        intake.plan.families.append(
            FamilyRecord(
                code,
                labels(row),
                attributes,
                label_attribute=_one(intake, schema, table, row, "attribute_as_label"),
                image_attribute=_image(intake, schema, table, row),
                requirements={
                    channel: _required(intake, schema, table, row, column, attributes)
                    for column, channel in required.items()
                },
            )
        )
    intake.leave(table, {"code", "attributes", "attribute_as_label", "attribute_as_image", *_requirements(table)})
    _read_variants(intake, schema)


def _requirements(table: Table) -> Iterator[str]:
    return (column for column in table.columns if column.startswith(_REQUIREMENTS))


def _required_columns(intake: Intake, table: Table) -> Iterator[tuple[str, str]]:
    """The columns of requirements with their channel; one of an unknown channel is an issue."""
    for column in _requirements(table):
        code = column.removeprefix(_REQUIREMENTS)
        channel = intake.channels.get(code.lower())
        if channel:
            yield column, channel
        elif filled := table.filled(column):
            intake.report(
                table.file, 0, column, "", f"there is no channel “{code[:80]}”; {filled} requirements are left out"
            )


def _attributes(intake: Intake, schema: Schema, table: Table, row: Row, column: str) -> tuple[str, ...]:
    """The attributes a cell names, in its order, each once, without the identifier and prose."""
    codes = schema.codes()
    named = [code for code in row.codes(column) if not schema.apart(code)]
    found = (intake.reference(table, row, column, codes, code, "attribute") for code in named)
    return tuple(dict.fromkeys(code for code in found if code))


def _one(intake: Intake, schema: Schema, table: Table, row: Row, column: str) -> str:
    code = row.code(column)
    return "" if schema.apart(code) else intake.reference(table, row, column, schema.codes(), code, "attribute")


def _image(intake: Intake, schema: Schema, table: Table, row: Row) -> str:
    code = _one(intake, schema, table, row, "attribute_as_image")
    if code and schema.facts[code.lower()].spec.type != "asset":
        intake.about(table, row, "attribute_as_image", "this attribute holds no pictures; it is left out")
        return ""
    return code


def _required(
    intake: Intake, schema: Schema, table: Table, row: Row, column: str, own: tuple[str, ...]
) -> tuple[str, ...]:
    """What a channel requires of a family's own attributes."""
    named = _attributes(intake, schema, table, row, column)
    for code in named:
        if code not in own:
            intake.about(table, row, column, "the family has no such attribute to require; it is left out", code)
    return tuple(code for code in named if code in own)


def _read_variants(intake: Intake, schema: Schema) -> None:
    table = intake.optional("family_variants", "code", "family", "variant-axes_1")
    labels = intake.labels(table)
    for row in table.rows:
        code = intake.new_code(table, row, "code", schema.family_variants)
        family = schema.families.get(row.code("family").lower())
        if code and not family:
            intake.about(table, row, "family", "there is no such family; the row is left out")
        if not code or not family:
            continue
        schema.family_variants[code.lower()] = code
        schema.family_of[code] = family
        levels = tuple(_levels(intake, schema, table, row))
        intake.plan.family_variants.append(FamilyVariantRecord(code, family, labels(row), levels))
    variant = {column for column in table.columns if column.startswith(("variant-axes_", "variant-attributes_"))}
    intake.leave(table, {"code", "family", *variant})


def _levels(intake: Intake, schema: Schema, table: Table, row: Row) -> Iterator[VariantLevel]:
    """The levels down to the first without axes. An attribute lives at one level: the first that names it."""
    seen: set[str] = set()
    for number in count(1):
        named = []
        for column in (f"variant-axes_{number}", f"variant-attributes_{number}"):
            codes = _attributes(intake, schema, table, row, column)
            for code in seen.intersection(codes):
                intake.about(table, row, column, "the attribute lives at a level above; it is left out here", code)
            named.append(tuple(code for code in codes if code not in seen))
        axes, others = named
        if not axes:
            _below(intake, table, row, number)
            return
        seen.update(axes, others)
        yield VariantLevel(axes, tuple(code for code in others if code not in axes))


def _below(intake: Intake, table: Table, row: Row, number: int) -> None:
    """Say what stands at levels that have no axes, or below such a one."""
    for column in table.columns:
        kind, _, level = column.rpartition("_")
        here = kind in ("variant-axes", "variant-attributes") and level.isdecimal() and int(level) >= number
        if here and row.code(column):
            intake.about(table, row, column, f"level {number} has no axes; what it and those below say is left out")
