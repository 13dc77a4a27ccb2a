"""A printed catalogue: cover, contents, chapters after the channel's navigation, index by SKU, imprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document
from exports.formats.base import Format, Problem, Work
from exports.formats.options import Flag, Text
from exports.pdf.chapters import Arrangement, Section, arrange
from exports.pdf.engine import Part, Press
from exports.pdf.entries import LABEL, NAME, Entry, Related, Writer, anchor_of
from exports.pdf.envelope import LONG, PRICE_NOTE, envelope, is_on, text
from exports.pdf.limits import clipped
from exports.pdf.lists import Line, spread
from exports.wording import word

PICTURE = 640  # pixels, for 56 mm: 290 per inch


@dataclass(frozen=True, slots=True)
class Block:
    """A section of a chapter ready to print; the chapter itself is the first."""

    level: int
    label: str
    anchor: str
    entries: tuple[Entry, ...]
    elsewhere: tuple[tuple[Related, str], ...]
    begins_long: bool


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
        "tagged": Flag(
            label="Accessible",
            help="Readable for programs that read aloud; a fifth more work.",
            group="File",
        ),
    }

    def check(self, document: Document, work: Work) -> list[Problem]:
        if document.type == "variant" or document.picture():
            return []
        return [Problem(document.sku, "It has no picture; the catalogue leaves its place empty.", fatal=False)]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        with Press(work.files, _stylesheet(), work.problems) as press:
            press.bind(Book(press, work, documents).parts(), out, tagged=is_on(work, "tagged", otherwise=False))


def _stylesheet() -> str:
    return "".join(render_to_string(f"exports/pdf/{name}.css") for name in ("common", "catalog"))


class Book:
    """One catalogue in the making. Parts are rendered in the order of their pages, but the contents last."""

    def __init__(self, press: Press, work: Work, documents: Iterable[Document]) -> None:
        self._press = press
        self._publication = work.publication
        self._envelope = {
            **envelope(work, text(work, "title", work.publication.title)),
            "subtitle": text(work, "subtitle"),
            "year": text(work, "year", work.publication.released_on[:4]),
            "imprint": text(work, "imprint", limit=LONG),
            "tagged": is_on(work, "tagged", otherwise=False),
        }
        further = word(work.publication.language, "further_products")
        self._arrangement: Arrangement = arrange(documents, work.publication.navigation, further)
        entries = (entry for chapter in self._arrangement.chapters for s in chapter.walk() for entry in s.entries)
        self._names = {document.sku: document.name for document in entries}
        self._writer = Writer(
            work.publication, press.picture, work.problems, with_prices=is_on(work, "prices", otherwise=True)
        )

    def parts(self) -> list[Part]:
        cover = self._render("cover", 1)
        contents = self._contents({}, cover.next_page)  # for its length: every page number is 0
        body: list[Part] = []
        pages: dict[str, int] = {}
        for number, chapter in enumerate(self._arrangement.chapters, 1):
            body.append(self._chapter(number, chapter, (body or [contents])[-1].next_page))
            pages.update(body[-1].anchors)
        body.append(self._index(pages, (body or [contents])[-1].next_page))
        pages.update(body[-1].anchors)
        body.append(self._render("imprint", body[-1].next_page))
        return [cover, self._contents(pages, cover.next_page), *body]

    def _render(self, template: str, first_page: int, **context: Any) -> Part:
        html = render_to_string(f"exports/pdf/{template}.html", {**self._envelope, **context})
        return self._press.render(html, first_page=first_page)

    def _chapter(self, number: int, chapter: Section, first_page: int) -> Part:
        entries = {document.sku: self._entry(document) for section in chapter.walk() for document in section.entries}
        blocks = [self._block(section, entries) for section in chapter.walk()]
        return self._render("chapter", first_page, chapter=chapter, number=number, blocks=blocks)

    def _block(self, section: Section, entries: Mapping[str, Entry]) -> Block:
        own = tuple(entries[document.sku] for document in section.entries)
        elsewhere = tuple((self._reference(document), clipped(label, LABEL)) for document, label in section.elsewhere)
        first = next((document.sku for below in section.walk() for document in below.entries), None)
        begins_long = first is not None and entries[first].is_long
        return Block(section.level, clipped(section.label, LABEL), section.anchor, own, elsewhere, begins_long)

    def _reference(self, document: Document) -> Related:
        return Related(clipped(document.sku, LABEL), clipped(document.name, NAME), anchor_of(document.sku))

    def _entry(self, document: Document) -> Entry:
        return self._writer.entry(
            document, self._arrangement.variants.get(document.sku, ()), self._names, width=PICTURE
        )

    def _contents(self, pages: Mapping[str, int], first_page: int) -> Part:
        lines = [line for chapter in self._arrangement.chapters for line in _lines(chapter, pages)]
        lines.append(Line(1, word(self._publication.language, "index"), "index", pages.get("index", 0)))
        return self._render("contents", first_page, pages=spread(lines))

    def _index(self, pages: Mapping[str, int], first_page: int) -> Part:
        """Every SKU, variants too, with the page of the entry that tells of it."""
        lines = [
            Line(0, clipped(self._names[entry], NAME), anchor_of(entry), pages[anchor_of(entry)], clipped(sku, LABEL))
            for sku, entry in sorted(self._arrangement.entry_of.items())
        ]
        return self._render("index", first_page, pages=spread(lines))


def _lines(chapter: Section, pages: Mapping[str, int]) -> Iterator[Line]:
    for section in chapter.walk():
        yield Line(section.level, clipped(section.label, LABEL), section.anchor, pages.get(section.anchor, 0))
        for entry in section.entries:
            anchor = anchor_of(entry.sku)
            yield Line(0, clipped(entry.name, NAME), anchor, pages.get(anchor, 0))
