"""A printed catalogue: covers, contents, chapters after the channel's navigation, indexes, price list, imprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Format, Work
from exports.pdf.catalog import flowing, options, pasted
from exports.pdf.catalog.plan import Plan


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
        plan = Plan(work, told, documents)
        if told["tagged"]:
            flowing.write(plan, out)
        else:
            pasted.write(plan, told["failures"], out)
