"""Tables with columns that people choose: CSV, Excel, JSON lines and XML.

What a table holds is data for everybody who opens it, never a formula: see `harmless`.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any, BinaryIO, ClassVar, NamedTuple

import orjson
import xlsxwriter

from exports.documents import Document
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work
from exports.formats.feed import csv_into
from exports.formats.mapped import Columns
from exports.formats.options import Choice, Flag, Text
from exports.mapping.expression import Expression, parse
from exports.mapping.seeing import Around, Seen
from exports.text import cut
from exports.xml import escape

USUAL = (
    ("SKU", "sku"),
    ("Name", "name"),
    ("Family", "family"),
    ("GTIN", "gtin"),
    ("Brand", "brand"),
    ("Price", "price | amount"),
    ("Currency", "price | currency"),
    ("Category", "category"),
    ("Description", "slot:description or slot:teaser | line"),
    ("Picture", "picture"),
    ("Link", "link"),
)
WHICH = {"items": "Products and variants", "all": "Groups of variants, too", "groups": "Groups alone"}
# Excel's limits (Microsoft, Excel specifications and limits).
MAX_CELL, MAX_ROWS = 32_767, 1_048_576

# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection), also in full width.
_FORMULA = re.compile("[=+\\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one that it would, as people write it
    there themselves; numbers may be negative."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class Line(NamedTuple):
    sku: str
    cells: list[str]


class Table(Format):
    """A row for each product, a column for each expression."""

    columns: ClassVar = Columns(
        label="Columns",
        help="A line for each, such as Title = name | cut 70.",
        otherwise=USUAL,
    )
    which: ClassVar = Choice(label="Rows", help="What has a row.", choices=WHICH)

    def check(self, document: Document, work: Work) -> list[Problem]:
        return []

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        which = self.told(work)["rows"]
        rows = (row for row in documents if which == "all" or (row.type == "group") == (which == "groups"))
        self.table([name for name, _ in self.told(work)["columns"]], (self.line(row, work) for row in rows), out, work)

    def line(self, document: Document, work: Work) -> Line:
        """What the columns say of a product."""
        if self.code not in work.memo:
            columns = [parse(text) if text else None for _, text in self.told(work)["columns"]]
            work.memo[self.code] = columns, Around(work)
        columns, around = work.memo[self.code]
        seen = Seen(document, around)
        return Line(document.sku, [_text(expression, seen) for expression in columns])

    @abstractmethod
    def table(self, names: Sequence[str], rows: Iterator[Line], out: BinaryIO, work: Work) -> None:
        """Write names and rows."""


def _text(expression: Expression | None, seen: Seen) -> str:
    return ", ".join(value.text for value in expression.values(seen)) if expression else ""


class CsvTable(Table):
    """As RFC 4180 has it, in UTF-8."""

    code = "csv"
    label = "CSV table"
    extension = "csv"
    media_type = "text/csv"
    DELIMITERS: ClassVar = {"comma": ",", "semicolon": ";", "tab": "\t"}
    options: ClassVar = {
        "columns": Table.columns,
        "rows": Table.which,
        "delimiter": Choice(
            label="Between columns", choices={"comma": "Comma", "semicolon": "Semicolon", "tab": "Tab"}
        ),
        "bom": Flag(label="Byte order mark", help="Excel needs one to see that a file is UTF-8."),
        "formulas": Choice(
            label="What looks like a formula",
            help="A program that reads the file may want it as it is; people open it in a spreadsheet.",
            choices={"guard": "Gets an apostrophe before it", "keep": "Stays as it is"},
        ),
    }

    def table(self, names: Sequence[str], rows: Iterator[Line], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        if told["bom"]:
            out.write(b"\xef\xbb\xbf")
        guard = told["formulas"] == "guard"
        with csv_into(out, self.DELIMITERS[told["delimiter"]], "\r\n") as writer:
            writer.writerow([harmless(name) for name in names] if guard else names)
            for row in rows:
                writer.writerow([harmless(cell) for cell in row.cells] if guard else row.cells)


class ExcelTable(Table):
    """A workbook with one sheet; every cell is text, so that leading zeros and long numbers survive."""

    code = "xlsx"
    label = "Excel table"
    extension = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    options: ClassVar = {"columns": Table.columns, "rows": Table.which}

    def table(self, names: Sequence[str], rows: Iterator[Line], out: BinaryIO, work: Work) -> None:
        settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(out, settings) as book:
            made = datetime.combine(datetime.fromisoformat(work.publication.released_on), time())
            book.set_properties({"title": work.publication.title, "author": "Tessera", "created": made})
            sheet = book.add_worksheet("Products")
            sheet.freeze_panes(1, 1)
            bold = book.add_format({"bold": True, "bottom": 1})
            for at, name in enumerate(names):
                sheet.set_column(at, at, min(60, max(12, len(name) + 2)))
            for at, name in enumerate(names):
                sheet.write_string(0, at, name, bold)
            last = 0
            for last, row in enumerate(rows, 1):
                if last >= MAX_ROWS:
                    raise ExportError(f"A sheet has at most {MAX_ROWS:,} rows. Choose CSV, or a smaller channel.")
                for at, cell in enumerate(row.cells):
                    if cell:
                        sheet.write_string(last, at, self._fitted(names[at], row.sku, cell, work))
            sheet.autofilter(0, 0, last, len(names) - 1)

    def _fitted(self, name: str, sku: str, cell: str, work: Work) -> str:
        if len(cell) <= MAX_CELL:
            return cell
        message = f"{name} has {len(cell):,} characters; a cell takes {MAX_CELL:,}, so it was cut."
        work.problems.append(Problem(sku, message, fatal=False))
        return cut(cell, MAX_CELL)


class JsonTable(Table):
    """An object a line (NDJSON): columns by name, as texts."""

    code = "jsonl"
    label = "JSON lines"
    extension = "jsonl"
    media_type = "application/x-ndjson"
    options: ClassVar = {
        "columns": Table.columns,
        "rows": Table.which,
        "empty": Flag(label="Empty columns, too", help="With null in them.", otherwise=False),
    }

    def table(self, names: Sequence[str], rows: Iterator[Line], out: BinaryIO, work: Work) -> None:
        empty = self.told(work)["empty"]
        for row in rows:
            said = {name: cell or None for name, cell in zip(names, row.cells, strict=True) if cell or empty}
            out.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))


class XmlTable(Table):
    """An element for each product, with one for each column in it."""

    code = "xml"
    label = "XML table"
    extension = "xml"
    media_type = "application/xml"
    options: ClassVar = {
        "columns": Table.columns,
        "rows": Table.which,
        "root": Text(label="Outer element", otherwise="products"),
        "item": Text(label="Element of a product", otherwise="product"),
    }
    # Names without a colon, of what Namespaces in XML 1.0 calls NCName the part that is ASCII, and letters beyond.
    _name: ClassVar = re.compile(r"[^\W\d][\w.\-]*")

    def fault(self, told: Mapping[str, Any]) -> str:
        names = [told["root"], told["item"], *(name for name, _ in told["columns"])]
        wrong = next((name for name in names if not self._name.fullmatch(name)), "")
        return f"“{wrong[:60]}” cannot be an element: letters, digits, “-”, “_” and “.” only." if wrong else ""

    def table(self, names: Sequence[str], rows: Iterator[Line], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        root, item = told["root"], told["item"]
        out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n'.encode())
        for row in rows:
            cells = zip(names, row.cells, strict=True)
            inside = "".join(f"<{name}>{escape(cell)}</{name}>" for name, cell in cells if cell)
            out.write(f"<{item}>{inside}</{item}>\n".encode())
        out.write(f"</{root}>\n".encode())
