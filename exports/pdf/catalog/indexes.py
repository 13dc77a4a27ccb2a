"""The lines of contents, indexes and the price list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import normalize

from exports.documents import Document
from exports.pdf.catalog.lists import HEADING, Line
from exports.pdf.chapters import Section
from exports.pdf.entries import LABEL, NAME, anchor_of
from exports.pdf.limits import clipped

Pages = Mapping[str, int]  # the numbers known by now, by anchor
_SPLIT = re.compile(r"\s*[,;\n]\s*")


def contents(chapters: Iterable[Section], pages: Pages) -> Iterator[Line]:
    """A line for each chapter, section and product."""
    for chapter in chapters:
        for section in chapter.walk():
            yield Line(section.level, clipped(section.label, LABEL), section.anchor, pages.get(section.anchor, 0))
            for entry in section.entries:
                anchor = anchor_of(entry.sku)
                yield Line(0, clipped(entry.name, NAME), anchor, pages.get(anchor, 0))


def by_sku(entry_of: Mapping[str, str], names: Mapping[str, str], pages: Pages) -> Iterator[Line]:
    """Every SKU, variants too, with the page of the entry that tells of it."""
    for sku, entry in sorted(entry_of.items()):
        anchor = anchor_of(entry)
        yield Line(0, clipped(names[entry], NAME), anchor, pages.get(anchor, 0), clipped(sku, LABEL))


def by_name(names: Mapping[str, str], pages: Pages) -> Iterator[Line]:
    """Every entry under the letter that its name begins with."""
    last = ""
    for sku, name in sorted(names.items(), key=lambda pair: (sorted_as(pair[1]), pair[0])):
        letter = sorted_as(name)[:1].upper()
        if letter != last:
            yield Line(HEADING, letter if letter.isalpha() else "0–9", "", 0)
        last = letter if letter.isalpha() else last
        anchor = anchor_of(sku)
        yield Line(0, clipped(name, NAME), anchor, pages.get(anchor, 0))


def by_keyword(entries: Iterable[Document], code: str, pages: Pages) -> Iterator[Line]:
    """Every keyword of the fact `code`, with the entries that have it."""
    found: dict[str, list[Document]] = {}
    for document in entries:
        for keyword in keywords_of(document, code):
            found.setdefault(keyword, []).append(document)
    for keyword in sorted(found, key=sorted_as):
        yield Line(HEADING, clipped(keyword, LABEL), "", 0)
        for document in sorted(found[keyword], key=lambda one: (sorted_as(one.name), one.sku)):
            anchor = anchor_of(document.sku)
            yield Line(0, clipped(document.name, NAME), anchor, pages.get(anchor, 0))


def keywords_of(document: Document, code: str) -> list[str]:
    """The values of a fact, each once: those of a selection, or what stands between commas in a text."""
    fact = document.facts.get(code)
    return [] if fact is None else list(dict.fromkeys(part for part in _SPLIT.split(fact.text) if part))


def prices(
    chapters: Sequence[Section], variants: Mapping[str, Sequence[Document]], texts: Mapping[str, str], pages: Pages
) -> Iterator[Line]:
    """Everything that has a price, by chapter; `texts` are the prices by SKU."""
    for chapter in chapters:
        lines = [
            Line(0, clipped(one.name, NAME), anchor, pages.get(anchor, 0), clipped(one.sku, LABEL), texts[one.sku])
            for section in chapter.walk()
            for entry in section.entries
            if (anchor := anchor_of(entry.sku))
            for one in (variants.get(entry.sku) or [entry])
            if texts.get(one.sku)
        ]
        if lines:
            yield Line(HEADING, clipped(chapter.label, LABEL), "", 0)
            yield from lines


def sorted_as(text: str) -> str:
    """A text without case and accents, which dictionaries put with their letters."""
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not 0x300 <= ord(letter) < 0x370)
