"""Making plain text fit."""

from __future__ import annotations

_ELLIPSIS = "…"


def one_line(text: str) -> str:
    return " ".join(text.split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a word and with an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    whole, space, _ = kept.rpartition(" ")
    if space and not text[limit - 1].isspace():
        kept = whole
    return kept.rstrip(" \n\t,;:–-") + _ELLIPSIS
