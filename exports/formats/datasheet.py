"""A4 data sheets: one product, or one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work
from exports.formats.options import Code, Flag
from exports.pdf.chapters import variants_of
from exports.pdf.engine import Part, Press
from exports.pdf.entries import Writer
from exports.pdf.envelope import PRICE_NOTE, envelope, is_on
from exports.pdf.limits import clipped

PICTURE = 900  # pixels, for 66 mm: 350 per inch


class DataSheet(Format):
    code = "datasheet"
    label = "Data sheet (PDF)"
    extension = "pdf"
    media_type = "application/pdf"
    options: ClassVar = {
        "sku": Code(
            label="Product",
            help="Its SKU; without it every product gets a sheet, beginning on a page of its own.",
            group="Content",
        ),
        "prices": Flag(label="Prices", otherwise=True, group="Content"),
        "price_note": PRICE_NOTE,
    }

    def check(self, document: Document, work: Work) -> list[Problem]:
        if document.picture() or work.options.get("sku") not in (None, "", document.sku):
            return []
        return [Problem(document.sku, "It has no picture; its data sheet leaves the place empty.", fatal=False)]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        by_sku = {document.sku: document for document in documents}
        chosen = _chosen(by_sku, str(work.options.get("sku") or ""))
        styles = "".join(render_to_string(f"exports/pdf/{name}.css") for name in ("common", "datasheet"))
        with Press(work.files, styles, work.problems) as press:
            variants = variants_of(by_sku.values())
            parts = [_sheet(press, document, variants.get(document.sku, ()), work) for document in chosen]
            press.bind(parts or [_nothing(press, work)], out, tagged=True)


def _chosen(by_sku: Mapping[str, Document], sku: str) -> list[Document]:
    if not sku:
        return list(by_sku.values())
    if sku not in by_sku:
        raise ExportError(f"The product “{sku}” is not in this release, so it has no data sheet.")
    return [by_sku[sku]]


def _sheet(press: Press, document: Document, variants: Sequence[Document], work: Work) -> Part:
    """Pages are counted anew in every sheet: each is handed on alone."""
    writer = Writer(work.publication, press.picture, work.problems, with_prices=is_on(work, "prices", otherwise=True))
    entry = writer.entry(document, variants, {}, width=PICTURE)
    context = {**envelope(work, entry.name), "entry": entry}
    return press.render(render_to_string("exports/pdf/datasheet.html", context))


def _nothing(press: Press, work: Work) -> Part:
    """A PDF needs a page, even where there is nothing to say."""
    title = clipped(work.publication.title, 160)
    return press.render(render_to_string("exports/pdf/document.html", envelope(work, title)))
