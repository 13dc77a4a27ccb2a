"""Storing files and giving them roles on products."""

from __future__ import annotations

import io
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from PIL import ExifTags, Image

from catalog import files
from catalog.actors import Actor
from catalog.aliases import refuse_former
from catalog.endings import has_pdf_end, whole
from catalog.indexing.touched import indexed
from catalog.media import Torn, gif_frames, recognised
from catalog.models import Asset, AssetTrack, Channel, Product, ProductAsset
from catalog.operations.recording import record
from catalog.operations.translations import follow, source_texts
from catalog.renditions import write_once
from catalog.values import Invalid
from catalog.values.base import clean_text
from catalog.webvtt import MOST, clean_captions

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


# Pictures in an animation. Only the first is ever decoded, but a reader's browser decodes them all.
MAX_FRAMES = 1_000
ALLOWED = "JPEG, PNG, GIF and WebP pictures, PDF documents, MP4 and WebM videos, MP3, M4A and Ogg recordings"


class Sniffed(NamedTuple):
    """What a file really is, whatever its name says. Width and height in upright pixels, None but for pictures."""

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
        if not has_pdf_end(content):
            raise ValidationError("The file begins as a PDF document, but it is damaged or not complete.")
        return Sniffed("document", "application/pdf", "pdf")
    try:
        if (found := recognised(content)) is not None:
            return Sniffed(*found)
    except Torn as error:
        raise ValidationError(f"The file begins as {error}, but it is damaged or not complete.") from error
    return _sniff_picture(content)


def _sniff_picture(content: bytes) -> Sniffed:
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGE_FORMATS)) as image:
            return _look_at(image, content)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(
            f"The picture has too many pixels; at most {settings.ASSET_MAX_PIXELS:,} are allowed."
        ) from error
    except Exception as error:  # Pillow raises whatever a broken file provokes in a decoder
        raise ValidationError(f"The file is damaged or of another format than those allowed: {ALLOWED}.") from error


def _look_at(image: Image.Image, content: bytes) -> Sniffed:
    """Look at the size before the pixels; then decode them once, so that a torn file is refused and not printed."""
    width, height = image.size
    if width * height > settings.ASSET_MAX_PIXELS:
        raise ValidationError(
            f"The picture has {width} x {height} pixels; at most {settings.ASSET_MAX_PIXELS:,} are allowed."
        )
    frames = gif_frames(content, MAX_FRAMES) if image.format == "GIF" else getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES:
        raise ValidationError(f"The animation has more than {MAX_FRAMES:,} pictures, the most that are allowed.")
    # Telephones put more pictures behind a JPEG's first, and Pillow calls that MPO; only the first is kept.
    media_type, extension = IMAGE_FORMATS["JPEG" if image.format == "MPO" else image.format or ""]
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
    """Write a file under its `stored_name`, unless it is there. Raises OSError."""
    path = files.place(files.MEDIA, name)
    if not path.exists():
        write_once(path, content)
    files.share(files.MEDIA, name)


def same_content(asset: Asset) -> QuerySet[Asset]:
    """The other assets whose file has the same bytes."""
    others = Asset.objects.exclude(pk=asset.pk)
    return others.filter(digest=asset.digest) if asset.digest else others.none()


@transaction.atomic
def store_asset(actor: Actor, asset: Asset, content: bytes, *, meaning_kept: bool = False) -> Asset:
    """Give an asset (new, or known by its code) its file. The same bytes stand on the disk once.

    Of a picture only what belongs to it is kept. Raises ValidationError where the file is not of an allowed format or
    too large.
    """
    content = whole(content)
    found = sniff(content)
    digest = digest_of(content)
    name = stored_name(digest, found)
    keep(name, content)
    asset.url = ""
    asset.file.name, asset.digest, asset.size = name, digest, len(content)
    asset.kind, asset.media_type, asset.width, asset.height = found.kind, found.media_type, found.width, found.height
    return save_asset(actor, asset, meaning_kept=meaning_kept)


@transaction.atomic
def store_link(actor: Actor, asset: Asset, kind: str, url: str, *, meaning_kept: bool = False) -> Asset:
    """Make an asset (new or known) a link to a document, video or recording kept elsewhere. It is never fetched.

    Raises ValidationError.
    """
    asset.url = checked_url(url)
    if kind not in (Asset.Kind.DOCUMENT, Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        raise ValidationError({"kind": "A link leads to a document, a video or a recording; upload pictures as files."})
    asset.kind = kind
    asset.file.name, asset.digest, asset.size, asset.media_type = "", "", 0, ""
    asset.width = asset.height = None
    return save_asset(actor, asset, meaning_kept=meaning_kept)


def checked_url(url: str) -> str:
    """An address that a page may link to. Raises ValidationError."""
    problem = "Write an address that begins with https://, without a user name or spaces."
    try:
        url = clean_text(url, 500).strip()
        URLValidator(schemes=["https"])(url)
    except (Invalid, ValidationError) as error:
        raise ValidationError({"url": problem}) from error
    if urlsplit(url).username is not None:
        raise ValidationError({"url": problem})
    return url


@transaction.atomic
def save_asset(actor: Actor, asset: Asset, *, meaning_kept: bool = False) -> Asset:
    """Write what is said of an asset, and note how current its translations are. Raises ValidationError."""
    adding = asset.pk is None
    before = {} if adding else source_texts(Asset.objects.select_for_update().get(pk=asset.pk))
    asset.full_clean()
    refuse_former(asset)
    with indexed(asset):
        asset.save()
    follow(actor, asset, before, meaning_kept=meaning_kept)
    record(actor, "create" if adding else "change", [asset])
    return asset


@transaction.atomic
def write_track(actor: Actor, asset: Asset, kind: str, language: str, text: str) -> AssetTrack:
    """Give a video or recording its captions (WebVTT) or transcript in one language. Raises ValidationError."""
    track = AssetTrack.objects.filter(asset=asset, kind=kind, language=language).first()
    track = track or AssetTrack(asset=asset, kind=kind, language=language)
    track.text = text
    return save_track(actor, track)


@transaction.atomic
def save_track(actor: Actor, track: AssetTrack) -> AssetTrack:
    """Check and write one track. Raises ValidationError that names the line where captions are wrong."""
    if track.asset.kind not in (Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        raise ValidationError("Only videos and recordings have captions and transcripts.")
    try:
        captions = track.kind == AssetTrack.Kind.CAPTIONS
        track.text = clean_captions(track.text) if captions else clean_text(track.text, MOST)
    except Invalid as error:
        raise ValidationError({"text": f"This text cannot be used: {error}."}) from error
    track.full_clean()
    track.save()
    record(actor, "change", [track.asset])
    return track


@transaction.atomic
def attach(
    actor: Actor, product: Product, asset: Asset, role: str, position: int = 0, channel: Channel | None = None
) -> ProductAsset:
    """Give an asset a role on a product, for all channels or in place of those for one; once is enough."""
    link = ProductAsset.objects.filter(product=product, asset=asset, role__iexact=role, channel=channel).first()
    link = link or ProductAsset(product=product, asset=asset, role=role, channel=channel)
    link.position = position
    save_product_asset(actor, link)
    return link


@transaction.atomic
def save_product_asset(actor: Actor, link: ProductAsset) -> None:
    """Write the role of an asset on a product. Raises ValidationError."""
    link.full_clean()
    with indexed(link):
        link.save()
    record(actor, "attach", [link.product])
