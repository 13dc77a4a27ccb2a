"""The spare parts, drawn in millimetres of the real ones."""

from __future__ import annotations

import math

from . import brewing as brew
from . import fittings as fit
from .canvas import BLACK, WHITE, Canvas
from .lettering import wordmark
from .paint import (
    BRASS,
    CHROME,
    FINISHES,
    RUBBER,
    SATIN,
    Paint,
    Ramp,
    across,
    brushed,
    conic,
    down,
    radial,
    ramp,
    rgb,
)
from .shapes import Point, Shape, box, corners, curve, moved, oval, ribbon, rotated
from .tableware import glass

LATHED = ramp("0 #f6f7f7, 12 #9fa3a6, 28 #eceeef, 42 #8b8f93, 58 #f4f5f5, 74 #9ea2a5, 88 #e4e6e8, 100 #f6f7f7")
SILICONE = ramp("0 #6e1d16, 14 #a8372b, 28 #d9695a, 42 #bd4435, 75 #8c2a20, 100 #611912")
FLOOR = ramp("0 #c4beb4, 60 #e2ded8, 100 #efece8")


def ring(canvas: Canvas, foot: Point, radii: Point, height: float, tilt: float, wall: Ramp, face: Paint) -> Shape:
    """A flat ring lying at `foot`; `radii` outer and inner in mm; returns its upper face's outer edge."""
    x, y = foot
    outer, inner = radii
    canvas.turn(foot, [(height, outer), (0, outer)], wall, tilt=tilt)
    top = oval(x, y + height, outer, outer * tilt)
    hole = oval(x, y + height, inner, inner * tilt)
    canvas.fill(hole, across(wall[:1] + tuple((1 - p, c) for p, c in reversed(wall))[1:-1] + wall[-1:]))
    canvas.fill(oval(x, y, inner, inner * tilt), down(FLOOR), clip=hole)
    canvas.soft(
        oval(x + inner * 0.1, y + height * 0.5 + inner * tilt * 0.9, inner, inner * tilt * 0.5),
        BLACK,
        inner * 0.08,
        0.3,
        hole,
    )
    canvas.fill(top, face, holes=[hole])
    return top


def gasket(canvas: Canvas) -> None:
    """A silicone group gasket, 73 mm outside, 57 mm inside, 8.5 mm high."""
    tilt = 0.52
    canvas.ground(0, 38, 78 * 3.2, 0.8, -14)
    face = radial(ramp("0 #8c2a20, 78 #8c2a20, 82 #c9513f, 90 #d4604f, 96 #c04a3a, 100 #e08474"))
    top = ring(canvas, (0, 0), (36.5, 28.5), 8.5, tilt, SILICONE, face)
    groove = oval(0, 8.4, 32.6, 32.6 * tilt)
    canvas.fill(ribbon([*groove, groove[0]], 0.8), rgb("#8a2a20"), 0.7)
    canvas.fill(ribbon(moved(groove, 0, -0.6), 0.4), rgb("#e79486"), 0.7)
    shine = oval(0, 8.5, 34.6, 34.6 * tilt, 100, 165)
    canvas.soft(ribbon(shine, 1.6), WHITE, 0.8, 0.6, top)
    canvas.soft(ribbon(oval(0, 8.5, 34.6, 34.6 * tilt, 285, 330), 1.2), WHITE, 0.8, 0.35, top)
    canvas.line(oval(0, 3.4, 36.5, 36.5 * tilt, 190, 350), 0.4, rgb("#5e1710"), 0.6)


def screen(canvas: Canvas) -> None:
    """A shower screen, 57.5 mm, seen on its perforated face."""
    tilt = 0.6
    canvas.ground(0, 30, 60 * 3.6, 0.8, -12)
    canvas.turn((0, 0), [(6, 28.75), (0.6, 28.75), (0, 28.2)], CHROME, tilt=tilt)
    face = oval(0, 6, 28.75, 28.75 * tilt)
    canvas.fill(face, conic(LATHED, 24))
    canvas.edge(face, WHITE, 0, -0.4, 0.2, 0.9)
    plate = oval(0, 5.6, 26.6, 26.4 * tilt)
    canvas.fill(plate, across(ramp("0 #9fa3a6, 28 #eceeef, 55 #c9ccce, 80 #aeb2b5, 100 #d3d6d8")))
    canvas.edge(plate, BLACK, 0, -0.7, 0.6, 0.5)
    for index in range(2, 14):
        radius = index * 1.86
        count = int(math.tau * radius / 1.9)
        for step in range(count):
            angle = math.tau * (step + index * 0.37) / count
            middle = (radius * math.cos(angle), 5.6 + radius * math.sin(angle) * tilt)
            canvas.dot(middle, 0.52, 0.52 * tilt, rgb("#25272a"))
    boss = oval(0, 5.9, 3.6, 3.6 * tilt)
    canvas.fill(boss, conic(LATHED, 60))
    canvas.edge(boss, BLACK, -0.2, 0.3, 0.2, 0.5)
    canvas.fill(oval(0, 5.8, 2.1, 2.1 * tilt), rgb("#2a2c2e"))
    canvas.soft(oval(-10, 13, 11, 3), WHITE, 3, 0.45, plate)


