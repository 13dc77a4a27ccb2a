"""Tables with typed columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.values.base import AttributeSpec, Invalid, InvalidSetting, Json, Setting, ValueType, clean_text, quoted
from catalog.values.booleans import Boolean
from catalog.values.dates import Date
from catalog.values.identifiers import Url
from catalog.values.measures import Measurement
from catalog.values.numbers import Integer, Number
from catalog.values.settings import DEFAULT, code
from catalog.values.texts import Text

MAX_ROWS = 200
MAX_COLUMNS = 20
CELLS: Mapping[str, ValueType] = {
    kind.code: kind for kind in (Text(), Integer(), Number(), Measurement(), Boolean(), Date(), Url())
}


def _columns(raw: Any) -> Json:
    """Columns as they are kept. Raises Invalid naming the one that cannot be."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Invalid('expected a list of columns, such as [{"code": "size", "type": "text"}]')
    if len(raw) > MAX_COLUMNS:
        raise Invalid(f"{len(raw)} columns are too many; at most {MAX_COLUMNS} are allowed")
    kept: dict[str, Json] = {}
    for number, item in enumerate(raw, 1):
        try:
            column = _column(item)
        except Invalid as error:
            raise Invalid(f"column {number}: {error}") from None
        if str(column["code"]).lower() in kept:
            raise Invalid(f"two columns are called {quoted(column['code'])}")
        kept[str(column["code"]).lower()] = column
    return list(kept.values())


def _column(item: dict[str, Any]) -> dict[str, Json]:
    if unknown := sorted(set(map(str, item)) - {"code", "type", "labels", "settings"}):
        raise Invalid(f"{quoted(unknown[0])} is nothing a column has; there are code, type, labels and settings")
    kind = item.get("type", "text")
    if not isinstance(kind, str) or kind not in CELLS:
        raise Invalid(f"{quoted(kind)} is no type of column; there are {', '.join(CELLS)}")
    settings = item.get("settings") or {}
    if not isinstance(settings, dict) or "default" in settings:
        raise Invalid("the settings of a column are those of its type, without a default")
    kept: dict[str, Json] = {"code": code(item.get("code")), "type": kind}
    if labels := _labels(item.get("labels") or {}):
        kept["labels"] = labels
    if checked := CELLS[kind].check_settings(AttributeSpec(str(kept["code"]), kind, settings=settings)):
        kept["settings"] = checked
    return kept


def _labels(raw: Any) -> dict[str, Json]:
    if not isinstance(raw, dict):
        raise Invalid('expected labels by language, such as {"en": "Size"}')
    return {clean_text(language, 20): clean_text(text, 200).strip() for language, text in raw.items() if text}


COLUMNS = Setting(
    "columns",
    "columns",
    "Columns",
    "Each with a code, a type and labels by language.",
    _columns,
    required=True,
)


class Table(ValueType):
    """Rows of cells by column: `[{"size": "S", "chest": {"amount": "92", "unit": "cm"}}]`. Empty cells are left out."""

    code = "table"
    label = "Table"
    many = True
    settings = (COLUMNS, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            raise Invalid("expected a list of rows, each with its cells by column")
        if len(raw) > MAX_ROWS:
            raise Invalid(f"{len(raw)} rows are too many; at most {MAX_ROWS} are allowed")
        columns = columns_of(spec)
        rows = [row for number, given in enumerate(raw, 1) if (row := _row(given, columns, number))]
        if not rows:
            raise Invalid("a table with nothing in it; leave the value out instead")
        return list(rows)

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        """Rows one after the other, each cell with its column's label, in a single line."""
        columns = columns_of(spec)
        rows = ([(columns[name], cell) for name, cell in row.items() if name in columns] for row in value)
        return "; ".join(
            " · ".join(f"{column.label(chain)}: {CELLS[column.type].text(cell, column, chain)}" for column, cell in row)
            for row in rows
        )

    def rows(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Without columns that no row has a cell in."""
        columns = {name: column for name, column in columns_of(spec).items() if any(name in row for row in value)}
        heads = tuple(column.label(chain) for column in columns.values())
        cells = (tuple(_shown(row.get(name), columns[name], chain) for name in columns) for row in value)
        return (heads, *cells) if heads else ()

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        columns = columns_of(spec)
        return [
            {
                name: CELLS[columns[name].type].machine(cell, columns[name])
                for name, cell in row.items()
                if name in columns
            }
            for row in value
        ]

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        cells = {name: CELLS[column.type].schema(column) for name, column in columns_of(spec).items()}
        row = {"type": "object", "properties": cells, "additionalProperties": not cells}
        return {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": row}

    def check_together(self, spec: AttributeSpec) -> None:
        if not spec.settings["columns"]:
            raise InvalidSetting("columns", "a table needs at least one column")


def columns_of(spec: AttributeSpec) -> dict[str, AttributeSpec]:
    """The columns of a table as attributes of their own, in order."""
    return {
        column["code"]: AttributeSpec(
            column["code"], column["type"], labels=column.get("labels", {}), settings=column.get("settings", {})
        )
        for column in spec.settings.get("columns", ())
    }


def _shown(cell: Any, column: AttributeSpec, chain: tuple[str, ...]) -> str:
    return "" if cell is None else CELLS[column.type].text(cell, column, chain)


def _row(given: dict[str, Any], columns: Mapping[str, AttributeSpec], number: int) -> dict[str, Json]:
    """A row's cells as they are kept, in the order of the columns. Raises Invalid naming row and column."""
    if unknown := [name for name in given if name not in columns]:
        raise Invalid(f"row {number}: there is no column {quoted(unknown[0])}; there are {', '.join(columns)}")
    row = {}
    for name, column in columns.items():
        cell = given.get(name)
        if cell is None or cell == "":
            continue
        try:
            row[name] = CELLS[column.type].parse(cell, column)
        except Invalid as error:
            raise Invalid(f"row {number}, {column.label(('en',))}: {error}") from None
    return row
