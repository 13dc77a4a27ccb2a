"""The care products, drawn in millimetres of the real ones."""

from __future__ import annotations

import math
import random

from .canvas import BLACK, WHITE, Canvas
from .lettering import wordmark
from .paint import RGB, RUBBER, Ramp, across, brushed, down, mix, radial, ramp, rgb
from .shapes import TILT, Point, Shape, box, corners, curve, disc, moved, outline_of, oval, ribbon, rotated
from .tableware import glass

PLASTIC = ramp("0 #a9a7a3, 8 #cfcdc9, 24 #ffffff, 40 #f8f7f5, 64 #e3e1dd, 86 #bcb9b4, 96 #a19e99, 100 #b1aea9")
TEAL = rgb("#1f7a78")
BLUE = rgb("#2f5f9e")
AMBER = rgb("#c8782a")
INK = rgb("#26282a")


def tones(color: RGB) -> Ramp:
    """The tones of a round body of one colour."""
    shares = ((0, -0.45), (8, -0.2), (24, 0.35), (36, 0.08), (60, -0.04), (86, -0.3), (96, -0.48), (100, -0.36))
    return tuple((at / 100, mix(color, WHITE if share > 0 else BLACK, abs(share))) for at, share in shares)


def bottle(canvas: Canvas, x: float, y: float, radius: float, height: float, color: RGB) -> Shape:
    """A round plastic bottle with a screw cap standing at (x, y); `height` of its body without the cap."""
    canvas.ground(x, radius, radius * 2, 1.0, y)
    shoulder = curve(
        [
            (height, radius * 0.4),
            (height * 0.95, radius * 0.42),
            (height * 0.87, radius * 0.72),
            (height * 0.8, radius * 0.95),
            (height * 0.74, radius),
        ],
    )
    body = canvas.turn(
        (x, y), [*shoulder, (radius * 0.12, radius), (radius * 0.03, radius * 0.96), (0, radius * 0.9)], PLASTIC
    )
    canvas.edge(body, rgb("#6d675f"), 0, radius * 0.05, radius * 0.06, 0.4)
    neck = y + height
    canvas.turn((x, neck), [(radius * 0.08, radius * 0.4), (0, radius * 0.42)], PLASTIC)
    cap = canvas.turn(
        (x, neck + radius * 0.06),
        [(radius * 0.62, radius * 0.42), (radius * 0.56, radius * 0.46), (0, radius * 0.48)],
        tones(color),
    )
    for index in range(22):
        a = math.pi * (index + 0.5) / 22
        at, drop = x - math.cos(a) * radius * 0.47, math.sin(a) * radius * 0.47 * TILT
        base = neck + radius * 0.06 - drop
        canvas.line([(at, base + radius * 0.06), (at, base + radius * 0.5)], radius * 0.012, BLACK, 0.3)
    canvas.edge(cap, WHITE, 0, -radius * 0.02, radius * 0.015, 0.5)
    canvas.fill(disc(x, neck + radius * 0.68, radius * 0.42), radial(ramp_of(color)))
    return body


def ramp_of(color: RGB) -> Ramp:
    """The tones of a lid of one colour, from its middle outwards."""
    return ((0.0, mix(color, WHITE, 0.22)), (0.8, mix(color, WHITE, 0.08)), (1.0, mix(color, BLACK, 0.2)))


def label(canvas: Canvas, x: float, bottom: float, radius: float, height: float, color: RGB) -> None:
    """A wrapped label: paper with a coloured band and the wordmark."""
    top = oval(x, bottom + height, radius, radius * TILT, 180, 360)
    paper = [*oval(x, bottom, radius, radius * TILT, 180, 360), *top[::-1]]
    canvas.fill(
        paper, across(((0.0, rgb("#b9b4aa")), (0.24, rgb("#fffdf8")), (0.6, rgb("#f1ede4")), (1.0, rgb("#a8a297"))))
    )
    share = 0.3
    low = oval(x, bottom, radius, radius * TILT, 180, 360)
    high = oval(x, bottom + height * share, radius, radius * TILT, 180, 360)
    canvas.fill([*low, *high[::-1]], across(tones(color)))
    wordmark(canvas, x, bottom + height * 0.76 - radius * TILT, radius * 0.22, INK)
    rule = [
        (x - radius * 0.34, bottom + height * 0.68 - radius * TILT),
        (x + radius * 0.34, bottom + height * 0.68 - radius * TILT),
    ]
    canvas.line(rule, radius * 0.02, color)
    canvas.edge(paper, WHITE, 0, -0.5, 0.3, 0.6)


