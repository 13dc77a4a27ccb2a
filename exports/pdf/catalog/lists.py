"""Contents and index: lines of known height, put into two columns per page without asking the layout engine.

Letting it balance columns takes ten times as long per line, and the length of the contents must be known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADING = 9  # the level of a letter or keyword over its products, which has no page
# In halves of the 12 pt line, as catalog.css draws them: .line, .line-1, .line-2 to .line-4, and .line-9.
HEIGHT = {0: 2, 1: 5, 2: 3, 3: 3, 4: 3, HEADING: 3}
A4 = 120  # a column is 255 mm high
# The title takes 60 pt of the first page; the last half of a line stays free.
TITLE, FREE = 10, 1
FIRST_COLUMN, COLUMN = A4 - TITLE - FREE, A4 - FREE


@dataclass(frozen=True, slots=True)
class Line:
    """`level` is 0 for a product and that of the heading otherwise; `page` is 0 while nobody knows it.

    A line without an `anchor` leads nowhere.
    """

    level: int
    label: str
    anchor: str
    page: int
    sku: str = ""
    price: str = ""

    @property
    def height(self) -> int:
        return HEIGHT.get(self.level, 3)


def spread(lines: Iterable[Line], halves: int = A4) -> list[list[list[Line]]]:
    """Pages of two columns of lines, each column `halves` of a line high. No heading stands last in a column."""
    columns = _columns(lines, halves - FREE)
    return [columns[at : at + 2] for at in range(0, len(columns), 2)]


def _columns(lines: Iterable[Line], height: int) -> list[list[Line]]:
    columns: list[list[Line]] = [[]]
    left = height - TITLE
    for line in lines:
        if columns[-1] and left < line.height:
            _new_column(columns)
            room = height - TITLE if len(columns) <= 2 else height
            left = room - sum(kept.height for kept in columns[-1])
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
