"""Tables by columns: CSV, Excel, JSON lines and XML."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from exports.documents import Document, Money
from exports.errors import ExportError
from exports.formats.base import Format
from exports.formats.table import MAX_CELL, CsvTable, ExcelTable, JsonTable, XmlTable, harmless
from tests.exports import samples
from tests.exports.contract import HOSTILE, FormatContract, hostile_document

BLACK = samples.DOCUMENTS[1]
COLUMNS = [["SKU", "sku"], ["Name", "name"], ["EAN", "gtin"], ["Price", "price | amount"], ["Text", "slot:description"]]
ROWS = [document for document in samples.DOCUMENTS if document.type != "group"]


def written(form: Format, documents: Sequence[Document] = samples.DOCUMENTS, **options: Any) -> bytes:
    out = io.BytesIO()
    form.write(iter(documents), out, samples.work(**options))
    return out.getvalue()


class TableContract(FormatContract):
    """Rows and columns are read back by another program than wrote them."""

    options = {"columns": COLUMNS}

    def read(self, artefact: bytes) -> list[dict[str, str]]:
        raise NotImplementedError

    def test_a_row_for_each_item_with_what_the_columns_say(self) -> None:
        rows = self.read(self.written())
        assert [row["SKU"] for row in rows] == ["BZ-LIRA-BK", "BZ-LIRA-RD", "BZ-TAMPER"]
        assert rows[0]["Name"] == "Lira, schwarz"
        assert rows[0]["EAN"] == "9521234567899"
        assert rows[2]["Price"] == "39.00"
        assert rows[0]["Text"] == BLACK.slot("description")[0].text

    def test_groups_may_have_rows(self) -> None:
        everything = self.read(written(self.format, columns=COLUMNS, rows="all"))
        assert [row["SKU"] for row in everything] == [document.sku for document in samples.DOCUMENTS]
        assert [row["SKU"] for row in self.read(written(self.format, columns=COLUMNS, rows="groups"))] == ["BZ-LIRA"]

    def test_hostile_text_stays_text(self) -> None:
        (row,) = self.read(self.written((hostile_document(),)))
        assert row["Name"].removeprefix("'") == HOSTILE

    def test_zeros_at_the_front_and_long_numbers_survive(self) -> None:
        document = replace(BLACK, sku="0012", identifiers={"gtin": "00614141000036"}, prices=(Money("0.10", "EUR"),))
        (row,) = self.read(self.written((document,)))
        assert (row["SKU"], row["EAN"], row["Price"]) == ("0012", "00614141000036", "0.10")

    def test_without_products_there_are_the_columns(self) -> None:
        assert self.read(self.written(())) == []

    def test_a_wrong_column_makes_no_table(self) -> None:
        with pytest.raises(ExportError, match=r"“A”: There is no source “nam”"):
            written(self.format, columns=[["A", "nam"]])


class TestCsv(TableContract):
    format = CsvTable()

    def read(self, artefact: bytes) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(artefact.decode(), newline="")))

    def test_writes_the_golden_output(self, golden: Callable[[str, bytes], None]) -> None:
        golden("tables/usual.csv", written(CsvTable()))

    def test_columns_may_be_parted_otherwise(self) -> None:
        assert written(CsvTable(), columns=COLUMNS, delimiter="semicolon").startswith(b"SKU;Name;EAN;Price;Text\r\n")
        assert written(CsvTable(), columns=COLUMNS, delimiter="tab", bom=True).startswith(b"\xef\xbb\xbfSKU\tName")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
    def test_nothing_is_a_formula(self, start: str) -> None:
        name = f"{start}HYPERLINK(1)"
        document = replace(BLACK, name=name)
        (row,) = self.read(written(CsvTable(), (document,), columns=[["Raw", '"{name}"']]))
        assert row["Raw"][0] == "'" or row["Raw"] == name.strip()
        assert harmless(name) == f"'{name}"
        (row,) = self.read(written(CsvTable(), (document,), columns=[["Raw", "name"]], formulas="keep"))
        assert row["Raw"] == name

    def test_a_negative_number_is_no_formula(self) -> None:
        for number in ("-5", "+5", "-5.25", "-5,25"):
            assert harmless(number) == number
        assert harmless("-5+1") == "'-5+1"

    def test_a_heading_is_no_formula_either(self) -> None:
        assert written(CsvTable(), columns=[["=cmd", "sku"]]).startswith(b"'=cmd\r\n")


class TestExcel(TableContract):
    format = ExcelTable()

    def parts(self, artefact: bytes) -> list[bytes]:
        with zipfile.ZipFile(io.BytesIO(artefact)) as archive:
            return [archive.read(name) for name in archive.namelist()]

    def read(self, artefact: bytes) -> list[dict[str, str]]:
        """Cells as the file has them; every one of them has to be text."""
        with zipfile.ZipFile(io.BytesIO(artefact)) as archive:
            sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        assert not sheet.xpath("//m:f", namespaces=space), "there is a formula"
        assert not sheet.xpath("//m:c[not(@t='inlineStr')]", namespaces=space), "there is a cell that is no text"
        lines = [
            {cell.get("r").rstrip("0123456789"): "".join(cell.itertext()) for cell in row}
            for row in sheet.xpath("//m:row", namespaces=space)
        ]
        names = lines[0]
        return [{name: line.get(column, "") for column, name in names.items()} for line in lines[1:]]

    def test_what_a_cell_cannot_hold_is_cut_and_told(self) -> None:
        work = samples.work(columns=COLUMNS)
        ExcelTable().write(iter([replace(BLACK, name="x" * 40_000)]), io.BytesIO(), work)
        (problem,) = work.problems
        assert (problem.sku, problem.fatal) == (BLACK.sku, False)
        assert f"a cell takes {MAX_CELL:,}" in problem.message

    def test_what_looks_like_a_formula_or_an_address_is_text(self) -> None:
        for name in ("=1+1", "https://shop.example/", "{=SUM(A1)}"):
            (row,) = self.read(written(ExcelTable(), (replace(BLACK, name=name),), columns=COLUMNS))
            assert row["Name"] == name


class TestJsonLines(TableContract):
    format = JsonTable()

    def read(self, artefact: bytes) -> list[dict[str, str]]:
        return [json.loads(line) for line in artefact.splitlines()]

    def test_empty_columns_are_left_out_unless_wanted(self) -> None:
        assert "EAN" not in self.read(written(JsonTable(), columns=COLUMNS))[2]
        assert self.read(written(JsonTable(), columns=COLUMNS, empty=True))[2]["EAN"] is None


class TestXml(TableContract):
    format = XmlTable()

    def read(self, artefact: bytes) -> list[dict[str, str]]:
        return [{cell.tag: cell.text or "" for cell in row} for row in etree.fromstring(artefact)]

    @pytest.mark.parametrize(
        "options",
        [{"columns": [["Two words", "sku"]]}, {"root": "a b"}, {"item": "1st"}, {"columns": [["a:b", "sku"]]}],
    )
    def test_what_cannot_be_an_element_is_told(self, options: dict[str, Any]) -> None:
        with pytest.raises(ExportError, match="cannot be an element"):
            written(XmlTable(), **options)

    def test_elements_may_be_called_otherwise(self) -> None:
        root = etree.fromstring(written(XmlTable(), columns=COLUMNS, root="Katalog", item="Artikel"))
        assert (root.tag, root[0].tag) == ("Katalog", "Artikel")