def pump(canvas: Canvas) -> None:
    """A vibration pump, about 130 mm long: plastic inlet, coil in its bracket, brass outlet."""
    canvas.ground(0, 62, 60)
    nylon = ramp("0 #b9b5ad, 25 #fbfaf7, 50 #e4e1da, 80 #c3bfb6, 100 #a5a198")
    canvas.turn((-24, 25), [(42, 3.4), (40, 4.4), (37, 3.6), (36, 4.6), (33, 3.8), (32, 5), (24, 5)], nylon, 90, 0.3)
    canvas.turn((-20, 25), [(30, 9), (28, 12), (10, 12.6), (8, 15), (0, 15)], nylon, 90, 0.25)
    canvas.turn((20, 25), [(26, 13), (24, 14.4), (6, 14.4), (4, 16), (0, 16)], RUBBER, -90, 0.25)
    canvas.turn((44, 25), [(9, 9.4), (8, 10), (0, 10)], BRASS, -90, 0.25)
    canvas.turn((52, 25), [(13, 4.6), (12, 5.4), (0, 5.4)], BRASS, -90, 0.3)
    for index in range(5):
        x = 54.5 + index * 2.1
        canvas.line([(x, 30.2), (x - 0.6, 19.8)], 0.6, rgb("#6b4c1d"))
    _coil(canvas)


def _coil(canvas: Canvas) -> None:
    """The pump's coil with its steel bracket, terminals and label."""
    for x in (-8.0, 8.0):
        tab = box(x - 3, 46, x + 3, 60, 1.4)
        canvas.fill(tab, across(ramp("0 #8d9195, 35 #f4f5f5, 100 #a5a9ac")))
        canvas.fill(oval(x, 55.4, 1.1), rgb("#4b4f53"))
    top = corners([(-25, 46, 1), (25, 46, 1), (22, 52, 2), (-22, 52, 2)])
    canvas.fill(top, down(ramp("0 #4b4e51, 100 #2e3033")))
    coil = box(-25, 4, 25, 47, 3)
    fit.panel(canvas, coil, FINISHES["black"], 1.2)
    for x in (-27.5, 24.5):
        plate = box(x, 0, x + 3, 50, 1)
        canvas.fill(plate, down(ramp("0 #f4f5f5, 50 #b9bdc0, 100 #7b7f83")))
        canvas.edge(plate, BLACK, -0.5, 0.4, 0.4, 0.4)
    foot = box(-31, 0, 31, 3.4, 1)
    canvas.fill(foot, across(SATIN))
    label = box(-18, 14, 18, 36, 1.5)
    canvas.fill(label, across(ramp("0 #d9d6d0, 25 #fdfcfa, 100 #d3cfc8")))
    wordmark(canvas, 0, 27.4, 4.2, rgb("#26282a"))
    canvas.fill(box(-15, 23.6, 15, 24.1), rgb("#b01f2b"))
    bolt = [(-1.4, 21.8), (1.0, 21.8), (0.2, 19.4), (1.8, 19.4), (-1.4, 15.4), (-0.3, 18.4), (-2.0, 18.4)]
    canvas.fill(moved(bolt, -10, 0), rgb("#26282a"))
    wave = [(-3 + index * 0.5, 18.6 + 1.8 * math.sin(index / 12 * math.tau)) for index in range(13)]
    canvas.line(moved(wave, 7, 0), 0.5, rgb("#26282a"))
    canvas.line(oval(7, 18.6, 4.2), 0.4, rgb("#26282a"))


