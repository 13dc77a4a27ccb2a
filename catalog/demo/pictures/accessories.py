"""The accessories, drawn in millimetres of the real ones as seen from a little higher than the machines."""

from __future__ import annotations

import math

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import figures, wordmark
from .paint import (
    ASH,
    BEECH,
    CHROME,
    FINISHES,
    RUBBER,
    WALNUT,
    across,
    conic,
    down,
    radial,
    ramp,
    rgb,
    wood,
)
from .shapes import Point, Shape, box, corners, curve, moved, oval, ribbon
from .tableware import CREMA, FOAM, cup

HIGH = 0.3
"""The tilt of the tabletop pictures."""


def tamper(canvas: Canvas) -> None:
    """A tamper, 58 mm across: polished steel base, turned beech handle."""
    canvas.ground(0, 30, 62)
    base = canvas.turn((0, 0), [(24, 27), (22.4, 29), (2, 29), (0, 28.2)], CHROME, tilt=HIGH)
    canvas.edge(base, BLACK, 0, 1.2, 1.2, 0.4)
    for level in (5, 8):
        canvas.line(oval(0, level, 29, 29 * HIGH, 180, 360), 0.5, rgb("#5d6165"), 0.7)
    top = oval(0, 24, 27, 27 * HIGH)
    canvas.fill(
        top, conic(ramp("0 #f6f7f7, 14 #9fa3a6, 30 #eceeef, 46 #8b8f93, 60 #f4f5f5, 78 #9ea2a5, 100 #f6f7f7"), 15)
    )
    canvas.edge(top, WHITE, 0, -0.5, 0.3, 0.9)
    canvas.soft(oval(4, 23, 15, 5), BLACK, 2, 0.5, top)
    canvas.turn((0, 24), [(9, 8.6), (3, 9.4), (0, 11)], CHROME, tilt=HIGH)
    shape = curve([(50, 6), (48.5, 11), (44, 16.5), (36, 18.6), (26, 16.4), (15, 11.4), (6, 9.4), (0, 9.6)])
    grip = canvas.turn((0, 32), shape, BEECH, tilt=HIGH)
    for index, offset in enumerate((-9, -3, 1.5, 6, 11)):
        grain = curve([(offset * 0.6, 34), (offset, 56), (offset * 1.15, 68), (offset * 0.7, 80)])
        canvas.soft(ribbon(grain, 0.8), rgb("#8a6038"), 0.35, 0.3 + 0.08 * (index % 2), grip)
    canvas.soft(oval(-7, 69, 3, 8), WHITE, 2, 0.65, grip)
    canvas.edge(grip, rgb("#5e3d1f"), -1.6, 1.2, 2, 0.4)
    canvas.fill(oval(0, 82.2, 6, 1.7), radial(ramp("0 #f1d7b0, 100 #d0a877")))


def portafilter(canvas: Canvas) -> None:
    """A bottomless portafilter lying with its handle to the right, the basket seen from above."""
    tilt = 0.46
    canvas.ground(-20, 46, 92, 0.9)
    canvas.ground(72, 52, 26, 0.8)
    for side in (-1, 1):
        ear = corners(
            [(-20 + side * 34, 22, 2), (-20 + side * 45, 21, 2), (-20 + side * 45, 28, 2), (-20 + side * 34, 29, 2)]
        )
        canvas.fill(ear, down(ramp("0 #f4f5f5, 50 #a5a9ac, 100 #5d6165")))
    canvas.turn((-20, 0), [(32, 36.5), (27, 36.5), (25, 35), (3, 34), (0, 33)], CHROME, tilt=tilt)
    brew.handle(canvas, (10, 13), 34, WALNUT, -95.0, 1.25)
    rim = oval(-20, 32, 36.5, 36.5 * tilt)
    canvas.fill(
        rim, conic(ramp("0 #ffffff, 18 #a5a9ac, 34 #f1f2f3, 52 #84888c, 70 #f4f5f5, 86 #9fa3a6, 100 #ffffff"), 200)
    )
    canvas.edge(rim, WHITE, 0, -0.6, 0.4, 0.8)
    canvas.fill(oval(-20, 32, 32.5, 32.5 * tilt), rgb("#3d4043"))
    basket = oval(-20, 31.4, 31.4, 31.2 * tilt)
    canvas.fill(basket, across(ramp("0 #4b4f53, 16 #8d9195, 40 #d9dcde, 55 #b4b8bb, 80 #6d7175, 100 #a5a9ac")))
    canvas.edge(basket, BLACK, 0, -3, 3, 0.55)
    floor = oval(-20, 22, 27, 27 * tilt)
    canvas.fill(floor, radial(ramp("0 #c9ccce, 70 #a5a9ac, 100 #7b7f83")), clip=basket)
    for hole in _holes(25.5, 2.5):
        spot = (-20 + hole[0], 22 + hole[1] * tilt)
        canvas.dot(spot, 0.75, 0.45, rgb("#1b1c1e"))


