"""What the templates of the web pages are given: plain data, made from documents. Templates escape it themselves."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import linebreaks, strip_tags
from django.utils.safestring import SafeString, mark_safe

from exports.addresses import SIZES
from exports.assembling.prose import shown
from exports.documents import Document, DocumentAsset, Publication, Statement
from exports.text import one_line
from exports.web.kin import Axes, priced
from exports.web.locales import money_text
from exports.web.site import Card, Site
from exports.wording import words

_FIRST_BLOCK = re.compile(r"\s*<(p|h3|h4)>(.*?)</\1>(.+)", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True, slots=True)
class Words:
    """Text in `lang`, which is empty where it is the page's language."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Markup that may stand in a page as it is."""

    html: SafeString
    lang: str


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: Prose


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    prose: tuple[Prose, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """`full` is the address of the largest rendition; width and height are pixels, 0 where nobody knows them."""

    src: str
    srcset: str
    full: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A product on another product's page or in a list."""

    sku: str
    name: str
    url: str
    note: str
    price: str
    quantity: int
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Related:
    label: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class FactGroup:
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FactTable:
    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chips:
    label: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Download:
    title: str
    url: str
    kind: str


# --- Words -----------------------------------------------------------------------------------------------------------


def markup(sanitised: str) -> SafeString:
    """The one place where text becomes markup: statements were sanitised by catalog.richtext on every path in."""
    return mark_safe(sanitised)


def placed(document: Document, site: Site) -> Document:
    """The document with the links and pictures of its texts where they are on the site."""

    def source(asset: DocumentAsset) -> tuple[str, int, int]:
        return (site.picture(asset, "medium"), *_scaled(asset, SIZES["medium"]))

    return shown(document, site.linked, source)


def foreign(language: str, page_language: str) -> str:
    return "" if language == page_language else language


def line_of(document: Document, slot: str, language: str) -> Words | None:
    """The first statement of a plain slot."""
    statements = document.slot(slot)
    text = one_line(statements[0].text) if statements else ""
    return Words(text, foreign(statements[0].language, language)) if text else None


def prose_of(statement: Statement, language: str) -> Prose:
    body = markup(statement.html) if statement.html else SafeString(linebreaks(statement.text, autoescape=True))
    return Prose(body, foreign(statement.language, language))


def proses_of(document: Document, slot: str, language: str) -> tuple[Prose, ...]:
    return tuple(prose_of(statement, language) for statement in document.slot(slot) if statement.text.strip())


def questions_of(document: Document, language: str) -> tuple[tuple[Question, ...], tuple[Prose, ...]]:
    """Statements that begin with a paragraph of their own as questions with answers; the others as they are."""
    questions, others = [], []
    for statement in document.slot("faq"):
        match = _FIRST_BLOCK.fullmatch(statement.html)
        if match:
            question = one_line(html.unescape(strip_tags(_BREAK.sub(" ", match[2]))))
            answer = Prose(markup(match[3]), foreign(statement.language, language))
            questions.append(Question(question, answer))
        elif statement.text.strip():
            others.append(prose_of(statement, language))
    return tuple(questions), tuple(others)


def other_sections(document: Document, publication: Publication, known: Iterable[str]) -> tuple[Section, ...]:
    """Slots that the page has no place of its own for, in the order of the publication."""
    present = {statement.slot for statement in document.statements} - set(known)
    ordered = [slot for slot in publication.slots if slot in present]
    ordered += sorted(present - set(ordered))
    sections = (
        Section(publication.slots.get(slot, slot), proses_of(document, slot, publication.language)) for slot in ordered
    )
    return tuple(section for section in sections if section.prose)


# --- Facts -----------------------------------------------------------------------------------------------------------


def fact_groups(document: Document, publication: Publication) -> tuple[FactGroup, ...]:
    """The facts by group in the publication's order, without tables; groups it does not name come last, together."""
    order = {group: position for position, group in enumerate(publication.groups)}
    shown = [fact for code, fact in document.listed() if code not in document.tables]
    shown.sort(key=lambda fact: (order.get(fact.group, len(order)), fact.position))
    rest = words(publication.language)["further_data"]
    return tuple(
        FactGroup(label, tuple(Row(fact.label, fact.text) for fact in facts))
        for label, facts in groupby(shown, lambda fact: publication.groups.get(fact.group) or rest)
    )


def fact_tables(document: Document) -> tuple[FactTable, ...]:
    tables = ((fact, document.tables.get(code)) for code, fact in document.listed())
    return tuple(FactTable(fact.label, table[0], table[1:]) for fact, table in tables if table)


# --- Pictures and files ----------------------------------------------------------------------------------------------


def picture_of(asset: DocumentAsset, site: Site, sizes: tuple[str, ...]) -> Picture:
    """The renditions named in `sizes`, largest first, of which the smallest is the one for old browsers."""
    urls = {site.picture(asset, size): _scaled(asset, SIZES[size]) for size in reversed(sizes)}
    width, height = _scaled(asset, SIZES[sizes[0]])
    known = {pixels[0]: url for url, pixels in urls.items() if pixels[0]}
    srcset = ", ".join(f"{url} {pixels}w" for pixels, url in known.items()) if len(known) > 1 else ""
    return Picture(next(iter(urls)), srcset, site.picture(asset, "large"), asset.alt, width, height)


def _scaled(asset: DocumentAsset, longest: int) -> tuple[int, int]:
    """Width and height of a rendition that is at most `longest` pixels in either direction; zeros if unknown."""
    if not asset.width or not asset.height:
        return 0, 0
    ratio = min(1.0, longest / max(asset.width, asset.height))
    return max(1, round(asset.width * ratio)), max(1, round(asset.height * ratio))


def gallery_of(document: Document, site: Site) -> tuple[Picture, ...]:
    """The main picture, then the others, each once."""
    main = document.picture()
    pictures = [asset for asset in document.assets if asset.kind == "image"]
    pictures.sort(key=lambda asset: asset is not main)
    by_digest = {asset.digest: asset for asset in reversed(pictures)}
    unique = [asset for asset in pictures if by_digest[asset.digest] is asset]
    return tuple(picture_of(asset, site, ("large", "medium")) for asset in unique)


def downloads_of(document: Document, site: Site) -> tuple[Download, ...]:
    files = ((asset, site.file(asset)) for asset in document.assets if asset.kind != "image")
    return tuple(
        Download(asset.alt or asset.role, url, asset.media_type.rpartition("/")[2].upper() or "Link")
        for asset, url in files
        if url
    )


# --- Other products --------------------------------------------------------------------------------------------------


def tile_of(card: Card, site: Site, language: str, note: str = "", quantity: int = 1) -> Tile:
    return Tile(
        sku=card.sku,
        name=card.name,
        url=site.product(card.sku),
        note=note,
        price=price_text(card, language),
        quantity=quantity,
        picture=picture_of(card.picture, site, ("medium", "small")) if card.picture else None,
    )


def price_text(card: Card, language: str) -> str:
    """The price as people read it, empty where there is none; of a group whose variants differ, from which on."""
    if card.price is None:
        return ""
    text = money_text(card.price, language)
    return words(language)["from_price"].format(price=text) if card.is_lowest_price else text


def variant_tiles(variants: Iterable[Card], site: Site, language: str) -> tuple[Tile, ...]:
    """Variants with what they differ in, where their names do not tell."""
    return tuple(tile_of(card, site, language, _untold(card)) for card in variants)


def _untold(card: Card) -> str:
    name = card.name.casefold()
    return " · ".join(axis.text for axis in card.axes if axis.text.casefold() not in name)


def chips_of(choices: Iterable[Axes], site: Site) -> tuple[Chips, ...]:
    return tuple(
        Chips(
            axes.label,
            tuple(Chip(choice.text, site.product(choice.card.sku), choice.current) for choice in axes.choices),
        )
        for axes in choices
    )


def related_of(document: Document, publication: Publication, site: Site) -> tuple[Related, ...]:
    """Associated products that are in the release, by type in the publication's order."""
    found = site.cards(tuple(dict.fromkeys(link.sku for link in document.associations)))
    cards = {card.sku: card for card in priced(found.values(), site)}
    types = [*publication.associations, *sorted({link.type for link in document.associations})]
    further = words(publication.language)["see_also"]
    rows = (
        Related(publication.associations.get(kind, further), tuple(_related(document, kind, cards, site, publication)))
        for kind in dict.fromkeys(types)
    )
    return tuple(related for related in rows if related.tiles)


def _related(
    document: Document, kind: str, cards: Mapping[str, Card], site: Site, publication: Publication
) -> Iterator[Tile]:
    for link in document.associations:
        if link.type == kind and link.sku in cards:
            yield tile_of(cards[link.sku], site, publication.language, quantity=link.quantity)
