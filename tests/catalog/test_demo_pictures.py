"""The drawn product pictures of the demo catalogue."""

from __future__ import annotations

import pytest
from PIL import Image

from catalog.demo.pictures import COLORS, KINDS, draw, views

SIZE = 200
BACKGROUND = (0xF6, 0xF4, 0xF1)
SCENES = [(kind, view) for kind in sorted(KINDS) for view in views(kind)]
THREE_VIEWS = {"lira", "solenne", "maestrale", "novella", "bottega", "mola", "mola_pro"}


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours of the four corner pixels."""
    last = picture.width - 1
    pixels = [picture.getpixel(at) for at in ((0, 0), (last, 0), (0, last), (last, last))]
    return [pixel for pixel in pixels if isinstance(pixel, tuple)]


def test_kinds_and_views() -> None:
    assert len(KINDS) == 31
    for kind in KINDS:
        assert set(views(kind)) == ({"front", "side", "detail"} if kind in THREE_VIEWS else {"front"})


@pytest.mark.parametrize(("kind", "view"), SCENES)
def test_picture(kind: str, view: str) -> None:
    picture = draw(kind, "red", view, SIZE)
    assert picture.mode == "RGB"
    assert picture.size == (SIZE, SIZE)
    found = corners(picture)
    assert set(found) == {BACKGROUND}
    drawn = sum(count for count, color in picture.getcolors(SIZE * SIZE) or [] if color != BACKGROUND)
    assert drawn > SIZE * SIZE // 10
    assert picture.tobytes() == draw(kind, "red", view, SIZE).tobytes()


def test_color_is_that_of_the_painted_body() -> None:
    painted = {draw("lira", color, size=SIZE).tobytes() for color in COLORS}
    assert len(painted) == len(COLORS) == 5
    assert draw("gasket", "red", size=SIZE).tobytes() == draw("gasket", "white", size=SIZE).tobytes()


@pytest.mark.parametrize("size", [1, 64, 901])
def test_size(size: int) -> None:
    assert draw("tamper", size=size).size == (size, size)


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match=r"unknown kind 'teapot'; known: .*granello.*tamper.*wand"):
        draw("teapot")
    with pytest.raises(ValueError, match=r"unknown view 'back'; known: detail, front, side"):
        draw("lira", view="back")
    with pytest.raises(ValueError, match=r"unknown view 'side'; known: front"):
        draw("tamper", view="side")
    with pytest.raises(ValueError, match=r"unknown color 'pink'; known: black, cream, red, steel, white"):
        draw("lira", "pink")
    with pytest.raises(ValueError, match="size 0"):
        draw("lira", size=0)
