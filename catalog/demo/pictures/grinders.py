"""The grinders, drawn in millimetres of the real ones."""

from __future__ import annotations

import math

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import figures, letters, wordmark
from .paint import (
    BEECH,
    CHROME,
    FINISHES,
    RUBBER,
    SATIN,
    WALNUT,
    Finish,
    Ramp,
    across,
    brushed,
    down,
    mix,
    radial,
    ramp,
    rgb,
)
from .shapes import TILT, Point, box, corners, curve, disc, moved, outline_of, oval, ribbon
from .tableware import bean_shapes, beans, glass, portion

GROUNDS = rgb("#4a2c1a")


def hopper(canvas: Canvas, x: float, y: float, low: float, high: float, height: float, level: float) -> None:
    """A clear funnel of beans on the grinder at (x, y), radius `low` to `high`, filled to `level` (0..1)."""
    profile = [
        (height, high),
        (height * 0.3, high * 0.97),
        *curve([(height * 0.24, high * 0.93), (height * 0.06, low * 1.05), (0, low)]),
    ]
    wall = moved(outline_of(profile), x, y)
    canvas.fill(wall, across(ramp("0 #b9b4ad, 20 #e9e6e1, 70 #dcd8d2, 100 #a9a49d")), 0.85)
    top = height * level
    half = high * 0.95
    fill = [(top, half), *[(h, r * 0.95) for h, r in profile[1:] if h < top]]
    load = moved(outline_of(fill), x, y)
    beans(canvas, load, 10)
    canvas.soft(box(x + high * 0.3, y, x + high * 1.1, y + height), BLACK, high * 0.25, 0.45, load)
    canvas.soft(box(x - high * 1.1, y, x - high * 0.8, y + height), BLACK, high * 0.1, 0.4, load)
    glass(canvas, wall, rgb("#e9e6e1"), 0.1)
    canvas.turn((x, y + height), [(9, high * 0.9), (7, high * 1.02), (0, high * 1.04), (-4, high * 1.03)], RUBBER)
    canvas.fill(disc(x, y + height + 9, high * 0.9), radial(ramp("0 #4b4e51, 70 #2e3033, 100 #1b1c1e")))
    canvas.turn((x, y + height + 9), [(9, high * 0.16), (7, high * 0.2), (0, high * 0.17)], RUBBER)


def knurl(
    canvas: Canvas, x: float, y: float, height: float, radius: float, stops: Ramp = RUBBER, ticks: int = 44
) -> None:
    """A knurled ring of `radius` standing at (x, y)."""
    ring = canvas.turn((x, y), [(height, radius), (0, radius)], stops)
    for index in range(ticks):
        angle = math.pi * (index + 0.5) / ticks
        left, drop = x - math.cos(angle) * radius, math.sin(angle) * radius * TILT
        line = [(left, y - drop + height * 0.12), (left, y - drop + height * 0.88)]
        canvas.line(line, radius * 0.022, BLACK, 0.55)
        canvas.line(moved(line, radius * 0.016, 0), radius * 0.012, WHITE, 0.3)
    canvas.edge(ring, WHITE, 0, -0.7, 0.4, 0.5)


def mola(canvas: Canvas, finish: Finish, detail: bool = False) -> None:
    """Mola, 120 x 340 x 190: a round painted body with a grounds cup in its niche."""
    canvas.ground(0, 60, 170)
    canvas.turn((0, 2), [(14, 56), (10, 60), (0, 60)], RUBBER)
    canvas.turn((0, 16), [(4, 57), (0, 57)], CHROME)
    shell = canvas.turn((0, 20), [(186, 50), (180, 54), (160, 55), (0, 56)], finish.lathe())
    canvas.soft(box(-40, 30, -24, 200, 8), WHITE, 5, 0.5 * finish.gloss, shell)
    canvas.edge(shell, WHITE, 0, -1.6, 1.2, 0.6)
    _niche(canvas)
    letters(canvas, "Mola", 0, 168, 13, fit.ink(finish))
    fit.button(canvas, 0, 146, 9, lit=True)
    canvas.turn((0, 206), [(4, 47), (0, 50)], CHROME)
    knurl(canvas, 0, 209, 20, 46)
    for index in range(9):
        x = (index - 4) * 8.4
        up = 212 - (1 - (x / 46) ** 2) ** 0.5 * 46 * TILT
        canvas.line([(x, up + 6), (x, up + (14 if index % 4 == 0 else 11))], 1.2, WHITE, 0.95)
    canvas.fill([(-3.4, 190), (3.4, 190), (0, 197)], fit.ink(finish))
    hopper(canvas, 0, 230, 40, 57, 92, 0.72 if not detail else 0.8)


