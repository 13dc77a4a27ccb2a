"""A4 data sheets: one product, or one after the other, readable for programs that read aloud (PDF/UA-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.template.loader import render_to_string

from exports.addresses import absolute
from exports.documents import Document, DocumentAsset
from exports.errors import ExportError
from exports.formats import options as opt
from exports.formats.base import Work
from exports.pdf.chapters import variants_of
from exports.pdf.engine import Part, Press
from exports.pdf.entries import Entry, Picture, Writer
from exports.pdf.envelope import PRICE_NOTE, envelope
from exports.pdf.hazards import Hazard, hazards
from exports.pdf.kinds.codes import Code
from exports.pdf.kinds.faults import Policy
from exports.pdf.kinds.landing import code_to, landing
from exports.pdf.kinds.printed import Printed, told_of
from exports.pdf.limits import clipped
from exports.pdf.resolution import pixels

PICTURE, DRAWING = 66.0, 120.0  # mm


@dataclass(frozen=True, slots=True)
class Download:
    label: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a data sheet has besides an entry; `code` leads to the product's page."""

    entry: Entry
    hazards: tuple[Hazard, ...]
    drawings: tuple[Picture, ...]
    downloads: tuple[Download, ...]
    code: Code | None


class DataSheet(Printed):
    code = "datasheet"
    label = "Data sheet (PDF)"
    accessible = True
    sheets = ("hazards",)
    options: ClassVar = told_of(
        Policy.PRINT,
        {
            "sku": opt.Code(
                label="Product",
                help="The SKU of the one to describe; without it every product gets a sheet, beginning on a page of "
                "its own.",
                group="Content",
            ),
            "without": opt.Codes(label="Slots to leave out", help="Such as promotion, faq.", group="Content"),
            "prices": opt.Flag(label="Prices", otherwise=True, group="Content"),
            "price_note": PRICE_NOTE,
            "qr": landing(
                "QR code in the head",
                "Such as https://example.com/p/{sku} or https://id.example.com/01/{gtin}.",
            ),
        },
    )

    def settings(self, told: Mapping[str, Any], base_url: str) -> str:
        return str(told["qr"])

    def faults(self, document: Document, settings: str, work: Work) -> Iterator[str]:
        if not document.picture():
            yield "It has no picture; its data sheet leaves the place empty."
        yield from self.too_small(document)

    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        yield "name", document.name
        for statement in document.statements:
            yield statement.slot, statement.text or statement.html
        for fact in document.facts.values():
            yield f"fact “{clipped(fact.label, 40)}”", f"{fact.label} {fact.text}"

    def pictures(self, document: Document) -> Iterator[tuple[DocumentAsset, float]]:
        main = document.picture()
        if main:
            yield main, PICTURE
        yield from ((asset, DRAWING) for asset in _drawings(document))

    def _is_chosen(self, document: Document, work: Work) -> bool:
        return self.told(work)["sku"] in ("", document.sku) and super()._is_chosen(document, work)

    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        """Pages are counted anew in every sheet: each is handed on alone. Raises ExportError."""
        sku = self.told(work)["sku"]
        if sku and not documents and not work.problems:
            raise ExportError(f"The product “{sku}” is not in this release, so it has no data sheet.")
        variants = variants_of(every)
        return [
            part
            for document in documents
            for part in self._sheet(press, document, variants.get(document.sku, ()), work)
        ]

    def _sheet(self, press: Press, document: Document, variants: Sequence[Document], work: Work) -> list[Part]:
        told = self.told(work)
        writer = Writer(work.publication, press.picture, work.problems, with_prices=told["prices"])
        shown = tuple(statement for statement in document.statements if statement.slot not in told["without"])
        entry = writer.entry(replace(document, statements=shown), variants, {}, width=pixels(PICTURE))
        sheet = Sheet(
            entry,
            hazards(entry.warnings, work.publication.language),
            tuple(
                Picture(press.picture(document.sku, asset, pixels(DRAWING)), clipped(asset.alt, 500))
                for asset in _drawings(document)
            ),
            tuple(_downloads(document, work)),
            code_to(told["qr"], document, module=0.42),
        )
        context = {
            **envelope(work, entry.name, told["price_note"]),
            "entry": entry,
            "sheet": sheet,
            "hazards": sheet.hazards,
        }
        return self.render_one(press, document, render_to_string("exports/pdf/datasheet.html", context), work)


def _drawings(document: Document) -> list[DocumentAsset]:
    return [asset for asset in document.assets if asset.kind == "image" and asset.role == "drawing"]


def _downloads(document: Document, work: Work) -> Iterator[Download]:
    for asset in document.assets:
        url = absolute(work.base_url, asset.url)
        if asset.kind != "image" and url:
            kind = asset.media_type.rpartition("/")[2].upper()
            yield Download(clipped(asset.alt or asset.role, 160), clipped(kind, 20), url)
