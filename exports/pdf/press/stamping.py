"""What a sheet gets when its number is known: page numbers, running heads, and the numbers its texts refer to.

All of it was laid out beforehand as labels, so every script is shaped as it should be; a number is a row of digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from exports.pdf.press.chunk import Laid
from exports.pdf.press.paste import Piece, Sheet

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits in some styles: the chunk's labels are called `STYLE-0` to `STYLE-9`."""

    laid: Laid

    def number(self, style: str, number: int, x: float, y: float, side: Side) -> list[Piece]:
        """`x` is the edge of that side."""
        return line([(self.laid, f"{style}-{digit}") for digit in str(number)], x, y, side)

    def styles(self) -> set[str]:
        return {name.rpartition("-")[0] for name in self.laid.labels}


def line(labels: Iterable[tuple[Laid, str]], x: float, y: float, side: Side) -> list[Piece]:
    """Labels one after the other, from the left edge `x` on or up to the right one."""
    found = [(laid.key, laid.labels[name]) for laid, name in labels]
    at = x if side == "left" else x - sum(label.width for _, label in found)
    pieces = []
    for key, label in found:
        pieces.append(Piece(key, label.form, round(at, 2), y, label.height))
        at += label.width
    return pieces


def fill_slots(sheet: Sheet, digits: Digits, numbers: Mapping[str, int]) -> None:
    """Put the page numbers of anchors where texts have kept room for them. Of one that is nowhere none is put."""
    for piece in list(sheet.pieces):
        for link in piece.page.links if piece.page else ():
            if link.slot and link.target in numbers:
                _, top, right, _ = link.box
                sheet.pieces += digits.number(
                    link.slot, numbers[link.target], piece.x + right, round(piece.y + top, 2), "right"
                )


def numbers_of(sheets: Iterable[Sheet]) -> dict[str, int]:
    """On which sheet each anchor stands first."""
    numbers: dict[str, int] = {}
    for sheet in sheets:
        for piece in sheet.pieces:
            for anchor in piece.page.anchors if piece.page else ():
                numbers.setdefault(anchor, sheet.number)
    return numbers
