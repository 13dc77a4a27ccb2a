"""The catalogue pasted up of chunks: a change of one product lays out one entry, and binds one chapter anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from exports.assembling.prose import products_in
from exports.documents import Document, digest_of, to_bytes
from exports.formats.base import Problem
from exports.pdf.catalog.lists import Line, spread
from exports.pdf.catalog.plan import Plan, elsewhere, styles
from exports.pdf.chapters import Section
from exports.pdf.entries import LABEL, NAME, Entry, anchor_of
from exports.pdf.limits import clipped
from exports.pdf.press.chunk import Chunk, Laid, Manuscript, digest
from exports.pdf.press.gathering import Gathering, Laying, publish
from exports.pdf.press.paste import Block, Frame, Sheet, paste
from exports.pdf.press.room import PressRoom, Source
from exports.pdf.press.stamping import Digits, Side, line

MM = 72 / 25.4
GAP = 24.0  # between entries
FRAME = Frame(210 * MM, 297 * MM, 23 * MM, 278 * MM, 18 * MM, 192 * MM)  # A4, as common.css has it
HEAD, FOOT = (FRAME.top - 12) / 2, FRAME.bottom + (FRAME.height - FRAME.bottom - 12) / 2
RUNNING = 44  # characters of a name in a running head
UNDER_OPENER = FRAME.bottom - 78 * MM - 18
TOGETHER = 8  # pages of contents or index bound together
STYLES = ("folio", "line")  # of page numbers: at the foot of a page, and in contents and index

# A heading over an entry: level, label, anchor.
Heading = tuple[int, str, str]


def write(plan: Plan, policy: str, out: BinaryIO) -> None:
    """Raises ExportError."""
    with PressRoom(plan.work, styles("common", "catalog", "catalog_pasted"), policy) as room:
        pasted = Pasted(room, plan)
        facts = {"Title": plan.shared["title"], "Author": plan.shared["author"], "Creator": "Tessera"}
        published = publish(room, pasted.gatherings(), pasted.digits, facts, plan.publication.language, out)
        plan.work.problems.extend(published.problems)
        plan.work.pages.update(published.pages)


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
        labels = [(f"{style}-{digit}", style, str(digit)) for style in STYLES for digit in range(10)]
        self.digits = self._small("digits", "furniture", labels=labels, dash="–")

    def gatherings(self) -> list[Gathering]:
        """Cover, contents, chapters, index and imprint."""
        plan = self._plan
        return [
            self._plain([self._small("cover", "cover")]),
            *self._lists("contents", plan.contents({})),
            *(self._chapter(number, section) for number, section in enumerate(plan.chapters, 1)),
            *self._lists("index", plan.index({})),
            self._plain([self._small("imprint", "imprint")]),
        ]

    def _plain(self, chunks: list[Chunk], *, numbered: bool = False) -> Gathering:
        """Each chunk on sheets of its own."""

        def pasted(laid: Laying, first: int) -> list[Sheet]:
            sheets = paste((Block(laid[chunk.code], stands_alone=True) for chunk in chunks), FRAME, first)
            for sheet in sheets if numbered else ():
                self._number(sheet, laid)
            return sheets

        return Gathering(chunks, pasted)

    def _chapter(self, number: int, section: Section) -> Gathering:
        chunks = self._chunks_of(section)
        # The opener's words go into the key of the gathering, too, though its form is chosen later.
        grand, small = (self._opener(number, section, grand=grand) for grand in (True, False))

        def opener(laid: Laying) -> Chunk:
            """It fills its page where the first entry would not fit under it."""
            first = next((laid[chunk.code] for chunk in chunks if chunk.code in laid), None)
            fits = first is not None and len(first.pages) == 1 and first.pages[0].end - FRAME.top <= UNDER_OPENER
            return small if fits else grand

        def pasted(laid: Laying, first: int) -> list[Sheet]:
            begin = laid[opener(laid).code]
            entries = (Block(laid[chunk.code], GAP) for chunk in chunks if chunk.code in laid)
            sheets = paste((Block(begin, opens=True), *entries), FRAME, first)
            for sheet in sheets[opener(laid) is grand :]:
                self._number(sheet, laid)
            for sheet in sheets[1:]:
                self._head(sheet, begin, laid)
            return sheets

        return Gathering([*chunks, small], pasted, lambda laid: [opener(laid)])

    # --- Chunks -------------------------------------------------------------------------------------------------------

    def _small(self, code: str, template: str, **context: Any) -> Chunk:
        html = self._plan.html(f"pasted/{template}", **context)
        return Chunk(code, digest(html), lambda: Manuscript(html))

    def _lists(self, code: str, lines: Sequence[Line]) -> list[Gathering]:
        """A chunk for each page; numbers are stamped, so that an edit lays out no page but that of its line."""
        title = self._plan.shared["words"][code]
        pages = list(enumerate(spread(lines)))
        chunks = [self._list(f"{code}-{at}", code, "" if at else title, columns) for at, columns in pages]
        return [self._plain(chunks[at : at + TOGETHER], numbered=True) for at in range(0, len(chunks), TOGETHER)]

    def _list(self, code: str, kind: str, title: str, columns: list[list[Line]]) -> Chunk:
        rows = [[(row.level, row.label, row.anchor, row.sku) for row in column] for column in columns]
        key = digest("list", self._plan.publication.language, kind, title, rows)
        context = {"kind": kind, "title": title, "columns": columns}
        return Chunk(code, key, lambda: Manuscript(self._plan.html("pasted/list", **context)))

    def _chunks_of(self, section: Section) -> list[Chunk]:
        """Its entries, each with the headings that stand over it."""
        chunks: list[Chunk] = []
        headings: list[Heading] = []
        for one in section.walk():
            if one.level > 1:
                headings.append((one.level, clipped(one.label, LABEL), one.anchor))
            for document in one.entries:
                chunks.append(self._entry(document, tuple(headings)))
                headings.clear()
            if found := elsewhere(one):
                code = f"elsewhere-{one.anchor}"
                chunks.append(self._small(code, "elsewhere", found=found, headings=tuple(headings)))
                headings.clear()
        return chunks

    def _opener(self, number: int, section: Section, *, grand: bool) -> Chunk:
        running = clipped(section.label, RUNNING)
        code = f"opener-{number}-{'grand' if grand else 'small'}"
        return self._small(code, "opener", chapter=section, number=number, grand=grand, running=running)

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
        return self._plan.html("pasted/entry", marked=True, entry=entry, headings=headings, running=running)

    def _spare(self, document: Document, headings: tuple[Heading, ...]) -> str:
        context = {"anchor": anchor_of(document.sku), "sku": clipped(document.sku, LABEL)}
        name = clipped(document.name, NAME)
        running = clipped(document.name, RUNNING)
        return self._plan.html("pasted/spare", headings=headings, name=name, running=running, **context)

    def _suspects(self, document: Document) -> dict[str, Manuscript]:
        """Each of its texts in an entry of its own."""
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

    def _number(self, sheet: Sheet, laid: Laying) -> None:
        x, side = _outer(sheet)
        sheet.pieces += Digits(laid["digits"]).number("folio", sheet.number, x, FOOT, side)

    def _head(self, sheet: Sheet, opener: Laid, laid: Laying) -> None:
        """The chapter outside; inside the first entry of the page, and the last."""
        entries = [block.laid for block in sheet.blocks if "running" in block.laid.labels]
        ends = list({one.key: (one, "running") for one in entries[:1] + entries[-1:]}.values())
        if len(ends) == 2:
            ends.insert(1, (laid["digits"], "dash"))
        outer, inner = _outer(sheet), _inner(sheet)
        sheet.pieces += line([(opener, "chapter")], outer[0], HEAD, outer[1])
        sheet.pieces += line(ends, inner[0], HEAD, inner[1])


def _outer(sheet: Sheet) -> tuple[float, Side]:
    return (sheet.frame.left, "left") if sheet.is_left else (sheet.frame.right, "right")


def _inner(sheet: Sheet) -> tuple[float, Side]:
    return (sheet.frame.right, "right") if sheet.is_left else (sheet.frame.left, "left")
