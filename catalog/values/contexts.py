"""For whom an indexed value counts, written as one key."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

MAX_KEY = 200


def context_key(channel: str, chain: Sequence[str]) -> str:
    """ "" (all), "de>en" (a chain of languages), "@print" (a channel) or "de>en@print".

    Of what would be longer than 200 characters, the end is replaced by a digest of the whole.
    """
    key = ">".join(chain) + (f"@{channel}" if channel else "")
    if len(key) <= MAX_KEY:
        return key
    digest = blake2b(key.encode(), digest_size=16).hexdigest()
    return f"{key[: MAX_KEY - len(digest) - 1]}#{digest}"


def own_chain(language: str, default: str) -> tuple[str, ...]:
    """Where a text is looked for without a channel: the language, its base if it is regional, the default language."""
    return tuple(dict.fromkeys((language, language.partition("-")[0], default)))
