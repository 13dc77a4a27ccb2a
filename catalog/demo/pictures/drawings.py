"""Drawings with dimensions, as a data sheet shows them: a machine from the front, from the side and from above."""

from __future__ import annotations

from .canvas import WHITE, Canvas
from .lettering import figures, wordmark
from .paint import rgb
from .shapes import Point, Shape, box, corners, moved, oval

INK, FINE = rgb("#2a1d16"), rgb("#a4552e")
GAP = 150.0  # mm between the views
HEAVY, LIGHT = 3.4, 1.8  # mm, line widths


def _outlined(canvas: Canvas, shape: Shape, width: float = HEAVY) -> None:
    canvas.fill(shape, WHITE)
    canvas.line([*shape, shape[0]], width, INK)


def _across(canvas: Canvas, left: float, right: float, y: float, digits: str) -> None:
    """A dimension from left to right, its figures over the middle of the line."""
    for x in (left, right):
        canvas.line([(x, y - 14), (x, y + 40)], LIGHT, FINE)
        canvas.line([(x - 8, y - 8), (x + 8, y + 8)], HEAVY, FINE)
    canvas.line([(left, y), (right, y)], LIGHT, FINE)
    figures(canvas, digits, (left + right) / 2 - 40, y + 12, 32, INK)


def _upwards(canvas: Canvas, bottom: float, top: float, x: float, digits: str) -> None:
    """A dimension from bottom to top, its figures left of the line."""
    for y in (bottom, top):
        canvas.line([(x - 14, y), (x + 40, y)], LIGHT, FINE)
        canvas.line([(x - 8, y - 8), (x + 8, y + 8)], HEAVY, FINE)
    canvas.line([(x, bottom), (x, top)], LIGHT, FINE)
    figures(canvas, digits, x - 100, (bottom + top) / 2 - 16, 32, INK)


def _front(canvas: Canvas, left: float, floor: float) -> None:
    """290 mm wide, 400 mm high."""
    for foot in (24, 236):
        _outlined(canvas, moved(box(foot, 0, foot + 30, 20, 4), left, floor), LIGHT)
    _outlined(canvas, moved(box(0, 18, 290, 352, 14), left, floor))
    _outlined(canvas, moved(box(14, 352, 276, 400, 6), left, floor), LIGHT)
    _outlined(canvas, moved(box(18, 34, 272, 78, 6), left, floor), LIGHT)
    for gauge in (58, 232):
        _outlined(canvas, moved(oval(gauge, 300, 28), left, floor), LIGHT)
        canvas.line([(left + gauge, floor + 300), (left + gauge + 14, floor + 316)], LIGHT, INK)
    _outlined(canvas, moved(oval(145, 252, 48), left, floor), LIGHT)
    _outlined(canvas, moved(box(104, 190, 186, 216, 6), left, floor), LIGHT)
    _outlined(canvas, moved(box(134, 92, 156, 190, 8), left, floor), LIGHT)


def _side(canvas: Canvas, left: float, floor: float) -> None:
    """430 mm deep, the front to the left."""
    for foot in (40, 350):
        _outlined(canvas, moved(box(foot, 0, foot + 30, 20, 4), left, floor), LIGHT)
    outline: list[tuple[float, float, float]] = [
        (0, 18, 8), (430, 18, 12), (430, 352, 14), (40, 352, 18), (40, 216, 14), (190, 200, 20), (190, 78, 8),
        (0, 78, 8),
    ]  # fmt: skip
    _outlined(canvas, moved(corners(outline), left, floor))
    _outlined(canvas, moved(box(70, 352, 420, 400, 6), left, floor), LIGHT)
    _outlined(canvas, moved(box(66, 178, 152, 206, 6), left, floor), LIGHT)
    grip: Shape = [(66, 188), (66, 200), (-6, 176), (-6, 158)]
    _outlined(canvas, moved(grip, left, floor), LIGHT)


def _above(canvas: Canvas, left: float, bottom: float) -> None:
    """290 mm wide, 430 mm deep, the front below."""
    _outlined(canvas, moved(box(0, 0, 290, 430, 14), left, bottom))
    _outlined(canvas, moved(box(14, 60, 276, 420, 8), left, bottom), LIGHT)
    cups: list[Point] = [(80 + 65 * column, 140 + 70 * row) for column in range(3) for row in range(4)]
    for x, y in cups:
        canvas.line(moved(oval(x, y, 25), left, bottom), LIGHT, INK)


def solenne(canvas: Canvas) -> None:
    """Three views in first-angle projection; millimetres of the real machine."""
    left, low, high = -400.0, 0.0, 430.0 + GAP
    _front(canvas, left, high)
    _side(canvas, left + 290 + GAP, high)
    _above(canvas, left, low)
    _upwards(canvas, high, high + 400, left - 50, "400")
    _across(canvas, left, left + 290, low - 60, "290")
    _across(canvas, left + 290 + GAP, left + 720 + GAP, high - 70, "430")
    wordmark(canvas, left + 505 + GAP, low + 20, 40, INK)
