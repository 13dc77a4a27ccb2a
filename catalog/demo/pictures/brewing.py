"""Groups, portafilters and steam wands, in millimetres as seen from the front."""

from __future__ import annotations

import math

from .canvas import BLACK, Canvas
from .lettering import wordmark
from .paint import CHROME, RING, SATIN, Ramp, across, conic, down, radial, ramp, rgb
from .shapes import Point, box, curve, disc, oval

TUBE = ramp("0 #54585c, 25 #8f9397, 55 #d5d8da, 100 #ffffff")
GRIP = ramp("0 #0d0e0f, 30 #26282a, 65 #4a4d50, 100 #8b8f92")


def group(canvas: Canvas, x: float, top: float, radius: float, drop: float, stops: Ramp = CHROME) -> None:
    """A brew group hanging from the head at (x, top), `drop` mm high."""
    canvas.soft(disc(x + 3, top - radius * 0.1, radius * 1.2), BLACK, radius * 0.1, 0.5)
    canvas.turn((x, top), [(0, radius * 1.02), (-drop * 0.5, radius * 0.98)], stops, lid=False)
    canvas.turn(
        (x, top - drop * 0.45),
        [
            (0, radius * 1.06),
            (-drop * 0.12, radius * 1.14),
            (-drop * 0.5, radius * 1.14),
            (-drop * 0.56, radius * 1.08),
        ],
        stops,
    )
    canvas.soft(oval(x, top - drop * 0.46, radius * 1.0, radius * 0.2, 180, 360), BLACK, 1.4, 0.35)
    canvas.soft(
        box(x - radius, top - 4, x + radius, top),
        BLACK,
        4,
        0.45,
        box(x - radius * 1.02, top - 14, x + radius * 1.02, top),
    )


def portafilter(
    canvas: Canvas, x: float, y: float, radius: float, grip: Ramp, angle: float = -138.0, reach: float = 0.86
) -> None:
    """A portafilter locked into a group whose lower edge is at (x, y); `angle` and `reach` of its handle."""
    _spouts(canvas, x, y - radius * 0.84, radius)
    bowl = [(0, 0.95), (-0.14, 0.95), (-0.2, 0.88), (-0.5, 0.86), (-0.72, 0.72), (-0.86, 0.46), (-0.95, 0.34)]
    profile = [(h * radius, r * radius) for h, r in bowl]
    body = canvas.turn((x, y), [*profile[:3], *curve(profile[3:])], CHROME)
    canvas.soft(oval(x, y, radius * 1.1, radius * 0.2), BLACK, radius * 0.07, 0.5, body)
    canvas.soft(oval(x, y - radius * 0.95, radius * 0.8, radius * 0.2), BLACK, radius * 0.12, 0.4, body)
    handle(canvas, (x + radius * 0.5 * (1 if angle < 0 else -1), y - radius * 0.36), radius, grip, angle, reach)


def handle(canvas: Canvas, root: Point, radius: float, grip: Ramp, angle: float, reach: float = 1.0) -> None:
    """A portafilter's handle from its root on the bowl, for a group of `radius` mm; `reach` scales its length."""
    stem = [(1.0, 0.2), (0.4, 0.22), (0.0, 0.3)]
    canvas.turn(root, [(h * radius * reach, r * radius) for h, r in stem], CHROME, angle, 0.4)
    wood = [
        (3.05, 0.3),
        (3.0, 0.36),
        (2.85, 0.4),
        (2.4, 0.4),
        (1.8, 0.33),
        (1.3, 0.27),
        (1.05, 0.26),
        (0.95, 0.29),
        (0.8, 0.29),
    ]
    body = canvas.turn(root, curve([(h * radius * reach, r * radius) for h, r in wood]), grip, angle, 0.35)
    canvas.edge(body, BLACK, -1.0, 1.6, 1.6, 0.35)
    canvas.turn(root, [(h * radius * reach, r * radius) for h, r in [(0.86, 0.3), (0.7, 0.31)]], CHROME, angle, 0.35)
    tip = math.radians(angle + 90)
    end = (root[0] + math.cos(tip) * radius * reach * 3.06, root[1] + math.sin(tip) * radius * reach * 3.06)
    canvas.turn(end, [(radius * 0.03, radius * 0.2), (0, radius * 0.22)], CHROME, angle, 0.35)


