"""What the columns of products.csv and product_models.csv are: `attr[-LOCALE][-CHANNEL][-unit or -CURRENCY]`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.schema import Attribute, Prose, Schema
from catalog.importing.sources.akeneo.tables import Table
from catalog.values import Scope

_TARGETS = ("products", "product_models")
_CURRENCY = re.compile(r"[A-Za-z]{3}")


@dataclass
class FactCell:
    """Where a fact of one scope stands: `columns` by part, which is "" , "unit" or a currency."""

    attribute: Attribute
    scope: Scope
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProseCell:
    prose: Prose
    scope: Scope
    column: str


@dataclass
class Layout:
    """A file's columns by meaning."""

    facts: dict[tuple[str, Scope], FactCell] = field(default_factory=dict)
    fact_of: dict[str, FactCell] = field(default_factory=dict)
    prose: list[ProseCell] = field(default_factory=list)
    associations: list[tuple[str, str]] = field(default_factory=list)


class _Unknown(Exception):
    """Why a column means nothing to us."""


def layout(intake: Intake, schema: Schema, table: Table, fixed: Collection[str]) -> Layout:
    """What the columns that are not `fixed` mean; one that means nothing is one issue, if it has filled cells."""
    found = Layout()
    for column in table.columns:
        if column in fixed:
            continue
        try:
            _place(found, intake, schema, column)
        except _Unknown as why:
            count = sum(bool(row.text(column)) for row in table.rows)
            if count:
                intake.report(table.file, 0, column, "", f"{why}; the column is left out ({count} filled cells)")
    return found


def _place(found: Layout, intake: Intake, schema: Schema, column: str) -> None:
    """Raises _Unknown."""
    code, *parts = column.split("-")
    kind = intake.association_types.get(code.lower())
    if kind and parts == ["groups"]:
        raise _Unknown("associations with groups are not taken")
    if kind and len(parts) == 1 and parts[0] in _TARGETS:
        found.associations.append((column, kind))
        return
    prose = schema.prose.get(code.lower())
    if prose:
        scope = _scope(intake, parts, localizable=True, per_channel=prose.per_channel)
        _end(parts)
        found.prose.append(ProseCell(prose, scope, column))
        return
    attribute = schema.facts.get(code.lower())
    if attribute is None:
        raise _Unknown("this is no attribute that was taken")
    spec = attribute.spec
    scope = _scope(intake, parts, localizable=spec.localizable, per_channel=spec.per_channel)
    part = _part(spec.type, parts)
    _end(parts)
    cell = found.facts.setdefault((spec.code, scope), FactCell(attribute, scope))
    cell.columns[part] = column
    found.fact_of[column] = cell


def _scope(intake: Intake, parts: list[str], *, localizable: bool, per_channel: bool) -> Scope:
    """Takes the locale and the channel from the parts of a column's name. Raises _Unknown."""
    language = channel = ""
    if localizable:
        locale = parts.pop(0) if parts else ""
        language = intake.locales.language(locale)
        if not language:
            raise _Unknown(intake.locales.why_not(locale) if locale else "the attribute has a value per language")
    if per_channel:
        code = parts.pop(0) if parts else ""
        channel = intake.channels.get(code.lower(), "")
        if not channel:
            raise _Unknown(f"there is no channel “{code[:80]}”" if code else "the attribute has a value per channel")
    return Scope(language, channel)


def _part(kind: str, parts: list[str]) -> str:
    """Takes "unit" or a currency from the parts. Raises _Unknown."""
    if kind == "measurement" and parts == ["unit"]:
        return parts.pop()
    if kind == "price":
        if len(parts) != 1 or not _CURRENCY.fullmatch(parts[0]):
            raise _Unknown("a price's column ends with its currency, such as price-EUR")
        return parts.pop()
    return ""


def _end(parts: list[str]) -> None:
    if parts:
        raise _Unknown(f"the attribute does not vary by “{'-'.join(parts)[:80]}”")