def burr_conical(canvas: Canvas) -> None:
    """A conical burr set of 40 mm: the ring burr behind, the cone in front."""
    tilt = 0.42
    canvas.ground(-20, 22, 46, 1.0, 8)
    ring_top = ring(canvas, (-19, 12), (20, 15), 15, tilt, CHROME, conic(LATHED, 20))
    _inner_teeth(canvas, (-19, 27), 15, tilt)
    canvas.edge(ring_top, WHITE, 0, -0.3, 0.2, 0.8)
    for angle in (15, 135, 255):
        a = math.radians(angle)
        canvas.fill(oval(-19 + 17.5 * math.cos(a), 27 + 17.5 * math.sin(a) * tilt, 1.2, 0.7), rgb("#2a2c2e"))
    canvas.ground(20, 17, 36)
    profile = [(27, 5), (25, 6.2), (14, 11.4), (6, 16), (4.6, 16.6), (0, 16.6)]
    cone = canvas.turn((20, 0), profile, CHROME, tilt=0.3)
    for index in range(11):
        a0 = math.pi * (index + 0.2) / 10.5
        path: list[Point] = []
        for step in range(9):
            share = step / 8
            radius, height = 16.6 - 10.6 * share, 5 + 20 * share
            a = a0 + 0.75 * share - 0.4
            path.append((20 - math.cos(a) * radius, height - math.sin(a) * radius * 0.3))
        canvas.fill(ribbon(path, 1.7, 0.9), rgb("#3d4043"), 0.9, clip=cone)
        canvas.fill(ribbon(moved(path, 0.9, 0.1), 0.55, 0.3), WHITE, 0.85, clip=cone)
    for index in range(30):
        a = math.pi * (index + 0.5) / 30
        x, drop = 20 - math.cos(a) * 16.6, math.sin(a) * 16.6 * 0.3
        canvas.line([(x, 0.8 - drop), (x + 0.5, 4.6 - drop)], 0.4, rgb("#3d4043"), 0.85)
    canvas.fill(oval(20, 27, 5, 1.5), conic(LATHED, 40))
    canvas.fill(oval(20, 27, 2.6, 0.8), rgb("#1b1c1e"))


def _inner_teeth(canvas: Canvas, middle: Point, radius: float, tilt: float) -> None:
    """The teeth on the far inner wall of a ring burr."""
    x, y = middle
    hole = oval(x, y, radius, radius * tilt)
    for index in range(26):
        a = math.pi * (index + 0.5) / 26
        top = (x + math.cos(a) * radius, y + math.sin(a) * radius * tilt)
        low = (x + math.cos(a - 0.12) * radius * 0.86, y - 12 + math.sin(a - 0.12) * radius * 0.86 * tilt)
        canvas.fill(ribbon([top, low], 0.9, 0.6), rgb("#34373a"), 0.85, clip=hole)
        canvas.fill(ribbon(moved([top, low], 0.6, 0), 0.4, 0.2), WHITE, 0.7, clip=hole)


def burr_flat(canvas: Canvas) -> None:
    """A pair of flat burrs of 64 mm: one leaning behind, one lying in front."""
    canvas.ground(16, 32, 60, 0.9, 12)
    _burr_face(canvas, (17, 44), 32, 0.94, 5.0)
    canvas.ground(-16, 34, 150, 1.0, -10)
    _burr_face(canvas, (-17, 8), 32, 0.44, 9.0)


def _burr_face(canvas: Canvas, middle: Point, radius: float, tilt: float, height: float) -> None:
    """A flat burr around `middle` of its face: body, toothed ring, three screw holes."""
    x, y = middle
    thick = height if tilt < 0.6 else height * 0.5
    top = ring(canvas, (x, y - thick), (radius, radius * 0.5), thick, tilt, CHROME, conic(LATHED, 30))
    hole = oval(x, y, radius * 0.5, radius * 0.5 * tilt)
    canvas.edge(top, WHITE, 0.2, -0.4, 0.3, 0.9)
    for index in range(48):
        outer = index % 3 != 0
        reach = (0.74, 0.95) if outer else (0.6, 0.95)
        path = []
        for step in range(5):
            share = reach[0] + (reach[1] - reach[0]) * step / 4
            a = math.tau * index / 48 + 0.62 * share
            path.append((x + math.cos(a) * radius * share, y + math.sin(a) * radius * share * tilt))
        width = radius * (0.026 if outer else 0.05)
        canvas.fill(ribbon(path, width * 1.6, width * 0.7), rgb("#2e3134"), 0.92)
        canvas.fill(ribbon(moved(path, -width * 0.5, width * 0.35), width * 0.5, width * 0.25), WHITE, 0.9)
    canvas.fill(ribbon([*hole, hole[0]], radius * 0.03), rgb("#c9ccce"))
    for angle in (40, 160, 280):
        a = math.radians(angle)
        spot = (x + math.cos(a) * radius * 0.66, y + math.sin(a) * radius * 0.66 * tilt)
        canvas.fill(oval(*spot, radius * 0.085, radius * 0.085 * tilt), conic(LATHED, 90))
        canvas.fill(oval(*spot, radius * 0.055, radius * 0.055 * tilt), rgb("#17181a"))


