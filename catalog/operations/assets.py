"""Storing files and giving them roles on products."""

from __future__ import annotations

import io
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import ExifTags, Image

from catalog.actors import Actor
from catalog.models import Asset, Product, ProductAsset
from catalog.operations.recording import record
from catalog.renditions import write_once

# Pillow opens many more formats; these are the ones browsers and printers agree on.
IMAGE_FORMATS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}


# The EXIF orientations that turn a picture by a quarter (Exif 2.32, section 4.6.4).
_SIDEWAYS = (5, 6, 7, 8)
# The limit is our setting, which is held against the size in the header before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = settings.ASSET_MAX_PIXELS


class Sniffed(NamedTuple):
    """What a file really is, whatever its name says. Width and height in upright pixels, None for documents."""

    kind: str
    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None


def sniff(content: bytes) -> Sniffed:
    """Recognise an allowed format by its bytes. Raises ValidationError."""
    if len(content) > settings.ASSET_MAX_BYTES:
        raise ValidationError(f"The file has {len(content):,} bytes; at most {settings.ASSET_MAX_BYTES:,} are allowed.")
    if content.startswith(b"%PDF-"):
        return Sniffed("document", "application/pdf", "pdf")
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGE_FORMATS)) as image:
            return _sniff_picture(image)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(
            f"The picture has too many pixels; at most {settings.ASSET_MAX_PIXELS:,} are allowed."
        ) from error
    except Exception as error:  # Pillow raises whatever a broken file provokes in a decoder
        raise ValidationError(
            "The file is neither a JPEG, PNG, GIF or WebP picture nor a PDF, or it is damaged."
        ) from error


def _sniff_picture(image: Image.Image) -> Sniffed:
    """Look at the size before the pixels; then decode them once, so that a torn file is refused and not printed."""
    width, height = image.size
    if width * height > settings.ASSET_MAX_PIXELS:
        raise ValidationError(
            f"The picture has {width} x {height} pixels; at most {settings.ASSET_MAX_PIXELS:,} are allowed."
        )
    media_type, extension = IMAGE_FORMATS[image.format or ""]
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) in _SIDEWAYS
    image.draft("RGB", (1, 1))
    image.load()
    return Sniffed("image", media_type, extension, *((height, width) if turned else (width, height)))


def digest_of(content: bytes) -> str:
    """BLAKE2b-256 in hexadecimal."""
    return blake2b(content, digest_size=32).hexdigest()


def stored_name(digest: str, found: Sniffed) -> str:
    """Where the bytes of this digest are kept: the same bytes have the same name, and stand on the disk once."""
    return f"assets/{digest[:2]}/{digest}.{found.extension}"


def keep(name: str, content: bytes) -> None:
    """Write a file under its `stored_name`, unless it is there."""
    path = Path(settings.MEDIA_ROOT) / name
    if not path.exists():
        write_once(path, content)


@transaction.atomic
def store_asset(actor: Actor, asset: Asset, content: bytes) -> Asset:
    """Give an asset (new, or known by its code) its file. The same bytes stand on the disk once.

    Raises ValidationError where the file is not of an allowed format or too large.
    """
    found = sniff(content)
    digest = digest_of(content)
    name = stored_name(digest, found)
    keep(name, content)
    adding = asset.pk is None
    asset.file.name, asset.digest, asset.size = name, digest, len(content)
    asset.kind, asset.media_type, asset.width, asset.height = found.kind, found.media_type, found.width, found.height
    asset.full_clean()
    asset.save()
    record(actor, "create" if adding else "change", [asset])
    return asset


@transaction.atomic
def attach(actor: Actor, product: Product, asset: Asset, role: str, position: int = 0) -> ProductAsset:
    """Give an asset a role on a product; once is enough."""
    link = ProductAsset.objects.filter(product=product, asset=asset, role__iexact=role).first()
    link = link or ProductAsset(product=product, asset=asset, role=role)
    link.position = position
    link.full_clean()
    link.save()
    record(actor, "attach", [product])
    return link
