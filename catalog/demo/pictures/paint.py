"""Colours, gradients and materials.

A ramp is a list of (position 0..1, colour); a paint makes a small RGB image that the canvas stretches over a shape.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageChops, ImageColor, ImageDraw

RGB = tuple[int, int, int]
Ramp = tuple[tuple[float, RGB], ...]
Paint = Callable[[int, int], Image.Image]
"""Given the width and height of the shape in pixels, an image of any size to stretch over it."""

STEPS = 512


def rgb(code: str) -> RGB:
    """The colour of a code such as `#f6f4f1`."""
    red, green, blue = ImageColor.getrgb(code)[:3]
    return red, green, blue


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """The colour `share` (0..1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def ramp(text: str) -> Ramp:
    """A ramp written as `0 #111111, 40 #eeeeee, 100 #333333`; positions in percent."""
    stops = (stop.split() for stop in text.split(","))
    return tuple((float(position) / 100, rgb(code)) for position, code in stops)


def at(stops: Ramp, position: float) -> RGB:
    """The colour of a ramp at a position 0..1."""
    for (start, first), (end, second) in pairwise(stops):
        if position <= end:
            return mix(first, second, max(0.0, (position - start) / ((end - start) or 1.0)))
    return stops[-1][1]


@lru_cache(maxsize=128)
def strip(stops: Ramp) -> Image.Image:
    """The ramp as an image `STEPS` pixels wide and one high."""
    image = Image.new("RGB", (STEPS, 1))
    image.putdata([at(stops, step / (STEPS - 1)) for step in range(STEPS)])
    return image


def across(stops: Ramp) -> Paint:
    """A gradient from left to right."""
    return lambda _width, _height: strip(stops)


def down(stops: Ramp) -> Paint:
    """A gradient from top to bottom."""
    return lambda _width, _height: strip(stops).transpose(Image.Transpose.ROTATE_270)


def radial(stops: Ramp) -> Paint:
    """A gradient from the middle (0) to the edge (1) of the shape's box."""

    def make(_width: int, _height: int) -> Image.Image:
        distance = Image.radial_gradient("L")
        tables = [[at(stops, level / 255)[channel] for level in range(256)] for channel in range(3)]
        return Image.merge("RGB", [distance.point(table) for table in tables])

    return make


def conic(stops: Ramp, start: float = 0.0) -> Paint:
    """A gradient around the middle, from `start` degrees clockwise: turned metal seen end-on."""

    def make(_width: int, _height: int) -> Image.Image:
        side = 400
        image = Image.new("RGB", (side, side))
        pen = ImageDraw.Draw(image)
        for step in range(240):
            angle = math.radians(start + step * 1.5)
            ahead = math.radians(start + (step + 1.6) * 1.5)
            edge = [(200 + 400 * math.cos(a), 200 + 400 * math.sin(a)) for a in (angle, ahead)]
            pen.polygon([(200, 200), *edge], fill=at(stops, step / 240))
        return image

    return make


def _streaks(columns: int, rows: int, depth: int, seed: int) -> Image.Image:
    """An RGB image near white with horizontal streaks, `depth` levels dark at most."""
    noise = Image.frombytes("L", (columns, rows), random.Random(seed).randbytes(columns * rows))
    noise = noise.point([255 - depth + level * depth // 255 for level in range(256)])
    return Image.merge("RGB", (noise, noise, noise))


def brushed(stops: Ramp, depth: int = 16, upright: bool = False) -> Paint:
    """Brushed metal: a gradient with fine streaks along x (along y when `upright`)."""

    def make(width: int, height: int) -> Image.Image:
        length, count = (height, width) if upright else (width, height)
        rows = max(8, min(count // 3, 700))
        columns = max(3, length // 260)
        grain = _streaks(columns, rows, depth, 11)
        grain = grain.resize((256, rows), Image.Resampling.BICUBIC)
        if upright:
            grain = grain.transpose(Image.Transpose.TRANSPOSE)
        return ImageChops.multiply(strip(stops).resize(grain.size, Image.Resampling.BILINEAR), grain)

    return make


def wood(stops: Ramp, depth: int = 46, upright: bool = False) -> Paint:
    """Wood: a gradient with broad and fine grain along x (along y when `upright`)."""

    def make(_width: int, _height: int) -> Image.Image:
        size = (512, 512)
        broad = _streaks(4, 22, depth, 5).resize(size, Image.Resampling.BICUBIC)
        fine = _streaks(6, 150, depth, 6).resize(size, Image.Resampling.BICUBIC)
        pores = _streaks(40, 300, 70, 7).point([255 - max(0, 205 - level) * 2 for level in range(256)] * 3)
        grain = ImageChops.multiply(ImageChops.multiply(broad, fine), pores.resize(size, Image.Resampling.BICUBIC))
        red, green, blue = grain.split()
        tables = ([110 + level * 145 // 255 for level in range(256)], [50 + level * 205 // 255 for level in range(256)])
        grain = Image.merge("RGB", (red.point(tables[0]), green.point(tables[1]), blue))
        if upright:
            grain = grain.transpose(Image.Transpose.TRANSPOSE)
        return ImageChops.multiply(strip(stops).resize(size, Image.Resampling.BILINEAR), grain)

    return make


@dataclass(frozen=True)
class Finish:
    """A body finish: its tones from light to deep shadow, and how strongly it shines (0..1)."""

    light: RGB
    base: RGB
    shade: RGB
    deep: RGB
    gloss: float
    metal: bool = False

    def ramp(self) -> Ramp:
        """The tones of a softly rounded front, left to right."""
        return (
            (0.0, self.shade),
            (0.03, mix(self.base, self.shade, 0.3)),
            (0.2, self.light),
            (0.45, self.base),
            (0.85, mix(self.base, self.shade, 0.55)),
            (1.0, self.deep),
        )

    def lathe(self) -> Ramp:
        """The tones of a turned body, left to right."""
        return (
            (0.0, self.deep),
            (0.1, self.shade),
            (0.26, self.light),
            (0.34, self.light),
            (0.55, self.base),
            (0.82, self.shade),
            (0.95, self.deep),
            (1.0, self.shade),
        )


FINISHES: dict[str, Finish] = {
    "black": Finish(rgb("#55585c"), rgb("#2c2e31"), rgb("#1b1c1e"), rgb("#0c0d0e"), 0.5),
    "cream": Finish(rgb("#f8f0dd"), rgb("#ecdfc3"), rgb("#d3c19d"), rgb("#a18d68"), 0.6),
    "red": Finish(rgb("#d5424a"), rgb("#b01f2b"), rgb("#84131d"), rgb("#4d0a10"), 0.6),
    "steel": Finish(rgb("#eef0f1"), rgb("#c9cccf"), rgb("#9a9ea2"), rgb("#63676b"), 0.4, metal=True),
    "white": Finish(rgb("#ffffff"), rgb("#f1f1f0"), rgb("#d9d9d9"), rgb("#b0b1b2"), 0.7),
}

CHROME = ramp(
    "0 #5d6165, 4 #b4b8bb, 11 #eef0f1, 20 #ffffff, 28 #c2c6c9, 38 #dfe1e2, 48 #96999d, 58 #54585c, 66 #6f7377,"
    "78 #d3d6d8, 87 #b0b4b7, 95 #666a6e, 100 #85898c",
)
SATIN = ramp("0 #7b7f83, 8 #a9adb0, 24 #f1f2f3, 34 #e6e8e9, 55 #b9bdc0, 80 #8d9195, 94 #6d7175, 100 #8b8f92")
RING = ramp(
    "0 #f6f7f7, 10 #8b8f93, 22 #e9ebec, 34 #6d7175, 50 #f4f5f5, 62 #8a8e92, 74 #eceeee, 86 #74787c, 100 #f6f7f7",
)
RUBBER = ramp("0 #0e0f10, 18 #3d4043, 30 #54575b, 48 #2a2c2e, 80 #161718, 100 #242628")
BRASS = ramp("0 #6b4c1d, 10 #a87f3a, 24 #f6e2a6, 36 #dcb765, 58 #a97c34, 82 #7a5623, 100 #a07a3c")
WALNUT = ramp("0 #3a2115, 12 #5a3522, 28 #8f5f40, 45 #744730, 75 #4b2a1b, 100 #321b11")
BEECH = ramp("0 #99704a, 12 #bd9268, 28 #e8c79d, 45 #d8b184, 75 #b18358, 100 #8a6240")
ASH = ramp("0 #b59a76, 12 #d1b995, 28 #f0e0c5, 45 #e2cdac, 75 #c3a883, 100 #9d825f")
PORCELAIN = ramp("0 #b3b1ad, 7 #d6d4d1, 22 #ffffff, 40 #fdfdfc, 62 #ebe9e6, 84 #c9c6c2, 95 #aeaba7, 100 #bebbb7")
