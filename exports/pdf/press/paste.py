"""Pasting up: which laid out page goes where on which sheet. Only arithmetic: nothing is rendered here.

Points; y goes down from the top of the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from exports.pdf.press.chunk import Laid, Page

WIDEST = 160.0  # that a gap may become, over what it is, to fill a page
SLACK = 0.5  # a piece that is a hair too high still fits


@dataclass(frozen=True, slots=True)
class Frame:
    """Where on a sheet text may stand."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Block:
    """A laid out chunk in its place among others. `gap` stays free below it; one that `stands_alone` shares no sheet.

    `opens` says that it begins a sheet, from its upper edge on.
    """

    laid: Laid
    gap: float = 0.0
    stands_alone: bool = False
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A drawing on a sheet: form `form` of the file `key`, its upper left corner at (x, y). `page` has its links."""

    key: str
    form: int
    x: float
    y: float
    height: float
    page: Page | None = None


@dataclass(slots=True)
class Sheet:
    """A page of the PDF. `number` is printed and counts from 1."""

    number: int
    frame: Frame
    pieces: list[Piece] = field(default_factory=list)
    # The blocks that have something on it, in order.
    blocks: list[Block] = field(default_factory=list)

    @property
    def is_left(self) -> bool:
        return self.number % 2 == 0


def paste(blocks: Iterable[Block], frame: Frame, first: int) -> list[Sheet]:
    """Sheets with the blocks one below the other. One that fits on a sheet is not broken; a longer one begins one."""
    sheets: list[Sheet] = []
    at = frame.bottom
    for block in blocks:
        pages = block.laid.pages
        height = pages[0].end - frame.top
        fresh = block.opens or block.stands_alone or len(pages) > 1
        if not sheets or fresh or at + height > frame.bottom + SLACK:
            sheets.append(_sheet(frame, first, sheets))
            at = frame.top
        _put(sheets[-1], block, pages[0], at - frame.top)
        at += height
        for page in pages[1:]:
            sheets.append(_sheet(frame, first, sheets))
            _put(sheets[-1], block, page, 0.0)
            at = page.end
        at = frame.bottom + 1 if block.stands_alone else at + block.gap
    for sheet in sheets:
        _spread(sheet)
    return sheets


def _spread(sheet: Sheet) -> None:
    """Put what is left free at the foot between the pieces, so that full pages end at the same height."""
    last = sheet.pieces[-1]
    free = sheet.frame.bottom - (last.y + (last.page.end if last.page else 0.0))
    gaps = len(sheet.pieces) - 1
    if gaps and 0 < free <= WIDEST * gaps:
        sheet.pieces[:] = [
            replace(piece, y=round(piece.y + at * free / gaps, 2)) for at, piece in enumerate(sheet.pieces)
        ]


def _sheet(frame: Frame, first: int, sheets: Sequence[Sheet]) -> Sheet:
    return Sheet(first + len(sheets), frame)


def _put(sheet: Sheet, block: Block, page: Page, down: float) -> None:
    sheet.pieces.append(Piece(block.laid.key, page.form, 0.0, round(down, 2), page.height, page))
    sheet.blocks.append(block)
