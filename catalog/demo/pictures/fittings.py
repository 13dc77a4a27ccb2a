"""Parts the machines share, in millimetres as seen from the front."""

from __future__ import annotations

import math

from .canvas import BLACK, WHITE, Canvas
from .paint import RGB, RING, RUBBER, Finish, Ramp, across, brushed, conic, down, mix, radial, ramp, rgb
from .shapes import TILT, Shape, box, deck, disc, oval, ribbon

TUBE = ramp("0 #54585c, 25 #8f9397, 55 #d5d8da, 100 #ffffff")


def panel(canvas: Canvas, shape: Shape, finish: Finish, bevel: float = 2.4, sheen: bool = True) -> None:
    """A painted or brushed front of the body: gradient, lit edges and a soft reflection; `bevel` in mm."""
    canvas.fill(shape, brushed(finish.ramp(), 18) if finish.metal else across(finish.ramp()))
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    width, height = right - left, top - bottom
    if sheen:
        streak = [
            (left + width * 0.07, bottom),
            (left + width * 0.2, bottom),
            (left + width * 0.26, top),
            (left + width * 0.13, top),
        ]
        canvas.soft(streak, WHITE, width * 0.03, 0.42 * finish.gloss, shape)
        canvas.soft(box(left, bottom - 2, right, bottom + height * 0.12), finish.deep, height * 0.08, 0.35, shape)
        canvas.soft(box(left, top - height * 0.08, right, top), WHITE, height * 0.06, 0.3 * finish.gloss, shape)
    canvas.edge(shape, finish.deep, -bevel, bevel, bevel * 0.8, 0.6)
    canvas.edge(shape, mix(finish.light, WHITE, 0.6), bevel * 0.6, -bevel * 0.6, bevel * 0.4, 0.7)


def top_plate(
    canvas: Canvas, left: float, right: float, y: float, depth: float, finish: Finish, radius: float = 8.0
) -> Shape:
    """The top of the body as the raised camera sees it; returns the plate."""
    plate = deck(left, right, y, depth, radius)
    stops = ((0.0, mix(finish.base, WHITE, 0.12)), (1.0, mix(finish.light, WHITE, 0.35)))
    canvas.fill(
        plate, down(stops[::-1] if finish.metal else ((0.0, finish.light), (1.0, mix(finish.light, WHITE, 0.25))))
    )
    canvas.soft(
        box(left, y - 2, left + (right - left) * 0.45, y + depth * 0.2), WHITE, (right - left) * 0.1, 0.35, plate
    )
    canvas.edge(plate, WHITE, 0, 0.8, 0.5, 0.7)
    canvas.edge(plate, finish.shade, 0, -1.0, 1.2, 0.6)
    return plate


def recess(canvas: Canvas, left: float, right: float, bottom: float, top: float, stops: Ramp) -> Shape:
    """The back wall between drip tray and head, in the head's shadow."""
    wall = box(left, bottom, right, top)
    canvas.fill(wall, brushed(stops, 14))
    height = top - bottom
    canvas.soft(box(left - 20, top - height * 0.24, right + 20, top + 30), BLACK, height * 0.13, 0.6, wall)
    canvas.soft(box(left - 20, bottom - 20, right + 20, bottom + height * 0.02), BLACK, height * 0.07, 0.4, wall)
    for edge in (left, right):
        canvas.soft(box(edge - 3, bottom, edge + 3, top), BLACK, (right - left) * 0.02, 0.4, wall)
    return wall


def tray(canvas: Canvas, left: float, right: float, y: float, depth: float, slots: int = 15) -> None:
    """The drip tray's slotted steel grid: front edge at `y`, `depth` mm deep."""
    rim = deck(left, right, y, depth, 3)
    canvas.fill(rim, rgb("#3d4043"))
    inset = (right - left) * 0.012
    sheet = deck(left + inset, right - inset, y + 1.2, depth - 10, 2)
    canvas.fill(sheet, brushed(ramp("0 #a9adb0, 25 #f0f1f2, 45 #d4d7d9, 60 #e9ebec, 85 #b4b8bb, 100 #93979b"), 14))
    canvas.soft(deck(left, right, y + (depth * 0.12), depth), BLACK, depth * 0.03, 0.45, sheet)
    middle = (left + right) / 2
    for near, far in ((0.1, 0.4), (0.58, 0.86)):
        for index in range(slots):
            x = left + (right - left) * (0.07 + 0.86 * index / (slots - 1))
            ends = [(middle + (x - middle) * (1 - d * depth * 0.00024), y + d * depth * TILT) for d in (near, far)]
            width = (right - left) / slots * 0.28
            canvas.fill(ribbon(ends, width, width * 0.92), rgb("#1b1c1e"))
            canvas.line([(px + width * 0.5, py) for px, py in ends], width * 0.14, WHITE, 0.65)
    canvas.edge(sheet, WHITE, 0, 0.8, 0.4, 0.9)


def feet(canvas: Canvas, left: float, right: float, height: float, radius: float = 14.0) -> None:
    """Two round rubber feet under the front corners, from the floor up to `height` mm."""
    for x in (left, right):
        canvas.soft(disc(x, 0, radius * 1.25), BLACK, radius * 0.14, 0.5)
        canvas.turn((x, 0), [(height + 2, radius), (2, radius), (0, radius * 0.92)], RUBBER)


