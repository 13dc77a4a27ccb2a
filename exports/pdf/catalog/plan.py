"""What stands in a catalogue and where, whichever way its pages are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from exports.documents import Document
from exports.formats.base import Problem, Work
from exports.formats.options import LONG, SHORT
from exports.pdf.catalog.lists import Line
from exports.pdf.chapters import Arrangement, Section, arrange
from exports.pdf.entries import LABEL, NAME, Entry, PictureSource, Related, Writer, anchor_of
from exports.pdf.envelope import envelope
from exports.pdf.limits import clipped
from exports.wording import word

PICTURE = 640  # pixels, for 56 mm: 290 per inch


class Plan:
    """One catalogue in the making. `shared` is the context that all its templates get."""

    def __init__(self, work: Work, told: Mapping[str, Any], documents: Iterable[Document]) -> None:
        self.work = work
        self.publication = work.publication
        self.with_prices = bool(told["prices"])
        self.shared = {
            **envelope(work, told["title"] or work.publication.title, told["price_note"]),
            "subtitle": clipped(told["subtitle"], SHORT),
            "year": clipped(told["year"] or work.publication.released_on[:4], SHORT),
            "imprint": clipped(told["imprint"], LONG),
            "tagged": told["tagged"],
        }
        further = word(work.publication.language, "further_products")
        self.arrangement: Arrangement = arrange(documents, work.publication.navigation, further)
        entries = (entry for chapter in self.chapters for s in chapter.walk() for entry in s.entries)
        self.names = {document.sku: document.name for document in entries}

    @property
    def chapters(self) -> Sequence[Section]:
        return self.arrangement.chapters

    def html(self, template: str, **context: Any) -> str:
        return render_to_string(f"exports/pdf/{template}.html", {**self.shared, **context})

    def entry(self, document: Document, picture: PictureSource, problems: list[Problem]) -> Entry:
        writer = Writer(self.publication, picture, problems, with_prices=self.with_prices)
        return writer.entry(document, self.variants(document), self.names, width=PICTURE)

    def variants(self, document: Document) -> Sequence[Document]:
        return self.arrangement.variants.get(document.sku, ())

    def contents(self, pages: Mapping[str, int]) -> list[Line]:
        """A line for each chapter, section and product; `pages` are the numbers known by now."""
        lines = [line for chapter in self.chapters for line in _lines(chapter, pages)]
        return [*lines, Line(1, word(self.publication.language, "index"), "index", pages.get("index", 0))]

    def index(self, pages: Mapping[str, int]) -> list[Line]:
        """Every SKU, variants too, with the page of the entry that tells of it."""
        return [
            Line(0, clipped(self.names[entry], NAME), anchor, pages.get(anchor, 0), clipped(sku, LABEL))
            for sku, entry in sorted(self.arrangement.entry_of.items())
            if (anchor := anchor_of(entry))
        ]


def elsewhere(section: Section) -> tuple[tuple[Related, str], ...]:
    """The products of a section that are printed in another, and that one's label."""
    return tuple((_reference(document), clipped(label, LABEL)) for document, label in section.elsewhere)


def _reference(document: Document) -> Related:
    return Related(clipped(document.sku, LABEL), clipped(document.name, NAME), anchor_of(document.sku))


def _lines(chapter: Section, pages: Mapping[str, int]) -> Iterator[Line]:
    for section in chapter.walk():
        yield Line(section.level, clipped(section.label, LABEL), section.anchor, pages.get(section.anchor, 0))
        for entry in section.entries:
            anchor = anchor_of(entry.sku)
            yield Line(0, clipped(entry.name, NAME), anchor, pages.get(anchor, 0))


def styles(*names: str) -> str:
    return "".join(render_to_string(f"exports/pdf/{name}.css") for name in names)
