"""Storing files and giving them roles on products."""

from __future__ import annotations

import io
import warnings
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from catalog.actors import Actor
from catalog.models import Asset, Product, ProductAsset
from catalog.operations.recording import record

# Pillow opens many more formats; these are the ones browsers and printers agree on.
IMAGE_FORMATS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}


class Sniffed(NamedTuple):
    """What a file really is, whatever its name says. Width and height in pixels, None for documents."""

    kind: str
    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None


def sniff(content: bytes) -> Sniffed:
    """Recognise an allowed format by its bytes, without decoding pixels. Raises ValidationError."""
    if len(content) > settings.ASSET_MAX_BYTES:
        raise ValidationError(f"The file has {len(content):,} bytes; at most {settings.ASSET_MAX_BYTES:,} are allowed.")
    if content.startswith(b"%PDF-"):
        return Sniffed("document", "application/pdf", "pdf")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(IMAGE_FORMATS)) as image:
                width, height = image.size
                format_name = image.format or ""
    except Exception as error:  # Pillow raises whatever a broken file provokes in a decoder
        raise ValidationError(
            "The file is neither a JPEG, PNG, GIF or WebP picture nor a PDF, or it is damaged."
        ) from error
    if width * height > settings.ASSET_MAX_PIXELS:
        raise ValidationError(
            f"The picture has {width} x {height} pixels; at most {settings.ASSET_MAX_PIXELS:,} are allowed."
        )
    media_type, extension = IMAGE_FORMATS[format_name]
    return Sniffed("image", media_type, extension, width, height)


def digest_of(content: bytes) -> str:
    """BLAKE2b-256 in hexadecimal."""
    return blake2b(content, digest_size=32).hexdigest()


@transaction.atomic
def store_asset(actor: Actor, asset: Asset, content: bytes) -> Asset:
    """Give an asset (new, or known by its code) its file. The same bytes stand on the disk once.

    Raises ValidationError where the file is not of an allowed format or too large.
    """
    found = sniff(content)
    digest = digest_of(content)
    name = f"assets/{digest[:2]}/{digest}.{found.extension}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
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
