"""Cells into values: what each type's cells look like here, and the checks beyond the type's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from stdnum import ean

from catalog.importing.sources.akeneo.columns import FactCell, Layout
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.media import Media
from catalog.importing.sources.akeneo.schema import LIMITS, Attribute, Schema
from catalog.importing.sources.akeneo.tables import Row, Table
from catalog.importing.sources.akeneo.units import UNITS
from catalog.values import TYPES, Invalid, Json

LINE_BREAK = "\\n"


class Facts:
    """Reads the facts of one file's rows."""

    def __init__(self, intake: Intake, schema: Schema, table: Table, media: Media) -> None:
        self.intake = intake
        self.schema = schema
        self.table = table
        self.media = media
        self.readers: Mapping[str, Callable[[FactCell, Row], Json | None]] = {
            "measurement": self.measurement,
            "price": self.price,
            "multiselect": self.choices,
            "asset": self.asset,
        }

    def of(self, layout: Layout, row: Row) -> dict[str, dict[str, Json]]:
        """The values document of a row; what is refused is an issue and not in it."""
        values: dict[str, dict[str, Json]] = {}
        filled = {id(cell): cell for column in row.cells if (cell := layout.fact_of.get(column))}
        for cell in filled.values():
            spec = cell.attribute.spec
            value = self.readers.get(spec.type, self.plain)(cell, row)
            if value is not None:
                values.setdefault(spec.code, {})[str(cell.scope)] = value
        return values

    def about(self, row: Row, column: str, reason: str, value: str | None = None) -> None:
        self.intake.about(self.table, row, column, reason, value)

    def attempt(self, row: Row, column: str, attribute: Attribute, raw: Any, shown: str | None = None) -> Json | None:
        """The value, or None and an issue."""
        try:
            return self.parsed(row, column, attribute, raw)
        except Invalid as error:
            self.about(row, column, f"{error}; the value is left out", shown)
            return None

    def parsed(self, row: Row, column: str, attribute: Attribute, raw: Any) -> Json:
        """The value; limits it breaks are taken off the attribute, for the export holds it. Raises Invalid."""
        spec = attribute.spec
        kind = TYPES[spec.type]
        try:
            return kind.parse(raw, spec)
        except Invalid:
            free = {name: value for name, value in attribute.settings.items() if name not in LIMITS}
            value = kind.parse(raw, replace(spec, settings=free))
        for name in [name for name in LIMITS if name in attribute.settings]:
            limit = attribute.settings[name]
            try:
                kind.parse(raw, replace(spec, settings={**free, name: limit}))
            except Invalid as error:
                del attribute.settings[name]
                self.about(row, column, f"{error}; the value is taken and the attribute's limit {name} left out")
        return value

    def plain(self, cell: FactCell, row: Row) -> Json | None:
        column = cell.columns[""]
        raw = row.text(column)
        if cell.attribute.spec.type in ("text", "longtext"):
            raw = raw.replace(LINE_BREAK, "\n")
        value = self.attempt(row, column, cell.attribute, raw)
        if cell.attribute.spec.role == "gtin" and value is not None and not ean.is_valid(str(value)):
            self.about(row, column, "no valid GTIN (its length or check digit is wrong); it is taken as it stands")
        return value

    def measurement(self, cell: FactCell, row: Row) -> Json | None:
        amount, unit = (cell.columns.get(part, "") for part in ("", "unit"))
        if not row.code(amount):
            self.about(row, amount or unit, "a unit without an amount; the value is left out", row.code(unit))
            return None
        raw = {"amount": row.code(amount)}
        name = row.code(unit)
        if name:
            if name.upper() not in UNITS:
                self.about(row, unit, "no such unit is known; the value is left out")
                return None
            raw["unit"] = UNITS[name.upper()]
        return self.attempt(row, amount, cell.attribute, raw)

    def price(self, cell: FactCell, row: Row) -> Json | None:
        """The prices that can be taken, currency by currency."""
        prices: list[dict[str, str]] = []
        for currency, column in cell.columns.items():
            if row.code(column):
                one = [{"amount": row.code(column), "currency": currency}]
                value = self.attempt(row, column, cell.attribute, one, row.code(column))
                prices += value if isinstance(value, list) else []
        return sorted(prices, key=lambda price: str(price["currency"])) or None

    def choices(self, cell: FactCell, row: Row) -> Json | None:
        """The options that there are, in order."""
        column = cell.columns[""]
        found = [self.attempt(row, column, cell.attribute, [code], code) for code in row.codes(column)]
        codes = list(dict.fromkeys(code for one in found if isinstance(one, list) for code in one))
        return codes or None

    def asset(self, cell: FactCell, row: Row) -> Json | None:
        column = cell.columns[""]
        try:
            return self.media.asset(row.text(column))
        except Invalid as error:
            self.about(row, column, f"{error}; the value is left out")
            return None