def valve(canvas: Canvas) -> None:
    """A three-way solenoid valve, about 75 mm high: brass body with ports, coil with terminals."""
    canvas.ground(0, 26, 44)
    canvas.turn((-16, 11), [(17, 4.8), (16, 5.6), (8, 5.6), (7, 7.4), (0, 7.4)], BRASS, 90, 0.3)
    canvas.turn((16, 11), [(17, 4.8), (16, 5.6), (8, 5.6), (7, 7.4), (0, 7.4)], BRASS, -90, 0.3)
    for side in (-1, 1):
        for index in range(4):
            x = side * (25.4 + index * 1.9)
            canvas.line([(x, 16.2), (x - side * 0.4, 5.8)], 0.55, rgb("#6b4c1d"), 0.9)
    block = box(-19, 0, 19, 22, 2)
    canvas.fill(block, brushed(ramp("0 #7d5d27, 25 #ecd08c, 50 #c99f52, 100 #84602a"), 14))
    canvas.edge(block, WHITE, 0.5, -0.5, 0.4, 0.6)
    canvas.edge(block, BLACK, -0.8, 0.8, 1, 0.4)
    canvas.fill(oval(0, 10, 4.6), conic(ramp("0 #f3dfae, 25 #8a6528, 50 #ecd08c, 75 #7d5a22, 100 #f3dfae"), 30))
    canvas.fill(oval(0, 10, 2.6), rgb("#2e2008"))
    canvas.turn((0, 22), [(5, 12), (0, 12)], BRASS, tilt=0.2)
    canvas.turn((0, 62), [(13, 4.4), (12, 5), (9, 5), (8.6, 8), (3, 8), (2.6, 10), (0, 10)], CHROME, tilt=0.24)
    cap = corners([(-20, 60, 2), (20, 60, 2), (17, 66, 3), (-17, 66, 3)])
    canvas.fill(cap, down(ramp("0 #4b4e51, 100 #34373a")))
    canvas.turn((0, 62.5), [(12, 4.4), (11, 5), (7, 5), (6.6, 7.4), (1, 7.4), (0, 8)], CHROME, tilt=0.24)
    coil = box(-21, 25, 21, 61, 3)
    fit.panel(canvas, coil, FINISHES["black"], 1.4)
    for index, y in enumerate((33.0, 43.0, 53.0)):
        tab = box(20, y - 2.4, 33 - (index == 1) * 2, y + 2.4, 0.8)
        canvas.fill(tab, down(ramp("0 #f4f5f5, 50 #c6c9cc, 100 #8d9195")))
        canvas.fill(oval(29.4 - (index == 1) * 2, y, 0.9), rgb("#4b4f53"))
    label = box(-16, 34, 12, 52, 1.2)
    canvas.fill(label, across(ramp("0 #c9ccce, 25 #f4f5f5, 100 #b9bdc0")))
    wordmark(canvas, -2, 45.4, 3.4, rgb("#26282a"))
    canvas.fill(box(-13, 42, 9, 42.4), rgb("#b01f2b"))
    for index, x in enumerate((-9.0, -2.0, 5.0)):
        canvas.line(oval(x, 38.4, 1.8), 0.35, rgb("#26282a"))
        canvas.line([(x - 1, 38.4), (x + 1, 38.4 + (index - 1) * 1.0)], 0.35, rgb("#26282a"))


