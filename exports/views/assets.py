"""Pictures and files of products.

An address holds the digest of the content, which nobody guesses who does not have the file. So whoever has the address
gets the file: pages, feeds and printed codes need no token to show a picture, and there is nothing to list.
"""

from __future__ import annotations

from typing import IO

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from catalog.models import Asset
from catalog.renditions import SIZES, rendition
from exports import querysets
from exports.api.caching import tagged, unchanged
from exports.views.missing import missing

ORIGINAL = "original"
_RENDITIONS = {f"{size}.jpg": size for size in SIZES}
# What browsers are told a file is; anything else is only to be saved.
_MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"})


@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponseBase:
    """A rendition of a picture, or a file as it was given to us."""
    found = querysets.asset_with(digest)
    if found is None or not _has(found, name):
        return missing()
    etag = f'"{digest}-{name}"'
    try:
        answer = unchanged(request, etag) or _file(found, name)
    except OSError:
        return missing()
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return tagged(answer, etag)


def _has(found: Asset, name: str) -> bool:
    return name == ORIGINAL or (name in _RENDITIONS and found.kind == Asset.Kind.IMAGE)


def _file(found: Asset, name: str) -> HttpResponseBase:
    """Raises OSError where the file is gone or damaged."""
    if name == ORIGINAL:
        return _sent(found.file.open("rb"), _media_type(found), _disposition(found))
    return _sent(rendition(found, _RENDITIONS[name]).open("rb"), "image/jpeg", "inline")


def _sent(file: IO[bytes], media_type: str, disposition: str) -> HttpResponseBase:
    answer = FileResponse(file, content_type=media_type)
    answer.headers["Content-Disposition"] = disposition
    return answer


def _media_type(found: Asset) -> str:
    return found.media_type if found.media_type in _MEDIA_TYPES else "application/octet-stream"


def _disposition(found: Asset) -> str:
    """Pictures show; everything else is saved, under the asset's own name."""
    extension = str(found.file.name).rpartition(".")[2]
    name = found.code if found.code.lower().endswith(f".{extension}") else f"{found.code}.{extension}"
    attachment = found.kind != Asset.Kind.IMAGE or found.media_type not in _MEDIA_TYPES
    return content_disposition_header(attachment, name) or "attachment"
