"""Product pictures of the demo catalogue, drawn instead of photographed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PIL import Image

from . import accessories, automatic, care, drawings, grinders, machines, parts, professional, sides
from .canvas import Canvas
from .paint import FINISHES, Finish

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """What to draw and how to frame it.

    `span` is the millimetres shown from side to side, `floor` those below the floor line, `middle` the x in mm at the
    picture's middle; `lens` makes it a close-up.
    """

    drawing: Callable[[Canvas, Finish], None]
    span: float
    floor: float
    middle: float = 0.0
    lens: bool = False


def _plain(drawing: Callable[[Canvas], None]) -> Callable[[Canvas, Finish], None]:
    """A drawing without a painted body, which takes no finish."""
    return lambda canvas, _finish: drawing(canvas)


_MACHINES: dict[str, dict[str, Scene]] = {
    "lira": {
        "front": Scene(machines.lira, 444, 50),
        "side": Scene(sides.lira, 452, 64, -18),
        "detail": Scene(partial(machines.lira, pour=True), 214, 4, 0, True),
    },
    "solenne": {
        "front": Scene(machines.solenne, 580, 64),
        "side": Scene(sides.solenne, 590, 80, -18),
        "detail": Scene(partial(machines.solenne, pour=True), 262, -48, 0, True),
    },
    "maestrale": {
        "front": Scene(machines.maestrale, 600, 66),
        "side": Scene(sides.maestrale, 640, 96, -16),
        "detail": Scene(partial(machines.maestrale, pour=True), 300, -46, 0, True),
    },
    "novella": {
        "front": Scene(automatic.novella, 520, 60, 43),
        "side": Scene(automatic.novella_side, 560, 78),
        "detail": Scene(partial(automatic.novella, pour=True), 256, -34, 0, True),
    },
    "bottega": {
        "front": Scene(professional.bottega, 900, 150),
        "side": Scene(professional.bottega_side, 800, 110, -8),
        "detail": Scene(partial(professional.bottega, pour=True), 340, -80, -135, True),
    },
    "mola": {
        "front": Scene(grinders.mola, 436, 46),
        "side": Scene(grinders.mola_side, 436, 46),
        "detail": Scene(partial(grinders.mola, detail=True), 194, -145, 0, True),
    },
    "mola_pro": {
        "front": Scene(grinders.mola_pro, 548, 58),
        "side": Scene(grinders.mola_pro_side, 548, 58, -10),
        "detail": Scene(partial(grinders.mola_pro, detail=True), 250, -52, 0, True),
    },
}

_OTHERS: dict[str, Scene] = {
    "granello": Scene(_plain(grinders.granello), 246, 30, 20),
    "tamper": Scene(_plain(accessories.tamper), 118, 16),
    "portafilter": Scene(_plain(accessories.portafilter), 256, 104, 38),
    "pitcher": Scene(_plain(accessories.pitcher), 176, 26, 6),
    "cups_espresso": Scene(_plain(accessories.cups_espresso), 372, 134, 4),
    "cups_cappuccino": Scene(_plain(accessories.cups_cappuccino), 340, 118, 6),
    "knockbox": Scene(_plain(accessories.knockbox), 214, 36),
    "scale": Scene(_plain(accessories.scale), 196, 54),
    "distributor": Scene(_plain(accessories.distributor), 92, 20),
    "gasket": Scene(_plain(parts.gasket), 104, 47),
    "screen": Scene(_plain(parts.screen), 84, 38),
    "pump": Scene(_plain(parts.pump), 156, 50, 4),
    "burr_conical": Scene(_plain(parts.burr_conical), 102, 32),
    "burr_flat": Scene(_plain(parts.burr_flat), 132, 32),
    "valve": Scene(_plain(parts.valve), 108, 16, 2),
    "tank": Scene(_plain(parts.tank), 400, 46),
    "wand": Scene(_plain(parts.wand), 260, 116, -12),
    "descaler": Scene(_plain(care.descaler), 178, 20),
    "tablets": Scene(_plain(care.tablets), 148, 38, 4),
    "milk_cleaner": Scene(_plain(care.milk_cleaner), 244, 28),
    "filter_cartridge": Scene(_plain(care.filter_cartridge), 176, 22),
    "brush": Scene(_plain(care.brush), 236, 84, 12),
    "kit": Scene(_plain(care.kit), 310, 76, 6),
    "solenne_drawing": Scene(_plain(drawings.solenne), 1_240, 150, 12),
}

_SCENES: dict[str, dict[str, Scene]] = {**_MACHINES, **{kind: {"front": scene} for kind, scene in _OTHERS.items()}}

KINDS: frozenset[str] = frozenset(_SCENES)
COLORS: frozenset[str] = frozenset(FINISHES)


def views(kind: str) -> tuple[str, ...]:
    """The views a kind is drawn in."""
    return tuple(_known("kind", kind, _SCENES))


def draw(kind: str, color: str = "steel", view: str = "front", size: int = 1600) -> Image.Image:
    """The picture of a kind of product: RGB, `size` pixels square, on the studio background.

    The colour is that of the painted body; what has none ignores it. Unknown names and sizes below one pixel raise
    ValueError.
    """
    scene = _known("view", view, _known("kind", kind, _SCENES))
    finish = _known("color", color, FINISHES)
    if size < 1:
        raise ValueError(f"size {size} is not at least 1 pixel")
    canvas = Canvas(size, scene.span, scene.floor, scene.middle, scene.lens)
    scene.drawing(canvas, finish)
    return canvas.finish()


def _known(what: str, name: str, table: Mapping[str, T]) -> T:
    """The entry of a table, or ValueError that names the known ones."""
    if name not in table:
        raise ValueError(f"unknown {what} {name!r}; known: {', '.join(sorted(table))}")
    return table[name]


__all__ = ["COLORS", "KINDS", "draw", "views"]
