"""Smaller copies of pictures, found or made, keyed by content and size.

A rendition is an upright sRGB JPEG on white without metadata. It is never changed: other bytes have another digest.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

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
    """JPEG of a picture no longer than `pixels` on either side; a smaller picture keeps its size."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (pixels, pixels))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((pixels, pixels))
        if upright.mode != "RGB":
            upright = on_white(upright)
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def on_white(image: Image.Image) -> Image.Image:
    """RGB, with white where the picture is transparent."""
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def write_once(path: Path, content: bytes) -> None:
    """Put a finished file in place in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
