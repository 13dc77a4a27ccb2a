"""Entity tags and answers that say that nothing changed (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from rest_framework.request import Request

Answer = TypeVar("Answer", bound=HttpResponseBase)


def etag_of(*parts: object) -> str:
    """A strong tag of all that determines an answer's bytes.

    It is keyed, so whoever shows one was given it by us, and a new SECRET_KEY, which makes cursors invalid, makes
    copies of the pages that hold them invalid too.
    """
    return f'"{Signer(salt="exports.etag").signature("|".join(map(str, parts)))}"'


def unchanged(
    request: Request | HttpRequest, etag: str, modified: datetime.datetime | None = None
) -> HttpResponse | None:
    """304 (or 412) where the request's conditions say so, else None."""
    seconds = int(modified.timestamp()) if modified else None
    plain = request._request if isinstance(request, Request) else request
    answer: HttpResponse | None = get_conditional_response(plain, etag=etag, last_modified=seconds)
    return None if answer is None else tagged(answer, etag, modified)


def tagged(answer: Answer, etag: str, modified: datetime.datetime | None = None) -> Answer:
    """The answer with its validators."""
    answer.headers["ETag"] = etag
    if modified:
        answer.headers["Last-Modified"] = http_date(modified.timestamp())
    return answer


def mark_private(answer: HttpResponseBase) -> None:
    """No shared cache keeps it, and the reader's own asks before it uses a copy."""
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(answer, ("Authorization",))
