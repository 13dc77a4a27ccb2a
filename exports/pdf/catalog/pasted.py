"""The catalogue pasted up of chunks: a change of one product lays out one entry, and binds one chapter anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from exports.assembling.prose import products_in
from exports.documents import Document, digest_of, to_bytes
from exports.formats.base import Problem
from exports.pdf.catalog.plan import Plan, elsewhere, styles
from exports.pdf.chapters import Section
from exports.pdf.entries import LABEL, NAME, Entry
from exports.pdf.limits import clipped
from exports.pdf.lists import Line, spread
from exports.pdf.press.chunk import Chunk, Laid, Manuscript, digest
from exports.pdf.press.paste import Block, Frame, Sheet, paste
from exports.pdf.press.room import PressRoom, Source
from exports.pdf.press.stamping import Digits, fill_slots, line, numbers_of

MM = 72 / 25.4
GAP = 24.0  # between entries
FRAME = Frame(210 * MM, 297 * MM, 23 * MM, 278 * MM, 18 * MM, 192 * MM)  # A4, as common.css has it
HEAD, FOOT = (FRAME.top - 12) / 2, FRAME.bottom + (FRAME.height - FRAME.bottom - 12) / 2
RUNNING = 44  # characters of a name in a running head
STYLES = ("folio", "line")  # of page numbers: at the foot of a page, and in contents and index

# A heading over an entry: level, label, anchor.
Heading = tuple[int, str, str]


@dataclass(slots=True)
class Chapter:
    """A chapter's chunks in the order of printing; which of them are entries is in `entries`."""

    number: int
    section: Section
    chunks: list[Chunk] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)


def write(plan: Plan, policy: str, out: BinaryIO) -> None:
    """Raises ExportError."""
    with PressRoom(plan.work, styles("common", "catalog", "catalog_pasted"), policy) as room:
        pasted = Pasted(room, plan)
        parts = pasted.parts()
        facts = {"Title": plan.shared["title"], "Author": plan.shared["author"], "Creator": "Tessera"}
        room.bind(parts, facts, plan.publication.language, out)


