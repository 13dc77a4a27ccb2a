"""Smaller copies of pictures, found or made, keyed by content, specification and, where they are cut, focal point.

A rendition is an upright sRGB JPEG on white without metadata. It is never changed: other bytes have another digest.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from catalog.models import Asset


class Spec(NamedTuple):
    """`pixels` are those of the longer side at most; a square has as many on both, cut around the focal point."""

    pixels: int
    square: bool = False


# Only these can be asked for: an open specification would fill the disk on demand.
SPECS = {"small": Spec(400), "medium": Spec(800), "large": Spec(1600), "thumb": Spec(200, square=True)}
# The longest side of those that show the whole picture.
SIZES = {name: spec.pixels for name, spec in SPECS.items() if not spec.square}
QUALITY = 84


def size_for(width: int) -> str:
    """The smallest named size that has at least `width` pixels, else the largest."""
    return next((name for name, pixels in SIZES.items() if pixels >= width), "large")


def rendition(asset: Asset, name: str) -> Path:
    """The file of a picture in a named specification, made on first use.

    Raises KeyError for an unknown name, FileNotFoundError where the original is gone, OSError where it is damaged.
    """
    spec = SPECS[name]
    focal = (asset.focal_x, asset.focal_y) if spec.square else None
    cut = f"-{focal[0]}-{focal[1]}" if focal else ""
    folder = Path(settings.MEDIA_ROOT) / "renditions" / asset.digest[:2]
    path = folder / f"{asset.digest}-{spec.pixels}{cut}.jpg"
    if not path.exists():
        with asset.file.open("rb") as original:
            write_once(path, encoded(original.read(), spec.pixels, focal))
    return path


def encoded(content: bytes, pixels: int, focal: tuple[int, int] | None = None) -> bytes:
    """JPEG of a picture no longer than `pixels` on either side; a smaller picture keeps its size.

    With a focal point, in per cent from the left and from the top, it is a square cut around that. Raises OSError for a
    damaged picture.
    """
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            if focal is None:
                image.draft("RGB", (pixels, pixels))
            upright = ImageOps.exif_transpose(image)
            profile = upright.info.get("icc_profile")
            if upright.mode in ("P", "PA"):  # a palette cannot be scaled smoothly
                upright = upright.convert("RGBA")
            if focal is not None:
                upright = upright.crop(square_around(upright.size, focal))
            upright.thumbnail((pixels, pixels))
            picture = on_white(in_srgb(upright, profile))
        picture.info.clear()
        picture.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    except (SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise OSError(f"the picture is damaged: {error}") from error
    return out.getvalue()


def square_around(size: tuple[int, int], focal: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest square in a picture whose middle is as near to the focal point as the edges let it be."""
    side = min(size)
    left, top = (
        min(max(round(length * place / 100 - side / 2), 0), length - side)
        for length, place in zip(size, focal, strict=True)
    )
    return left, top, left + side, top + side


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in the colours of the web; one without a profile, or with a broken one, is taken to be in them."""
    if profile and image.mode in ("RGB", "CMYK", "RGBA"):
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            pass
    return image


def on_white(image: Image.Image) -> Image.Image:
    """RGB, with white where the picture is transparent."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I;16"):  # Pillow cuts 16 bits off at 255 where it should scale them
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    rgba = image.convert("RGB" if image.mode == "CMYK" else "RGBA").convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def write_once(path: Path, content: bytes) -> None:
    """Put a finished file in place in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
