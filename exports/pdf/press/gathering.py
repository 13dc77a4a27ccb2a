"""Gatherings: sheets that are bound together, and remembered as long as nothing in them or before them changes.

Of one that did not change nothing is read but how long it is, where its anchors are and what it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from exports.formats.base import Problem
from exports.pdf.press.bound import name_of
from exports.pdf.press.chunk import Chunk, Laid, digest
from exports.pdf.press.paste import Sheet
from exports.pdf.press.room import PressRoom, unite
from exports.pdf.press.sewing import sew
from exports.pdf.press.stamping import Digits, fill_slots, numbers_of

Laying = Mapping[str, Laid]  # by code


def _nothing(_laid: Laying) -> Sequence[Chunk]:
    return ()


@dataclass(frozen=True, slots=True)
class Gathering:
    """A chapter, say. `paste` makes its sheets, the first of them with the number given, with all but what slots say.

    `chunks` are all it needs; `more` are those that depend on how these were laid out.
    """

    chunks: Sequence[Chunk]
    paste: Callable[[Laying, int], list[Sheet]]
    more: Callable[[Laying], Sequence[Chunk]] = _nothing

    def determined_by(self) -> str:
        return digest("gathering", [(chunk.code, chunk.determined_by) for chunk in self.chunks])


@dataclass(frozen=True, slots=True)
class Record:
    """What the others need to know of a gathering. `anchors` say on which sheet, from 0, each place is.

    `pages` say, by product and sheet, what of the product stands there.
    """

    length: int
    anchors: Mapping[str, int]
    targets: Sequence[str]
    slots: Sequence[str]
    problems: Sequence[Problem]
    pages: Mapping[str, Mapping[str, Sequence[str]]]

    def said(self) -> dict[str, Any]:
        problems = [(one.sku, one.message, one.fatal) for one in self.problems]
        return {
            "length": self.length,
            "anchors": self.anchors,
            "targets": self.targets,
            "slots": self.slots,
            "problems": problems,
            "pages": self.pages,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Record:
        return cls(**{**said, "problems": [Problem(*row) for row in said["problems"]]})


@dataclass(frozen=True, slots=True)
class Published:
    """What there was to say of chunks, and by product and page what of the product stands there: see Work.pages."""

    problems: Sequence[Problem]
    pages: Mapping[str, Mapping[str, Sequence[str]]]


def publish(
    room: PressRoom,
    gatherings: Sequence[Gathering],
    digits: Chunk,
    facts: Mapping[str, str],
    language: str,
    out: BinaryIO,
) -> Published:
    """Write the PDF of these gatherings. Raises ExportError."""
    publication = _Publication(room, gatherings, digits)
    records = publication.records()
    publication.bind(records, facts, language, out)
    firsts, _ = _numbered(records)
    pages = {
        sku: {str(first + int(at)): marks for at, marks in found.items()}
        for record, first in zip(records, firsts, strict=True)
        for sku, found in record.pages.items()
    }
    return Published([problem for record in records for problem in record.problems], pages)


class _Publication:
    def __init__(self, room: PressRoom, gatherings: Sequence[Gathering], digits: Chunk) -> None:
        self._room, self._gatherings, self._digits = room, gatherings, digits
        self._keys = [room.name_of(gathering.determined_by()) for gathering in gatherings]
        self._laid: dict[str, Laid] = {}

    def records(self) -> list[Record]:
        """Those remembered, and for the others everything is laid out at once, so that no process waits."""
        kept = [self._room.kept(key) for key in self._keys]
        self._lay(gathering for gathering, said in zip(self._gatherings, kept, strict=True) if said is None)
        rows = zip(self._gatherings, self._keys, kept, strict=True)
        return [self._recorded(one, key) if said is None else Record.of(said) for one, key, said in rows]

    def _lay(self, gatherings: Iterable[Gathering]) -> None:
        due = list(gatherings)
        if due:
            self._laid.update(self._room.lay([self._digits, *(c for one in due for c in one.chunks)]))
            self._laid.update(self._room.lay(c for one in due for c in one.more(self._laid)))

    def _recorded(self, gathering: Gathering, key: str) -> Record:
        sheets = gathering.paste(self._laid, 1)
        pages = [piece.page for sheet in sheets for piece in sheet.pieces if piece.page]
        links = [link for page in pages for link in page.links if not link.is_outside]
        chunks = [*gathering.chunks, *gathering.more(self._laid)]
        record = Record(
            len(sheets),
            {anchor: number - 1 for anchor, number in numbers_of(sheets).items()},
            sorted({link.target for link in links}),
            sorted({link.target for link in links if link.slot}),
            self._room.problems_of(chunks),
            _pages(sheets, {self._laid[c.code].key: c.sku for c in chunks if c.sku and c.code in self._laid}),
        )
        if self._room.is_steady(chunks):
            self._room.keep(key, record.said())
        return record

    def bind(self, records: Sequence[Record], facts: Mapping[str, str], language: str, out: BinaryIO) -> None:
        from exports.pdf.press.binding import letters  # loads the PDF library

        firsts, numbers = _numbered(records)
        fonts: dict[str, dict[str, Any]] = {}
        parts = []
        for gathering, key, record, first in zip(self._gatherings, self._keys, records, firsts, strict=True):
            known = [target in numbers for target in record.targets]
            said = [numbers.get(target, 0) for target in record.slots]
            name = digest("part", key, self._digits.determined_by, first, known, said)
            sheets = partial(self._sheets, gathering, first, numbers)
            if not self._room.is_steady(gathering.chunks):
                name = digest(name, name_of(sheets()))
            part, used = self._room.part(name, sheets, numbers.keys())
            parts.append(part)
            unite(fonts, used)
        sew(parts, letters(self._room.fonts(fonts)), facts, language, out)

    def _sheets(self, gathering: Gathering, first: int, numbers: Mapping[str, int]) -> list[Sheet]:
        """All that is on them. What was only remembered is read again."""
        if self._digits.code not in self._laid or any(c.code not in self._laid for c in gathering.chunks):
            self._lay([gathering])
        sheets = gathering.paste(self._laid, first)
        for sheet in sheets:
            fill_slots(sheet, Digits(self._laid[self._digits.code]), numbers)
        return sheets


def _pages(sheets: Sequence[Sheet], skus: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """By product and sheet, the marks of what stands there. `skus` are those of entries, by their key."""
    pages: dict[str, dict[str, list[str]]] = {}
    for at, sheet in enumerate(sheets):
        for piece in sheet.pieces:
            if piece.page and piece.key in skus:
                pages.setdefault(skus[piece.key], {}).setdefault(str(at), []).extend(piece.page.marks)
    return pages


def _numbered(records: Sequence[Record]) -> tuple[list[int], dict[str, int]]:
    """The number of each gathering's first sheet, and of the sheet on which each anchor is."""
    firsts, numbers = [], dict[str, int]()
    first = 1
    for record in records:
        firsts.append(first)
        for anchor, at in record.anchors.items():
            numbers.setdefault(anchor, first + at)
        first += record.length
    return firsts, numbers
