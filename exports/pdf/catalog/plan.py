"""What stands in a catalogue and where, whichever way its pages are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string

from exports.documents import Document, DocumentAsset, Statement
from exports.formats.base import Problem, Work
from exports.formats.options import LONG, SHORT
from exports.pdf.catalog import indexes
from exports.pdf.catalog.articles import Article, Articles
from exports.pdf.catalog.choosing import chapters_of, chosen
from exports.pdf.catalog.comparing import Grid, grid_of
from exports.pdf.catalog.hoisting import shared_by, texts_of
from exports.pdf.catalog.indexes import Pages
from exports.pdf.catalog.lists import Line
from exports.pdf.catalog.look import Look
from exports.pdf.catalog.sides import Side, sides_of
from exports.pdf.catalog.wording import words
from exports.pdf.chapters import Arrangement, Section, arrange
from exports.pdf.entries import LABEL, NAME, PictureSource, Prose, Related, Writer, anchor_of
from exports.pdf.envelope import envelope
from exports.pdf.limits import clipped
from exports.pdf.resolution import told_small

TEMPLATES = {"half": "entry", "page": "catalog/entry_page", "grid": "catalog/entry_grid"}
WIDTH, COLUMN, PRICE = 62.0, 24.0, 20.0  # mm: of a grid's picture and SKU, of its other columns, of prices
MOST_COLUMNS = 7
LOGO = 700  # pixels, for 60 mm
TEXT = "text"  # the slot of texts that stand alone

# A text in each language: the language, and its paragraphs.
Texts = tuple[tuple[str, tuple[Prose, ...]], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Over an entry: what a section is called, also in other languages, and what is said of it."""

    level: int
    label: str
    anchor: str
    others: tuple[tuple[str, str], ...] = ()
    texts: Texts = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages of lines at the end: its place, its title, and its lines with the page numbers known by then."""

    code: str
    title: str
    lines: Any

    def at(self, pages: Pages) -> list[Line]:
        return list(self.lines(pages))


class Plan:
    """One catalogue in the making. `shared` is the context that all its templates get."""

    def __init__(self, work: Work, told: Mapping[str, Any], documents: Iterable[Document]) -> None:
        self.work, self.told, self.look = work, told, Look.of(told)
        self.publication = work.publication
        self.words = words(self.publication.language)
        kept = chosen(documents, told, work)
        navigation, rest = chapters_of(self.publication.navigation, told["category"])
        if told["chapters"] == "none":
            navigation, rest = (), self.words["all_products"]
        self.arrangement: Arrangement = arrange(kept, navigation, rest or self.words["further_products"])
        self.sides: Sequence[Side] = sides_of(kept, told, work)
        self.entries = [entry for chapter in self.chapters for section in chapter.walk() for entry in section.entries]
        self.names = {document.sku: document.name for document in self.entries}
        self.grids = dict(self._grids()) if told["layout"] == "grid" else {}
        self.all_names = [
            {sku: one.documents[sku].name for sku in self.names if sku in one.documents} for one in self.sides
        ]
        self._articles = Articles(self.sides, told, self.look, self.words, self.all_names)
        self.shared = self._shared()
        self._texts, unprinted = texts_of(self.chapters, told["openings"]) if told["openings"] else ({}, [])
        work.problems.extend([*unprinted, *self._pictures(), *self._long_openings()])

    @property
    def chapters(self) -> Sequence[Section]:
        return self.arrangement.chapters

    @cached_property
    def logo(self) -> DocumentAsset | None:
        """Raises ExportError for one that there is not."""
        code = self.told["logo"]
        return self.work.asset(code) if code else None

    def begins_page(self, article: Article) -> bool:
        return self.told["layout"] == "page" or (article.is_long and self.told["layout"] == "half")

    def _shared(self) -> dict[str, Any]:
        told = self.told
        template = TEMPLATES[told["layout"]]
        if len(self.sides) > 1 and told["layout"] != "grid":
            template = "catalog/entry_sides"
        elif template == "entry" and not self.look.is_wide:
            template = "catalog/entry_narrow"
        return {
            **envelope(self.work, told["title"] or self.publication.title, told["price_note"]),
            "words": self.words,
            "subtitle": clipped(told["subtitle"], SHORT),
            "year": clipped(told["year"] or self.publication.released_on[:4], SHORT),
            "imprint": clipped(told["imprint"], LONG),
            "back_cover": clipped(told["back_cover"], LONG),
            # Facts are set by hand for one width only.
            "tagged": told["tagged"] or not self.look.is_wide,
            "see_pages": told["references"],
            "see_digits": len(str(len(self.entries) * 2 + 10)),
            "layout": told["layout"],
            "chapters": told["chapters"],
            "look": self.look,
            "entry_template": f"exports/pdf/{template}.html",
            "languages": [side.language for side in self.sides],
        }

    def _pictures(self) -> Iterator[Problem]:
        """What is amiss with the main pictures of entries."""
        width = {"half": self.look.picture, "page": min(self.look.text_width, 148), "grid": 18.0}[self.told["layout"]]
        for entry in self.entries:
            asset = entry.picture()
            if asset is None:
                yield Problem(entry.sku, "It has no picture; the catalogue leaves its place empty.", fatal=False)
            else:
                yield from (Problem(entry.sku, message, fatal=False) for message in told_small(asset, width))

    def _long_openings(self) -> Iterator[Problem]:
        """Texts that an opening page has no room for."""
        for chapter in self.chapters if self.told["chapters"] == "openers" else ():
            said = sum(len(one.text) for one in self._texts.get(chapter.anchor, ()))
            room = self.look.opening // len(self.sides)
            if said > room:
                message = f"The text of the chapter “{chapter.label}” has {said:,} characters; its page holds {room:,}."
                yield Problem("", f"{message} “headings” in the option “chapters” has room for any.", fatal=False)

    def html(self, template: str, **context: Any) -> str:
        return render_to_string(f"exports/pdf/{template}.html", {**self.shared, **context})

    # --- Entries ------------------------------------------------------------------------------------------------------

    def article(self, document: Document, section: Section, picture: PictureSource, problems: list[Problem]) -> Article:
        grid = self.grids.get(section.anchor)
        return self._articles.article(document, self.variants(document), grid, picture, problems)

    def variants(self, document: Document) -> Sequence[Document]:
        return self.arrangement.variants.get(document.sku, ())

    def _grids(self) -> Iterator[tuple[str, Grid]]:
        """The columns of each section's table."""
        look, told = self.look, self.told
        most = int((look.text_width - WIDTH * look.scale - (PRICE if told["prices"] else 0)) / COLUMN)
        for chapter in self.chapters:
            for section in chapter.walk():
                products = [one for entry in section.entries for one in (self.variants(entry) or [entry])]
                spoken = [[side.documents.get(one.sku) for side in self.sides] for one in products]
                has_price = told["prices"] and any(one.price(self.publication.currency) for one in products)
                grid = grid_of(spoken, told["columns"], min(most, MOST_COLUMNS), has_price=has_price)
                yield section.anchor, grid

    # --- Headings and texts -------------------------------------------------------------------------------------------

    @cached_property
    def headings(self) -> Mapping[str, Heading]:
        """Of each section, by its anchor."""
        return {section.anchor: self._heading(section) for chapter in self.chapters for section in chapter.walk()}

    def _heading(self, section: Section) -> Heading:
        others = ((side.language, side.labels.get(section.anchor, "")) for side in self.sides[1:])
        label = clipped(section.label, LABEL)
        return Heading(
            section.level,
            label,
            section.anchor,
            tuple((language, clipped(other, LABEL)) for language, other in others if other and other != section.label),
            self._said_of(section),
        )

    def _said_of(self, section: Section) -> Texts:
        said = self._texts.get(section.anchor)
        entries = [entry for below in section.walk() for entry in below.entries]
        return self._in_all(entries, self.told["openings"], said) if said else ()

    @cached_property
    def foreword(self) -> Texts:
        """What all products say in the slot of the foreword."""
        slot = self.told["foreword"]
        said = shared_by(self.entries, slot) if slot else ()
        if slot and self.entries and not said:
            message = f"There is no foreword: no text in the slot “{slot}” is on all products."
            self.work.problems.append(Problem("", message, fatal=False))
        return self._in_all(self.entries, slot, said) if said else ()

    def _in_all(self, entries: Sequence[Document], slot: str, said: Sequence[Statement]) -> Texts:
        """These statements of the first entry, and in other languages what all entries share there."""
        texts = []
        for at, side in enumerate(self.sides):
            found = [side.documents[one.sku] for one in entries if one.sku in side.documents]
            statements = said if at == 0 else shared_by(found, slot)
            if statements:
                texts.append((side.language, self._prose(side, found[0], statements)))
        return tuple(texts)

    def _prose(self, side: Side, document: Document, statements: Sequence[Statement]) -> tuple[Prose, ...]:
        """Texts alone; a picture in them is left to its alternative text."""
        texts = tuple(replace(one, slot=TEXT) for one in statements)
        bare = replace(document, statements=texts, facts={}, tables={}, assets=(), associations=())
        publication = replace(side.publication, slots={TEXT: ""})
        entry = Writer(publication, lambda *_: "", self.work.problems).entry(bare, (), {}, width=1)
        return entry.others[0][1]

    # --- Lists --------------------------------------------------------------------------------------------------------

    def contents(self, pages: Pages) -> list[Line]:
        lines = list(indexes.contents(self.chapters, pages))
        if self.told["chapters"] == "none":
            lines = lines[1:]
        ends = [(one.title, one.code) for one in self.listings()]
        return [*lines, *(Line(1, title, code, pages.get(code, 0)) for title, code in ends)]

    def listings(self) -> list[Listing]:
        """The lists after the chapters, in order."""
        told, words, entry_of = self.told, self.words, self.arrangement.entry_of
        known = {
            "price_list": (
                words["price_list"],
                lambda pages: indexes.prices(self.chapters, self.arrangement.variants, self._price_texts(), pages),
            ),
            "index": (words["index"], lambda pages: indexes.by_sku(entry_of, self.names, pages)),
            "name_index": (words["index_names"], lambda pages: indexes.by_name(self.names, pages)),
            "keywords": (
                words["index_keywords"],
                lambda pages: indexes.by_keyword(self.entries, told["keywords"], pages),
            ),
        }
        return [Listing(code, title, lines) for code, (title, lines) in known.items() if told[code]]

    def _price_texts(self) -> dict[str, str]:
        products = [one for entry in self.entries for one in (self.variants(entry) or [entry])]
        return {one.sku: self._articles.price(one) for one in products}


def elsewhere(section: Section) -> tuple[tuple[Related, str], ...]:
    """The products of a section that are printed in another, and that one's label."""
    return tuple((_reference(document), clipped(label, LABEL)) for document, label in section.elsewhere)


def _reference(document: Document) -> Related:
    return Related(clipped(document.sku, LABEL), clipped(document.name, NAME), anchor_of(document.sku))
