"""The home espresso machines from the side, their front to the left, in millimetres of the real machine."""

from __future__ import annotations

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import wordmark
from .paint import CHROME, FINISHES, RUBBER, WALNUT, Finish, Ramp, brushed, down, mix, ramp, rgb
from .shapes import Point, Shape, box, corners, curve, moved, oval
from .tableware import cup, glass

STEEL = FINISHES["steel"]


def body(canvas: Canvas, outline: Shape, finish: Finish, rise: float, back: Finish | None = None) -> None:
    """A body of one outline, `rise` mm of its far edge showing above it."""
    far = back or finish
    canvas.fill(moved(outline, 0, rise), down(((0.0, mix(far.light, WHITE, 0.2)), (0.12, far.base), (1.0, far.shade))))
    canvas.edge(moved(outline, 0, rise), WHITE, 0, -1.2, 1, 0.6)
    fit.panel(canvas, outline, finish, 3)


def brew_side(canvas: Canvas, x: float, y: float, radius: float, grip: Ramp, drop: float = 30.0) -> None:
    """A group at (x, y) with its portafilter, the handle pointing to the front."""
    brew.group(canvas, x, y, radius, drop)
    brew.portafilter(canvas, x, y - drop, radius * 0.92, grip, 97.0, 1.06)


def turned(canvas: Canvas, x: float, y: float, reach: float, radius: float, tones: Ramp) -> None:
    """A tap's knob seen edge-on, `reach` mm long, on a panel's left edge at (x, y)."""
    canvas.turn((x, y), [(reach * 0.5, radius * 0.3), (0, radius * 0.3)], CHROME, 90, 0.2)
    profile = [(reach, radius * 0.8), (reach * 0.94, radius), (reach * 0.5, radius), (reach * 0.4, radius * 0.8)]
    canvas.turn((x, y), profile, tones, 90, 0.12)
    canvas.turn((x, y), [(reach * 0.46, radius * 1.06), (reach * 0.36, radius * 1.06)], CHROME, 90, 0.12)


def vents(canvas: Canvas, left: float, right: float, y: float, count: int, color: tuple[int, int, int]) -> None:
    """A field of cooling slots, each 3 mm high."""
    for index in range(count):
        level = y + index * 9
        canvas.fill(box(left, level, right, level + 3.4, 1.7), color)
        canvas.line([(left + 2, level - 0.4), (right - 2, level - 0.4)], 0.7, WHITE, 0.3)


def lira(canvas: Canvas, finish: Finish) -> None:
    """Lira from the side: the head over the cup, the smoked tank at the back."""
    canvas.ground(0, 165, 220)
    fit.feet(canvas, -130, 140, 12, 12)
    tank = corners([(110, 46, 6), (170, 46, 10), (170, 318, 12), (110, 318, 6)])
    canvas.fill(tank, down(ramp("0 #6a7378, 100 #3d4549")))
    canvas.fill(box(114, 50, 166, 250), down(ramp("0 #b9d2dc, 6 #86aab9, 100 #54798a")), 0.75)
    glass(canvas, tank, rgb("#5a646a"), 0.3)
    fit.panel(canvas, box(106, 310, 172, 326, 6), FINISHES["black"], 1.4, sheen=False)
    outline = corners(
        [(-168, 10, 14), (164, 10, 12), (164, 46, 5), (126, 60, 14), (126, 306, 26), (-104, 306, 50), (-128, 188, 16),
         (2, 188, 22), (-14, 56, 10), (-168, 56, 12)],
    )  # fmt: skip
    inner = box(-160, 58, 20, 190)
    canvas.soft(box(-150, 60, 0, 74), BLACK, 8, 0.12, inner)
    body(canvas, outline, finish, 20)
    slots(canvas, -162, -22, 58)
    turned(canvas, -118, 240, 24, 21, RUBBER)
    brew.wand(canvas, -20, 186, 70, -1, 7.5)
    brew_side(canvas, -76, 188, 36, RUBBER)
    wordmark(canvas, 20, 244, 17, fit.ink(finish))
    vents(canvas, 40, 100, 84, 5, finish.deep)


def slots(canvas: Canvas, left: float, right: float, y: float) -> None:
    """The grid of the drip tray seen from its side."""
    sheet = corners([(left, y, 0), (right, y, 0), (right, y + 16, 2), (left + 8, y + 16, 2)])
    canvas.fill(sheet, brushed(ramp("0 #8d9195, 30 #eceeef, 60 #c6c9cc, 100 #74787c"), 10))
    count = int((right - left) / 12)
    for index in range(count):
        x = left + 8 + index * (right - left - 14) / count
        canvas.line([(x, y + 4), (x + 3, y + 13)], 3.2, rgb("#26282a"))
    canvas.line([(left, y), (right, y)], 1.2, WHITE, 0.7)


