"""The drawing surface: a supersampled picture in millimetres with airbrush-like helpers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .paint import RGB, Paint, Ramp, at, rgb, strip
from .shapes import TILT, Point, Shape, moved, outline_of, oval, ribbon, rotated

BACKGROUND = rgb("#f6f4f1")
WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)
Frame = tuple[int, int, int, int]
Mask = Callable[[Frame], Image.Image]
"""Cuts an area, counted from the upper left of what is painted, out of a mask."""
TILE = 192
DISC = 0.44
"""The radius of a close-up's disc, as a share of the picture's side."""


class Canvas:
    """A square picture.

    `size` is the side in final pixels, `span` the millimetres it shows from side to side, `floor` the millimetres it
    shows below y = 0 and `middle` the x in mm at its middle. A `lens` picture is a close-up cut out as a disc.
    """

    def __init__(self, size: int, span: float, floor: float, middle: float = 0.0, lens: bool = False) -> None:
        self.size = size
        self.side = size * 3 if size <= 900 else size * 3 // 2 if lens else size * 2
        self.scale = self.side / span
        self.floor = floor
        self.left = middle - span / 2
        self.span = span
        self.lens = lens
        self.image = Image.new("RGB", (self.side, self.side), BACKGROUND)
        if lens:
            wall = strip(((0.0, rgb("#efebe5")), (0.6, rgb("#e6e1da")), (1.0, rgb("#d9d3ca"))))
            column = wall.transpose(Image.Transpose.ROTATE_270).resize((1, self.side), Image.Resampling.BILINEAR)
            self.image.paste(column.resize(self.image.size, Image.Resampling.NEAREST))

    # -- coordinates ---------------------------------------------------------------------------------------------

    def pixels(self, shape: Sequence[Point], left: float = 0.0, top: float = 0.0, coarse: int = 1) -> list[Point]:
        """The supersampled pixels of points in mm, counted from (left, top) in steps of `coarse` pixels."""
        scale = self.scale / coarse
        x0 = self.left * scale + left / coarse
        y0 = (self.side - top) / coarse - self.floor * scale
        return [(x * scale - x0, y0 - y * scale) for x, y in shape]

    def frame(self, shape: Sequence[Point], pad: float = 0.0) -> Frame:
        """The pixel box around a shape, `pad` pixels wider on each side."""
        xs, ys = zip(*self.pixels(shape), strict=True)
        return (
            math.floor(min(xs) - pad),
            math.floor(min(ys) - pad),
            math.ceil(max(xs) + pad) + 1,
            math.ceil(max(ys) + pad) + 1,
        )

    def seen(self, *frames: Frame) -> Frame | None:
        """What of the frames' common part lies in the picture."""
        margin = int(self.side * (0.5 - DISC)) - 2 if self.lens else 0
        left = max(margin, *(frame[0] for frame in frames))
        top = max(margin, *(frame[1] for frame in frames))
        right = min(self.side - margin, *(frame[2] for frame in frames))
        bottom = min(self.side - margin, *(frame[3] for frame in frames))
        return (left, top, right, bottom) if right > left and bottom > top else None

    # -- masks ---------------------------------------------------------------------------------------------------

    def _mask(self, shape: Sequence[Point], seen: Frame, holes: Sequence[Shape] = (), opacity: float = 1.0) -> Mask:
        """The shape without its holes."""
        mask = Image.new("L", (seen[2] - seen[0], seen[3] - seen[1]))
        pen = ImageDraw.Draw(mask)
        for part, level in [(shape, round(255 * opacity)), *((hole, 0) for hole in holes)]:
            pen.polygon(self.pixels(part, seen[0], seen[1]), fill=level)
        return mask.crop

    def _blurred(
        self, shape: Sequence[Point], seen: Frame, sigma: float, opacity: float, outside: bool = False
    ) -> Mask:
        """The shape (or what is `outside` it) blurred by `sigma` pixels; worked at a lower resolution."""
        coarse = max(1, int(sigma / 1.8))
        pad = int(3 * sigma) + coarse
        left, top = seen[0] - pad, seen[1] - pad
        width = (seen[2] - seen[0] + 2 * pad) // coarse + 1
        height = (seen[3] - seen[1] + 2 * pad) // coarse + 1
        level = round(255 * opacity)
        mask = Image.new("L", (width, height), level if outside else 0)
        ImageDraw.Draw(mask).polygon(self.pixels(shape, left, top, coarse), fill=0 if outside else level)
        mask = mask.filter(ImageFilter.GaussianBlur(sigma / coarse))

        def cut(area: Frame) -> Image.Image:
            size = (area[2] - area[0], area[3] - area[1])
            part = (
                (area[0] + pad) / coarse,
                (area[1] + pad) / coarse,
                (area[2] + pad) / coarse,
                (area[3] + pad) / coarse,
            )
            around = mask.crop((int(part[0]) - 2, int(part[1]) - 2, int(part[2]) + 3, int(part[3]) + 3))
            lowest, highest = around.getextrema()
            if lowest == highest:
                return around.resize(size, Image.Resampling.NEAREST)
            return mask.resize(size, Image.Resampling.BILINEAR, box=part)

        return cut

    def _lay(self, paint: Image.Image | RGB, seen: Frame, masks: Sequence[Mask]) -> None:
        """Put colours on the picture through masks, tile by tile: empty and full tiles need no blending."""
        width, height = seen[2] - seen[0], seen[3] - seen[1]
        for top in range(0, height, TILE):
            for left in range(0, width, TILE):
                area = (left, top, min(left + TILE, width), min(top + TILE, height))
                where = (seen[0] + area[0], seen[1] + area[1], seen[0] + area[2], seen[1] + area[3])
                part = None if self._beyond(where) else _product(masks, area)
                if part is None:
                    continue
                colours = paint.crop(area) if isinstance(paint, Image.Image) else paint
                self.image.paste(colours, where, None if part.getextrema()[0] == 255 else part)

    def _beyond(self, area: Frame) -> bool:
        """Whether an area lies wholly outside the disc of a close-up."""
        middle = self.side / 2
        right = max(area[0] - middle, middle - area[2], 0.0)
        up = max(area[1] - middle, middle - area[3], 0.0)
        return self.lens and math.hypot(right, up) > self.side * (DISC + 0.002)

    # -- drawing -------------------------------------------------------------------------------------------------

    def fill(
        self,
        shape: Sequence[Point],
        paint: Paint | RGB,
        opacity: float = 1.0,
        holes: Sequence[Shape] = (),
        clip: Shape | None = None,
    ) -> None:
        """Fill a shape; the paint stretches over the shape's box. `clip` keeps it inside another shape."""
        frame = self.frame(shape)
        seen = self.seen(frame) if clip is None else self.seen(frame, self.frame(clip))
        if seen is None:
            return
        masks = [self._mask(shape, seen, holes, opacity)]
        if clip is not None:
            masks.append(self._mask(clip, seen))
        if not callable(paint):
            self._lay(paint, seen, masks)
            return
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        base = paint(width, height)
        part = (
            (seen[0] - frame[0]) / width * base.width,
            (seen[1] - frame[1]) / height * base.height,
            (seen[2] - frame[0]) / width * base.width,
            (seen[3] - frame[1]) / height * base.height,
        )
        size = (seen[2] - seen[0], seen[3] - seen[1])
        if base.height == 1 or base.width == 1:
            line = (size[0], 1) if base.height == 1 else (1, size[1])
            colours = base.resize(line, Image.Resampling.BILINEAR, box=part).resize(size, Image.Resampling.NEAREST)
        else:
            colours = base.resize(size, Image.Resampling.BILINEAR, box=part)
        self._lay(colours, seen, masks)

    def soft(
        self,
        shape: Sequence[Point],
        color: RGB,
        blur: float,
        opacity: float = 1.0,
        clip: Sequence[Point] | None = None,
    ) -> None:
        """A shape with edges blurred by `blur` mm: shadows, glows, highlights."""
        sigma = blur * self.scale
        frame = self.frame(shape, 3 * sigma)
        seen = self.seen(frame) if clip is None else self.seen(frame, self.frame(clip))
        if seen is None:
            return
        masks = [self._blurred(shape, seen, sigma, opacity)]
        if clip is not None:
            masks.append(self._mask(clip, seen))
        self._lay(color, seen, masks)

    def edge(
        self,
        shape: Sequence[Point],
        color: RGB,
        right: float,
        up: float,
        blur: float,
        opacity: float = 1.0,
    ) -> None:
        """Tint the inside of a shape along the edges it leaves free when moved by (right, up) mm."""
        seen = self.seen(self.frame(shape))
        if seen is None:
            return
        rest = self._blurred(moved(shape, right, up), seen, blur * self.scale, opacity, outside=True)
        self._lay(color, seen, [rest, self._mask(shape, seen)])

    def line(self, points: Sequence[Point], width: float, color: RGB, opacity: float = 1.0) -> None:
        """A line `width` mm wide with round ends and joints, at least 1.5 pixels of the supersampled picture."""
        thick = max(width * self.scale, 1.5)
        if opacity < 1.0:
            self.fill(ribbon(points, thick / self.scale), color, opacity)
            return
        pixels = self.pixels(points)
        pen = ImageDraw.Draw(self.image)
        pen.line(pixels, fill=color, width=round(thick))
        half = thick / 2 - 0.5
        for x, y in pixels if thick > 3 else ():
            pen.ellipse((x - half, y - half, x + half, y + half), fill=color)

    def dot(self, middle: Point, across: float, up: float, color: RGB) -> None:
        """A small plain ellipse with half axes in mm; much faster than `fill`."""
        [(x, y)] = self.pixels([middle])
        wide, high = across * self.scale, up * self.scale
        ImageDraw.Draw(self.image).ellipse((x - wide, y - high, x + wide, y + high), fill=color)

    def tube(self, points: Sequence[Point], width: float, stops: Ramp, end: float | None = None) -> None:
        """A round bar along the points, lit from the upper left; the ramp runs from its edge to its highlight."""
        if self.seen(self.frame(points, width * self.scale)) is None:
            return
        end = width if end is None else end
        layers = 9 if width * self.scale > 26 else 6
        for layer in range(layers):
            share = layer / (layers - 1)
            shift = share * 0.2
            path = moved(points, -shift * width * 0.7, shift * width * 0.5)
            self.fill(ribbon(path, width * (1 - 0.86 * share), end * (1 - 0.86 * share)), at(stops, share))

    def turn(
        self,
        base: Point,
        profile: Sequence[Point],
        stops: Ramp,
        angle: float = 0.0,
        tilt: float = TILT,
        lid: bool = True,
    ) -> Shape:
        """A turned body on an axis through `base`; returns its outline.

        The profile is (height, radius) in mm from top to bottom, heights measured along the axis from `base`. The ramp
        runs across the body at every height, its start on the lit side. `angle` turns the axis counter-clockwise.
        Without `lid` the body ends straight at the top, where something covers it.
        """
        if math.sin(math.radians(angle)) > 0.01:
            stops = tuple((1.0 - position, color) for position, color in reversed(stops))
        upright = moved(outline_of(profile, tilt, lid), *base)
        shape = upright if angle == 0.0 else rotated(upright, angle, base)
        frame = self.frame(upright, 2.0)
        seen = self.seen(self.frame(shape))
        if seen is None:
            return shape
        colours = self._turned(frame, base, profile, stops)
        if angle == 0.0:
            colours = colours.crop(
                (seen[0] - frame[0], seen[1] - frame[1], seen[2] - frame[0], seen[3] - frame[1]),
            )
        else:
            colours = self._rotated(colours, frame, seen, base, angle)
        self._lay(colours, seen, [self._mask(shape, seen)])
        return shape

    def _turned(self, frame: Frame, base: Point, profile: Sequence[Point], stops: Ramp) -> Image.Image:
        """The colours of an upright turned body over its frame."""
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        margin = 0.3
        source = Image.new("RGB", (1024, 4), stops[0][1])
        body = strip(stops).resize((round(1024 / (1 + 2 * margin)), 4))
        start = (1024 - body.width) // 2
        source.paste(stops[-1][1], (512, 0, 1024, 4))
        source.paste(body, (start, 0))
        [(axis, foot)] = self.pixels([base], frame[0], frame[1])
        rows = [(round(foot - h * self.scale), max(r * self.scale, 0.5)) for h, r in profile]
        rows = [(0, rows[0][1]), *rows, (height, rows[-1][1])]
        mesh: list[tuple[Frame, tuple[float, ...]]] = []
        for (y0, r0), (y1, r1) in pairwise(rows):
            if y1 <= y0:
                continue
            ends = [512 + (x - axis) / r * body.width / 2 for r in (r0, r1) for x in (0, width)]
            mesh.append(((0, y0, width, y1), (ends[0], 1, ends[2], 2, ends[3], 2, ends[1], 1)))
        return source.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)

    def _rotated(self, colours: Image.Image, frame: Frame, seen: Frame, base: Point, angle: float) -> Image.Image:
        """The seen part of upright colours turned about `base`."""
        [(x, y)] = self.pixels([base])
        sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        left, top = seen[0] - x, seen[1] - y
        matrix = (
            cosine, -sine, x - frame[0] + left * cosine - top * sine,
            sine, cosine, y - frame[1] + left * sine + top * cosine,
        )  # fmt: skip
        size = (seen[2] - seen[0], seen[3] - seen[1])
        return colours.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)

    def stamp(self, patch: Image.Image, shape: Shape) -> None:
        """Lay a patch that covers the seen part of the shape's frame on the picture, inside the shape."""
        seen = self.seen(self.frame(shape))
        if seen is not None:
            self._lay(patch, seen, [self._mask(shape, seen)])

    # -- the studio ----------------------------------------------------------------------------------------------

    def ground(self, x: float, half: float, depth: float, strength: float = 1.0, y: float = 0.0) -> None:
        """The soft shadow on the floor of something `2 * half` mm wide and `depth` mm deep standing at (x, y)."""
        rise = depth * TILT
        reach = max(rise, min(half, rise * 2.2))
        layers = (
            (1.22, 0.8, 0.15, 0.2, rgb("#7a7167")),
            (1.06, 0.6, 0.07, 0.28, rgb("#4d463e")),
            (0.98, 0.42, 0.028, 0.42, rgb("#2b2722")),
        )
        for wide, high, blur, opacity, color in layers:
            shape = oval(x + half * (wide - 0.94) * 0.5, y + rise * 0.42, half * wide, rise * high)
            self.soft(shape, color, reach * blur, opacity * strength)

    def finish(self) -> Image.Image:
        """The picture at its final size."""
        if self.lens:
            self._cut_disc()
        else:
            self._fade_border()
        if self.side % self.size == 0:
            return self.image.reduce(self.side // self.size)
        return self.image.resize((self.size, self.size), Image.Resampling.BOX)

    def _fade_border(self) -> None:
        """Let shadows that reach the picture's border fade into the background."""
        middle, low, half = self.left + self.span / 2, self.span / 2 - self.floor, self.span * 0.476
        inner = [(middle + right * half, low + up * half) for right, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        side, margin = self.side, self.side // 16
        strips = (
            (0, 0, side, margin),
            (0, side - margin, side, side),
            (0, 0, margin, side),
            (side - margin, 0, side, side),
        )
        for strip_frame in strips:
            fade = self._blurred(inner, strip_frame, side * 0.008, 1.0, outside=True)
            self._lay(BACKGROUND, strip_frame, [fade])

    def _cut_disc(self) -> None:
        """Keep a disc of the close-up on the background, with a soft shadow and a fine ring."""
        self.lens = False
        middle, low = self.left + self.span / 2, self.span / 2 - self.floor
        disc = oval(middle, low, self.span * DISC)
        half = self.span / 2
        whole = [(middle + right * half, low + up * half) for right, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        seen = (0, 0, self.side, self.side)
        outside = self._mask(whole, seen, [disc])
        self._lay(BACKGROUND, seen, [outside])
        shadow = self._blurred(moved(disc, 0, -self.span * 0.012), seen, self.span * 0.014 * self.scale, 0.38)
        self._lay(rgb("#4a443c"), seen, [outside, shadow])
        self.fill(oval(middle, low, self.span * (DISC + 0.006)), WHITE, holes=[disc])
        self.edge(disc, rgb("#2b2620"), 0, -self.span * 0.008, self.span * 0.012, 0.22)


def _product(masks: Sequence[Mask], area: Frame) -> Image.Image | None:
    """The area of all masks multiplied; None when nothing is left of it."""
    product: Image.Image | None = None
    for mask in masks:
        part = mask(area)
        if part.getextrema()[1] == 0:
            return None
        product = part if product is None else ImageChops.multiply(product, part)
    return product