def _holes(radius: float, pitch: float) -> list[Point]:
    """The middles of holes on rings `pitch` apart within a radius."""
    middles: list[Point] = [(0.0, 0.0)]
    for ring in range(1, int(radius / pitch)):
        count = ring * 6
        middles.extend(
            (ring * pitch * math.cos(math.tau * index / count), ring * pitch * math.sin(math.tau * index / count))
            for index in range(count)
        )
    return middles


def pitcher(canvas: Canvas) -> None:
    """A milk pitcher of 600 ml with spout and handle."""
    canvas.ground(0, 44, 92)
    loop = curve([(34, 92), (56, 98), (70, 86), (68, 60), (54, 34), (40, 26)])
    canvas.tube(loop, 9, brew.TUBE)
    shape = curve([(112, 35), (98, 34), (80, 35.5), (56, 41), (30, 45.5), (12, 46), (3, 44.5), (0, 42.5)])
    spout = curve([(-23, 82), (-35, 98), (-55, 119.5), (-34, 120), (-14, 112), (-17, 94)], closed=True)
    body = canvas.turn((0, 0), shape, CHROME, tilt=HIGH)
    canvas.soft(moved(spout, 3, -3), BLACK, 2.2, 0.4, [*body, (-55, 119), (-34, 112)])
    canvas.fill(spout, across(ramp("0 #e6e8e9, 30 #ffffff, 55 #b9bdc0, 80 #84888c, 100 #d9dcde")))
    canvas.soft(ribbon([(-22, 84), (-44, 114)], 3), WHITE, 1.4, 0.6, spout)
    canvas.edge(body, BLACK, 0, 2.5, 3, 0.35)
    canvas.edge(body, WHITE, 2, 0, 2, 0.3)
    mouth = curve(
        [
            (-55, 119.5),
            (-36, 121.6),
            (-18, 122.2),
            (2, 122.6),
            (24, 119.4),
            (35, 112),
            (26, 104.6),
            (4, 101.6),
            (-18, 103),
            (-38, 110),
        ],
        closed=True,
    )
    canvas.fill(mouth, across(ramp("0 #d9dcde, 20 #6d7175, 55 #a9adb0, 80 #e6e8e9, 100 #b9bdc0")))
    milk = oval(0, 106, 30, 7.6)
    canvas.fill(milk, radial(ramp("0 #fffefb, 80 #f8f4ec, 100 #ddd6c9")), clip=mouth)
    canvas.edge(mouth, BLACK, 0, -3, 2.6, 0.4)
    canvas.line([*mouth, mouth[0]], 1.1, rgb("#f4f5f5"))
    wordmark(canvas, 0, 42, 7.5, rgb("#54585c"))


def cups_espresso(canvas: Canvas) -> None:
    """Six espresso cups of 70 ml on saucers in two rows, the front row filled."""
    for y, shift, coffee in ((42.0, 22.0, 0), (-20.0, -22.0, 1)):
        for column in (-1, 0, 1):
            _served(canvas, (column * 98 + shift, y), 29, 46, coffee)