def _spouts(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """The double spout under a portafilter's bowl."""
    for side in (-1, 1):
        path = curve(
            [
                (x, y + radius * 0.1),
                (x + side * radius * 0.22, y - radius * 0.12),
                (x + side * radius * 0.34, y - radius * 0.42),
            ]
        )
        canvas.tube(path, radius * 0.27, TUBE, radius * 0.22)
        canvas.fill(disc(x + side * radius * 0.345, y - radius * 0.5, radius * 0.09), rgb("#26282a"))


def wand(canvas: Canvas, x: float, top: float, bottom: float, side: int = 1, width: float = 9.0) -> None:
    """A steam wand from its joint at (x, top) down to `bottom`, leaning to the right (1) or left (-1)."""
    drop = top - bottom
    canvas.turn((x, top - 12), [(12, 11), (4, 11), (0, 9)], CHROME, lid=False)
    canvas.fill(oval(x, top - 17, 10.5), radial(ramp("0 #ffffff, 35 #d5d8da, 75 #7d8185, 100 #4b4f53")))
    path = curve(
        [
            (x, top - 18),
            (x + side * 3, top - 30),
            (x + side * 13, top - 56),
            (x + side * 19, top - drop * 0.7),
            (x + side * 20, bottom + 14),
        ]
    )
    canvas.tube(path, width, TUBE)
    grip = [point for point in path if top - drop * 0.62 < point[1] < top - drop * 0.34]
    if len(grip) > 3:
        canvas.tube(grip, width * 1.7, GRIP)
    canvas.turn((x + side * 20, bottom), [(16, width * 0.62), (6, width * 0.68), (0, width * 0.4)], SATIN)


def lever(canvas: Canvas, x: float, y: float, length: float, angle: float, grip: Ramp) -> None:
    """A short lever on a round hub at (x, y)."""
    canvas.soft(oval(x + 2, y - 3, 15), BLACK, 2.5, 0.45)
    canvas.fill(oval(x, y, 14), conic(RING, 30))
    a = math.radians(angle + 90)
    canvas.turn((x, y), [(length * 0.5, 4), (0, 5)], CHROME, angle, 0.3)
    canvas.turn(
        (x + math.cos(a) * length * 0.42, y + math.sin(a) * length * 0.42),
        curve([(length * 0.62, 6), (length * 0.58, 8), (length * 0.3, 7.4), (0, 5)]),
        grip,
        angle,
        0.3,
    )
    canvas.fill(oval(x, y, 8), radial(ramp("0 #ffffff, 60 #b4b8bb, 100 #5d6165")))


def ring_group(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A saturated ring group: round cap around (x, y), neck and bell, hanging to about 1.6 radii below y."""
    canvas.soft(oval(x + radius * 0.2, y - radius * 0.36, radius * 1.2, radius * 1.35), BLACK, radius * 0.2, 0.5)
    group(canvas, x, y - radius * 0.68, radius * 0.92, radius * 0.92)
    canvas.turn(
        (x, y - radius * 0.78),
        [(radius * 0.78, radius * 0.94), (radius * 0.2, radius * 0.96), (0, radius * 0.9)],
        CHROME,
    )
    cap = oval(x, y, radius)
    canvas.fill(cap, across(CHROME))
    canvas.edge(cap, BLACK, -2, 3, 3, 0.3)
    canvas.fill(oval(x, y + 1, radius * 0.86), down(ramp("0 #ffffff, 45 #d0d3d5, 55 #8d9195, 75 #b9bdc0, 100 #e6e8e9")))
    canvas.fill(oval(x, y + 1, radius * 0.8), across(SATIN))
    wordmark(canvas, x, y + radius * 0.36, radius * 0.145, rgb("#4b4f53"))
