"""A printed catalogue: cover, contents, chapters after the channel's navigation, index by SKU, imprint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Format, Problem, Work
from exports.formats.options import LONG, Choice, Flag, Text
from exports.pdf.catalog import flowing, pasted
from exports.pdf.catalog.plan import Plan
from exports.pdf.envelope import PRICE_NOTE
from exports.pdf.press.room import LEAVE_OUT, REPLACE, STOP


class Catalog(Format):
    code = "catalog"
    label = "Catalogue (PDF)"
    extension = "pdf"
    media_type = "application/pdf"
    options: ClassVar = {
        "title": Text(label="Title", help="On the cover; the channel's name without it.", group="Front and back"),
        "subtitle": Text(label="Subtitle", help="A line below the title.", group="Front and back"),
        "year": Text(
            label="Year", help="On the cover; that of the release without it.", limit=20, group="Front and back"
        ),
        "imprint": Text(label="Imprint", help="Publisher, address, contact.", limit=LONG, group="Front and back"),
        "prices": Flag(label="Prices", otherwise=True, group="Content"),
        "price_note": PRICE_NOTE,
        "failures": Choice(
            label="What cannot be laid out",
            choices={LEAVE_OUT: "is left out and told", REPLACE: "is replaced by a note", STOP: "stops the edition"},
            group="File",
        ),
        "tagged": Flag(
            label="Accessible",
            help="Readable for programs that read aloud; all pages are then made anew for every edition.",
            group="File",
        ),
    }

    def check(self, document: Document, work: Work) -> list[Problem]:
        if document.type == "variant" or document.picture():
            return []
        return [Problem(document.sku, "It has no picture; the catalogue leaves its place empty.", fatal=False)]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        plan = Plan(work, told, documents)
        if told["tagged"]:
            flowing.write(plan, out)
        else:
            pasted.write(plan, told["failures"], out)
