"""Price lists: every article with its price, in the order of the channel's navigation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document
from exports.formats import options as opt
from exports.formats.base import Work
from exports.pdf.chapters import Section, arrange
from exports.pdf.engine import Part, Press
from exports.pdf.envelope import PRICE_NOTE, envelope, text
from exports.pdf.faults import Policy
from exports.pdf.limits import clipped
from exports.pdf.prices import UNIT_PRICE, price_text, unit_price
from exports.pdf.printed import Printed, told_of
from exports.web.locales import date_text
from exports.wording import word


@dataclass(frozen=True, slots=True)
class Settings:
    with_gtin: bool
    unit_price: str
    tagged: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`is_group` has no price of its own: its variants follow, and `detail` is what tells them apart."""

    sku: str
    name: str
    detail: str
    gtin: str
    unit_price: str
    price: str
    is_group: bool = False
    is_variant: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    level: int
    label: str
    rows: tuple[Row, ...]

    @property
    def has_units(self) -> bool:
        return any(row.unit_price for row in self.rows)


class PriceList(Printed):
    code = "pricelist"
    label = "Price list (PDF)"
    options: ClassVar = told_of(
        Policy.STOP,
        {
            "title": opt.Text(label="Title", help="“Price list” without it.", group="Words"),
            "subtitle": opt.Text(label="Subtitle", help="Such as for whom it is valid.", group="Words"),
            "gtin": opt.Flag(label="Column of GTINs", otherwise=True, group="Content"),
            "unit_price": UNIT_PRICE,
            "price_note": PRICE_NOTE,
            "tagged": opt.Flag(
                label="Accessible", help="Readable for programs that read aloud (PDF/UA-1).", group="File"
            ),
        },
    )

    def settings(self, told: Mapping[str, Any], base_url: str) -> Settings:
        return Settings(told["gtin"], told["unit_price"], told["tagged"])

    def is_accessible(self, work: Work) -> bool:
        return bool(self.told(work)["tagged"])

    def faults(self, document: Document, settings: Settings, work: Work) -> Iterator[str]:
        if document.type != "group" and not price_text(document, work.publication):
            yield f"It has no price in {work.publication.currency or 'the currency of the market, which has none'}."

    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        yield "name", document.name

    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        settings: Settings = self.settings(self.told(work), work.base_url)
        publication = work.publication
        arrangement = arrange(documents, publication.navigation, word(publication.language, "further_products"))
        blocks = [
            Block(section.level, clipped(section.label, 80), tuple(self._rows(section, arrangement.variants, work)))
            for chapter in arrangement.chapters
            for section in chapter.walk()
        ]
        date = date_text(publication.released_on[:10], publication.language)
        context = {
            **envelope(work, text(work, "title", word(publication.language, "price_list"))),
            "subtitle": text(work, "subtitle"),
            "prices_of": word(publication.language, "prices_of").format(date=date),
            "settings": settings,
            "blocks": blocks,
            "has_units": any(block.has_units for block in blocks),
        }
        return [press.render(render_to_string("exports/pdf/pricelist.html", context))]

    def _rows(self, section: Section, variants: Mapping[str, Sequence[Document]], work: Work) -> Iterator[Row]:
        for document in section.entries:
            below = variants.get(document.sku, ())
            if document.type == "group" and not below:
                continue
            yield _row(document, work, is_group=bool(below))
            yield from (_row(variant, work, is_variant=True) for variant in below)


def _row(document: Document, work: Work, *, is_group: bool = False, is_variant: bool = False) -> Row:
    unit = str(work.options.get("unit_price") or "")
    axes = (document.facts[code].text if code in document.facts else value for code, value in document.axes.items())
    return Row(
        sku=clipped(document.sku, 80),
        name=clipped(document.name, 160),
        detail=clipped(" · ".join(axes), 160),
        gtin=clipped(document.identifiers.get("gtin", ""), 40),
        unit_price=unit_price(document, work.publication, unit) if unit and not is_group else "",
        price="" if is_group else price_text(document, work.publication),
        is_group=is_group,
        is_variant=is_variant,
    )
