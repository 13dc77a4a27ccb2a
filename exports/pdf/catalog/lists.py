"""Contents and index: lines of known height, put into two columns per page without asking the layout engine.

Letting it balance columns takes ten times as long per line, and the length of the contents must be known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# In halves of the 12 pt line, as catalog.css draws them: .line, .line-1 and .line-2 to .line-4.
HEIGHT = {0: 2, 1: 5, 2: 3, 3: 3, 4: 3}
# A column is 255 mm high; on the first page the title takes 60 pt of it.
FIRST_COLUMN, COLUMN = 109, 119


@dataclass(frozen=True, slots=True)
class Line:
    """`level` is 0 for a product and that of the heading otherwise; `page` is 0 while nobody knows it."""

    level: int
    label: str
    anchor: str
    page: int
    sku: str = ""

    @property
    def height(self) -> int:
        return HEIGHT[min(self.level, 4)]


def spread(lines: Iterable[Line]) -> list[list[list[Line]]]:
    """Pages of two columns of lines. No heading stands last in a column."""
    columns = _columns(lines)
    return [columns[at : at + 2] for at in range(0, len(columns), 2)]


def _columns(lines: Iterable[Line]) -> list[list[Line]]:
    columns: list[list[Line]] = [[]]
    left = FIRST_COLUMN
    for line in lines:
        if columns[-1] and left < line.height:
            _new_column(columns)
            left = (FIRST_COLUMN if len(columns) <= 2 else COLUMN) - sum(kept.height for kept in columns[-1])
        columns[-1].append(line)
        left -= line.height
    return columns


def _new_column(columns: list[list[Line]]) -> None:
    """Headings left alone at the end of a column go on with the next one."""
    lines = columns[-1]
    end = len(lines)
    while end > 1 and lines[end - 1].level:
        end -= 1
    columns.append(lines[end:])
    del lines[end:]