def gauge(canvas: Canvas, x: float, y: float, radius: float, angle: float = 120.0) -> None:
    """A round pressure gauge; `angle` of its needle."""
    canvas.soft(oval(x + radius * 0.06, y - radius * 0.1, radius * 1.03), BLACK, radius * 0.08, 0.45)
    canvas.fill(oval(x, y, radius), conic(RING, 20))
    canvas.fill(oval(x, y, radius * 0.86), rgb("#3b3e41"))
    dial = oval(x, y, radius * 0.82)
    canvas.fill(dial, rgb("#fbfaf7"))
    for index in range(21):
        a = math.radians(225 - index * 13.5)
        inner = 0.6 if index % 5 == 0 else 0.67
        ends = [(x + math.cos(a) * radius * d, y + math.sin(a) * radius * d) for d in (inner, 0.74)]
        canvas.line(ends, radius * (0.045 if index % 5 == 0 else 0.025), rgb("#26282a"))
    arc = oval(x, y, radius * 0.52, radius * 0.52, 100, 60)
    canvas.fill(ribbon(arc, radius * 0.07), rgb("#3f8f5b"))
    a = math.radians(angle)
    tail = (x - math.cos(a) * radius * 0.2, y - math.sin(a) * radius * 0.2)
    canvas.fill(
        ribbon(
            [tail, (x + math.cos(a) * radius * 0.64, y + math.sin(a) * radius * 0.64)], radius * 0.09, radius * 0.03
        ),
        rgb("#c22a2f"),
    )
    canvas.fill(oval(x, y, radius * 0.1), radial(ramp("0 #8b8f93, 100 #2a2c2e")))
    canvas.edge(dial, BLACK, radius * 0.04, -radius * 0.07, radius * 0.06, 0.35)
    canvas.soft(oval(x - radius * 0.2, y + radius * 0.42, radius * 0.5, radius * 0.24), WHITE, radius * 0.1, 0.45, dial)


def knob(
    canvas: Canvas, x: float, y: float, radius: float, cap: Ramp | None = None, pointer: float | None = 90.0
) -> None:
    """A round control seen end-on, black unless `cap` gives the tones of its face; `pointer` angle of its mark."""
    canvas.soft(oval(x + radius * 0.12, y - radius * 0.2, radius * 1.06), BLACK, radius * 0.14, 0.5)
    canvas.fill(oval(x, y, radius), conic(RING, 30))
    canvas.fill(oval(x, y, radius * 0.92), rgb("#0f1011"))
    face = oval(x, y, radius * 0.88)
    canvas.fill(face, across(cap or ramp("0 #3a3d40, 30 #4b4e51, 60 #2a2c2e, 100 #17181a")))
    canvas.edge(face, WHITE, radius * 0.05, -radius * 0.08, radius * 0.05, 0.45)
    canvas.edge(face, BLACK, -radius * 0.06, radius * 0.1, radius * 0.08, 0.5)
    if pointer is not None:
        a = math.radians(pointer)
        canvas.line(
            [(x + math.cos(a) * radius * d, y + math.sin(a) * radius * d) for d in (0.42, 0.76)],
            radius * 0.1,
            WHITE,
            0.9,
        )


def button(canvas: Canvas, x: float, y: float, radius: float, lit: bool = False) -> None:
    """A small round push button with a light ring."""
    canvas.soft(oval(x, y - radius * 0.12, radius * 1.1), BLACK, radius * 0.12, 0.4)
    canvas.fill(oval(x, y, radius), conic(RING, 30))
    canvas.fill(oval(x, y, radius * 0.8), rgb("#e9f4ff") if lit else rgb("#55595d"))
    face = oval(x, y, radius * 0.7)
    canvas.fill(face, radial(ramp("0 #fafafa, 70 #dcdfe1, 100 #a5a9ac")))
    canvas.edge(face, WHITE, 0, -radius * 0.1, radius * 0.06, 0.8)


def rail(
    canvas: Canvas, left: float, right: float, y: float, height: float, depth: float, posts: int = 4, back: bool = False
) -> None:
    """A cup rail of round steel bar on the top plate; call with `back` before the cups and without after them."""
    inset = (right - left) * depth * 0.00012
    rise = depth * TILT
    if back:
        bar = [
            (left + 4, y + height),
            (left + inset + 4, y + rise + height),
            (right - inset - 4, y + rise + height),
            (right - 4, y + height),
        ]
        canvas.tube(bar, 4.0, TUBE)
        return
    for index in range(posts):
        x = left + 4 + (right - left - 8) * index / (posts - 1)
        canvas.tube([(x, y + 1), (x, y + height)], 4.4, TUBE)
    canvas.tube([(left + 4, y + height), (right - 4, y + height)], 5.0, TUBE)


def display(canvas: Canvas, shape: Shape) -> None:
    """A black glass panel."""
    canvas.fill(shape, down(ramp("0 #2a2d30, 45 #141517, 100 #0b0c0d")))
    canvas.edge(shape, WHITE, 0.5, -0.5, 0.4, 0.4)


def ink(finish: Finish) -> RGB:
    """The colour of lettering printed on a body of this finish."""
    return mix(finish.deep, BLACK, 0.25) if sum(finish.base) > 360 else rgb("#e4e2de")
