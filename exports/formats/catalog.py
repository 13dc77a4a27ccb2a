"""A printed catalogue: covers, contents, chapters after the channel's navigation, indexes, price list, imprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Format, Work
from exports.pdf.catalog import flowing, options, pasted
from exports.pdf.catalog.plan import Plan
from exports.pdf.engine import CannotBeLaidOut
from exports.pdf.press.room import LEAVE_OUT, STOP


class Catalog(Format):
    code = "catalog"
    label = "Catalogue (PDF)"
    extension = "pdf"
    media_type = "application/pdf"
    options: ClassVar = options.OPTIONS

    def fault(self, told: Mapping[str, Any]) -> str:
        return options.fault(told)

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        if told["tagged"]:
            self._write_tagged(list(documents), out, work)
        else:
            pasted.write(Plan(work, told, documents), told["failures"], out)

    def _write_tagged(self, documents: Sequence[Document], out: BinaryIO, work: Work) -> None:
        """Where a chapter cannot be laid out, the other road, which lays out entries alone, finds those to blame.

        They are left out, or stop the edition. Raises ExportError.
        """
        told = self.told(work)
        try:
            flowing.write(Plan(work, told, documents), out)
        except CannotBeLaidOut:
            trial = replace(work, problems=[], pages={})
            policy = STOP if told["failures"] == STOP else LEAVE_OUT
            pasted.write(Plan(trial, told, documents), policy, BytesIO())
            bad = {problem.sku: problem for problem in trial.problems if problem.fatal}
            if not bad:
                raise
            work.problems.extend(bad.values())
            flowing.write(Plan(work, told, [document for document in documents if document.sku not in bad]), out)
            work.problems[:] = dict.fromkeys(work.problems)  # what was found twice is told once
