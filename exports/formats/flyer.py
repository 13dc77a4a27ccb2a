"""A4 flyers: a promotion's period, its offers with old and new price, and a code that leads to its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document, DocumentAsset, Money, Publication
from exports.errors import ExportError
from exports.formats import options as opt
from exports.formats.base import Work
from exports.pdf.engine import Part, Press
from exports.pdf.entries import Picture
from exports.pdf.envelope import envelope
from exports.pdf.kinds.codes import Code
from exports.pdf.kinds.faults import Policy
from exports.pdf.kinds.fitting import Text, excesses, shorter
from exports.pdf.kinds.labels import price_size
from exports.pdf.kinds.landing import code_to, landing
from exports.pdf.kinds.prices import price_text, reduction
from exports.pdf.kinds.printed import Printed, told_of
from exports.pdf.limits import clipped
from exports.pdf.resolution import pixels, told_small
from exports.web.locales import date_text, money_text
from exports.wording import word

ACCENT = "#a4552e"
HERO, PICTURE = 96.0, 34.0  # mm
PER_PAGE = 6
# Points of a price at most, and its room in mm, by the width of the picture.
PRICE_POINTS, PRICE_ROOM = {HERO: 19.0, PICTURE: 17.0}, {HERO: 37.0, PICTURE: 29.0}
# Width and height in mm of the places for texts, as flyer.css sets them, by class.
ROOMS = {
    "hero-name": (84.0, 18.4),
    "hero-teaser": (84.0, 24.0),
    "offer-name": (49.0, 9.4),
    "offer-teaser": (49.0, 16.5),
}
HEAD = {"flyer-title": (92.0, 41.0), "flyer-subtitle": (84.0, 13.0)}


@dataclass(frozen=True, slots=True)
class Settings:
    prices: Mapping[str, str]
    starts: date | None
    ends: date | None
    accent: str
    landing: str
    bleed: float


@dataclass(frozen=True, slots=True)
class Offer:
    """`percent` is 0 where there is no old price above the new one; `size` is the price's, in points."""

    sku: str
    name: str
    teaser: str
    price: str
    size: float
    old_price: str
    percent: int
    picture: Picture


