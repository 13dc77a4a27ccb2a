"""Making plain text fit."""

from __future__ import annotations

import re
import unicodedata

_ELLIPSIS = "…"


def one_line(text: str) -> str:
    return " ".join(text.split())


_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]+$")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a word and with an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    kept = text[: _boundary(text, limit - 1)]
    whole, space, _ = kept.rpartition(" ")
    if space and not text[limit - 1].isspace():
        kept = whole
    return kept.rstrip(" \n\t,;:–-") + _ELLIPSIS


def _boundary(text: str, at: int) -> int:
    """The last place up to `at` that is not within what readers take for one character.

    As good as Unicode's grapheme clusters (UAX 29) where these matter: marks, emoji that are joined or modified, flags.
    """
    while at > 0 and _is_one(text, at):
        at -= 1
    return at


def _is_one(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M" or "\u200d" in (before, after):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    flags = _FLAG.search(text, 0, at) if "\U0001f1e6" <= after <= "\U0001f1ff" else None
    return flags is not None and len(flags[0]) % 2 == 1
