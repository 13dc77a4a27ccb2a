"""A printed catalogue: cover, contents, chapters after the channel's navigation, index by SKU, imprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Format, Problem, Work
from exports.formats.options import LONG, Choice, Flag, Text
from exports.pdf.catalog import flowing, pasted
from exports.pdf.catalog.plan import Plan
from exports.pdf.engine import CannotBeLaidOut
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
        if told["tagged"]:
            self._write_tagged(list(documents), out, work)
        else:
            pasted.write(Plan(work, documents), told["failures"], out)

    def _write_tagged(self, documents: Sequence[Document], out: BinaryIO, work: Work) -> None:
        """Where a chapter cannot be laid out, the other road, which lays out entries alone, finds those to blame.

        They are left out, or stop the edition. Raises ExportError.
        """
        try:
            flowing.write(Plan(work, documents), out)
        except CannotBeLaidOut:
            trial = replace(work, problems=[], pages={})
            policy = STOP if self.told(work)["failures"] == STOP else LEAVE_OUT
            pasted.write(Plan(trial, documents), policy, BytesIO())
            bad = {problem.sku: problem for problem in trial.problems if problem.fatal}
            if not bad:
                raise
            work.problems.extend(bad.values())
            flowing.write(Plan(work, [document for document in documents if document.sku not in bad]), out)
            work.problems[:] = dict.fromkeys(work.problems)  # what was found twice is told once
