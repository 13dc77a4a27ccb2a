"""Cups, pitchers, coffee and beans, in millimetres as seen from the front."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from .canvas import BLACK, WHITE, Canvas
from .paint import PORCELAIN, RGB, Paint, Ramp, down, mix, radial, ramp, rgb
from .shapes import TILT, Point, Shape, box, curve, disc, moved, oval, rotated

CREMA = ramp("0 #d9a362, 55 #c48a48, 85 #a66a30, 100 #7d4a1f")
FOAM = ramp("0 #fffaf0, 45 #fbefdc, 62 #e3bd8b, 80 #b87d43, 100 #8a5326")
INSIDE = ramp("0 #8f8c88, 30 #c9c6c2, 70 #efedea, 100 #ffffff")
HANDLE = ramp("0 #a9a6a2, 45 #dddad6, 100 #ffffff")


def cup(
    canvas: Canvas,
    foot: Point,
    radius: float,
    height: float,
    side: int = 1,
    content: Ramp | None = None,
    tilt: float = TILT,
) -> Shape:
    """A porcelain cup with its foot at `foot`, handle right (1), left (-1) or hidden (0); returns its outline."""
    x, y = foot
    around = box(x - radius * 1.6, y - radius * 0.4, x + radius * 1.6, y + height + radius * 0.4)
    if canvas.seen(canvas.frame(around)) is None:
        return around
    if side:
        _cup_handle(canvas, foot, radius, height, side)
    wall = [
        (height, radius),
        (height * 0.72, radius * 0.985),
        (height * 0.4, radius * 0.86),
        (height * 0.16, radius * 0.62),
    ]
    profile = [*curve(wall), (height * 0.1, radius * 0.56), (0.0, radius * 0.54)]
    body = canvas.turn(foot, profile, PORCELAIN, tilt=tilt)
    canvas.soft(oval(x, y - height * 0.02, radius * 0.8, height * 0.2), rgb("#6d675f"), height * 0.1, 0.4, body)
    _mouth(canvas, (x, y + height), radius, tilt, content)
    return body


def _cup_handle(canvas: Canvas, foot: Point, radius: float, height: float, side: int) -> None:
    """The ring of a cup's handle."""
    x, y = foot
    ring = [(0.9, 0.84), (1.2, 0.88), (1.46, 0.76), (1.42, 0.52), (1.14, 0.34), (0.8, 0.3)]
    path = curve([(x + side * radius * right, y + height * up) for right, up in ring])
    canvas.tube(path, height * 0.13, HANDLE)


def _mouth(canvas: Canvas, middle: Point, radius: float, tilt: float, content: Ramp | None) -> None:
    """The rim, the inside and the content of a cup."""
    x, y = middle
    rim = oval(x, y, radius, radius * tilt)
    inner = oval(x, y - radius * 0.01, radius * 0.945, radius * tilt * 0.9)
    canvas.fill(rim, WHITE)
    canvas.edge(rim, rgb("#8f8b86"), 0, radius * 0.03, radius * 0.02, 0.5)
    canvas.fill(inner, down(INSIDE))
    if content is not None:
        level = oval(x, y - radius * 0.16, radius * 0.9, radius * tilt * 0.86)
        canvas.fill(level, radial(content), clip=inner)
        canvas.edge(inner, rgb("#3a2410"), 0, -radius * 0.09, radius * 0.05, 0.35)
        canvas.soft(
            oval(x - radius * 0.3, y - radius * 0.13, radius * 0.3, radius * tilt * 0.2),
            WHITE,
            radius * 0.06,
            0.3,
            inner,
        )


def saucer(canvas: Canvas, foot: Point, radius: float) -> None:
    """A saucer lying at `foot`."""
    x, y = foot
    canvas.turn(foot, curve([(radius * 0.1, radius), (radius * 0.07, radius * 0.93), (0.0, radius * 0.58)]), PORCELAIN)
    top = disc(x, y + radius * 0.1, radius)
    canvas.fill(top, radial(ramp("0 #e6e3df, 50 #efedea, 62 #d9d6d1, 70 #fdfdfc, 92 #f6f4f2, 100 #e1ded9")))
    canvas.edge(top, WHITE, 0, radius * 0.012, radius * 0.008, 0.9)
    canvas.soft(disc(x + radius * 0.12, y + radius * 0.09, radius * 0.6), rgb("#57514a"), radius * 0.06, 0.4, top)


def streams(canvas: Canvas, top: Point, bottom: float, gap: float, width: float = 2.4) -> None:
    """Two thin streams of coffee falling from `top` to the height `bottom`, `gap` mm apart."""
    for side in (-1, 1):
        x = top[0] + side * gap / 2
        path = [(x, top[1]), (x - side * gap * 0.04, (top[1] + bottom) / 2), (x - side * gap * 0.06, bottom)]
        canvas.tube(curve(path), width, ramp("0 #4b2810, 50 #8a5223, 100 #d39a58"), width * 0.7)


