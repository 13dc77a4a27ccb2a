"""How a catalogue looks: paper, colours, type and density, as numbers for the paste-up and as CSS for the renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string

from exports.pdf.press.paste import Frame

ACCENT = "#a4552e"
MM = 72 / 25.4  # points
LINE = 12.0  # points of the grid
BETWEEN_COLUMNS = 12.0  # mm
STRIP = 8.0  # mm that the heads of a grid's columns take


@dataclass(frozen=True, slots=True)
class Paper:
    """Of a trimmed sheet, in mm: its size, and the margins at the head, at the foot and at either side."""

    width: float
    height: float
    top: float
    foot: float
    side: float


PAPERS = {
    "a4": Paper(210, 297, 23, 19, 18),
    "letter": Paper(215.9, 279.4, 22, 18, 20.95),
    "square": Paper(210, 210, 21, 17, 18),
    "a5": Paper(148, 210, 19, 16, 13),
}
# By density: size and leading of texts in points, the gap between entries in points, and the picture's width in mm.
DENSITIES = {
    "normal": (9.0, 12.0, 24.0, 56.0),
    "compact": (8.2, 10.4, 15.0, 42.0),
    "airy": (9.6, 13.8, 34.0, 62.0),
}
# What is mixed into another accent to get the other colours: a colour, and how much of it.
MIXTURES = {
    "dark": ("#140f0c", 0.8),
    "darker": ("#140f0c", 0.7),
    "deep": ("#140f0c", 0.3),
    "warm": ("#ffffff", 0.25),
    "pale": ("#ffffff", 0.9),
    "soft": ("#ffffff", 0.84),
    "tint": ("#ffffff", 0.7),
    "line": ("#ffffff", 0.62),
}


@dataclass(frozen=True)
class Look:
    paper: Paper
    bleed: float
    accent: str
    type: str
    density: str
    layout: str
    chapters: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Look:
        names = ("bleed", "accent", "type", "density", "layout", "chapters")
        return cls(PAPERS[told["paper"]], *(told[name] for name in names))

    # --- Millimetres --------------------------------------------------------------------------------------------------

    @property
    def text_width(self) -> float:
        return self.paper.width - 2 * self.paper.side

    @property
    def text_height(self) -> float:
        return self.paper.height - self.paper.top - self.paper.foot

    @property
    def scale(self) -> float:
        """How large covers and openers are set, against A4."""
        return min(1.0, self.paper.width / 210)

    @property
    def rise(self) -> float:
        return min(1.0, self.paper.height / 297)

    @property
    def opener(self) -> float:
        """How high the head of a chapter is."""
        return 78 * self.rise

    @property
    def opening(self) -> int:
        """About how many characters of text an opening page has room for."""
        return int(1_500 * self.scale * self.rise)

    @property
    def column(self) -> float:
        """How wide a column of contents or index is."""
        return (self.text_width - BETWEEN_COLUMNS) / 2

    @property
    def picture(self) -> float:
        """How wide the picture beside an entry is."""
        return DENSITIES[self.density][3] * (1 if self.is_wide else 0.68)

    @property
    def is_wide(self) -> bool:
        """Whether there is the width that exports.pdf.typeset sets facts for."""
        return self.text_width >= 174

    # --- Points -------------------------------------------------------------------------------------------------------

    @cached_property
    def frame(self) -> Frame:
        """Where on a sheet text may stand. With bleed, the sheet is larger all round."""
        paper, more = self.paper, self.bleed
        return Frame(
            (paper.width + 2 * more) * MM,
            (paper.height + 2 * more) * MM,
            (paper.top + more + (STRIP if self.layout == "grid" else 0)) * MM,
            (paper.height - paper.foot + more) * MM,
            (paper.side + more) * MM,
            (paper.width - paper.side + more) * MM,
        )

    @property
    def plain_frame(self) -> Frame:
        """The same for pages without entries."""
        top = (self.paper.top + self.bleed) * MM
        frame = self.frame
        return Frame(frame.width, frame.height, top, frame.bottom, frame.left, frame.right)

    @property
    def head(self) -> float:
        """The upper edge of running heads."""
        return self.bleed * MM + (self.paper.top * MM - LINE) / 2

    @property
    def foot(self) -> float:
        """The upper edge of page numbers."""
        return self.frame.bottom + (self.paper.foot * MM - LINE) / 2

    @property
    def under_opener(self) -> float:
        """How much room is left below the head of a chapter."""
        return self.frame.bottom - (self.opener + self.bleed) * MM - 18

    @property
    def gap(self) -> float:
        return DENSITIES[self.density][2]

    @property
    def halves(self) -> int:
        """How many halves of a line a column of contents or index has; the first ones lose the title's room."""
        return int((self.text_height * MM + 0.5) // (LINE / 2))

    # --- CSS ----------------------------------------------------------------------------------------------------------

    def styles(self, road: str) -> str:
        """The style sheet for one of the two roads."""
        names = ("common", "catalog", "catalog_entries", road, "catalog_look")
        return "".join(render_to_string(f"exports/pdf/{name}.css", self._context()) for name in names)

    def _context(self) -> dict[str, Any]:
        paper, more = self.paper, self.bleed
        size, leading, _gap, _picture = DENSITIES[self.density]
        lengths = {
            "width": paper.width + 2 * more,
            "height": paper.height + 2 * more,
            "cover": paper.height + 2 * more - 0.1,
            "top": paper.top + more,
            "entries_top": paper.top + more + STRIP,
            "foot": paper.foot + more,
            "side": paper.side + more,
            "text": self.text_width,
            "column": self.column,
            "opener": self.opener + more,
            "picture": self.picture,
            "beside": self.picture + 6,
            "small": self.picture * 36 / 56,
            "beside_small": self.picture * 36 / 56 + 6,
            "title": self.text_width - 14,
            "opener_title": self.text_width * 0.64,
            "rings": (42 * self.scale) + more,
            "grand_rings": 100 * self.scale,
            **{f"at_{place}": more + place * self.rise for place in (20, 30, 39, 50, 104, 112, 118, 130, 150)},
        }
        return {
            "look": self,
            "is_other_paper": self.paper is not PAPERS["a4"] or bool(more),
            "is_other_color": self.accent.lower() != ACCENT,
            "color": {name: mixed(self.accent, *mix) for name, mix in MIXTURES.items()},
            "mm": {name: _mm(length) for name, length in lengths.items()},
            "pt": {f"of_{points}": f"{points * self.scale:.1f}pt" for points in (24, 30, 34, 36, 46, 52, 56)},
            "size": f"{size:g}pt",
            "leading": f"{leading:g}pt",
            "gap": f"{self.gap:g}pt",
            "scale": f"{self.scale:g}",
        }


def mixed(color: str, other: str, part: float) -> str:
    """A colour with so much of another in it; both are #rrggbb."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - part) + more * part):02x}" for one, more in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def _mm(length: float) -> str:
    return f"{round(length, 3):g}mm"