def drop(canvas: Canvas, x: float, y: float, size: float, color: RGB) -> None:
    """A drop symbol around (x, y), `size` mm half high."""
    path = curve(
        [
            (x, y + size),
            (x + size * 0.36, y + size * 0.2),
            (x + size * 0.6, y - size * 0.4),
            (x, y - size),
            (x - size * 0.6, y - size * 0.4),
            (x - size * 0.36, y + size * 0.2),
        ],
        closed=True,
    )
    canvas.fill(path, color)
    shine = oval(x, y - size * 0.36, size * 0.36, size * 0.36, 190, 260)
    canvas.fill(ribbon(shine, size * 0.12), WHITE, 0.9)


def descaler(canvas: Canvas, x: float = 0.0, y: float = 0.0) -> None:
    """A descaler bottle of 250 ml."""
    bottle(canvas, x, y, 29, 118, TEAL)
    label(canvas, x, y + 14, 29.2, 66, TEAL)
    drop(canvas, x, y + 41.5, 6.6, TEAL)


def milk_cleaner(canvas: Canvas) -> None:
    """A bottle of milk system cleaner, 500 ml."""
    bottle(canvas, 0, 0, 36, 164, BLUE)
    label(canvas, 0, 16, 36.2, 96, BLUE)
    canvas.line(_jug_symbol(0, 56, 9.4), 1.1, BLUE)
    canvas.line(oval(8, 56, 5.6, 5.4, 75, -80), 1.1, BLUE)
    drop(canvas, 0, 54, 3.6, BLUE)


def _jug_symbol(x: float, y: float, size: float) -> Shape:
    """The outline of a small milk jug."""
    half = [
        (-1.2, 1.05),
        (-0.82, 0.8),
        (-0.74, 0.3),
        (-1.0, -0.5),
        (-0.92, -1.0),
        (0.92, -1.0),
        (1.0, -0.5),
        (0.74, 0.3),
        (0.78, 1.05),
    ]
    return [(x + right * size, y + up * size) for right, up in [*half, half[0]]]


def tablets(canvas: Canvas, x: float = 0.0, y: float = 0.0, loose: bool = True) -> None:
    """A jar of cleaning tablets, some tablets in front of it."""
    canvas.ground(x, 35, 70, 1.0, y)
    body = canvas.turn((x, y), [(72, 31), (69, 34.6), (5, 35), (1.4, 34), (0, 32)], PLASTIC)
    canvas.edge(body, rgb("#6d675f"), 0, 2, 2, 0.4)
    label(canvas, x, y + 12, 35.2, 48, AMBER)
    _pill(canvas, (x, y + 31.6), 4.4, AMBER)
    lid = canvas.turn((x, y + 72), [(16, 33), (14.4, 35.4), (0, 36)], tones(INK))
    for index in range(46):
        a = math.pi * (index + 0.5) / 46
        at, low = x - math.cos(a) * 35.8, y + 72 - math.sin(a) * 35.8 * TILT
        canvas.line([(at, low + 2), (at, low + 12)], 0.5, BLACK, 0.5)
        canvas.line([(at + 0.5, low + 2), (at + 0.5, low + 12)], 0.3, WHITE, 0.2)
    canvas.edge(lid, WHITE, 0, -0.8, 0.5, 0.4)
    canvas.fill(disc(x, y + 88, 33), radial(ramp("0 #4b4e51, 80 #34373a, 100 #1d1f21")))
    if loose:
        for px, py in ((-30.0, -16.0), (-8.0, -20.0), (16.0, -15.0), (-19.0, -12.0), (38.0, -20.0)):
            tablet(canvas, x + px, y + py)
        tablet(canvas, x - 19, y - 7)


