"""The catalogue pasted up of chunks: a change of one product lays out one entry, and binds one chapter anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from exports.assembling.prose import products_in
from exports.documents import Document, Publication, digest_of, to_bytes
from exports.formats.base import Problem
from exports.pdf.catalog.comparing import Grid
from exports.pdf.catalog.lists import Line, spread
from exports.pdf.catalog.plan import LOGO, Heading, Plan, elsewhere
from exports.pdf.catalog.sheets import close_up, head_columns, inner, outer
from exports.pdf.catalog.sides import Side
from exports.pdf.catalog.trimming import trimmed
from exports.pdf.chapters import Section
from exports.pdf.entries import LABEL, NAME, anchor_of
from exports.pdf.limits import clipped
from exports.pdf.press.chunk import Chunk, Laid, Manuscript, digest
from exports.pdf.press.gathering import Gathering, Laying, publish
from exports.pdf.press.paste import Block, Sheet, paste
from exports.pdf.press.room import PressRoom, Source
from exports.pdf.press.stamping import Digits, line

RUNNING = 44  # characters of a name in a running head
TOGETHER = 8  # pages of contents or index bound together
STYLES = ("folio", "line")  # of page numbers: at the foot of a page, and in contents and index
HEAD_GAP = 6.0  # points under the heading of a chapter without an opening page


def write(plan: Plan, policy: str, out: BinaryIO) -> None:
    """Raises ExportError."""
    styles = plan.look.styles("catalog_pasted")
    with PressRoom(plan.work, styles, policy) as room, trimmed(plan.look, out) as untrimmed:
        pasted = Pasted(room, plan)
        facts = {"Title": plan.shared["title"], "Author": plan.shared["author"], "Creator": "Tessera"}
        language = plan.publication.language
        published = publish(room, pasted.gatherings(), pasted.digits, facts, language, untrimmed)
        plan.work.problems.extend(published.problems)
        plan.work.pages.update(published.pages)


class Pasted:
    def __init__(self, room: PressRoom, plan: Plan) -> None:
        self._room, self._plan, self._look = room, plan, plan.look
        plan.shared["stamped"] = True
        told = plan.told
        self._said = digest(  # what an entry takes from the envelope and the options
            [_said(side.publication) for side in plan.sides],
            [told[name] for name in ("prices", "layout", "comparison", "references", "foreword", "openings")],
            plan.shared["see_digits"] if told["references"] else 0,
        )
        styles = (*STYLES, "see") if told["references"] else STYLES
        labels = [(f"{style}-{digit}", style, str(digit)) for style in styles for digit in range(10)]
        self.digits = self._small("digits", "furniture", labels=labels, dash="–")
        self._strips = {anchor: self._strip(anchor, grid) for anchor, grid in plan.grids.items()}

    def gatherings(self) -> list[Gathering]:
        """Cover, contents, foreword, chapters, lists, imprint and back cover: those that are wanted."""
        plan, words = self._plan, self._plan.words
        foreword = {"code": "foreword", "heading": words["foreword"], "texts": plan.foreword}
        return [
            *(self._single("cover", "cover_body") if plan.told["cover"] else ()),
            *(self._lists("contents", words["contents"], plan.contents({})) if plan.told["contents"] else ()),
            *(self._single("list", "catalog/text_page", **foreword) if plan.foreword else ()),
            *(self._chapter(number, section) for number, section in enumerate(plan.chapters, 1)),
            *(one for listing in plan.listings() for one in self._lists(listing.code, listing.title, listing.at({}))),
            *self._single("imprint", "imprint_body"),
            *(self._single("back", "catalog/back") if plan.shared["back_cover"] else ()),
        ]

    def _single(self, page: str, body: str, **context: Any) -> list[Gathering]:
        """Pages of their own; those of text have numbers."""
        write = partial(self._plan.html, "pasted/page", page=page, body=f"exports/pdf/{body}.html", **context)
        chunk = Chunk(body, digest(write(), self._logo_key()), lambda: self._room.manuscript(self._with_logo(write)))
        return [self._plain([chunk], numbered=page == "list")]

    def _logo_key(self) -> str:
        return self._plan.logo.digest if self._plan.logo else ""

    def _with_logo(self, write: Callable[..., str]) -> Callable[[Source, list[Problem]], str]:
        return lambda source, _problems: write(logo=source("", self._plan.logo, LOGO))

    def _plain(self, chunks: list[Chunk], *, numbered: bool = False) -> Gathering:
        """Each chunk on sheets of its own."""

        def pasted(laid: Laying, first: int) -> list[Sheet]:
            blocks = (Block(laid[chunk.code], stands_alone=True) for chunk in chunks)
            sheets = paste(blocks, self._look.plain_frame, first)
            for sheet in sheets if numbered else ():
                self._number(sheet, laid)
            return sheets

        return Gathering(chunks, pasted)

    def _chapter(self, number: int, section: Section) -> Gathering:
        entries = self._chunks_of(section)
        chunks = [chunk for chunk, _ in entries]
        strips = {chunk.code: strip for chunk, strip in entries}
        # The opener's words go into the key of the gathering, too, though its form is chosen later.
        grand, small = (self._opener(number, section, grand=grand) for grand in (True, False))
        more = dict.fromkeys(strip for strip in strips.values() if strip)

        def opener(laid: Laying) -> Chunk:
            """It fills its page where it has a text, or where the first entry would not fit under it."""
            first = next((laid[chunk.code] for chunk in chunks if chunk.code in laid), None)
            return grand if self._is_grand(section, first) else small

        def pasted(laid: Laying, first: int) -> list[Sheet]:
            begin = laid[opener(laid).code]
            there = [chunk for chunk in chunks if chunk.code in laid]
            blocks = self._blocks(there, strips, laid)
            sheets = paste((self._opening(begin), *blocks), self._look.frame, first)
            if self._plan.grids:
                close_up(sheets)
                head_columns(sheets, {laid[chunk.code].key: strips[chunk.code] for chunk in there}, laid)
            for sheet in sheets[opener(laid) is grand :]:
                self._number(sheet, laid)
            for sheet in sheets[1:]:
                self._head(sheet, begin, laid)
            return sheets

        return Gathering([*chunks, small, *more], pasted, lambda laid: [opener(laid)])

    def _blocks(self, chunks: Sequence[Chunk], strips: Mapping[str, Chunk | None], laid: Laying) -> list[Block]:
        """Entries with a gap between them; the rows of a table have one before another table only."""
        alone, after = self._is_alone, [*chunks[1:], None]
        gaps = [
            self._look.gap if not self._plan.grids or (then and strips[one.code] is not strips[then.code]) else 0.0
            for one, then in zip(chunks, after, strict=True)
        ]
        return [Block(laid[one.code], gap, stands_alone=alone) for one, gap in zip(chunks, gaps, strict=True)]

    @property
    def _is_alone(self) -> bool:
        return bool(self._plan.told["layout"] == "page")

    def _is_grand(self, section: Section, first: Laid | None) -> bool:
        if self._plan.told["chapters"] != "openers":
            return False
        if self._is_alone or self._plan.headings[section.anchor].texts or first is None:
            return True
        return len(first.pages) > 1 or first.pages[0].end - self._look.frame.top > self._look.under_opener

    def _opening(self, laid: Laid) -> Block:
        return Block(laid, HEAD_GAP if self._plan.told["chapters"] == "headings" else 0.0, opens=True)

    # --- Chunks -------------------------------------------------------------------------------------------------------

    def _small(self, code: str, template: str, **context: Any) -> Chunk:
        html = self._plan.html(f"pasted/{template}", **context)
        return Chunk(code, digest(html), lambda: Manuscript(html))

    def _lists(self, code: str, title: str, lines: Sequence[Line]) -> list[Gathering]:
        """A chunk for each page; numbers are stamped, so that an edit lays out no page but that of its line."""
        pages = list(enumerate(spread(lines, self._look.halves)))
        chunks = [self._list(f"{code}-{at}", code, "" if at else title, columns) for at, columns in pages]
        return [self._plain(chunks[at : at + TOGETHER], numbered=True) for at in range(0, len(chunks), TOGETHER)]

    def _list(self, code: str, kind: str, title: str, columns: list[list[Line]]) -> Chunk:
        rows = [[(row.level, row.label, row.anchor, row.sku, row.price) for row in column] for column in columns]
        key = digest("list", self._plan.publication.language, kind, title, rows)
        context = {"kind": kind, "title": title, "columns": columns}
        return Chunk(code, key, lambda: Manuscript(self._plan.html("pasted/list", **context)))

    def _chunks_of(self, section: Section) -> list[tuple[Chunk, Chunk | None]]:
        """Its entries, each with the headings that stand over it, and the heads of its columns."""
        chunks: list[tuple[Chunk, Chunk | None]] = []
        headings: list[Heading] = []
        for one in section.walk():
            strip = self._strips.get(one.anchor)
            if one.level > 1:
                headings.append(self._plan.headings[one.anchor])
            for at, document in enumerate(one.entries):
                chunks.append((self._entry(document, one, tuple(headings), opens=at == 0), strip))
                headings.clear()
            if found := elsewhere(one):
                code = f"elsewhere-{one.anchor}"
                chunks.append((self._small(code, "elsewhere", found=found, headings=tuple(headings)), None))
                headings.clear()
        return chunks

    def _strip(self, anchor: str, grid: Grid) -> Chunk:
        return self._small(f"strip-{anchor}", "strip", grid=grid)

    def _opener(self, number: int, section: Section, *, grand: bool) -> Chunk:
        running = clipped(section.label, RUNNING)
        code = f"opener-{number}-{'grand' if grand else 'small'}"
        heading = self._plan.headings[section.anchor]
        return self._small(
            code, "opener", chapter=section, heading=heading, number=number, grand=grand, running=running
        )

    def _entry(self, document: Document, section: Section, headings: tuple[Heading, ...], *, opens: bool) -> Chunk:
        """`opens`: it is the first of its section."""
        plan = self._plan
        spoken = [side.documents[document.sku] for side in plan.sides if document.sku in side.documents]
        related = {link.sku for one in spoken for link in one.associations} | {
            sku for one in spoken for sku in products_in(one)
        }
        linked = {sku: [names.get(sku, "") for names in plan.all_names] for sku in sorted(related & plan.names.keys())}
        told = [one for side in plan.sides for one in self._told_of(document, side)]
        grid = plan.grids.get(section.anchor)
        place = [grid.columns, grid.has_price, opens] if grid else []

        def write(source: Source, problems: list[Problem]) -> str:
            return self._set(document, section, headings, source, problems, opens=opens)

        return Chunk(
            f"entry-{document.sku}",
            digest("entry", self._said, told, linked, headings, place),
            lambda: self._room.manuscript(write),
            document.sku,
            lambda: self._suspects(document, section),
            lambda: Manuscript(self._spare(document, headings)),
        )

    def _told_of(self, document: Document, side: Side) -> list[str]:
        """The digests of all that an entry prints in a language."""
        found = (side.documents.get(one.sku) for one in (document, *self._plan.variants(document)))
        return [digest_of(to_bytes(one)) if one else "" for one in found]

    def _set(
        self,
        document: Document,
        section: Section,
        headings: tuple[Heading, ...],
        source: Source,
        problems: list[Problem],
        *,
        opens: bool = False,
    ) -> str:
        article = self._plan.article(document, section, source, problems)
        context = {
            "article": article,
            "entry": article.entry,
            "running": clipped(article.entry.name, RUNNING),
            "grid": self._plan.grids.get(section.anchor),
            "strip": opens,
        }
        return self._plan.html("pasted/entry", marked=True, headings=headings, **context)

    def _spare(self, document: Document, headings: tuple[Heading, ...]) -> str:
        context = {"anchor": anchor_of(document.sku), "sku": clipped(document.sku, LABEL)}
        name = clipped(document.name, NAME)
        running = clipped(document.name, RUNNING)
        return self._plan.html("pasted/spare", headings=headings, name=name, running=running, **context)

    def _suspects(self, document: Document, section: Section) -> dict[str, Manuscript]:
        """Each of its texts in an entry of its own."""
        found = {}
        for at, side in enumerate(self._plan.sides):
            spoken = side.documents.get(document.sku, document)
            bare = replace(spoken, statements=(), tables={}, facts={}, assets=(), associations=())
            count: dict[str, int] = {}
            for statement in spoken.statements:
                count[statement.slot] = count.get(statement.slot, 0) + 1
                one = replace(bare, statements=(statement,))
                html = self._set(one, section, (), lambda *_: "", [])
                where = f" in {side.language}" if at else ""
                found[f"text {count[statement.slot]} in “{statement.slot}”{where}"] = Manuscript(html)
        return found

    # --- Sheets -------------------------------------------------------------------------------------------------------

    def _number(self, sheet: Sheet, laid: Laying) -> None:
        x, side = outer(sheet)
        sheet.pieces += Digits(laid["digits"]).number("folio", sheet.number, x, self._look.foot, side)

    def _head(self, sheet: Sheet, opener: Laid, laid: Laying) -> None:
        """The chapter outside; inside the first entry of the page, and the last."""
        entries = [block.laid for block in sheet.blocks if "running" in block.laid.labels]
        ends = list({one.key: (one, "running") for one in entries[:1] + entries[-1:]}.values())
        if len(ends) == 2:
            ends.insert(1, (laid["digits"], "dash"))
        edge, fold = outer(sheet), inner(sheet)
        sheet.pieces += line([(opener, "chapter")], edge[0], self._look.head, edge[1])
        sheet.pieces += line(ends, fold[0], self._look.head, fold[1])


def _said(publication: Publication) -> list[Any]:
    """What an entry takes from the envelope."""
    groups, slots, kinds = publication.groups, publication.slots, publication.associations
    return [publication.language, publication.currency, list(groups.items()), list(slots.items()), list(kinds.items())]
