"""Stored texts as people read them: their words, how many there are, and what has changed in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalog.differences import Segment, plain_words
from catalog.translating.segments import plain, segmented

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def readable(text: str) -> str:
    """A stored text as people read it: a line for each segment, references as they are written."""
    lines = (
        "".join(
            part if isinstance(part, str) else (part.text if part.text.startswith("{{") else "") for part in segment
        )
        for segment in segmented(text).segments
    )
    return "\n".join(lines)


def count_words(text: str) -> int:
    """Words of a stored text, without markup and references."""
    return sum(len(_WORD.findall(plain(segment))) for segment in segmented(text).segments)


def words_in(text: str) -> int:
    """Words of plain text."""
    return len(_WORD.findall(text))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Segment]]:
    """By field, where the texts of a field differ; nothing but "same" where only markup or white space does."""
    names = dict.fromkeys([*before, *after])
    return {
        name: plain_words(readable(before.get(name, "")), readable(after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    }
