"""Outlines of the drawings.

A shape is a list of (x, y) points in millimetres: x grows to the right from the middle of the picture, y grows upwards
from the floor. Angles are degrees, counter-clockwise from the x axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Shape = list[Point]

TILT = 0.14
"""How much of a millimetre of depth shows as height: the camera looks down by about eight degrees."""


def box(left: float, bottom: float, right: float, top: float, radius: float = 0.0) -> Shape:
    """A rectangle, its four corners rounded with `radius` mm."""
    return corners(
        [(left, bottom, radius), (right, bottom, radius), (right, top, radius), (left, top, radius)],
    )


def corners(points: Sequence[tuple[float, float, float]]) -> Shape:
    """A polygon of (x, y, radius): each corner is rounded with its own radius in mm."""
    outline: Shape = []
    for index, (x, y, radius) in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        if radius <= 0.0:
            outline.append((x, y))
            continue
        start = _towards(x, y, before, radius)
        end = _towards(x, y, after, radius)
        for step in range(13):
            t = step / 12
            # A rational quadratic keeps right angles circular.
            weight = 0.7071 * 2 * t * (1 - t)
            total = (1 - t) ** 2 + weight + t * t
            outline.append(
                (
                    ((1 - t) ** 2 * start[0] + weight * x + t * t * end[0]) / total,
                    ((1 - t) ** 2 * start[1] + weight * y + t * t * end[1]) / total,
                ),
            )
    return outline


def _towards(x: float, y: float, other: tuple[float, float, float], distance: float) -> Point:
    """The point `distance` mm from (x, y) on the way to `other`, at most half way."""
    length = math.hypot(other[0] - x, other[1] - y) or 1.0
    share = min(distance / length, 0.5)
    return x + (other[0] - x) * share, y + (other[1] - y) * share


def oval(x: float, y: float, across: float, up: float = 0.0, start: float = 0.0, end: float = 360.0) -> Shape:
    """An ellipse with half axes `across` and `up` mm (a circle when `up` is 0), or the arc from start to end."""
    up = up or across
    count = max(8, int(abs(end - start) / 3))
    angles = [math.radians(start + (end - start) * step / count) for step in range(count + 1)]
    return [(x + across * math.cos(angle), y + up * math.sin(angle)) for angle in angles]


def disc(x: float, y: float, radius: float) -> Shape:
    """A horizontal circle of `radius` mm as the tilted camera sees it."""
    return oval(x, y, radius, radius * TILT)


def curve(points: Sequence[Point], closed: bool = False, steps: int = 10) -> Shape:
    """A smooth line through the points (Catmull-Rom)."""
    count = len(points)
    spans = count if closed else count - 1
    outline: Shape = []
    for index in range(spans):
        if closed:
            four = [points[(index + offset) % count] for offset in (-1, 0, 1, 2)]
        else:
            four = [points[min(max(index + offset, 0), count - 1)] for offset in (-1, 0, 1, 2)]
        outline.extend(_span(four, step / steps) for step in range(steps))
    if not closed:
        outline.append(points[-1])
    return outline


def _span(four: Sequence[Point], t: float) -> Point:
    """One point of a Catmull-Rom span at `t` between its second and third point."""
    a = -0.5 * t + t * t - 0.5 * t**3
    b = 1.0 - 2.5 * t * t + 1.5 * t**3
    c = 0.5 * t + 2.0 * t * t - 1.5 * t**3
    d = -0.5 * t * t + 0.5 * t**3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = four
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def ribbon(points: Sequence[Point], start: float, end: float | None = None) -> Shape:
    """A band along the points, `start` mm wide at first and `end` mm wide at last, with round ends."""
    end = start if end is None else end
    left: Shape = []
    right: Shape = []
    last = len(points) - 1
    for index, (x, y) in enumerate(points):
        ahead, behind = points[min(index + 1, last)], points[max(index - 1, 0)]
        angle = math.atan2(ahead[1] - behind[1], ahead[0] - behind[0])
        half = (start + (end - start) * index / max(last, 1)) / 2
        left.append((x - half * math.sin(angle), y + half * math.cos(angle)))
        right.append((x + half * math.sin(angle), y - half * math.cos(angle)))
    return left + _cap(points[-1], points[-2], end / 2) + right[::-1] + _cap(points[0], points[1], start / 2)


def _cap(tip: Point, inner: Point, radius: float) -> Shape:
    """The half circle that closes a ribbon at `tip`."""
    angle = math.degrees(math.atan2(tip[1] - inner[1], tip[0] - inner[0]))
    return oval(tip[0], tip[1], radius, radius, angle + 90, angle - 90)


def moved(shape: Sequence[Point], right: float, up: float) -> Shape:
    """The shape moved by so many mm."""
    return [(x + right, y + up) for x, y in shape]


def rotated(shape: Sequence[Point], angle: float, about: Point) -> Shape:
    """The shape turned counter-clockwise by `angle` degrees about a point."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return [
        (
            about[0] + (x - about[0]) * cosine - (y - about[1]) * sine,
            about[1] + (x - about[0]) * sine + (y - about[1]) * cosine,
        )
        for x, y in shape
    ]


def deck(left: float, right: float, y: float, depth: float, radius: float = 0.0) -> Shape:
    """A horizontal plate seen from the front: front edge at `y`, `depth` mm deep, narrower towards the back."""
    inset = (right - left) * depth * 0.00012
    up = depth * TILT
    return corners([(left, y, 0.0), (right, y, 0.0), (right - inset, y + up, radius), (left + inset, y + up, radius)])


def outline_of(profile: Sequence[Point], tilt: float = TILT, lid: bool = True) -> Shape:
    """The silhouette of a turned body, straight at the top without `lid`.

    The profile is (height, radius) in mm from top to bottom, about x = 0.
    """
    top, bottom = profile[0], profile[-1]
    right = [(radius, height) for height, radius in profile]
    left = [(-radius, height) for height, radius in reversed(profile)]
    under = oval(0.0, bottom[0], max(bottom[1], 0.01), max(bottom[1] * tilt, 0.01), 0, -180)
    over = oval(0.0, top[0], max(top[1], 0.01), max(top[1] * tilt, 0.01), 180, 0) if lid else []
    return right + under + left + over
