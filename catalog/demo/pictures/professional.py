"""Bottega 2, the two-group machine: 720 x 520 x 560 mm."""

from __future__ import annotations

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import letters, wordmark
from .machines import BACK, GLOW, MIRROR
from .paint import CHROME, WALNUT, Finish, brushed, mix, rgb
from .shapes import box, corners, disc, oval
from .sides import STEEL, body, brew_side, slots, turned, vents
from .tableware import CREMA, cup, streams

GROUPS = (-135.0, 135.0)


def bottega(canvas: Canvas, finish: Finish, pour: bool = False) -> None:
    """The front: two groups with keypads, two wands, cups on the warmer."""
    canvas.ground(0, 345, 560)
    for x in (-310.0, 310.0):
        canvas.soft(disc(x, 0, 34), BLACK, 4, 0.5)
        canvas.turn((x, 0), [(74, 20), (20, 20), (16, 27), (0, 27)], CHROME)
    fit.panel(canvas, box(-330, 80, 330, 420, 8), STEEL, 2, sheen=False)
    fit.recess(canvas, -322, 322, 150, 330, BACK)
    _warmer(canvas)
    head = corners([(-332, 312, 10), (332, 312, 10), (332, 478, 14), (-332, 478, 14)])
    fit.panel(canvas, head, STEEL, 4)
    lower = box(-332, 312, 332, 386, 8)
    canvas.fill(lower, brushed(MIRROR, 10))
    canvas.edge(lower, WHITE, 0, -1.4, 1, 0.8)
    canvas.soft(box(-332, 306, 332, 322), BLACK, 8, 0.35, lower)
    wordmark(canvas, 0, 424, 26, fit.ink(STEEL))
    fit.tray(canvas, -322, 322, 138, 240, 33)
    base = box(-332, 64, 332, 140, 8)
    fit.panel(canvas, base, STEEL, 3)
    letters(canvas, "Bottega", 0, 92, 19, fit.ink(STEEL))
    _cheeks(canvas, finish)
    for side in (-1, 1):
        brew.wand(canvas, side * 262, 312, 172, side, 10)
        fit.knob(canvas, side * 262, 346, 25, WALNUT, None)
        canvas.fill(oval(side * 262, 346, 7), rgb("#c9ccce"))
    for x in (-30.0, 30.0):
        fit.gauge(canvas, x, 352, 23, 100 + x)
    for x in GROUPS:
        _station(canvas, x, pour and x < 0)


def _warmer(canvas: Canvas) -> None:
    """The cup warmer with its rail and two rows of cups."""
    fit.top_plate(canvas, -332, 332, 474, 470, STEEL, 12)
    fit.rail(canvas, -332, 332, 478, 34, 460, posts=7, back=True)
    for row, (y, count, size) in enumerate(((514, 8, 27.0), (492, 7, 30.0))):
        for index in range(count):
            x = (index - (count - 1) / 2) * (76 + row * 8)
            canvas.soft(oval(x + 3, y + 1, size * 0.75, 5), BLACK, 3, 0.4)
            cup(canvas, (x, y), size, size * 1.5, 1 if x > 0 else -1)
    fit.rail(canvas, -332, 332, 478, 34, 460, posts=7)


def _cheeks(canvas: Canvas, finish: Finish) -> None:
    """The painted side panels seen on their edges."""
    for side in (-1, 1):
        cheek = corners([(side * 328, 60, 8), (side * 360, 60, 8), (side * 360, 500, 22), (side * 328, 500, 10)])
        fit.panel(canvas, cheek, finish, 3)
        canvas.soft(box(side * 322 - 5, 140, side * 322 + 5, 320), BLACK, 5, 0.3, box(-328, 140, 328, 320))


def _station(canvas: Canvas, x: float, pour: bool) -> None:
    """One group with its keypad and portafilter."""
    pad = box(x - 62, 346, x + 62, 378, 14)
    fit.display(canvas, pad)
    for index in range(5):
        canvas.fill(oval(x - 44 + index * 22, 362, 7.6), rgb("#d9dcde"))
        canvas.fill(oval(x - 44 + index * 22, 362, 6.6), rgb("#2a2d30"))
        canvas.fill(oval(x - 44 + index * 22, 362, 2.2 + index * 0.5), GLOW if index == 1 else mix(BLACK, WHITE, 0.85))
    brew.group(canvas, x, 308, 47, 50)
    canvas.turn((x, 304), [(36, 50), (6, 52), (0, 50)], CHROME)
    if pour:
        for shift in (-36, 36):
            cup(canvas, (x + shift, 150), 29, 44, 1 if shift > 0 else -1, CREMA)
        streams(canvas, (x, 212), 193, 30, 3)
    brew.portafilter(canvas, x, 258, 42, WALNUT, -140.0)


def bottega_side(canvas: Canvas, finish: Finish) -> None:
    """The side: the painted cheek with its slanted front."""
    canvas.ground(0, 270, 700)
    for x in (-200, 210):
        canvas.soft(disc(x, 0, 34), BLACK, 4, 0.5)
        canvas.turn((x, 0), [(70, 20), (20, 20), (16, 27), (0, 27)], CHROME)
    frame = corners(
        [(-280, 62, 14), (276, 62, 14), (276, 480, 20), (-170, 480, 24),
         (-196, 314, 12), (-60, 314, 18), (-90, 140, 8), (-280, 140, 10)],
    )  # fmt: skip
    body(canvas, frame, STEEL, 44)
    cheek = corners(
        [(-262, 76, 10), (262, 76, 12), (262, 506, 26), (-140, 506, 30),
         (-174, 330, 12), (-36, 330, 20), (-68, 126, 10), (-262, 126, 8)],
    )  # fmt: skip
    slots(canvas, -276, -96, 140)
    canvas.tube([(-140, 556), (250, 556)], 4.4, brew.TUBE)
    for index in range(6):
        cup(canvas, (-92 + index * 64, 502), 29, 44, 1)
    canvas.soft(cheek, BLACK, 3, 0.5)
    fit.panel(canvas, cheek, finish, 3)
    wordmark(canvas, 106, 404, 30, fit.ink(finish))
    vents(canvas, 90, 230, 130, 9, finish.deep)
    canvas.fill(box(-262, 128, -80, 138), brushed(MIRROR, 8))
    turned(canvas, -186, 392, 36, 24, WALNUT)
    brew.wand(canvas, -92, 314, 174, -1, 10)
    brew_side(canvas, -142, 316, 46, WALNUT, 56)
