"""Facts set by hand: rows of four cells, broken where the font says so, for exports.pdf.press.lines to draw.

Layout takes a millisecond for every line box, and a table with thirty facts has sixty of them. What is to be accessible
uses a real table instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from fontTools.ttLib import TTFont

from exports.pdf.fonts import folders

# The columns of fact-lines in catalog.css, 43.5 mm of 8 pt type, less a gap.
COLUMN_EMS = 14.6
MOST_LINES = 40  # in one piece, which is not broken over pages

Line = tuple[str, str]


class Piece(NamedTuple):
    """Lines of up to four cells with tabs between them, and what is ruled under each: "both" halves, the "left" or the
    "right" one, or "none" where a fact goes on."""

    rows: str
    rules: tuple[str, ...]


# A line of a label, one of a text, and whether the fact ends with them.
Row = tuple[str, str, bool]
_NO_ROW: Row = ("", "", False)
_RULES = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "none"}


def pieces(facts: Sequence[Line]) -> list[Piece]:
    """The facts in pieces. They run down the left half, then down the right one."""
    blocks = [_block(*fact) for fact in facts]
    half = sum(map(len, blocks)) / 2
    left: list[Row] = []
    while blocks and len(left) < half:
        left += blocks.pop(0)
    right = [line for block in blocks for line in block]
    rows = list(zip_longest(left, right, fillvalue=_NO_ROW))
    return [_piece(rows[at : at + MOST_LINES]) for at in range(0, len(rows), MOST_LINES)]


def _piece(rows: Sequence[tuple[Row, Row]]) -> Piece:
    lines = ["\t".join((*left[:2], *right[:2])).rstrip() for left, right in rows]
    return Piece("\n".join(lines), tuple(_RULES[left[2], right[2]] for left, right in rows))


def _block(label: str, text: str) -> list[Row]:
    """The lines of one fact; the shorter side ends in empty ones."""
    lines = list(zip_longest(wrapped(label, COLUMN_EMS), wrapped(text, COLUMN_EMS, "Semibold"), fillvalue=""))
    return [(*line, at == len(lines)) for at, line in enumerate(lines, 1)]


def wrapped(text: str, ems: float, weight: str = "Regular") -> list[str]:
    """`text` in lines at most `ems` wide; a word wider than that is broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if width(longer, weight) <= ems:
            lines[-1] = longer
            continue
        lines.append(word)
        while len(lines[-1]) > 1 and width(lines[-1], weight) > ems:
            end = _fitting(lines[-1], ems, weight)
            lines[-1:] = [lines[-1][:end], lines[-1][end:]]
    return [line for line in lines if line] or [""]


def _fitting(word: str, ems: float, weight: str) -> int:
    """How many letters of `word` fit; one at least."""
    return next((end - 1 for end in range(2, len(word)) if width(word[:end], weight) > ems), len(word) - 1)


def width(text: str, weight: str = "Regular") -> float:
    """In ems, without kerning, which only makes it narrower."""
    advances, otherwise = _advances(weight)
    return sum(advances.get(ord(letter), otherwise) for letter in text)


@lru_cache(maxsize=2)
def _advances(weight: str) -> tuple[dict[int, float], float]:
    """How far each character of Source Sans moves on, and what to assume of one it has not."""
    with TTFont(folders()[0] / f"SourceSansPro-{weight}.ttf") as font:
        metrics, units = font["hmtx"], font["head"].unitsPerEm
        return {code: metrics[name][0] / units for code, name in font.getBestCmap().items()}, 1.0