class Flyer(Printed):
    code = "flyer"
    label = "Flyer (PDF)"
    options: ClassVar = told_of(
        Policy.STOP,
        {
            "offers": opt.Table(
                label="Offers",
                help="A line with SKU and new price for each, in the currency of the market. Only these products are "
                "printed, in this order, unless products are said above; the first is shown large.",
                group="Content",
            ),
            "title": opt.Text(
                label="Title", help="Such as Winter offers; the channel's title without it.", group="Words"
            ),
            "subtitle": opt.Text(label="Subtitle", help="A sentence under the title.", group="Words"),
            "terms": opt.Text(label="Small print", limit=900, group="Words"),
            "starts": opt.Day(label="First day", group="Promotion"),
            "ends": opt.Day(label="Last day", group="Promotion"),
            "landing": landing("QR code leads to", "Such as https://bordanza.example/winter.", "Promotion"),
            "landing_text": opt.Text(
                label="The same for people", help="Such as bordanza.example/winter.", group="Promotion"
            ),
            "accent": opt.Color(label="Colour of prices", otherwise=ACCENT, group="Look"),
            "bleed": opt.Number(label="Bleed", help="Printed beyond the edge, with crop marks.", most=10, group="Look"),
        },
    )

    def settings(self, told: Mapping[str, Any], base_url: str) -> Settings:
        starts, ends = told["starts"], told["ends"]
        if starts and ends and ends < starts:
            raise ExportError(f"The option “ends” is {ends}, before “starts”, {starts}.")
        prices = told["offers"]
        for sku, amount in prices.items():
            if not amount.replace(".", "", 1).isdigit() or Decimal(amount) <= 0:
                raise ExportError(
                    f"The option “offers” has “{amount[:40]}” for {sku}; it has to be a price such as 9.90."
                )
        return Settings(prices, starts, ends, told["accent"], told["landing"], told["bleed"])

    def faults(self, document: Document, settings: Settings, work: Work) -> Iterator[str]:
        currency = work.publication.currency
        old, new = document.price(currency), settings.prices.get(document.sku)
        if old is None and new is None:
            yield f"It has no price in {currency or 'the currency of the market, which has none'}."
        elif new and old and Decimal(new) >= Decimal(old.amount):
            yield f"Its offer, {new} {currency}, is not below its price of {old.amount} {currency}."
        if not document.picture():
            yield "It has no picture, which its place on the flyer needs."
        yield from self.too_small(document)

    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        yield "name", document.name
        yield "teaser", _teaser(document)

    def pictures(self, document: Document) -> Iterator[tuple[DocumentAsset, float]]:
        main = document.picture()
        if main:
            yield main, PICTURE

    def _is_chosen(self, document: Document, work: Work) -> bool:
        offers = self.told(work)["offers"]
        return (not offers or document.sku in offers) and super()._is_chosen(document, work)

    def _chosen(self, every: Sequence[Document], work: Work) -> list[Document]:
        chosen = super()._chosen(every, work)
        offers = list(self.told(work)["offers"])
        if offers and not self.told(work)["skus"]:
            chosen.sort(key=lambda document: offers.index(document.sku))
            told = {problem.sku for problem in work.problems} | {document.sku for document in chosen}
            for sku in offers:
                if sku not in told:
                    self.faults_of(work).tell(sku, "It has an offer, but this release has no such product.")
        return chosen

    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        told = self.told(work)
        settings: Settings = self.settings(told, work.base_url)
        self._measure(press, documents, work)
        if documents:
            self._check_hero(documents[0], work)
        kept = self.faults_of(work).without_faulty(documents)
        if not kept:
            return []
        hero, *others = [
            self._offer(press, document, settings, work, HERO if first else PICTURE)
            for first, document in ((number_ == 0, document) for number_, document in enumerate(kept))
        ]
        pages = [others[at : at + PER_PAGE] for at in range(0, len(others), PER_PAGE)] or [[]]
        context = {
            **envelope(work, told["title"] or work.publication.title),
            "subtitle": clipped(told["subtitle"], opt.SHORT),
            "period": _period(settings, work.publication),
            "settings": settings,
            "hero": hero,
            "pages": pages,
            "code": self._code(settings),
            "landing_text": clipped(told["landing_text"], opt.SHORT),
            "terms": clipped(told["terms"], 900),
        }
        return [press.render(render_to_string("exports/pdf/flyer.html", context))]

    def _check_hero(self, document: Document, work: Work) -> None:
        """The first offer's picture is printed larger than `pictures` says of the others."""
        asset = document.picture()
        for message in told_small(asset, HERO) if asset else ():
            self.faults_of(work).tell(document.sku, message)

    def _code(self, settings: Settings) -> Code | None:
        return code_to(settings.landing, module=0.6)

    def _offer(self, press: Press, document: Document, settings: Settings, work: Work, width: float) -> Offer:
        publication = work.publication
        old, new = document.price(publication.currency), settings.prices.get(document.sku)
        asset = document.picture()
        offered = money_text(Money(new, publication.currency), publication.language) if new else ""
        price = offered or price_text(document, publication)
        return Offer(
            sku=clipped(document.sku, 80),
            name=_without_widow(clipped(document.name, 160)),
            teaser=clipped(_teaser(document), 400),
            price=price,
            size=min(PRICE_POINTS[width], price_size(price, PRICE_ROOM[width])),
            old_price=price_text(document, publication) if new and old else "",
            percent=reduction(old.amount, new) if new and old else 0,
            picture=Picture(
                press.picture(document.sku, asset, pixels(width)), clipped(asset.alt, 300) if asset else ""
            ),
        )

    def _measure(self, press: Press, documents: Sequence[Document], work: Work) -> None:
        language, told = work.publication.language, self.told(work)
        rooms = {
            text.key: (document, what, text)
            for place, document in enumerate(documents)
            for what, text in _texts(document, place)
        }
        head = {"title": told["title"] or work.publication.title, "subtitle": told["subtitle"]}
        heads = {f"flyer-{what}": what for what in head}
        measured = [Text(key, head[what], key, *HEAD[key]) for key, what in heads.items()]
        measured += [text for _, _, text in rooms.values()]
        for key, excess in excesses(press, language, measured).items():
            if key in heads:
                self.faults_of(work).tell("", f"The option “{heads[key]}” is {excess} for its place on the flyer.")
                continue
            document, what, room = rooms[key]
            advice = shorter(press, language, document, room)
            self.faults_of(work).tell(document.sku, f"The {what} is {excess} for its place on the flyer. {advice}")


def _without_widow(name: str) -> str:
    """A last word of a letter or two, such as a number, goes with the one before it."""
    words, space, last = name.rpartition(" ")
    return f"{words}\u00a0{last}" if space and len(last) <= 2 else name


def _teaser(document: Document) -> str:
    """What promotes it, else its teaser, else its headline."""
    for slot in ("promotion", "teaser", "headline"):
        found = " ".join(statement.text.strip() for statement in document.slot(slot)).strip()
        if found:
            return found
    return ""


def _texts(document: Document, place: int) -> Iterator[tuple[str, Text]]:
    kind = "offer" if place else "hero"
    yield "name", Text(f"name {place}", document.name, f"{kind}-name", *ROOMS[f"{kind}-name"])
    yield "teaser", Text(f"teaser {place}", _teaser(document), f"{kind}-teaser", *ROOMS[f"{kind}-teaser"])


def _period(settings: Settings, publication: Publication) -> str:
    language = publication.language
    start = date_text(settings.starts.isoformat(), language) if settings.starts else ""
    end = date_text(settings.ends.isoformat(), language) if settings.ends else ""
    if start and end:
        return word(language, "period").format(start=start, end=end)
    return word(language, "only_until").format(end=end) if end else start
