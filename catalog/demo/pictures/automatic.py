"""Novella, the bean-to-cup machine: 240 x 360 x 430 mm."""

from __future__ import annotations

from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import letters, wordmark
from .paint import FINISHES, Finish, across, brushed, down, mix, ramp, rgb
from .shapes import Shape, box, corners, curve, oval, ribbon
from .sides import body, vents
from .tableware import FOAM, beans, cup, glass, streams

NICHE = ramp("0 #1a1b1d, 20 #34373a, 48 #45494c, 75 #2c2e31, 100 #141516")
HOSE = ramp("0 #6d7174, 50 #b9bdbf, 100 #f3f4f4")
ICE = rgb("#dff1ff")


def novella(canvas: Canvas, finish: Finish, pour: bool = False) -> None:
    """The front: touch panel, spout, bean hopper with lid, milk jug to the right."""
    canvas.ground(0, 114, 400)
    fit.feet(canvas, -88, 88, 8, 14)
    _hopper(canvas, 92)
    case = corners([(-120, 10, 16), (120, 10, 16), (120, 344, 30), (-120, 344, 30)])
    fit.panel(canvas, case, finish, 3.4)
    niche = corners([(-74, 56, 4), (74, 56, 4), (74, 236, 18), (-74, 236, 18)])
    canvas.fill(niche, brushed(NICHE, 22, upright=True))
    canvas.edge(niche, BLACK, 5, -8, 8, 0.75)
    canvas.edge(niche, BLACK, -4, -4, 6, 0.6)
    canvas.line([(-74, 60), (-74, 218)], 1.0, WHITE, 0.35)
    _touch_panel(canvas)
    fit.tray(canvas, -100, 100, 54, 120, 15)
    front = box(-108, 8, 108, 56, 12)
    fit.panel(canvas, front, finish, 2.4)
    letters(canvas, "Novella", 0, 25, 11, fit.ink(finish))
    if pour:
        cup(canvas, (0, 62), 37, 52, -1, FOAM)
        streams(canvas, (0, 142), 112, 22, 3.0)
    canvas.tube(curve([(164, 130), (158, 172), (124, 196), (74, 192), (20, 200)]), 5.4, HOSE)
    _outlet(canvas, finish)
    _jug(canvas, 164)


def _hopper(canvas: Canvas, half: float) -> None:
    """The bean hopper on the top with its lid."""
    tub = corners([(-half, 330, 4), (half, 330, 4), (half - 6, 384, 8), (-half + 6, 384, 8)])
    canvas.fill(tub, rgb("#2c2622"))
    beans(canvas, box(-half + 3, 334, half - 3, 372, 4), 9.5)
    glass(canvas, tub, rgb("#3a3330"), 0.3)
    lid = corners([(-half - 2, 380, 4), (half + 2, 380, 4), (half - 10, 396, 8), (-half + 10, 396, 8)])
    fit.panel(canvas, lid, FINISHES["black"], 1.6)


def _touch_panel(canvas: Canvas) -> None:
    """The glass panel with cup symbols that light up."""
    glass_plate = box(-100, 252, 100, 322, 14)
    fit.display(canvas, glass_plate)
    sheen = [(-100, 252), (-58, 252), (-10, 322), (-100, 322)]
    canvas.fill(sheen, WHITE, 0.06, clip=glass_plate)
    for index, size in enumerate((7.0, 9.0, 11.0, 13.0)):
        _symbol(canvas, -69 + index * 46, 282, size, ICE if index != 2 else rgb("#ffb25e"), milk=index > 1)
    for index in range(5):
        canvas.fill(oval(-14 + index * 7, 266, 1.6), ICE, 1.0 if index < 3 else 0.3)
    wordmark(canvas, 0, 306, 7, rgb("#b9bdc0"))


def _symbol(canvas: Canvas, x: float, y: float, size: float, color: tuple[int, int, int], milk: bool) -> None:
    """A cup symbol in lines, `size` mm half wide."""
    bowl = [
        (x - size, y + size * 0.7),
        (x - size * 0.8, y - size * 0.5),
        (x + size * 0.8, y - size * 0.5),
        (x + size, y + size * 0.7),
    ]
    canvas.line([*curve(bowl), bowl[0]], 1.1, color)
    canvas.line(oval(x + size * 1.1, y + size * 0.15, size * 0.42, size * 0.4, 80, -100), 1.1, color)
    if milk:
        canvas.line([(x - size * 0.86, y + size * 0.2), (x + size * 0.86, y + size * 0.2)], 1.0, color)