def _cups(canvas: Canvas, left: float, right: float, y: float, count: int) -> None:
    """The cup rail along the side with cups behind it."""
    rise = 26
    canvas.tube([(left + 8, y + rise + 20), (right - 8, y + rise + 20)], 3.6, brew.TUBE)
    for index in range(count):
        x = left + 40 + (right - left - 80) * index / (count - 1)
        canvas.soft(oval(x + 3, y + 13, 20, 4), BLACK, 3, 0.4)
        cup(canvas, (x, y + 11), 26, 40, -1 if index % 2 else 1)
    for index in range(5):
        x = left + 6 + (right - left - 12) * index / 4
        canvas.tube([(x, y), (x, y + 24)], 4.4, brew.TUBE)
    canvas.tube([(left + 6, y + 24), (right - 6, y + 24)], 5, brew.TUBE)


def solenne(canvas: Canvas, finish: Finish) -> None:
    """Solenne from the side: box, protruding ring group, tap and tray."""
    canvas.ground(0, 210, 290)
    fit.feet(canvas, -180, 180, 24, 15)
    side = box(-66, 24, 215, 374, 8)
    body(canvas, side, STEEL, 30)
    plate = box(-52, 38, 201, 360, 12)
    fit.panel(canvas, plate, finish, 2)
    _screws(canvas, plate)
    vents(canvas, 60, 180, 80, 7, finish.deep)
    wordmark(canvas, 75, 296, 22, fit.ink(finish))
    tray = corners([(-215, 24, 8), (-66, 24, 0), (-66, 80, 0), (-215, 80, 6)])
    slots(canvas, -210, -68, 80)
    fit.panel(canvas, tray, STEEL, 2.4)
    _cups(canvas, -64, 214, 374, 4)
    turned(canvas, -66, 292, 40, 21, WALNUT)
    brew.wand(canvas, -86, 276, 104, -1, 8.5)
    _neck(canvas, (-66, 240), 52, 40)
    brew_side(canvas, -122, 214, 40, WALNUT, 42)
    brew.lever(canvas, -122, 246, 56, 60, WALNUT)


def _neck(canvas: Canvas, root: Point, reach: float, radius: float) -> None:
    """The neck that carries a ring group, `reach` mm out of the panel at `root`, with its round cap."""
    x, y = root
    canvas.turn(root, [(reach, radius * 0.8), (reach * 0.3, radius * 0.8), (0, radius)], CHROME, 90, 0.1)
    profile = [
        (reach + radius * 1.2, radius * 0.7),
        (reach + radius * 1.08, radius),
        (reach, radius),
        (reach - 6, radius * 0.9),
    ]
    canvas.turn((x, y), [profile[0], *curve(profile[1:])], CHROME, 90, 0.1)


def _screws(canvas: Canvas, plate: Shape) -> None:
    """A round-headed screw in each corner of a plate."""
    xs, ys = [x for x, _ in plate], [y for _, y in plate]
    for x in (min(xs) + 13, max(xs) - 13):
        for y in (min(ys) + 13, max(ys) - 13):
            canvas.fill(oval(x, y, 5), rgb("#5d6165"))
            canvas.fill(oval(x - 0.4, y + 0.5, 4.4), rgb("#d9dcde"))
            canvas.line([(x - 2.6, y - 1.4), (x + 2.6, y + 1.8)], 1.1, rgb("#4b4f53"))


def maestrale(canvas: Canvas, finish: Finish) -> None:
    """Maestrale from the side: steel frame, painted panels, deep head with group, wand and knob."""
    canvas.ground(0, 234, 330)
    fit.feet(canvas, -190, 200, 30, 17)
    frame = corners(
        [(-240, 30, 14), (236, 30, 12), (236, 386, 16), (-150, 386, 26), (-172, 258, 14), (-20, 258, 18), (-40, 90, 8),
         (-240, 90, 12)],
    )  # fmt: skip
    body(canvas, frame, STEEL, 34)
    slots(canvas, -234, -46, 90)
    panel = corners(
        [(-226, 42, 8), (224, 42, 10), (224, 374, 10), (-138, 374, 18), (-154, 272, 10), (-2, 272, 16), (-24, 78, 8),
         (-226, 78, 6)],
    )  # fmt: skip
    canvas.soft(panel, BLACK, 2, 0.5)
    fit.panel(canvas, panel, finish, 2.4)
    wordmark(canvas, 92, 312, 24, fit.ink(finish))
    vents(canvas, 70, 196, 84, 8, finish.deep)
    canvas.fill(box(-226, 80, -30, 86), rgb("#6b4129"))
    _cups(canvas, -146, 234, 386, 6)
    turned(canvas, -162, 316, 34, 20, WALNUT)
    brew.wand(canvas, -50, 258, 112, -1, 9)
    brew_side(canvas, -112, 260, 44, WALNUT, 56)
