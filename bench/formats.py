"""Feed formats: 50,000 products through each in constant memory, and what writing takes against other writers.

SIZE=1 is 50,000, SIZE=10 is 500,000. `google_xml_vs_lxml` writes the same ready fields of items as elements, ours by
string templates, lxml's incremental writer by trees; `csv_vs_module` writes the rows of a table of eleven columns
against the csv module, of the same rows when they are ready; `csv_whole_us` is such a row from its document. Processor
seconds. Memory is the highest of the process, less what it was before.
"""

from __future__ import annotations

import csv
import io
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from lxml import etree

from bench.feed import document
from exports.documents import Document, DocumentAsset, Money, Publication
from exports.formats.base import Work
from exports.formats.google import GoogleMerchant, _element, in_order
from exports.formats.registry import FORMATS
from exports.formats.table import CsvTable
from exports.mapping.seeing import Value

PRODUCTS = 50_000
DIFFERENT = 1_000
WORDS = 150
CODES = ("google", "google-tsv", "meta", "openai", "acp", "bmecat", "etim-xchange", "csv", "jsonl", "xml", "xlsx")
ROUNDS = 3
G = "http://base.google.com/ns/1.0"


class Nowhere(io.RawIOBase):
    """Counts what is written."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


class NoFiles:
    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        raise NotImplementedError


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(1_000, round(PRODUCTS * size))
    figures: dict[str, float] = {"products": count}
    for code in CODES:
        before = _memory()
        figures[f"{code}_products_per_cpu_s"] = count / _seconds(lambda: _write(code, count))  # noqa: B023 - at once
        figures[f"{code}_extra_memory_mb"] = _memory() - before
    ratios = {"google_xml_vs_lxml": _against_lxml(figures), "csv_vs_module": _against_csv(figures)}
    return {"figures": figures, "ratios": ratios}


def _write(code: str, count: int) -> None:
    form, work = FORMATS[code], _work()
    good = (row for row in _documents(count) if not any(problem.fatal for problem in form.check(row, work)))
    out = io.BytesIO() if code == "xlsx" else Nowhere()
    form.write(good, out, work)  # type: ignore[arg-type]


def _documents(count: int) -> Iterator[Document]:
    """A thousand different ones, and the others are those under other SKUs."""
    picture = DocumentAsset("main", "image", "/assets/1.jpg", "", "image/jpeg", 1_600, 1_600, "0" * 64)
    some = [
        replace(
            document(number, WORDS),
            assets=(picture,),
            prices=(Money("12.50", "EUR"),),
            identifiers={"brand": "B", "mpn": "M"},
        )
        for number in range(DIFFERENT)
    ]
    for number in range(count):
        yield replace(some[number % DIFFERENT], sku=f"SKU-{number:07}")


def _work() -> Work:
    names = ("audience", "medium")
    plain: dict[str, Any] = dict.fromkeys(names, "")
    publication = Publication(
        channel="bench", title="Bench", language="en", alternates=("en",), release=1, released_on="2026-01-01",
        country="DE", currency="EUR", public=True, navigation=(), groups={}, slots={}, associations={}, **plain,
    )  # fmt: skip
    return Work(publication, "https://shop.example", NoFiles())


def _against_lxml(figures: dict[str, float]) -> float:
    form, work = GoogleMerchant(), _work()
    rows = [list(in_order(row)) for _, row in form.items(_documents(5_000), work)]
    ours, theirs = _in_turn(lambda: _ours(rows), lambda: _lxml(rows))
    figures |= {"google_xml_us": ours / len(rows) * 1e6, "lxml_us": theirs / len(rows) * 1e6}
    return ours / theirs


def _ours(rows: list[list[tuple[str, list[Value]]]]) -> None:
    out: BinaryIO = Nowhere()  # type: ignore[assignment]
    for row in rows:
        out.write(f"<item>\n{''.join(_element(name, values) for name, values in row)}</item>\n".encode())


def _lxml(rows: list[list[tuple[str, list[Value]]]]) -> None:
    from exports.formats.google import PARTS, parts_of

    with etree.xmlfile(Nowhere(), encoding="utf-8") as out, out.element("channel", nsmap={"g": G}):
        for row in rows:
            item = etree.Element("item")
            for name, values in row:
                for value in values:
                    element = etree.SubElement(item, f"{{{G}}}{name}")
                    if name not in PARTS:
                        element.text = value.text
                        continue
                    for part, text in parts_of(name, value):
                        etree.SubElement(element, f"{{{G}}}{part}").text = text
            out.write(item)


def _against_csv(figures: dict[str, float]) -> float:
    documents, work = list(_documents(5_000)), _work()
    written = io.BytesIO()
    CsvTable().write(iter(documents), written, work)
    ready = list(csv.reader(io.StringIO(written.getvalue().decode(), newline="")))

    def module() -> None:
        text = io.TextIOWrapper(Nowhere(), encoding="utf-8", newline="")  # type: ignore[type-var]
        csv.writer(text).writerows(ready)
        text.flush()

    form = CsvTable()
    lines = [form.line(document, work) for document in documents]
    ours, theirs = _in_turn(lambda: form.table(list(ready[0]), iter(lines), Nowhere(), work), module)  # type: ignore[arg-type]
    whole = min(_seconds(lambda: CsvTable().write(iter(documents), Nowhere(), work)) for _ in range(ROUNDS))  # type: ignore[arg-type]
    figures |= {
        "csv_rows_us": ours / 5_000 * 1e6,
        "csv_module_us": theirs / 5_000 * 1e6,
        "csv_whole_us": whole / 5_000 * 1e6,
    }
    return ours / theirs


def _in_turn(ours: Callable[[], None], theirs: Callable[[], None]) -> tuple[float, float]:
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
