"""The maker's name and figures as fine lines: no font is needed."""

from __future__ import annotations

from .canvas import Canvas
from .paint import RGB
from .shapes import Point, oval

BOWL = oval(0.3, 0.31, 0.3, 0.31)
EYE = [*oval(0.3, 0.31, 0.3, 0.31, 0, 318)]
TABLE: dict[str, tuple[float, list[list[Point]]]] = {
    "B": (0.82, [[(0, 0), (0, 1), (0.38, 1), (0.52, 0.88), (0.52, 0.64), (0.38, 0.53), (0, 0.53)],
                 [(0.38, 0.53), (0.58, 0.4), (0.58, 0.13), (0.4, 0), (0, 0)]]),
    "G": (0.98, [[*oval(0.42, 0.5, 0.42, 0.5, 45, 360), (0.84, 0.46), (0.5, 0.46)]]),
    "L": (0.66, [[(0, 1), (0, 0), (0.48, 0)]]),
    "M": (1.04, [[(0, 0), (0, 1), (0.4, 0.3), (0.8, 1), (0.8, 0)]]),
    "N": (0.92, [[(0, 0), (0, 1), (0.66, 0), (0.66, 1)]]),
    "P": (0.76, [[(0, 0), (0, 1), (0.36, 1), (0.54, 0.88), (0.54, 0.6), (0.36, 0.47), (0, 0.47)]]),
    "S": (0.78, [[*oval(0.28, 0.75, 0.27, 0.25, 30, 270), *oval(0.28, 0.25, 0.29, 0.25, 90, -150)]]),
    "a": (0.86, [BOWL, [(0.6, 0), (0.6, 0.62)]]),
    "d": (0.86, [BOWL, [(0.6, 0), (0.6, 1)]]),
    "e": (0.8, [[(0.02, 0.33), (0.6, 0.33), *EYE[4:]]]),
    "g": (0.86, [BOWL, [(0.6, 0.62), (0.6, -0.1), (0.46, -0.28), (0.24, -0.3), (0.06, -0.2)]]),
    "i": (0.26, [[(0, 0), (0, 0.62)], [(0, 0.86), (0, 0.88)]]),
    "l": (0.26, [[(0, 0), (0, 1)]]),
    "n": (0.74, [[(0, 0), (0, 0.62)], [(0, 0.4), (0.13, 0.57), (0.3, 0.62), (0.45, 0.55), (0.5, 0.4), (0.5, 0)]]),
    "o": (0.82, [BOWL]),
    "r": (0.5, [[(0, 0), (0, 0.62)], [(0, 0.4), (0.14, 0.58), (0.32, 0.62)]]),
    "s": (0.58, [[*oval(0.2, 0.465, 0.19, 0.155, 40, 270), *oval(0.2, 0.155, 0.21, 0.155, 90, -140)]]),
    "t": (0.5, [[(0.14, 0.92), (0.14, 0.12), (0.22, 0), (0.36, 0)], [(-0.04, 0.62), (0.34, 0.62)]]),
    "v": (0.66, [[(0, 0.62), (0.25, 0), (0.5, 0.62)]]),
    "z": (0.72, [[(0, 0.6), (0.48, 0.6), (0, 0), (0.5, 0)]]),
    " ": (0.5, []),
}  # fmt: skip
SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}
BARS: dict[str, tuple[Point, Point]] = {
    "a": ((0, 2), (1, 2)), "b": ((1, 2), (1, 1)), "c": ((1, 1), (1, 0)), "d": ((0, 0), (1, 0)),
    "e": ((0, 1), (0, 0)), "f": ((0, 2), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip


def figures(canvas: Canvas, text: str, x: float, y: float, height: float, color: tuple[int, int, int]) -> None:
    """Seven-segment figures, digits and points only, from (x, y) at their lower left."""
    unit = height / 2
    for sign in text:
        if sign == ".":
            canvas.fill(oval(x - unit * 0.12, y, height * 0.06), color)
            x += unit * 0.25
            continue
        for bar in SEGMENTS[sign]:
            (x0, y0), (x1, y1) = BARS[bar]
            start, end = (x + x0 * unit, y + y0 * unit), (x + x1 * unit, y + y1 * unit)
            near = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (0.12, 0.88)]
            canvas.line(near, height * 0.09, color)
        x += unit * 1.65


def letters(canvas: Canvas, text: str, x: float, y: float, height: float, color: RGB, weight: float = 0.11) -> None:
    """A name in fine lines, its middle at x and its base line at y; `height` of a capital in mm."""
    start = x - sum(TABLE[sign][0] for sign in text) * height / 2
    for sign in text:
        advance, strokes = TABLE[sign]
        for stroke in strokes:
            canvas.line([(start + px * height, y + py * height) for px, py in stroke], height * weight, color)
        start += advance * height


def wordmark(canvas: Canvas, x: float, y: float, height: float, color: RGB) -> None:
    """The maker's name, its middle at x and its base line at y; `height` of the capital in mm."""
    letters(canvas, "Bordanza", x, y, height, color)
