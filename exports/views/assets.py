"""Pictures and files of products.

An address holds the digest of the content, which nobody guesses who does not have the file. So whoever has the address
gets the file: pages, feeds and printed codes need no token to show a picture, and there is nothing to list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from catalog.api.caching import tagged, unchanged
from catalog.models import Asset, AssetTrack
from catalog.operations.assets import digest_of
from catalog.renditions import SPECS, rendition
from exports import querysets
from exports.views.missing import missing

ORIGINAL = "original"
_RENDITIONS = {f"{name}.jpg": name for name in SPECS}
# What browsers are told a file is; anything else is only to be saved. Pictures and what is played show in the page.
_SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp"}
    | {"video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg"}
)
_MEDIA_TYPES = _SHOWN | {"application/pdf"}
_TRACK = re.compile(r"(captions|transcript)\.([A-Za-z-]{2,10})\.(vtt|txt)")
_TRACK_TYPES = {("captions", "vtt"): "text/vtt; charset=utf-8", ("transcript", "txt"): "text/plain; charset=utf-8"}
_RANGE = re.compile(r"bytes=([0-9]{1,15})?-([0-9]{1,15})?")
_FOREVER = "public, max-age=31536000, immutable"
# What may read differently under the same address tomorrow: a picture cut around another point, a corrected caption.
_FOR_NOW = "public, max-age=3600"
_CHUNK = 64 * 1024


@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponseBase:
    """A rendition of a picture, a file as it was given to us, or its captions or transcript in one language."""
    found = querysets.asset_with(digest)
    if found is None:
        return missing()
    if (track := _TRACK.fullmatch(name)) is not None:
        return _track(request, found, track[1], track[2], track[3])
    return _of_file(request, found, name) if _has(found, name) else missing()


def _of_file(request: HttpRequest, found: Asset, name: str) -> HttpResponseBase:
    spec = SPECS.get(_RENDITIONS.get(name, ""))
    cut = f"-{found.focal_x}-{found.focal_y}" if spec and spec.square else ""
    etag = f'"{found.digest}-{name}{cut}"'
    try:
        answer = unchanged(request, etag) or _file(request, found, name, etag)
    except OSError:
        return missing()
    return _guarded(answer, etag, _FOR_NOW if cut else _FOREVER)


def _guarded(answer: HttpResponseBase, etag: str, cache: str) -> HttpResponseBase:
    """Whatever a file holds, nothing of it runs in this site's name."""
    answer.headers["Cache-Control"] = cache
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return tagged(answer, etag)


def _has(found: Asset, name: str) -> bool:
    return name == ORIGINAL or (name in _RENDITIONS and found.kind == Asset.Kind.IMAGE)


def _file(request: HttpRequest, found: Asset, name: str, etag: str) -> HttpResponseBase:
    """Raises OSError where the file is gone or damaged."""
    if name != ORIGINAL:
        return _sent(rendition(found, _RENDITIONS[name]).open("rb"), "image/jpeg", "inline")
    media_type, disposition = _media_type(found), _disposition(found)
    part = None if found.kind == Asset.Kind.IMAGE else _wanted(request, found.size, etag)
    file = found.file.open("rb")
    if part is None:
        answer = _sent(file, media_type, disposition)
    else:
        answer = _part(file, part, found.size, media_type, disposition)
    answer.headers["Accept-Ranges"] = "bytes"
    return answer


def _sent(file: IO[bytes], media_type: str, disposition: str) -> HttpResponseBase:
    answer = FileResponse(file, content_type=media_type)
    answer.headers["Content-Disposition"] = disposition
    return answer


# --- Parts of a file, so that a player can jump (RFC 9110, section 14) -----------------------------------------------


def _wanted(request: HttpRequest, size: int, etag: str) -> range | None:
    """The bytes asked for, empty where there are none such; None for the whole file, of another form or version."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if found[1] is None:
        return range(max(0, size - int(found[2])), size) if int(found[2]) else range(0)
    first = int(found[1])
    last = int(found[2]) if found[2] else size - 1
    return None if last < first and found[2] else range(first, min(last + 1, size))


def _part(file: IO[bytes], part: range, size: int, media_type: str, disposition: str) -> HttpResponseBase:
    if not part:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(_chunks(file, part), status=206, content_type=media_type)
    answer.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    answer.headers["Content-Length"] = str(len(part))
    answer.headers["Content-Disposition"] = disposition
    return answer


def _chunks(file: IO[bytes], part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = len(part)
        while left and (chunk := file.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk


# --- What is said in it ----------------------------------------------------------------------------------------------


def _track(request: HttpRequest, found: Asset, kind: str, language: str, extension: str) -> HttpResponseBase:
    row = AssetTrack.objects.filter(asset__digest=found.digest, kind=kind, language=language).order_by("asset").first()
    if row is None or (kind, extension) not in _TRACK_TYPES:
        return missing()
    body = row.text.encode()
    etag = f'"{digest_of(body)}"'
    answer = unchanged(request, etag) or HttpResponse(body, content_type=_TRACK_TYPES[kind, extension])
    answer.headers["Content-Disposition"] = "inline"
    return _guarded(answer, etag, _FOR_NOW)


def _media_type(found: Asset) -> str:
    return found.media_type if found.media_type in _MEDIA_TYPES else "application/octet-stream"


def _disposition(found: Asset) -> str:
    """Pictures show and recordings play; everything else is saved, under the asset's own name."""
    extension = str(found.file.name).rpartition(".")[2]
    name = found.code if found.code.lower().endswith(f".{extension}") else f"{found.code}.{extension}"
    return content_disposition_header(found.media_type not in _SHOWN, name) or "attachment"