def _served(canvas: Canvas, foot: Point, radius: float, height: float, coffee: int) -> None:
    """A cup on its saucer, with coffee or without."""
    x, y = foot
    canvas.ground(x, radius * 1.5, radius * 3.4, 1.2, y - radius * 0.1)
    plate = _saucer(canvas, foot, radius * 1.62)
    canvas.soft(
        oval(x + radius * 0.2, y + radius * 0.12, radius * 0.75, radius * 0.24), BLACK, radius * 0.1, 0.35, plate
    )
    cup(canvas, (x, y + radius * 0.14), radius, height, 1, (FOAM if radius > 34 else CREMA) if coffee else None, HIGH)


def _saucer(canvas: Canvas, foot: Point, radius: float) -> Shape:
    """A saucer from the higher camera; returns its upper face."""
    x, y = foot
    lip = ramp("0 #b3b1ad, 20 #f4f3f1, 50 #dcdad6, 100 #a9a6a2")
    canvas.turn(
        foot, curve([(radius * 0.12, radius), (radius * 0.08, radius * 0.94), (0, radius * 0.6)]), lip, tilt=HIGH
    )
    face = oval(x, y + radius * 0.12, radius, radius * HIGH)
    canvas.fill(
        face, radial(ramp("0 #dfdcd7, 44 #e6e3df, 54 #c6c2bc, 61 #efedea, 88 #f9f8f7, 95 #dedbd6, 100 #f4f3f1"))
    )
    canvas.edge(face, rgb("#8f8b86"), 0, radius * 0.02, radius * 0.02, 0.45)
    return face


def cups_cappuccino(canvas: Canvas) -> None:
    """Four cappuccino cups of 180 ml on saucers, two of them filled."""
    for foot, coffee in (((-62.0, 52.0), 0), ((62.0, 52.0), 0), ((-72.0, -18.0), 1), ((72.0, -18.0), 1)):
        _served(canvas, foot, 43, 60, coffee)


def knockbox(canvas: Canvas) -> None:
    """A knock box of ash with a steel drum and a padded bar."""
    canvas.ground(0, 76, 150)
    front = corners([(-75, 0, 5), (75, 0, 5), (75, 92, 3), (-75, 92, 3)])
    canvas.fill(front, wood(ASH, 40))
    canvas.soft(box(-75, -4, 75, 10), rgb("#6b5233"), 8, 0.45, front)
    canvas.edge(front, rgb("#7a6040"), -3, 2, 3, 0.4)
    canvas.edge(front, WHITE, 1, -1, 0.8, 0.5)
    top = corners([(-75, 91, 2), (75, 91, 2), (65, 144, 4), (-65, 144, 4)])
    canvas.fill(top, wood(ramp("0 #e2cdac, 40 #f6e9d2, 100 #d6bd97"), 30))
    canvas.edge(top, WHITE, 0, 1, 0.6, 0.8)
    rim = oval(0, 117, 58, 22)
    canvas.fill(
        rim, conic(ramp("0 #ffffff, 18 #a5a9ac, 34 #f1f2f3, 52 #84888c, 70 #f4f5f5, 86 #9fa3a6, 100 #ffffff"), 200)
    )
    well = oval(0, 116.4, 54.4, 20)
    canvas.fill(well, across(ramp("0 #2a2c2e, 20 #6d7175, 38 #b9bdc0, 60 #7b7f83, 85 #3d4043, 100 #6d7175")))
    canvas.edge(well, BLACK, 0, -6, 5, 0.75)
    canvas.soft(oval(0, 94, 60, 14), BLACK, 5, 0.6, well)
    bar = [(-57, 119), (57, 119)]
    canvas.soft(ribbon(moved(bar, 2, -7), 12), BLACK, 2.4, 0.6, well)
    canvas.tube(bar, 7, brew.TUBE)
    canvas.tube([(-40, 119.6), (40, 119.6)], 14, ramp("0 #0e0f10, 40 #26282a, 80 #3d4043, 100 #6d7073"))
    wordmark(canvas, 0, 38, 13, rgb("#8a6a42"))


