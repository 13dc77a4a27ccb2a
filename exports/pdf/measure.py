"""How much of a page an entry will take, roughly: enough to choose its layout before anything is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.pdf.entries import Entry, Prose

# All in lines of 12 pt; characters per line as the columns of catalog.css take them.
PAGE = 60
SMALL = 16
LONG = 38
_WORDS, _SIDE, _PICTURE = 80, 48, 14
_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"</(?:p|li|h3|h4|tr|blockquote)>")


def layout_of(entry: Entry) -> str:
    """ "small"; "" for what shares a page; "long" for what begins one; "dense" for what would just not fit on it."""
    lines = height(entry)
    if _words(entry) + below(entry) < SMALL:
        return "small"
    if lines <= LONG:
        return ""
    return "dense" if PAGE - 4 < lines <= PAGE * 1.17 else "long"


def height(entry: Entry) -> float:
    """The words beside the side column, and what stands below both."""
    return max(_words(entry), _side(entry)) + below(entry)


def below(entry: Entry) -> float:
    """Facts, variants and tables, as wide as an A4 page's text."""
    facts = sum(1.6 + 0.92 * (len(group.facts) / 2 + 1.5 * len(group.long_facts) + 0.5) for group in entry.facts)
    variants = 2.5 + 1.06 * len(entry.variants.rows) if entry.variants else 0
    tables = sum(2.5 + 1.06 * len(table.rows) for table in entry.tables)
    return facts + variants + tables + 2


def _words(entry: Entry) -> float:
    head = 1 + 2 * rows(entry.name, 34) + 1.4 * rows(entry.headline, 56) + (2 if entry.price else 0)
    teaser = 1.15 * rows(entry.teaser, 68) + 0.5
    return (
        head
        + teaser
        + prose_lines(entry.description, _WORDS)
        + 0.4 * len(entry.features)
        + prose_lines(entry.features, _WORDS)
    )


def _side(entry: Entry) -> float:
    return _PICTURE + 0.83 * prose_lines(entry.warnings, _SIDE) if entry.has_side_notes else _PICTURE


def prose_lines(prose: Iterable[Prose], characters: int) -> float:
    """Texts with so many characters to a line."""
    return sum(rows(block, characters) + 0.3 for one in prose for block in _blocks(one.html))


def _blocks(html: str) -> list[str]:
    return [text for block in _BLOCK.split(html) if (text := _TAG.sub("", block).strip())]


def rows(text: str, characters: int) -> int:
    """Lines of a text with so many characters each."""
    return ceil(len(text) / characters)
