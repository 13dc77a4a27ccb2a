"""Smaller copies of pictures, found or made."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw
from pytest_django import Settings

from catalog.models import Asset
from catalog.operations.assets import digest_of
from catalog.renditions import SIZES, encoded, rendition, size_for, write_once
from tests.threads import at_once

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 20), color: Any = None) -> Image.Image:
    return Image.new(mode, size, color) if color is not None else Image.new(mode, size)


def two_halves() -> Image.Image:
    """Red on the left, blue on the right."""
    image = picture(color=RED)
    ImageDraw.Draw(image).rectangle((20, 0, 39, 19), fill=BLUE)
    return image


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def made(content: bytes, pixels: int = 400) -> Image.Image:
    image = Image.open(io.BytesIO(encoded(content, pixels)))
    image.load()
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return image


def near(image: Image.Image, place: tuple[int, int], color: tuple[int, int, int], tolerance: int = 6) -> bool:
    got = image.getpixel(place)
    assert isinstance(got, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(got, color, strict=True))


def make_stored(content: bytes, code: str = "a") -> Asset:
    """An asset with its file, without a database."""
    asset = Asset(code=code, digest=digest_of(content))
    asset.file.name = f"{code}.bin"
    path = Path(asset.file.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return asset


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        (1, (40, 20), (5, 10), (34, 10)),
        (2, (40, 20), (34, 10), (5, 10)),
        (3, (40, 20), (34, 10), (5, 10)),
        (6, (20, 40), (10, 5), (10, 34)),
        (8, (20, 40), (10, 34), (10, 5)),
    ],
)
def test_a_picture_is_turned_upright(
    orientation: int, size: tuple[int, int], red: tuple[int, int], blue: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = made(saved(two_halves(), "JPEG", exif=exif, quality=95))
    assert image.size == size
    assert near(image, red, RED)
    assert near(image, blue, BLUE)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert made(saved(picture(size=(1000, 500)), "PNG"), 400).size == (400, 200)
    assert made(saved(picture(size=(500, 1000)), "JPEG"), 400).size == (200, 400)


def test_a_small_picture_is_not_made_larger() -> None:
    assert made(saved(picture(size=(40, 20)), "PNG"), 400).size == (40, 20)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    assert near(made(saved(picture(mode), "PNG")), (10, 10), WHITE)


def test_a_transparent_palette_is_white_too() -> None:
    image = picture("P")
    image.putpalette([200, 30, 30, 30, 30, 200])
    ImageDraw.Draw(image).rectangle((20, 0, 39, 19), fill=1)
    done = made(saved(image, "GIF", transparency=0))
    assert near(done, (5, 10), WHITE)
    assert near(done, (34, 10), BLUE)


def test_grey_black_and_white_and_sixteen_bits_are_pictures_too() -> None:
    assert near(made(saved(picture("L", color=120), "PNG")), (5, 5), (120, 120, 120))
    assert near(made(saved(picture("1", color=1), "PNG")), (5, 5), WHITE)
    assert near(made(saved(picture("I;16", color=30_000), "PNG")), (5, 5), (116, 116, 116))


def test_a_picture_for_print_gets_the_colours_of_the_web() -> None:
    assert near(made(saved(picture("CMYK", color=(0, 255, 255, 0)), "JPEG")), (5, 5), (254, 0, 0))


def test_colours_are_converted_by_their_profile() -> None:
    web = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same = made(saved(picture(color=RED), "PNG", icc_profile=web.tobytes()))
    assert near(same, (5, 5), RED)
    assert near(made(saved(picture(color=RED), "PNG", icc_profile=b"no profile" * 20)), (5, 5), RED)


@pytest.mark.parametrize("profile", [b"", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()])
def test_nothing_is_told_but_the_picture(profile: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "in our garden", "Ada"
    content = saved(picture(), "JPEG", exif=exif, comment=b"in our garden", icc_profile=profile)
    done = encoded(content, 400)
    assert b"garden" in content
    assert b"garden" not in done
    assert set(Image.open(io.BytesIO(done)).info) == {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_damaged_picture_is_an_error_of_the_file(form: str) -> None:
    content = saved(Image.radial_gradient("L"), form)
    with pytest.raises(OSError, match=r"."):
        encoded(content[: len(content) // 2], 400)


def test_a_file_that_lies_about_itself_is_an_error_of_the_file() -> None:
    content = bytearray(saved(Image.radial_gradient("L"), "PNG"))
    content[45:60] = b"\x00" * 15
    with pytest.raises(OSError, match=r"."):
        encoded(bytes(content), 400)


def test_a_rendition_is_made_once_under_the_digest_of_its_original(settings: Settings) -> None:
    content = saved(picture(size=(1000, 500)), "PNG")
    asset = make_stored(content)
    path = rendition(asset, "medium")
    digest = digest_of(content)
    assert path == Path(settings.MEDIA_ROOT) / "renditions" / digest[:2] / f"{digest}-800.jpg"
    assert path.read_bytes() == encoded(content, 800)
    assert path.stat().st_mode & 0o777 == 0o644
    path.write_bytes(b"found, not made")
    assert rendition(asset, "medium").read_bytes() == b"found, not made"


def test_a_size_that_is_not_named_cannot_be_had() -> None:
    with pytest.raises(KeyError):
        rendition(make_stored(saved(picture(), "PNG")), "1600")


def test_an_original_that_is_gone_is_missed() -> None:
    asset = make_stored(saved(picture(), "PNG"))
    Path(asset.file.path).unlink()
    with pytest.raises(FileNotFoundError):
        rendition(asset, "small")


def test_the_smallest_size_that_is_enough_is_chosen() -> None:
    assert [size_for(width) for width in (1, 400, 401, 1600, 5000)] == ["small", "small", "medium", "large", "large"]
    assert list(SIZES) == ["small", "medium", "large"]


def test_two_at_once_make_the_same_file(settings: Settings) -> None:
    content = saved(Image.radial_gradient("L").resize((900, 900)), "PNG")
    at_once(*(partial(rendition, make_stored(content, code), "large") for code in "abcd"))
    files = [path for path in (Path(settings.MEDIA_ROOT) / "renditions").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [encoded(content, 1600)]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(OSError, match=r"taken"):
        write_once(target, b"x")
    assert list(tmp_path.iterdir()) == [target]