def _pill(canvas: Canvas, middle: Point, size: float, color: RGB) -> None:
    """A tablet symbol: a ring with a score line."""
    canvas.line(oval(*middle, size), 0.9, color)
    canvas.line([(middle[0] - size * 0.6, middle[1]), (middle[0] + size * 0.6, middle[1])], 0.9, color)


def tablet(canvas: Canvas, x: float, y: float) -> None:
    """One scored tablet of 2 g lying at (x, y), 16 mm across."""
    canvas.soft(oval(x + 1.4, y, 9, 4), rgb("#4a443c"), 1.2, 0.5)
    canvas.turn(
        (x, y),
        [(5, 7.4), (4.2, 8), (0.8, 8), (0, 7.4)],
        ramp("0 #bdb8ae, 25 #ffffff, 60 #e9e5dc, 100 #b5b0a5"),
        tilt=0.4,
    )
    face = oval(x, y + 5, 7.4, 7.4 * 0.4)
    canvas.fill(face, radial(ramp("0 #f4f1ea, 80 #fdfcf9, 100 #e3dfd5")))
    canvas.line([(x - 6.4, y + 5.6), (x + 6.4, y + 4.4)], 0.7, rgb("#c3bdb0"))
    canvas.line([(x - 6.4, y + 5.1), (x + 6.4, y + 3.9)], 0.4, WHITE)


def filter_cartridge(canvas: Canvas) -> None:
    """A water filter cartridge for the tank: white housing, clear chamber with resin, connector."""
    canvas.ground(0, 28, 56)
    canvas.turn((0, 0), [(12, 24), (10, 27), (2, 27), (0, 25)], PLASTIC)
    for index in range(17):
        a = math.pi * (index + 0.5) / 17
        at, low = -math.cos(a) * 27, -math.sin(a) * 27 * TILT
        canvas.fill(ribbon([(at, low + 3.4), (at, low + 8.6)], 1.5 * math.sin(a) + 0.4), rgb("#6d7175"))
    profile = [(64, 26), (0, 26)]
    chamber = moved(outline_of(profile), 0, 12)
    canvas.fill(chamber, across(ramp("0 #b9c6cc, 20 #e9f0f2, 100 #aab8be")))
    resin = moved(outline_of([(52, 25), (0, 25)]), 0, 12.6)
    canvas.fill(resin, brushed(tones(rgb("#4f8fb5")), 60))
    dice = random.Random(3)
    for _ in range(1500):
        spot = (dice.uniform(-24.4, 24.4), dice.uniform(14, 62))
        low = -math.sqrt(25**2 - spot[0] ** 2) * TILT
        tone = mix(rgb("#2f6f96"), rgb("#c4e0ee"), dice.random() * (0.9 - abs(spot[0] + 8) / 40))
        canvas.dot((spot[0], spot[1] + low + 2.4), 0.62, 0.56, tone)
    canvas.fill(oval(0, 64.6, 25, 25 * TILT), radial(ramp("0 #9cc6dc, 100 #5d9bbe")))
    for index in range(5):
        y = 20 + index * 11
        canvas.line(oval(0, y, 26, 26 * TILT, 185, 355), 0.6, WHITE, 0.35)
    glass(canvas, chamber, rgb("#dcebf2"), 0.12)
    shell = canvas.turn((0, 76), curve([(44, 12), (42, 15), (34, 22), (24, 26), (12, 27.4), (0, 27.4)]), PLASTIC)
    canvas.edge(shell, rgb("#6d675f"), 0, 1.4, 1.6, 0.35)
    wordmark(canvas, 0, 84, 7.4, BLUE)
    canvas.turn((0, 119), [(13, 8), (12, 9), (0, 9)], PLASTIC)
    for level in (122.4, 127.0):
        canvas.turn((0, level), [(2.2, 9.4), (0, 9.4)], tones(BLUE))
    canvas.fill(disc(0, 132, 8), radial(ramp("0 #c9c6c1, 100 #f8f7f5")))
    canvas.fill(disc(0, 132, 4.6), rgb("#3d4043"))