def scale(canvas: Canvas) -> None:
    """A flat scale with a glass platform, its display lit, an espresso cup on it."""
    canvas.ground(0, 74, 150)
    side = box(-72, 2, 72, 17, 5)
    fit.panel(canvas, side, FINISHES["black"], 1.4)
    top = corners([(-72, 15, 3), (72, 15, 3), (62, 62, 7), (-62, 62, 7)])
    canvas.fill(top, down(ramp("0 #4b4e51, 50 #2e3033, 100 #232527")))
    canvas.edge(top, WHITE, 0, 0.8, 0.5, 0.6)
    plate = corners([(-64, 29, 4), (64, 29, 4), (57, 59, 5), (-57, 59, 5)])
    canvas.fill(plate, down(ramp("0 #3a3d40, 60 #1d1f21, 100 #141517")))
    canvas.fill([(-64, 29), (-20, 29), (8, 59), (-57, 59)], WHITE, 0.07, clip=plate)
    canvas.edge(plate, WHITE, 0, 0.6, 0.3, 0.6)
    figures(canvas, "36.2", 20, 18.6, 7.6, rgb("#f2f6f8"))
    figures(canvas, "27", -30, 18.6, 7.6, rgb("#ff9f4a"))
    canvas.line(oval(-38, 22.4, 3.2, 2.9), 0.6, rgb("#ff9f4a"))
    canvas.line([(-38, 22.4), (-38, 24.4)], 0.6, rgb("#ff9f4a"))
    for x in (-58, 58):
        canvas.fill(oval(x, 22.4, 3.4, 2), rgb("#6d7073"))
    canvas.soft(oval(5, 44, 26, 8), BLACK, 3, 0.6, plate)
    reflection = oval(0, 40, 15, 4)
    canvas.soft(reflection, WHITE, 3, 0.22, plate)
    cup(canvas, (0, 42), 28, 44, 1, CREMA, HIGH)


def distributor(canvas: Canvas) -> None:
    """A distributor of 58 mm: knurled grip, adjustment ring and polished base."""
    canvas.ground(0, 30, 62)
    base = canvas.turn((0, 0), [(10, 29), (1.6, 29), (0, 28)], CHROME, tilt=HIGH)
    canvas.edge(base, BLACK, 0, 1, 1, 0.4)
    canvas.fill(oval(0, 10, 29, 29 * HIGH), across(CHROME))
    canvas.soft(oval(1, 9.6, 28, 8), BLACK, 1.6, 0.4, oval(0, 10, 29, 29 * HIGH))
    canvas.turn(
        (0, 11), [(6, 26.6), (0, 26.6)], ramp("0 #5a3a12, 22 #e9c982, 40 #c4964a, 70 #8a6528, 100 #6b4c1d"), tilt=HIGH
    )
    body = canvas.turn((0, 18), [(24, 30.4), (22, 32), (2, 32), (0, 31)], RUBBER, tilt=HIGH)
    for index in range(58):
        angle = math.pi * (index + 0.5) / 58
        x, drop = -math.cos(angle) * 32, math.sin(angle) * 32 * HIGH
        canvas.line([(x, 22 - drop), (x, 38 - drop)], 0.55, BLACK, 0.7)
        canvas.line([(x + 0.5, 22 - drop), (x + 0.5, 38 - drop)], 0.3, WHITE, 0.22)
    canvas.edge(body, WHITE, 0, -0.6, 0.4, 0.4)
    top = oval(0, 42, 30.4, 30.4 * HIGH)
    canvas.fill(
        top, conic(ramp("0 #55585c, 16 #232527, 32 #4b4e51, 50 #17181a, 66 #4b4e51, 84 #232527, 100 #55585c"), 20)
    )
    canvas.edge(top, WHITE, 0, 0.5, 0.3, 0.5)
    canvas.fill(
        oval(0, 42, 21, 21 * HIGH),
        conic(ramp("0 #f6f7f7, 14 #9fa3a6, 30 #eceeef, 46 #8b8f93, 60 #f4f5f5, 78 #9ea2a5, 100 #f6f7f7"), 30),
    )
    canvas.edge(oval(0, 42, 21, 21 * HIGH), BLACK, 0, -0.6, 0.4, 0.5)
    wordmark(canvas, 0, 40.4, 4.2, rgb("#4b4f53"))
