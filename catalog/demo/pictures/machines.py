"""The home espresso machines from the front, drawn in millimetres of the real machine."""

from __future__ import annotations

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import figures, letters, wordmark
from .paint import FINISHES, RUBBER, SATIN, WALNUT, Finish, brushed, mix, ramp, rgb
from .shapes import Shape, box, corners, oval
from .tableware import CREMA, cup, saucer, streams

MIRROR = ramp("0 #8f9397, 8 #c4c8cb, 24 #f3f4f5, 38 #dcdfe1, 52 #b9bdc0, 66 #cfd2d4, 84 #a5a9ac, 100 #7b7f83")
BACK = ramp("0 #6d7175, 20 #9fa3a6, 45 #b9bdc0, 70 #93979b, 100 #5d6165")
GLOW = rgb("#ff9f4a")


def lira(canvas: Canvas, finish: Finish, pour: bool = False) -> None:
    """Lira, 220 x 310 x 340: a compact painted body with a rounded head over the cup."""
    canvas.ground(0, 104, 340)
    fit.feet(canvas, -82, 82, 10, 12)
    column = box(-98, 40, 98, 250, 12)
    fit.panel(canvas, column, finish, 2, sheen=False)
    fit.recess(canvas, -84, 84, 64, 196, BACK)
    head = _lira_head(canvas, finish)
    _lira_controls(canvas, finish, head)
    fit.tray(canvas, -102, 102, 54, 150, 15)
    base = corners([(-108, 8, 14), (108, 8, 14), (108, 55, 9), (-108, 55, 9)])
    fit.panel(canvas, base, finish, 2.4)
    letters(canvas, "Lira", 0, 25, 12, fit.ink(finish))
    brew.wand(canvas, 82, 186, 72, 1, 7.5)
    brew.group(canvas, 0, 187, 37, 30, SATIN)
    if pour:
        saucer(canvas, (0, 61), 52)
        cup(canvas, (0, 66), 29, 42, -1, CREMA)
        streams(canvas, (0, 122), 106, 23)
    brew.portafilter(canvas, 0, 158, 34, RUBBER)


def _lira_head(canvas: Canvas, finish: Finish) -> Shape:
    """The head with the lid of the tank on its top."""
    lid = box(-74, 300, 74, 345, 16)
    fit.panel(canvas, lid, FINISHES["black"], 1.5, sheen=False)
    top = corners([(-106, 260, 4), (106, 260, 4), (99, 338, 30), (-99, 338, 30)])
    fit.panel(canvas, top, finish, 2, sheen=False)
    canvas.soft(box(-90, 318, 30, 340), WHITE, 12, 0.45 * finish.gloss + 0.15, top)
    head = corners([(-108, 184, 16), (108, 184, 16), (108, 306, 34), (-108, 306, 34)])
    fit.panel(canvas, head, finish, 3.4)
    canvas.edge(head, WHITE, 0, -2.2, 1.6, 0.55)
    return head


def _lira_controls(canvas: Canvas, finish: Finish, head: Shape) -> None:
    """The steel fascia with gauge, buttons and steam knob."""
    fascia = box(-94, 204, 94, 268, 31)
    canvas.soft(box(-95, 201, 95, 268, 31), BLACK, 2.5, 0.4, head)
    canvas.fill(fascia, brushed(MIRROR, 14))
    canvas.edge(fascia, WHITE, 1, -1, 0.7, 0.8)
    canvas.edge(fascia, BLACK, -1, 1.4, 1.2, 0.35)
    fit.gauge(canvas, -60, 236, 25, 112)
    for index, x in enumerate((-17.0, 4.0, 25.0)):
        fit.button(canvas, x, 236, 7.6, lit=index == 1)
    fit.knob(canvas, 62, 236, 23, None, 60)
    wordmark(canvas, 0, 280, 11, fit.ink(finish))


def solenne(canvas: Canvas, finish: Finish, pour: bool = False) -> None:
    """Solenne, 290 x 400 x 430: a steel box with a ring group, two taps and two gauges."""
    canvas.ground(0, 140, 430)
    fit.feet(canvas, -118, 118, 24, 15)
    _cup_warmer(canvas, 143, 370, 400, (4, 4))
    front = box(-143, 40, 143, 374, 10)
    fit.panel(canvas, front, finish, 3)
    mirror = box(-128, 92, 128, 258, 6)
    canvas.fill(mirror, brushed(MIRROR, 12))
    canvas.soft(box(-140, 90, 140, 122), BLACK, 12, 0.4, mirror)
    canvas.edge(mirror, BLACK, 1.2, -1.2, 1.0, 0.4)
    canvas.edge(mirror, WHITE, -1.0, 1.0, 0.6, 0.8)
    wordmark(canvas, 0, 341, 12, fit.ink(finish))
    for x, angle in ((-88, 128.0), (88, 70.0)):
        fit.gauge(canvas, x, 308, 25, angle)
    fit.button(canvas, -22, 309, 7, lit=True)
    fit.button(canvas, 22, 309, 7)
    fit.tray(canvas, -138, 138, 78, 150, 19)
    tray = box(-143, 22, 143, 79, 6)
    fit.panel(canvas, tray, finish, 2.4)
    letters(canvas, "Solenne", 0, 44, 11, fit.ink(finish))
    for side in (-1, 1):
        brew.wand(canvas, side * 104, 250, 106, side, 8.5)
        fit.knob(canvas, side * 104, 252, 21, WALNUT, None)
        canvas.fill(oval(side * 104, 252, 6), rgb("#c9a24b"))
    brew.ring_group(canvas, 0, 252, 43)
    brew.lever(canvas, 0, 246, 60, -68, WALNUT)
    if pour:
        cup(canvas, (0, 85), 27, 38, -1, CREMA)
        streams(canvas, (0, 140), 118, 25)
    brew.portafilter(canvas, 0, 182, 38, WALNUT)


