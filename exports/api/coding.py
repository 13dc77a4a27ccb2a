"""Answers in the content coding that the reader likes best. Each coding is a representation with a tag of its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from exports.sets.codings import Coding, coded, negotiated


def coding_of(request: Request) -> Coding:
    return negotiated(request.headers.get("Accept-Encoding"))


def tag_in(coding: Coding, etag: str) -> str:
    """A strong tag of what has this one, in a coding."""
    return f'{etag[:-1]}-{coding.name}"' if coding.name else etag


def body_in(coding: Coding, plain: bytes) -> HttpResponse:
    """JSON in a coding."""
    return HttpResponse(b"".join(coded([plain], coding)), content_type="application/json")


def stream(content: Iterable[bytes], media_type: str, length: int | None = None) -> StreamingHttpResponse:
    """An answer in pieces that are coded already."""
    answer = StreamingHttpResponse(content, content_type=media_type)
    if length is not None:
        answer.headers["Content-Length"] = str(length)
    return answer


def said(answer: HttpResponseBase, coding: Coding) -> HttpResponseBase:
    """The answer with the coding it is in. A 304 has none, but depends on it as well."""
    if coding.name and answer.status_code == 200:
        answer.headers["Content-Encoding"] = coding.name
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