def _niche(canvas: Canvas) -> None:
    """The niche under the chute with the steel grounds cup."""
    niche = corners([(-36, 22, 6), (36, 22, 6), (36, 128, 30), (-36, 128, 30)])
    canvas.fill(niche, across(ramp("0 #0c0d0e, 30 #2a2c2f, 60 #3a3d40, 100 #141516")))
    canvas.edge(niche, BLACK, 4, -6, 6, 0.7)
    canvas.line([(36, 40), (36, 100)], 1.2, WHITE, 0.4)
    canvas.turn((0, 96), [(30, 17), (10, 14), (0, 9)], RUBBER)
    canvas.soft(disc(0, 24, 32), BLACK, 3, 0.6)
    vessel = canvas.turn((0, 26), [(52, 28), (49, 27), (4, 27), (0, 25)], CHROME)
    canvas.edge(vessel, WHITE, 0, -0.8, 0.4, 0.8)
    canvas.fill(disc(0, 78, 27), rgb("#54585c"))
    canvas.fill(disc(0, 77.2, 25.6), portion(GROUNDS))


def mola_side(canvas: Canvas, finish: Finish) -> None:
    """Mola from the side, its front to the left: body on a long foot."""
    canvas.ground(0, 92, 120)
    fit.panel(canvas, box(-95, 2, 95, 18, 8), FINISHES["black"], 2)
    outline = corners([(-30, 18, 0), (92, 18, 4), (86, 206, 14), (-62, 206, 14), (-66, 134, 12), (-30, 122, 16)])
    fit.panel(canvas, outline, finish, 3)
    canvas.turn((-52, 98), [(30, 16), (10, 13), (0, 9)], RUBBER)
    canvas.soft(disc(-56, 20, 32), BLACK, 3, 0.5)
    vessel = canvas.turn((-58, 22), [(52, 28), (49, 27), (4, 27), (0, 25)], CHROME)
    canvas.edge(vessel, WHITE, 0, -0.8, 0.4, 0.8)
    canvas.fill(disc(-58, 74, 27), rgb("#54585c"))
    canvas.fill(disc(-58, 73.2, 25.6), portion(GROUNDS))
    wordmark(canvas, 22, 168, 13, fit.ink(finish))
    for index in range(5):
        canvas.fill(box(10, 46 + index * 8, 68, 49 + index * 8, 1.5), finish.deep)
    canvas.turn((-4, 206), [(4, 47), (0, 50)], CHROME)
    knurl(canvas, -4, 209, 20, 46)
    hopper(canvas, -4, 230, 40, 57, 92, 0.72)