BEAN_TONES = (rgb("#4a2a17"), rgb("#5b351d"), rgb("#3d2212"), rgb("#6a4025"))


def beans(canvas: Canvas, shape: Shape, length: float = 9.5, seed: int = 4) -> None:
    """Coffee beans `length` mm long filling a shape."""
    frame = canvas.frame(shape)
    seen = canvas.seen(frame)
    if seen is None:
        return
    patch = Image.new("RGB", (seen[2] - seen[0], seen[3] - seen[1]), rgb("#1d0f07"))
    pen = ImageDraw.Draw(patch)
    dice = random.Random(seed)
    step = length * canvas.scale * 0.6
    rows = int((frame[3] - frame[1]) / step) + 2
    columns = int((frame[2] - frame[0]) / step) + 2
    places = [(row, column) for row in range(rows) for column in range(columns)]
    dice.shuffle(places)
    for row, column in places:
        middle = (
            frame[0] - seen[0] + (column + dice.uniform(-0.35, 0.35)) * step,
            frame[1] - seen[1] + (row + dice.uniform(-0.35, 0.35)) * step,
        )
        _bean(pen, middle, length * canvas.scale / 2, dice)
    canvas.stamp(patch, shape)


def bean_shapes(middle: Point, half: float, angle: float, plump: float) -> tuple[Shape, Shape, list[Point]]:
    """A bean's outline, its lit part and its crease; `half` its half length, the same units as `middle`."""
    x, y = middle
    whole = rotated(oval(x, y, half, half * plump), angle, middle)
    lit = rotated(oval(x - half * 0.12, y - half * 0.12, half * 0.72, half * plump * 0.62), angle, middle)
    crease = curve(
        [
            (x - half * 0.86, y),
            (x - half * 0.3, y + half * 0.14),
            (x + half * 0.3, y - half * 0.14),
            (x + half * 0.86, y),
        ]
    )
    return whole, lit, rotated(crease, angle, middle)


def _bean(pen: ImageDraw.ImageDraw, middle: Point, half: float, dice: random.Random) -> None:
    """One bean on a patch; pixels."""
    tone = dice.choice(BEAN_TONES)
    whole, lit, crease = bean_shapes(middle, half, dice.uniform(0, 180), dice.uniform(0.62, 0.74))
    creased = dice.random() < 0.55
    pen.polygon(moved(whole, half * 0.1, half * 0.14), fill=rgb("#150a04"))
    pen.polygon(whole, fill=mix(tone, BLACK, 0.25))
    pen.polygon(moved(lit, -half * 0.04, -half * 0.04), fill=tone)
    shine = [
        (middle[0] + (px - middle[0]) * 0.5 - half * 0.14, middle[1] + (py - middle[1]) * 0.45 - half * 0.18)
        for px, py in lit
    ]
    pen.polygon(shine, fill=mix(tone, rgb("#c08a5c"), 0.3))
    if creased:
        pen.line(crease, fill=rgb("#1c0e06"), width=max(1, round(half * 0.16)))
        pen.line(moved(crease, 0, half * 0.12), fill=mix(tone, rgb("#c08a5c"), 0.4), width=max(1, round(half * 0.06)))


def glass(canvas: Canvas, shape: Shape, tint: RGB = (214, 222, 226), strength: float = 0.32) -> None:
    """A clear wall over what is already drawn: a tint, bright edges and two reflections."""
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    width, height = right - left, top - bottom
    canvas.fill(shape, tint, strength)
    canvas.edge(shape, rgb("#5a636a"), width * 0.012, 0, width * 0.012, 0.6)
    canvas.edge(shape, rgb("#4d565c"), -width * 0.018, 0, width * 0.018, 0.6)
    canvas.edge(shape, WHITE, width * 0.04, -height * 0.01, width * 0.03, 0.3)
    streak = box(left + width * 0.16, bottom + height * 0.06, left + width * 0.26, top - height * 0.05, width * 0.04)
    canvas.soft(streak, WHITE, width * 0.012, 0.5, shape)
    thin = box(right - width * 0.14, bottom + height * 0.06, right - width * 0.11, top - height * 0.06, width * 0.01)
    canvas.soft(thin, WHITE, width * 0.008, 0.4, shape)


def portion(color: RGB) -> Paint:
    """A surface of ground coffee or powder of a colour."""
    return radial(((0.0, mix(color, WHITE, 0.12)), (0.7, color), (1.0, mix(color, BLACK, 0.45))))