def _outlet(canvas: Canvas, finish: Finish) -> None:
    """The height-adjustable coffee and milk outlet."""
    canvas.soft(box(-38, 150, 42, 232, 10), BLACK, 8, 0.6)
    block = corners([(-30, 158, 10), (30, 158, 10), (36, 240, 6), (-36, 240, 6)])
    fit.panel(canvas, block, finish, 2)
    plate = corners([(-24, 166, 8), (24, 166, 8), (27, 228, 8), (-27, 228, 8)])
    canvas.fill(plate, brushed(ramp("0 #7b7f83, 25 #eceeef, 50 #c6c9cc, 100 #74787c"), 12))
    canvas.edge(plate, WHITE, 0.8, -0.8, 0.5, 0.7)
    for x in (-12, 12):
        canvas.turn((x, 143), [(17, 8.5), (6, 8), (0, 5)], ramp("0 #4b4f53, 25 #f4f5f5, 55 #8d9195, 100 #4b4f53"))


def _jug(canvas: Canvas, x: float) -> None:
    """The glass milk jug on the floor that feeds the outlet."""
    canvas.ground(x, 37, 74)
    wall = corners(
        [(x - 36, 1, 10), (x + 36, 1, 10), (x + 36, 112, 8), (x + 27, 126, 3), (x - 27, 126, 3), (x - 36, 112, 8)]
    )
    canvas.fill(wall, across(ramp("0 #b9c0c4, 15 #e4e9eb, 60 #dde3e6, 100 #aab2b6")), 0.7)
    canvas.fill(
        corners([(x - 33, 4, 9), (x + 33, 4, 9), (x + 33, 84, 0), (x - 33, 84, 0)]),
        across(ramp("0 #d9d4c9, 20 #fffdf7, 70 #f4f0e6, 100 #cbc5b8")),
    )
    canvas.fill(oval(x, 84, 33, 4.6), rgb("#fffefa"))
    glass(canvas, wall, rgb("#dfe6ea"), 0.18)
    lid = box(x - 30, 122, x + 30, 138, 5)
    fit.panel(canvas, lid, FINISHES["steel"], 1.2)


def novella_side(canvas: Canvas, finish: Finish) -> None:
    """The side: front to the left, service door, tank at the back."""
    canvas.ground(0, 208, 240)
    fit.feet(canvas, -160, 170, 10, 14)
    tub = corners([(-60, 344, 4), (160, 344, 4), (156, 392, 8), (-56, 392, 8)])
    canvas.fill(tub, rgb("#2c2622"))
    beans(canvas, box(-56, 348, 80, 380, 4), 9.5)
    glass(canvas, tub, rgb("#3a3330"), 0.3)
    fit.panel(canvas, box(-64, 386, 164, 400, 6), FINISHES["black"], 1.4)
    outline = corners(
        [
            (-213, 10, 14),
            (213, 10, 18),
            (213, 346, 24),
            (-118, 346, 40),
            (-134, 240, 16),
            (-92, 226, 14),
            (-92, 56, 8),
            (-213, 56, 12),
        ]
    )
    body(canvas, outline, finish, 16)
    sheet = corners([(-206, 57, 0), (-94, 57, 0), (-94, 70, 2), (-198, 70, 2)])
    canvas.fill(sheet, brushed(ramp("0 #8d9195, 30 #eceeef, 60 #c6c9cc, 100 #74787c"), 10))
    outlet = corners([(-150, 168, 8), (-100, 168, 4), (-94, 238, 2), (-140, 238, 6)])
    fit.panel(canvas, outlet, finish, 2)
    canvas.turn((-132, 150), [(20, 8), (8, 8), (0, 5)], ramp("0 #4b4f53, 25 #f4f5f5, 55 #8d9195, 100 #4b4f53"))
    door = box(-60, 40, 130, 300, 16)
    _seam(canvas, door, finish)
    _seam(canvas, box(144, 40, 202, 320, 14), finish)
    window = box(164, 80, 182, 280, 9)
    canvas.fill(window, down(ramp("0 #5a646a, 34 #5a646a, 36 #8fb5c4, 100 #4f7686")))
    glass(canvas, window, rgb("#5a646a"), 0.15)
    wordmark(canvas, 35, 236, 20, fit.ink(finish))
    vents(canvas, -20, 90, 66, 6, finish.deep)


def _seam(canvas: Canvas, shape: Shape, finish: Finish) -> None:
    """The joint around a door or cover."""
    canvas.fill(ribbon([*shape, shape[0]], 1.6), mix(finish.deep, BLACK, 0.2))
    canvas.fill(ribbon([(x + 1, y - 1) for x, y in [*shape, shape[0]]], 0.7), mix(finish.light, WHITE, 0.3), 0.7)