def mola_pro(canvas: Canvas, finish: Finish, detail: bool = False) -> None:
    """Mola Pro, 170 x 430 x 260: a square tower with display, fork and portafilter."""
    canvas.ground(0, 84, 250)
    _pro_base(canvas, finish)
    tower = corners([(-62, 26, 8), (62, 26, 8), (62, 282, 16), (-62, 282, 16)])
    fit.panel(canvas, tower, finish, 3)
    face = box(-46, 190, 46, 268, 8)
    fit.display(canvas, face)
    canvas.fill([(-46, 190), (-20, 190), (14, 268), (-46, 268)], WHITE, 0.05, clip=face)
    figures(canvas, "18.0", -34, 224, 26, rgb("#f2f6f8"))
    for index in range(9):
        lit = index < 7
        canvas.fill(box(-30 + index * 7, 208, -25 + index * 7, 211, 1.2), rgb("#ff9f4a") if lit else rgb("#4a4d50"))
    fit.button(canvas, 0, 176, 8, lit=True)
    chute = corners([(-22, 166, 6), (22, 166, 6), (15, 134, 4), (-15, 134, 4)])
    canvas.soft(moved(chute, 4, -6), BLACK, 5, 0.5)
    canvas.fill(chute, across(RUBBER))
    if detail:
        canvas.tube([(0, 136), (0, 112)], 9, ramp("0 #2e1a0e, 60 #5d3a22, 100 #7a5030"), 12)
    _held_portafilter(canvas)
    wordmark(canvas, 0, 40, 8, fit.ink(finish))
    canvas.turn((0, 284), [(4, 56), (0, 58)], CHROME)
    knurl(canvas, 0, 288, 20, 54, SATIN, 60)
    canvas.turn((0, 308), [(4, 52), (0, 53)], RUBBER)
    hopper(canvas, 0, 312, 46, 74, 96, 0.74)


def _pro_base(canvas: Canvas, finish: Finish) -> None:
    """The foot with its steel grounds tray."""
    plate = corners([(-84, 20, 2), (84, 20, 2), (76, 46, 8), (-76, 46, 8)])
    canvas.fill(plate, brushed(ramp("0 #8d9195, 25 #eceeef, 50 #c9ccce, 100 #84888c"), 14))
    canvas.soft(box(-58, 30, 74, 60), BLACK, 6, 0.45, plate)
    fit.panel(canvas, box(-85, 4, 85, 22, 7), finish, 2.2)
    for x in (-64, 64):
        canvas.soft(disc(x, 2, 13), BLACK, 1.6, 0.5)
        canvas.turn((x, 0), [(5, 11), (0, 11)], RUBBER)


def _held_portafilter(canvas: Canvas) -> None:
    """The fork and the portafilter it holds, the basket open."""
    fork = box(-44, 88, 44, 98, 4)
    canvas.soft(moved(fork, 3, -6), BLACK, 5, 0.5)
    canvas.fill(fork, down(ramp("0 #f1f2f3, 40 #b9bdc0, 100 #5d6165")))
    bowl = curve([(22, 36), (10, 35), (-4, 31), (-12, 20), (-16, 12)])
    canvas.turn((0, 96), [(26, 38), (20, 38), (19, 36), *bowl], CHROME)
    canvas.fill(disc(0, 122, 38), rgb("#eceeef"))
    canvas.fill(disc(0, 121.4, 35), rgb("#54585c"))
    canvas.fill(disc(0, 121, 33), portion(GROUNDS))
    mound = curve([(-26, 120.6), (-12, 126), (0, 131), (11, 126), (26, 120.6), (0, 117.6)], closed=True)
    canvas.fill(mound, across(ramp("0 #4a2c1a, 30 #6d4529, 100 #3a2112")))
    brew.handle(canvas, (12, 104), 36, WALNUT, -142, 0.86)


def mola_pro_side(canvas: Canvas, finish: Finish) -> None:
    """Mola Pro from the side, its front to the left."""
    canvas.ground(0, 130, 170)
    fit.panel(canvas, box(-130, 4, 130, 22, 7), finish, 2.2)
    canvas.fill(corners([(-126, 22, 0), (-10, 22, 0), (-10, 32, 2), (-118, 32, 3)]), brushed(SATIN, 12))
    outline = corners([(-12, 22, 2), (118, 22, 6), (118, 282, 18), (-66, 282, 16), (-66, 178, 10), (-12, 166, 18)])
    fit.panel(canvas, outline, finish, 3)
    canvas.fill(corners([(-66, 190, 2), (-61, 190, 0), (-61, 270, 0), (-66, 270, 2)]), rgb("#141517"))
    chute = corners([(-60, 176, 4), (-20, 170, 4), (-30, 136, 4), (-52, 136, 4)])
    canvas.fill(chute, across(RUBBER))
    fork = box(-74, 92, -10, 100, 3)
    canvas.fill(fork, down(ramp("0 #f1f2f3, 40 #b9bdc0, 100 #5d6165")))
    brew.portafilter(canvas, -44, 124, 36, WALNUT, 96.0, 1.0)
    wordmark(canvas, 34, 226, 15, fit.ink(finish))
    for index in range(7):
        canvas.fill(box(14, 60 + index * 9, 92, 63.4 + index * 9, 1.7), finish.deep)
    canvas.turn((14, 282), [(4, 56), (0, 58)], CHROME)
    knurl(canvas, 14, 286, 20, 54, SATIN, 60)
    canvas.turn((14, 306), [(4, 52), (0, 53)], RUBBER)
    hopper(canvas, 14, 310, 46, 74, 96, 0.74)


