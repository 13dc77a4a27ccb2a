"""A part of a PDF, ready to be sewn to others. Apart from the code that makes it, which loads a PDF library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from exports.pdf.press.chunk import digest
from exports.pdf.press.paste import Sheet


@dataclass(frozen=True, slots=True)
class Bound:
    """`body` has its objects one after the other, in the order of `objects`: the number of each in this part, and how
    many bytes are its dictionary and its stream, -1 where it is none. The others are numbers of objects, too:

    its pages and their `parent`, tables of fonts which are left open, pictures by name, and items of the outline at its
    top; `places` are destinations by anchor, as PDF writes them. Parent and tables are not in `body`.
    """

    body: bytes
    objects: Sequence[tuple[int, int, int]]
    parent: int = 0
    pages: Sequence[int] = ()
    tables: Sequence[int] = ()
    images: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    marks: Sequence[int] = ()

    def said(self) -> dict[str, Any]:
        """As JSON, without the body."""
        return {name: value for name, value in asdict(self).items() if name != "body"}


def name_of(sheets: Sequence[Sheet]) -> str:
    """A digest of what stands where."""
    rows = [[(piece.key, piece.form, piece.x, piece.y) for piece in sheet.pieces] for sheet in sheets]
    return digest("sheets", rows)
