"""Labels in exact millimetres: one to a page, or on sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document
from exports.formats.base import Work
from exports.identifiers import compact, gtin_fault
from exports.pdf.codes import Code
from exports.pdf.engine import Part, Press
from exports.pdf.envelope import envelope
from exports.pdf.faults import Policy
from exports.pdf.fitting import Text, excesses, shorter
from exports.pdf.labels import (
    LABEL_OPTIONS,
    Box,
    LabelSettings,
    Layout,
    code_boxes,
    codes_of,
    layout,
    positions,
    price_size,
    settings_of,
)
from exports.pdf.limits import clipped
from exports.pdf.prices import price_text, unit_price
from exports.pdf.printed import Printed, told_of

SHEETS = 40  # laid out at once
PRICE_LINE = 8.0  # mm


@dataclass(frozen=True, slots=True)
class Label:
    sku: str
    name: str
    name_size: float
    price: str
    price_size: float
    unit_price: str
    layout: Layout
    codes: tuple[tuple[Code, Box], ...]
    left: float = 0.0
    top: float = 0.0

    def at(self, left: float, top: float) -> Label:
        return replace(self, left=left, top=top)


class LabelSheet(Printed):
    code = "label"
    label = "Labels (PDF)"
    with_groups = False
    options: ClassVar = told_of(Policy.STOP, LABEL_OPTIONS)

    def settings(self, told: Mapping[str, Any], base_url: str) -> LabelSettings:
        return settings_of(told, base_url)

    def faults(self, document: Document, settings: LabelSettings, work: Work) -> Iterator[str]:
        if not document.name.strip():
            yield "It has no name, so its label would be without one."
        if settings.with_prices and not price_text(document, work.publication):
            yield f"It has no price in {work.publication.currency or 'the currency of the market, which has none'}."
        if settings.code == "none" and not settings.with_qr:
            return
        gtin = document.identifiers.get("gtin", "")
        fault = gtin_fault(gtin) if gtin else ""
        if not gtin:
            yield "It has no GTIN, so its label would be without a code."
        elif fault:
            yield f"The GTIN “{clipped(gtin, 40)}” {fault}, so its label would be without a code."
        elif _is_case(gtin, settings):
            yield f"The GTIN “{gtin}” is that of a case: the option “code” has to be gs1-128 or datamatrix."

    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        yield "name", document.name
        yield "SKU", document.sku

    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        settings = settings_of(self.told(work), work.base_url)
        labels = [self._label(document, settings, work) for document in documents]
        self._measure(press, labels, documents, work)
        kept = {document.sku for document in self.faults_of(work).without_faulty(documents)}
        return self._sheets(press, [label for label in labels if label.sku in kept], settings, work)

    def _label(self, document: Document, settings: LabelSettings, work: Work) -> Label:
        """A code that its GTIN does not allow is left out; that was told before."""
        gtin = document.identifiers.get("gtin", "")
        codes = codes_of(settings, gtin) if gtin and not gtin_fault(gtin) and not _is_case(gtin, settings) else ()
        place = layout(settings, codes)
        price = price_text(document, work.publication) if settings.with_prices else ""
        return Label(
            sku=document.sku,
            name=document.name,
            name_size=settings.name_size,
            price=price,
            price_size=price_size(price, place.price.width),
            unit_price=unit_price(document, work.publication, settings.unit_price) if settings.with_prices else "",
            layout=place,
            codes=tuple(zip(codes, code_boxes(settings, codes), strict=True)),
        )

    def _measure(self, press: Press, labels: Sequence[Label], documents: Sequence[Document], work: Work) -> None:
        language = work.publication.language
        rooms = {
            f"{what} {number}": (what, document, text)
            for number, (label, document) in enumerate(zip(labels, documents, strict=True))
            for what, text in _texts(label, number)
        }
        for key, excess in excesses(press, language, [text for _, _, text in rooms.values()]).items():
            what, document, text = rooms[key]
            advice = f" {shorter(press, language, document, text)}" if what == "name" else ""
            self.faults_of(work).tell(document.sku, f"The {what} is {excess} for its place on the label.{advice}")

    def _sheets(self, press: Press, labels: Sequence[Label], settings: LabelSettings, work: Work) -> list[Part]:
        copies = [label for label in labels for _ in range(settings.copies)]
        sheets: dict[int, list[Label]] = {}
        for label, (sheet, position) in zip(copies, positions(settings, len(copies)), strict=True):
            sheets.setdefault(sheet, []).append(label.at(*settings.place(position)))
        pages = list(sheets.values())
        parts: list[Part] = []
        for at in range(0, len(pages), SHEETS):
            context = {
                **envelope(work, clipped(work.publication.title, 160)),
                "sheets": pages[at : at + SHEETS],
                "settings": settings,
            }
            html = render_to_string("exports/pdf/label.html", context)
            parts.append(press.render(html, first_page=at + 1))
        return parts


def _is_case(gtin: str, settings: LabelSettings) -> bool:
    """Whether the number is one of 14 digits that no retail code holds."""
    number = compact(gtin)
    return settings.code == "ean" and len(number) == 14 and number[0] != "0"


def _texts(label: Label, number: int) -> Iterator[tuple[str, Text]]:
    place = label.layout
    name = Text(f"name {number}", label.name, "label-name", place.name.width, place.name.height, label.name_size)
    yield "name", name
    if label.price:
        price = Text(f"price {number}", label.price, "label-price", place.price.width, PRICE_LINE, label.price_size)
        yield "price", price
    if label.unit_price:
        yield "unit price", Text(f"unit price {number}", label.unit_price, "label-unit", place.price.width, 3.2)