def tank(canvas: Canvas) -> None:
    """The water tank of Lira, 1.6 l: clear, filled to its mark, with lid and valve."""
    canvas.ground(0, 84, 66)
    back = corners([(-78, 14, 6), (78, 14, 6), (80, 272, 8), (-80, 272, 8)])
    canvas.fill(back, across(ramp("0 #c3cdd2, 12 #e6ecef, 60 #dde5e9, 100 #b3bfc5")), 0.8)
    canvas.turn((0, 0), [(16, 13), (8, 12), (6, 15), (0, 15)], RUBBER)
    wall = corners([(-82, 4, 16), (82, 4, 16), (84, 268, 8), (-84, 268, 8)])
    water = corners([(-78, 8, 14), (78, 8, 14), (80, 206, 0), (-80, 206, 0)])
    canvas.fill(water, down(ramp("0 #c9e1ea, 40 #a9cddb, 100 #86b3c5")), 0.85)
    canvas.soft(box(-40, 30, 50, 190), WHITE, 26, 0.35, water)
    canvas.turn((0, 10), [(24, 9), (4, 11), (0, 14)], ramp("0 #5a646a, 30 #9fb0b8, 100 #4d575c"))
    surface = corners([(-80, 206, 0), (80, 206, 0), (75, 215, 2), (-75, 215, 2)])
    canvas.fill(surface, down(ramp("0 #e4f2f6, 100 #bcd9e3")), 0.95)
    canvas.line([(-80, 206), (80, 206)], 0.8, WHITE, 0.9)
    glass(canvas, wall, rgb("#dfe9ed"), 0.14)
    for index in range(4):
        y = 56 + index * 50
        canvas.line([(52, y), (68 if index % 3 == 0 else 62, y)], 1.4, rgb("#3d5560"), 0.8)
    wordmark(canvas, -28, 226, 13, rgb("#4d646e"))
    lid = box(-89, 262, 89, 280, 6)
    far = corners([(-88, 276, 2), (88, 276, 2), (80, 290, 5), (-80, 290, 5)])
    canvas.fill(far, down(ramp("0 #4b4e51, 100 #34373a")))
    arch = curve([(-40, 280), (-36, 306), (0, 314), (36, 306), (40, 280)])
    canvas.tube(arch, 10, brew.GRIP)
    fit.panel(canvas, lid, FINISHES["black"], 2)


def wand(canvas: Canvas) -> None:
    """A steam wand lying on the table: nut, ball joint, bent tube, grip, two-hole tip."""
    path = curve([(-86, 62), (-62, 60), (-34, 44), (6, 18), (44, -10), (84, -26)])
    canvas.soft(ribbon(moved(path, 5, -9), 11), rgb("#3a352f"), 4, 0.42)
    canvas.tube(path, 8.4, brew.TUBE)
    grip = [point for point in path if -22 < point[0] < 40]
    canvas.soft(ribbon(moved(grip, 5, -10), 15), rgb("#3a352f"), 4, 0.3)
    canvas.tube(grip, 15, brew.GRIP)
    for end in (grip[0], grip[-1]):
        near = [end, (end[0] + 2.4, end[1] - 1.7)]
        canvas.tube(near, 15.4, brew.TUBE)
    canvas.fill(oval(-88, 62, 10.5), radial(ramp("0 #ffffff, 30 #d5d8da, 70 #84888c, 100 #4b4f53")))
    canvas.soft(oval(-91, 66, 3, 2.4), WHITE, 1, 0.9)
    nut = canvas.turn((-92, 62), [(22, 8), (20, 12), (4, 13), (0, 12)], CHROME, 88, 0.2)
    for shift in (-5, 3):
        canvas.line([(-112, 62 + shift), (-96, 62 + shift)], 0.7, rgb("#4b4f53"), 0.7)
    canvas.edge(nut, BLACK, 0, 1.2, 1.4, 0.4)
    canvas.turn((-112, 62), [(14, 6.4), (13, 7.4), (0, 7.4)], BRASS, 88, 0.25)
    for index in range(5):
        x = -115.5 - index * 2.2
        canvas.line([(x, 69), (x + 0.8, 55)], 0.6, rgb("#6b4c1d"))
    tip = canvas.turn((80, -24.4), [(21, 3), (19, 5.4), (10, 6.4), (4, 6.2), (0, 5.2)], SATIN, -110, 0.3)
    canvas.edge(tip, BLACK, 0, 0.8, 0.8, 0.35)
    for x, y in ((96.5, -33.6), (98.2, -29.2)):
        canvas.fill(rotated(oval(x, y, 1.1, 0.8), -20, (x, y)), rgb("#17181a"))