class Pasted:
    def __init__(self, room: PressRoom, plan: Plan) -> None:
        self._room, self._plan = room, plan
        publication = plan.publication
        self._said = digest(  # what an entry takes from the envelope
            publication.language,
            publication.currency,
            list(publication.groups.items()),
            list(publication.slots.items()),
            list(publication.associations.items()),
            plan.with_prices,
        )

    def parts(self) -> list[list[Sheet]]:
        """Cover, contents, chapters, index and imprint as sheets with everything on them."""
        chapters = [self._chapter(number, section) for number, section in enumerate(self._plan.chapters, 1)]
        front, back = [self._small("cover", "cover")], [self._small("imprint", "imprint")]
        contents, index = self._lists("contents", self._plan.contents({})), self._lists("index", self._plan.index({}))
        bodies = [chunk for chapter in chapters for chunk in chapter.chunks]
        laid = self._room.lay([self._furniture(), *front, *contents, *bodies, *index, *back])
        openers = self._room.lay([self._opener(chapter, laid) for chapter in chapters])
        self._laid = {**laid, **openers}
        self._digits = Digits(laid["furniture"])
        groups = [front, contents, *chapters, index, back]
        parts = self._pasted(groups)
        numbers = numbers_of(sheet for part in parts for sheet in part)
        for group, part in zip(groups, parts, strict=True):
            self._furnish(group, part, numbers)
        return parts

    # --- Chunks -------------------------------------------------------------------------------------------------------

    def _small(self, code: str, template: str, **context: Any) -> Chunk:
        html = self._plan.html(f"pasted/{template}", **context)
        return Chunk(code, digest(html), lambda: Manuscript(html))

    def _furniture(self) -> Chunk:
        labels = [(f"{style}-{digit}", style, str(digit)) for style in STYLES for digit in range(10)]
        return self._small("furniture", "furniture", labels=labels, dash="–")

    def _lists(self, code: str, lines: Sequence[Line]) -> list[Chunk]:
        """A chunk for each page; numbers are stamped, so that an edit lays out no page but that of its line."""
        pages = enumerate(spread(lines))
        title = self._plan.shared["words"][code]
        return [self._list(f"{code}-{at}", code, "" if at else title, columns) for at, columns in pages]

    def _list(self, code: str, kind: str, title: str, columns: list[list[Line]]) -> Chunk:
        rows = [[(row.level, row.label, row.anchor, row.sku) for row in column] for column in columns]
        key = digest("list", self._plan.publication.language, kind, title, rows)
        context = {"kind": kind, "title": title, "columns": columns}
        return Chunk(code, key, lambda: Manuscript(self._plan.html("pasted/list", **context)))

    def _chapter(self, number: int, section: Section) -> Chapter:
        chapter = Chapter(number, section)
        headings: list[Heading] = []
        for one in section.walk():
            if one.level > 1:
                headings.append((one.level, clipped(one.label, LABEL), one.anchor))
            for document in one.entries:
                chapter.chunks.append(self._entry(document, tuple(headings)))
                chapter.entries.add(chapter.chunks[-1].code)
                headings.clear()
            if found := elsewhere(one):
                code = f"elsewhere-{one.anchor}"
                chapter.chunks.append(self._small(code, "elsewhere", found=found, headings=tuple(headings)))
                headings.clear()
        return chapter

    def _opener(self, chapter: Chapter, laid: Mapping[str, Laid]) -> Chunk:
        """It fills its page where the first entry would not fit under it."""
        first = next((laid[chunk.code] for chunk in chapter.chunks if chunk.code in laid), None)
        room = FRAME.bottom - 78 * MM - 18
        grand = first is None or len(first.pages) > 1 or first.pages[0].end - FRAME.top > room
        running = clipped(chapter.section.label, RUNNING)
        context = {"chapter": chapter.section, "number": chapter.number, "grand": grand, "running": running}
        return self._small(f"opener-{chapter.number}", "opener", **context)

    def _entry(self, document: Document, headings: tuple[Heading, ...]) -> Chunk:
        plan = self._plan
        related = {link.sku for link in document.associations} | set(products_in(document))
        linked = {sku: plan.names[sku] for sku in sorted(related & plan.names.keys())}
        documents = [digest_of(to_bytes(one)) for one in (document, *plan.variants(document))]
        return Chunk(
            f"entry-{document.sku}",
            digest("entry", self._said, documents, linked, headings),
            lambda: self._room.manuscript(lambda source, problems: self._set(document, headings, source, problems)),
            document.sku,
            lambda: self._suspects(document),
            lambda: Manuscript(self._spare(document, headings)),
        )

    def _set(self, document: Document, headings: tuple[Heading, ...], source: Source, problems: list[Problem]) -> str:
        entry: Entry = self._plan.entry(document, source, problems)
        running = clipped(entry.name, RUNNING)
        return self._plan.html("pasted/entry", entry=entry, headings=headings, running=running)

    def _spare(self, document: Document, headings: tuple[Heading, ...]) -> str:
        from exports.pdf.entries import anchor_of

        context = {"anchor": anchor_of(document.sku), "sku": clipped(document.sku, LABEL)}
        name = clipped(document.name, NAME)
        running = clipped(document.name, RUNNING)
        return self._plan.html("pasted/spare", headings=headings, name=name, running=running, **context)

    def _suspects(self, document: Document) -> dict[str, Manuscript]:
        """Each of its texts in an entry of its own."""
        from dataclasses import replace

        bare = replace(document, statements=(), tables={}, facts={}, assets=(), associations=())
        count: dict[str, int] = {}
        found = {}
        for statement in document.statements:
            count[statement.slot] = count.get(statement.slot, 0) + 1
            one = replace(bare, statements=(statement,))
            html = self._set(one, (), lambda *_: "", [])
            found[f"text {count[statement.slot]} in “{statement.slot}”"] = Manuscript(html)
        return found

    # --- Sheets -------------------------------------------------------------------------------------------------------

    def _pasted(self, groups: Sequence[list[Chunk] | Chapter]) -> list[list[Sheet]]:
        parts: list[list[Sheet]] = []
        number = 1
        for group in groups:
            parts.append(paste(self._blocks(group), FRAME, number))
            number += len(parts[-1])
        return parts

    def _blocks(self, group: list[Chunk] | Chapter) -> Iterator[Block]:
        if isinstance(group, Chapter):
            yield Block(self._laid[f"opener-{group.number}"], opens=True)
            for chunk in group.chunks:
                if chunk.code in self._laid:
                    yield Block(self._laid[chunk.code], GAP)
        else:
            yield from (Block(self._laid[chunk.code], stands_alone=True) for chunk in group)

    def _furnish(self, group: list[Chunk] | Chapter, sheets: Sequence[Sheet], numbers: Mapping[str, int]) -> None:
        for at, sheet in enumerate(sheets):
            fill_slots(sheet, self._digits, numbers)
            if isinstance(group, Chapter):
                self._number(sheet)
                if at:
                    self._head(sheet, self._laid[f"opener-{group.number}"])
            elif group[0].code.startswith(("contents", "index")):
                self._number(sheet)

    def _number(self, sheet: Sheet) -> None:
        x = FRAME.left if sheet.is_left else FRAME.right
        sheet.pieces += self._digits.number("folio", sheet.number, x, FOOT, "left" if sheet.is_left else "right")

    def _head(self, sheet: Sheet, opener: Laid) -> None:
        """The chapter outside; inside the first entry of the page, and the last."""
        names = [block.laid for block in sheet.blocks if "running" in block.laid.labels and block.laid is not opener]
        ends = [(one, "running") for one in dict.fromkeys([names[0].key, names[-1].key])] if names else []
        by_key = {one.key: one for one in names}
        labels = [(by_key[key], name) for key, name in ends]
        if len(labels) == 2:
            labels.insert(1, (self._digits.laid, "dash"))
        outer, inner = (FRAME.left, FRAME.right) if sheet.is_left else (FRAME.right, FRAME.left)
        sides = ("left", "right") if sheet.is_left else ("right", "left")
        sheet.pieces += line([(opener, "chapter")], outer, HEAD, sides[0])  # type: ignore[arg-type]
        sheet.pieces += line(labels, inner, HEAD, sides[1])  # type: ignore[arg-type]
