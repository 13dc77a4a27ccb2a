"""Lines of text that are not broken, set without layout: labels, and the facts of a table.

Layout makes a line box of everything, which takes ten times as long as to shape and to draw its letters. Uses what
WeasyPrint 70 does not promise to keep: tests hold it to that.
"""

from __future__ import annotations

import re
from typing import Any

from weasyprint.draw.text import draw_first_line
from weasyprint.html import handler, make_replaced_box
from weasyprint.matrix import Matrix
from weasyprint.text.line_break import Layout, line_size, strut

FACTS = "fact-lines"  # an element of facts set by exports.pdf.typeset
_SPACE = re.compile("[ \t\r\n\f]+")
_WEIGHT = 600  # of a fact's text
# From where to where a row is ruled, in widths.
_HALVES = {"both": (0.0, 1.0), "left": (0.0, 0.49), "right": (0.5, 1.0)}


class Setter:
    """Sets lines in one style, one after the other."""

    def __init__(self, style: Any) -> None:
        self.style = style
        self.pango_layout = Layout(style)
        self.height, self._baseline = strut(style)
        self.text = ""

    def set(self, text: str) -> float:
        """The width of the line that is drawn next."""
        self.text = text
        self.pango_layout.set_text(text)
        line, _ = self.pango_layout.get_first_line()
        width, _ = line_size(line, self.style)
        return float(width)

    def draw(self, stream: Any, x: float, y: float) -> None:
        """The line's upper left corner is at (x, y)."""
        stream.set_color(self.style["color"])
        stream.begin_text()
        draw_first_line(stream, self, "clip", "none", Matrix(d=-1, e=x, f=y + self._baseline))
        stream.end_text()


class Label:
    """A line that stands alone. Lengths are pixels."""

    def __init__(self, text: str, style: Any) -> None:
        self._setter = Setter(style)
        self.width = self._setter.set(_SPACE.sub(" ", text).strip(" "))
        self.height = self._setter.height

    def draw(self, stream: Any) -> None:
        self._setter.draw(stream, 0, 0)


class Facts:
    """Rows of up to four cells, labels and texts in turn, as a picture that is as wide as its place.

    A column is as wide as `tab-size` says, and rows are ruled as `column-rule` says. Texts have the color of what is
    around.
    """

    def __init__(self, rows: list[list[str]], rules: list[str], style: Any) -> None:
        self._rows, self._rules = rows, rules
        self._height = strut(style)[0]

    def get_intrinsic_size(self, _resolution: Any, _font_size: float) -> tuple[float | None, float, float | None]:
        return None, len(self._rows) * self._height, None

    def draw(self, stream: Any, width: float, _height: float, style: Any) -> None:
        strong = style.copy()
        strong["font_weight"] = _WEIGHT
        strong["color"] = style.parent_style["color"]
        setters = Setter(style), Setter(strong)
        column = style["tab_size"].value
        self._rule(stream, width, style)
        for row, cells in enumerate(self._rows):
            for at, text in enumerate(cells):
                if text:
                    setter = setters[at % 2]
                    taken = setter.set(text)
                    x = at * column
                    setter.draw(stream, x if style["direction"] == "ltr" else width - x - taken, row * self._height)

    def _rule(self, stream: Any, width: float, style: Any) -> None:
        thick = style["column_rule_width"]
        stream.set_color(style["column_rule_color"])
        for row, rule in enumerate(self._rules, 1):
            if rule in _HALVES:
                left, right = _HALVES[rule]
                x = left if style["direction"] == "ltr" else 1 - right
                stream.rectangle(x * width, row * self._height - thick, (right - left) * width, thick)
        stream.fill()


@handler(FACTS)  # type: ignore[untyped-decorator]
def facts_box(element: Any, box: Any, _image: Any, _base: Any) -> list[Any]:
    """What layout sees of the facts: a picture."""
    rows = [line.split("\t") for line in (element.text or "").strip("\n").split("\n")]
    return [make_replaced_box(element, box, Facts(rows, element.get("data-rules", "").split(), box.style))]
