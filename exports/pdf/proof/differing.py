"""Where two pages differ: in words, and, where nothing moved, in what is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from PIL import Image, ImageChops

CELL = 12  # pixels: what differs is found in squares of so many
FAINT = 24  # of 255: less is not seen
STILL = 0.9  # so many of the lines on both pages have to stand where they stood for nothing to have moved
NEAR = 0.004  # of a page's height: the same place

# Left, top, right, bottom, as shares of the page's width and height.
Box = tuple[float, float, float, float]
Lines = Sequence[tuple[str, Box]]


def differing(lines: Sequence[Lines], pictures: Sequence[Image.Image]) -> tuple[list[Box], list[Box]]:
    old, new = (_only(*pair) for pair in ((lines[0], lines[1]), (lines[1], lines[0])))
    if _is_still(*lines) and pictures[0].size == pictures[1].size:
        seen = list(_seen(*pictures))
        return joined([*old, *seen]), joined([*new, *seen])
    return joined(old), joined(new)


def _only(here: Lines, there: Lines) -> list[Box]:
    """The places of the lines that the other page has not, or not so often: of several alike, the last."""
    left = Counter(text for text, _ in there)
    found = []
    for text, box in here:
        if left[text]:
            left[text] -= 1
        else:
            found.append(box)
    return found


def _is_still(old: Lines, new: Lines) -> bool:
    places: dict[str, Box] = dict(old)
    common = [(places[text], box) for text, box in new if text in places]
    still = sum(abs(a[0] - b[0]) < NEAR and abs(a[1] - b[1]) < NEAR for a, b in common)
    return still >= STILL * len(common)


def _seen(old: Image.Image, new: Image.Image) -> Iterator[Box]:
    """Stretches of neighbouring squares in a row in which the pictures differ."""
    width, height = old.size
    seen = ImageChops.difference(old, new).point(lambda level: 255 if level > FAINT else 0)
    for top in range(0, height, CELL):
        start = None
        for left in range(0, width + CELL, CELL):
            square = (left, top, min(left + CELL, width), min(top + CELL, height))
            differs = left < width and seen.crop(square).getbbox() is not None
            if differs and start is None:
                start = left
            elif not differs and start is not None:
                yield start / width, top / height, min(left, width) / width, min(top + CELL, height) / height
                start = None


def joined(boxes: Sequence[Box]) -> list[Box]:
    """Boxes that touch as one, from the top down."""
    found: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[1], box[0])):
        while touching := next((one for one in found if _touch(one, box)), None):
            found.remove(touching)
            box = _around(touching, box)
        found.append(box)
    return found


def _touch(a: Box, b: Box) -> bool:
    return a[0] <= b[2] + NEAR and b[0] <= a[2] + NEAR and a[1] <= b[3] + NEAR and b[1] <= a[3] + NEAR


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