def granello(canvas: Canvas) -> None:
    """Granello, 55 x 180 x 55: a slim hand grinder with a crank, some beans at its foot."""
    canvas.ground(0, 28, 56)
    jar = canvas.turn((0, 1), [(66, 26.4), (62, 27), (3, 27), (0, 25)], SATIN)
    canvas.edge(jar, WHITE, 0, -0.5, 0.3, 0.7)
    knurl(canvas, 0, 4, 12, 27.2, SATIN, 60)
    canvas.turn((0, 67), [(2.4, 27.4), (0, 27.4)], RUBBER)
    barrel = canvas.turn((0, 69), [(66, 27.4), (0, 27.4)], WALNUT)
    canvas.edge(barrel, WHITE, 0, -0.6, 0.4, 0.5)
    for index in range(26):
        angle = math.pi * (index + 0.5) / 26
        x, drop = -math.cos(angle) * 27.2, math.sin(angle) * 27.2 * TILT
        canvas.line([(x, 71 - drop), (x, 134 - drop)], 0.5, rgb("#24130b"), 0.3 + 0.2 * (index % 3))
    wordmark(canvas, 0, 96, 7, rgb("#ecd9bd"))
    canvas.turn((0, 135), [(8, 25), (6, 27), (0, 27.6)], CHROME)
    canvas.fill(disc(0, 143, 25), radial(ramp("0 #f4f5f5, 60 #b9bdc0, 100 #84888c")))
    canvas.turn((0, 143), [(12, 6), (8, 7.6), (0, 9)], CHROME)
    arm = curve([(-4, 154), (14, 157), (44, 156), (72, 152)])
    canvas.tube(arm, 6.4, brew.TUBE)
    canvas.turn((0, 150), [(9, 5), (7, 6.4), (0, 6.4)], CHROME)
    canvas.turn((72, 150), [(8, 4), (0, 4.6)], CHROME)
    ball = curve([(34, 3), (32, 9), (24, 12.4), (14, 11), (5, 7), (0, 6)])
    grip = canvas.turn((72, 156), ball, BEECH)
    canvas.soft(oval(67, 182, 2.6, 5), WHITE, 1.2, 0.6, grip)
    for x, y, angle in ((46, 3, 20.0), (58, 8, 110.0), (66, 1, 150.0), (-42, 4, 60.0), (-52, 9, 10.0)):
        bean(canvas, (x, y), 5.4, angle)


def bean(canvas: Canvas, middle: Point, half: float, angle: float) -> None:
    """One coffee bean lying on the floor, `half` its half length."""
    whole, lit, crease = bean_shapes(middle, half, angle, 0.68)
    canvas.soft(moved(whole, half * 0.2, -half * 0.3), BLACK, half * 0.22, 0.45)
    canvas.fill(whole, radial(ramp("0 #7a4a2c, 60 #54301b, 100 #2e180c")))
    canvas.soft(lit, rgb("#b07f55"), half * 0.25, 0.45, whole)
    canvas.fill(ribbon(crease, half * 0.14), rgb("#22110a"))
    canvas.edge(whole, mix(WHITE, rgb("#c08a5c"), 0.4), half * 0.08, -half * 0.1, half * 0.08, 0.5)
