"""Tables in clean markup: how large they may be, and spans that stay inside them.

A renderer makes a grid as wide as the widest span says, so `colspan="1000000"` alone would ask for gigabytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.values.base import Invalid

MAX_COLUMNS = 20
MAX_ROWS = 200
MAX_SPAN = 12

_PART = re.compile(r"<(/?)(table|thead|tbody|tr|th|td)\b([^>]*)>")
_SPAN = re.compile(r'\b(colspan|rowspan)="0*([1-9][0-9]{0,8})"')


@dataclass
class _Cell:
    """One beginning tag of a cell: where it stands in the markup, and what it is to span."""

    start: int
    end: int
    tag: str
    columns: int
    rows: int
    column: int = 0

    def written(self) -> str:
        columns = f' colspan="{self.columns}"' if self.columns > 1 else ""
        rows = f' rowspan="{self.rows}"' if self.rows > 1 else ""
        return f"<{self.tag}{columns}{rows}>"


@dataclass
class _Table:
    """Sections of rows of cells; a span ends with its section."""

    sections: list[list[list[_Cell]]] = field(default_factory=lambda: [[]])

    def row(self) -> list[_Cell]:
        """The row that is being read; a cell outside of any begins one."""
        if not self.sections[-1]:
            self.sections[-1].append([])
        return self.sections[-1][-1]


def with_sane_tables(markup: str, *, strict: bool = True) -> str:
    """Clean markup whose cells span no more than their table has, and at most 12 rows or columns.

    Raises Invalid for a table of more than 20 columns or 200 rows, if `strict`.
    """
    if "<table" not in markup:
        return markup
    cells: list[_Cell] = []
    for table in _tables(markup):
        width = max((_laid_out(section) for section in table.sections), default=0)
        rows = sum(map(len, table.sections))
        if strict and (width > MAX_COLUMNS or rows > MAX_ROWS):
            raise Invalid(
                f"a table has {width} columns and {rows} rows; at most {MAX_COLUMNS} and {MAX_ROWS} are allowed"
            )
        for section in table.sections:
            for row in section:
                _narrow(row, width)
                cells += row
    out, last = [], 0
    for cell in sorted(cells, key=lambda cell: cell.start):
        out += [markup[last : cell.start], cell.written()]
        last = cell.end
    return "".join([*out, markup[last:]])


def _tables(markup: str) -> Iterator[_Table]:
    """The tables of well-formed markup, inner ones before those they stand in."""
    inside: list[_Table] = []
    for part in _PART.finditer(markup):
        end, tag, attributes = part.groups()
        if tag == "table" and not end:
            inside.append(_Table())
        elif not inside:
            continue
        elif tag == "table":
            yield inside.pop()
        elif tag in ("thead", "tbody"):
            inside[-1].sections.append([])
        elif tag == "tr" and not end:
            inside[-1].sections[-1].append([])
        elif not end:
            spans = {name: int(number) for name, number in _SPAN.findall(attributes)}
            cell = _Cell(part.start(), part.end(), tag, spans.get("colspan", 1), spans.get("rowspan", 1))
            inside[-1].row().append(cell)


def _laid_out(section: list[list[_Cell]]) -> int:
    """Put the cells of a section in their columns; returns how many there are.

    What spans more than it may counts as one column here, so that it does not make the table any wider.
    """
    width = 0
    taken: Counter[int] = Counter()  # by column, for how many rows more a cell from above stands there
    for number, row in enumerate(section):
        fresh: Counter[int] = Counter()
        column = 0
        for cell in row:
            while taken[column] > 0:
                column += 1
            cell.column = column
            cell.rows = min(cell.rows, MAX_SPAN, len(section) - number)
            span = cell.columns if cell.columns <= MAX_SPAN else 1
            fresh.update(dict.fromkeys(range(column, column + span), cell.rows))
            column += span
        width = max(width, column)
        taken = Counter({at: rows - 1 for at, rows in (taken | fresh).items() if rows > 1})
    return width


def _narrow(row: list[_Cell], width: int) -> None:
    """What spans too much spans the rest of the table where nothing follows, and otherwise one column."""
    for cell in row:
        if cell.columns > MAX_SPAN:
            cell.columns = max(1, min(MAX_SPAN, width - cell.column)) if cell is row[-1] else 1