def _cup_warmer(canvas: Canvas, half: float, y: float, depth: float, rows: tuple[int, ...]) -> None:
    """The steel top plate of a body `2 * half` wide with its rail and rows of cups, front row last."""
    fit.top_plate(canvas, -half, half, y - 4, depth, FINISHES["steel"], 10)
    fit.rail(canvas, -half, half, y, 24, depth, back=True)
    for row, count in enumerate(rows):
        for index in range(count):
            size = 24.5 + row * 1.5
            x = (index - (count - 1) / 2) * half * 1.72 / count
            y_foot = y + depth * (0.085 - 0.06 * row)
            canvas.soft(oval(x + 3, y_foot + 1, size * 0.75, 4), BLACK, 3, 0.4)
            cup(canvas, (x, y_foot), size, size * 1.55, 1 if x > 0 else -1)
    fit.rail(canvas, -half, half, y, 24, depth)


def maestrale(canvas: Canvas, finish: Finish, pour: bool = False) -> None:
    """Maestrale, 330 x 410 x 480: two boilers under a wide head with a temperature display and a paddle."""
    canvas.ground(0, 160, 480)
    fit.feet(canvas, -132, 132, 30, 17)
    fit.panel(canvas, box(-157, 50, 157, 300, 10), finish, 2, sheen=False)
    fit.recess(canvas, -146, 146, 100, 268, BACK)
    _cup_warmer(canvas, 158, 384, 430, (5, 4))
    head = corners([(-163, 256, 20), (163, 256, 20), (163, 386, 20), (-163, 386, 20)])
    fit.panel(canvas, head, finish, 3.4)
    _maestrale_controls(canvas, finish)
    fit.tray(canvas, -156, 156, 88, 190, 21)
    base = box(-163, 28, 163, 90, 14)
    fit.panel(canvas, base, finish, 3)
    strip = box(-163, 80, 163, 88)
    canvas.fill(strip, brushed(MIRROR, 10))
    letters(canvas, "Maestrale", 0, 48, 13, fit.ink(finish))
    for side in (-1, 1):
        brew.wand(canvas, side * 120, 258, 116, side, 9)
    _maestrale_group(canvas, head)
    if pour:
        cup(canvas, (0, 96), 29, 42, -1, CREMA)
        streams(canvas, (0, 156), 138, 25)
    brew.portafilter(canvas, 0, 198, 39, WALNUT)


def _maestrale_group(canvas: Canvas, head: Shape) -> None:
    """The group with its housing on the head and the paddle."""
    canvas.soft(box(-48, 250, 54, 330, 30), BLACK, 8, 0.4, head)
    brew.group(canvas, 0, 260, 46, 62)
    canvas.soft(box(-46, 236, 46, 252), BLACK, 4, 0.35, box(-47, 226, 47, 252))
    housing = corners([(-52, 248, 8), (52, 248, 8), (44, 330, 26), (-44, 330, 26)])
    canvas.fill(housing, brushed(MIRROR, 12))
    canvas.edge(housing, WHITE, 1, -1, 0.7, 0.8)
    canvas.edge(housing, BLACK, -1.4, 1.4, 1.6, 0.45)
    brew.lever(canvas, 0, 292, 66, -78, WALNUT)


def _maestrale_controls(canvas: Canvas, finish: Finish) -> None:
    """The gauges, the display of both boilers' temperatures and the steam knobs."""
    for x, angle in ((-104.0, 118.0), (104.0, 64.0)):
        fit.gauge(canvas, x, 334, 23, angle)
    glass = box(-50, 342, 50, 370, 5)
    fit.display(canvas, glass)
    figures(canvas, "93.0", -43, 349, 14, GLOW)
    figures(canvas, "126", 10, 349, 14, rgb("#8fd0ff"))
    canvas.line([(0, 346), (0, 366)], 0.6, mix(BLACK, WHITE, 0.4))
    for side in (-1, 1):
        fit.knob(canvas, side * 120, 282, 20, WALNUT, None)
        canvas.fill(oval(side * 120, 282, 5.5), rgb("#c9ccce"))
    wordmark(canvas, -118, 364, 9, fit.ink(finish))
