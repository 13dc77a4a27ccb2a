"""A part of a PDF, ready to be joined to others. Apart from the code that makes it, which loads a PDF library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exports.pdf.press.chunk import digest
from exports.pdf.press.paste import Sheet


@dataclass(frozen=True, slots=True)
class Bound:
    """`images` and `anchors` name what it has, in the order of the tables in its file `body`."""

    body: bytes
    anchors: Sequence[str]
    images: Sequence[str]


def name_of(sheets: Sequence[Sheet]) -> str:
    """A digest of what stands where."""
    rows = [[(piece.key, piece.form, piece.x, piece.y) for piece in sheet.pieces] for sheet in sheets]
    return digest("sheets", rows)
