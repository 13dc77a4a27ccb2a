"""Smaller copies of pictures, found or made, keyed by content and size.

A rendition is an upright sRGB JPEG on white without metadata. It is never changed: other bytes have another digest.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from catalog.models import Asset

# Longest side in pixels by name. Only these sizes can be asked for: an open size would fill the disk on demand.
SIZES = {"small": 400, "medium": 800, "large": 1600}
QUALITY = 84


def size_for(width: int) -> str:
    """The smallest named size that has at least `width` pixels, else the largest."""
    return next((name for name, pixels in SIZES.items() if pixels >= width), "large")


def rendition(asset: Asset, size: str) -> Path:
    """The file of a picture in a named size, made on first use.

    Raises KeyError for an unknown size, FileNotFoundError where the original is gone, OSError where it is damaged.
    """
    path = Path(settings.MEDIA_ROOT) / "renditions" / asset.digest[:2] / f"{asset.digest}-{SIZES[size]}.jpg"
    if not path.exists():
        with asset.file.open("rb") as original:
            write_once(path, encoded(original.read(), SIZES[size]))
    return path


def encoded(content: bytes, pixels: int) -> bytes:
    """JPEG of a picture no longer than `pixels` on either side; a smaller picture keeps its size.

    Raises OSError for a damaged picture.
    """
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (pixels, pixels))
            upright = ImageOps.exif_transpose(image)
            profile = upright.info.get("icc_profile")
            if upright.mode in ("P", "PA"):  # a palette cannot be scaled smoothly
                upright = upright.convert("RGBA")
            upright.thumbnail((pixels, pixels))
            picture = on_white(in_srgb(upright, profile))
        picture.info.clear()
        picture.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    except (SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise OSError(f"the picture is damaged: {error}") from error
    return out.getvalue()


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
