"""Texts taken apart into paragraphs, and what counts of a paragraph when it is compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import normalize

from catalog.richtext import to_text

# Elements of clean markup that stand beside one another, each a paragraph. A list or a table is one.
BLOCKS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "figure", "div", "hr"]
)
# Words of a line of plain text beyond which its sentences are looked at each for itself.
LONG_LINE = 60

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"]|"[^"]*")*)>')
_VOID = frozenset(["br", "img", "hr", "wbr", "col"])
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[^\W\da-z_])|(?<=[。！？])")
# A reference is one word whatever it stands for; numbers keep their separators; scripts that put no spaces between
# words count by their characters; of all else what stands between spaces and punctuation is a word, with its marks.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_BETWEEN = r"\s!-/:-@\[-`{-~\u00a1-\u00b4\u00b6-\u00bf\u00d7\u00f7\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f"
_WORD = re.compile(rf"\{{\{{[^{{}}]{{1,200}}\}}\}}|\d+(?:[.,:]\d+)*|[{_UNSPACED}]|[^\d{_BETWEEN}{_UNSPACED}]+")
_REFERENCE = re.compile(r"\{\{[^{}]{1,200}\}\}")


class Paragraph(NamedTuple):
    """`place` counts a text's paragraphs from 0; `markup` is as it stands there, `text` what people read of it.

    `kind` is the element's name, or "" for a plain text and for what stands outside of any element.
    """

    place: int
    kind: str
    markup: str
    text: str


class Block(NamedTuple):
    """Where a paragraph stands in clean markup: from `start` up to but without `end`."""

    kind: str
    start: int
    end: int


def blocks(markup: str) -> list[Block]:
    """The elements of clean markup that stand side by side, and what stands loose between them, without gaps.

    A plain text, and markup whose elements do not close, is one block of no kind.
    """
    found: list[Block] = []
    depth = begin = 0
    for tag in _TAG.finditer(markup):
        closing, name = tag[1], tag[2].lower()
        if name in _VOID and not (depth == 0 and name in BLOCKS):
            continue
        if depth == 0 and name in BLOCKS and not closing:
            found += _loose(markup, begin, tag.start())
            begin = tag.start()
        depth += 0 if name in _VOID else -1 if closing else 1
        if depth < 0:
            return [Block("", 0, len(markup))]
        if depth == 0 and name in BLOCKS:
            found.append(Block(name, begin, tag.end()))
            begin = tag.end()
    if depth:
        return [Block("", 0, len(markup))]
    return found + list(_loose(markup, begin, len(markup)))


def _loose(markup: str, start: int, end: int) -> Iterator[Block]:
    if markup[start:end].strip():
        yield Block("", start, end)


def of_rich(markup: str) -> list[Paragraph]:
    """The paragraphs of clean markup; of a plain text the whole."""
    if not markup.startswith("<"):
        return [Paragraph(0, "", markup, markup)]
    parts = ((block.kind, markup[block.start : block.end]) for block in blocks(markup))
    return [Paragraph(place, kind, part, to_text(part)) for place, (kind, part) in enumerate(parts)]


def of_plain(text: str) -> list[Paragraph]:
    """The lines of a plain text; of one of more than 60 words its sentences."""
    parts = (part for line in text.splitlines() for part in _sentences(line.strip()))
    return [Paragraph(place, "", part, part) for place, part in enumerate(parts)]


def _sentences(line: str) -> list[str]:
    if line.count(" ") < LONG_LINE:
        return [line] if line else []
    return [part for part in map(str.strip, _SENTENCE_ENDS.split(line)) if part]


def words_of(text: str) -> list[str]:
    """What counts of a text when it is compared: words and numbers in order, without case, punctuation and layout."""
    return _WORD.findall(normalize("NFKC", text).casefold())


def normal(text: str) -> str:
    """The same as one string: equal for texts that differ in case, punctuation, markup or layout only."""
    return " ".join(words_of(text))


def count_words(text: str) -> int:
    """How many words there are to translate: what references stand for is none."""
    return len(words_of(_REFERENCE.sub(" ", text)))


def title_of(markup: str, limit: int = 80) -> str:
    """The first words of a paragraph, as what a fragment is called by."""
    line = " ".join(to_text(markup).split())
    if len(line) <= limit:
        return line
    words = line[:limit].rpartition(" ")[0] or line[: limit - 1]
    return f"{words.rstrip(' ,;:–-')}…"
