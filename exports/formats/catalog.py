"""A printed catalogue: cover, contents, chapters after the channel's navigation, index by SKU, imprint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, ClassVar

from exports.documents import Document
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work
from exports.pdf.catalog import flowing, pasted
from exports.pdf.catalog.plan import Plan
from exports.pdf.envelope import is_on, text
from exports.pdf.press.room import LEAVE_OUT, POLICIES


class Catalog(Format):
    code = "catalog"
    label = "Catalogue (PDF)"
    extension = "pdf"
    media_type = "application/pdf"
    options: ClassVar = {
        "title": "What stands on the cover; the channel's title without it.",
        "subtitle": "A line under the title.",
        "year": "The year on the cover; that of the release without it.",
        "prices": "false leaves all prices out.",
        "price_note": "A sentence about the prices in the imprint, such as what taxes they include.",
        "tagged": "true makes it readable for programs that read aloud; all pages are then made anew each time.",
        "imprint": "The imprint's text: publisher, address, contact.",
        "failures": "What becomes of an entry that cannot be laid out: leave_out, replace (by a note) or stop.",
    }

    def check(self, document: Document, work: Work) -> list[Problem]:
        if document.type == "variant" or document.picture():
            return []
        return [Problem(document.sku, "It has no picture; the catalogue leaves its place empty.", fatal=False)]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        policy = text(work, "failures", LEAVE_OUT)
        if policy not in POLICIES:
            raise ExportError(f"The option “failures” is {', '.join(POLICIES)}, not “{policy}”.")
        plan = Plan(work, documents)
        if is_on(work, "tagged", otherwise=False):
            flowing.write(plan, out)
        else:
            pasted.write(plan, policy, out)