def brush(canvas: Canvas, x: float = 0.0, y: float = 0.0, angle: float = -62.0) -> None:
    """A group brush lying on the table: long handle, angled head with stiff bristles."""
    root = (x - 60, y + 34)
    shape = [(150, 4), (148, 7.6), (140, 9), (110, 8.4), (70, 7), (40, 6.4), (20, 7.4), (8, 8), (0, 8)]
    outline = rotated([(root[0] + px, root[1] + py) for px, py in outline_of(shape)], angle, root)
    canvas.soft(moved(outline, 4, -8), rgb("#3a352f"), 4, 0.45)
    _bristles(canvas, root, angle)
    grip = canvas.turn(root, curve(shape), RUBBER, angle, 0.3)
    canvas.edge(grip, BLACK, 0, 1.6, 1.6, 0.4)
    a = math.radians(angle + 90)
    for share in range(5):
        spot = (root[0] + math.cos(a) * (84 + share * 10), root[1] + math.sin(a) * (84 + share * 10))
        across_grip = [
            (spot[0] - math.sin(a) * 5.6, spot[1] + math.cos(a) * 5.6),
            (spot[0] + math.sin(a) * 5.6, spot[1] - math.cos(a) * 5.6),
        ]
        canvas.line(across_grip, 1.5, BLACK, 0.55)
    hole = (root[0] + math.cos(a) * 142, root[1] + math.sin(a) * 142)
    canvas.fill(rotated(oval(*hole, 3.4, 2.6), angle, hole), rgb("#d8d3cb"))
    canvas.edge(rotated(oval(*hole, 3.4, 2.6), angle, hole), BLACK, 0.6, -0.8, 0.6, 0.6)


def _bristles(canvas: Canvas, root: Point, angle: float) -> None:
    """The brush's head at the handle's root with its bristles, pointing down and to the left."""
    x, y = root
    head = rotated(box(x - 10, y - 40, x + 9, y + 8, 8), angle, root)
    canvas.soft(moved(head, 3, -20), rgb("#3a352f"), 5, 0.45)
    rows = 26
    for row in range(rows):
        for layer in range(3):
            along = y - 37 + 40 * row / (rows - 1)
            start = (x + 3 + layer * 2.4, along)
            end = (x + 27 + layer * 1.2, along + (row / (rows - 1) - 0.5) * 9 + (layer - 1) * 0.8)
            path = rotated([start, end], angle, root)
            tone = mix(rgb("#2b2d30"), rgb("#85898d"), ((row * 7 + layer * 5) % 11) / 11)
            canvas.fill(ribbon(path, 1.5, 1.0), tone)
    canvas.fill(head, across(ramp("0 #54575b, 45 #2e3033, 100 #141517")))
    canvas.edge(head, WHITE, 0.8, -1.0, 0.8, 0.4)
    canvas.edge(head, BLACK, -1, 1.4, 1.2, 0.5)


def kit(canvas: Canvas) -> None:
    """The care kit: its carton behind, descaler, tablets and brush in front."""
    canvas.ground(0, 96, 110, 1.0, 36)
    carton = corners([(-92, 36, 2), (92, 36, 2), (92, 196, 2), (-92, 196, 2)])
    canvas.fill(carton, brushed(ramp("0 #a57c4f, 25 #cfa778, 60 #c0966a, 100 #99714a"), 20))
    lid = corners([(-92, 195, 1), (92, 195, 1), (82, 216, 2), (-82, 216, 2)])
    canvas.fill(lid, down(ramp("0 #dcb88c, 100 #cda576")))
    canvas.edge(carton, WHITE, 0.8, -0.8, 0.6, 0.35)
    canvas.edge(carton, BLACK, -2, 2, 3, 0.25)
    band = box(-92, 128, 92, 182)
    canvas.fill(band, across(ramp("0 #d6cfc2, 25 #fbf8f1, 60 #efeadf, 100 #c6beb0")))
    canvas.fill(box(-92, 126, 92, 129.6), across(tones(TEAL)))
    wordmark(canvas, 22, 148, 18, INK)
    canvas.soft(box(-80, 30, 86, 96), rgb("#3a2a18"), 16, 0.35, carton)
    descaler(canvas, -56, 10)
    tablets(canvas, 36, 8, loose=False)
    for x, y in ((88.0, 0.0), (104.0, 6.0), (98.0, -8.0)):
        tablet(canvas, x, y)
    brush(canvas, -8, -56, -84)
