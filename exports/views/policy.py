"""The headers of pages for browsers."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


def content_policy(style: str) -> str:
    """A Content-Security-Policy under which nothing runs, and only our own pictures and this one style sheet load.

    `style` is the text of the page's style element. The empty icon of our pages is a data address.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def kept_for_everyone(answer: HttpResponseBase) -> None:
    """Any cache may keep it for a minute."""
    answer.headers["Cache-Control"] = "public, max-age=60"


def kept_for_one(answer: HttpResponseBase) -> None:
    """Only who was let in keeps it, and asks before he uses it again."""
    answer.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ("Authorization", "Cookie"))
