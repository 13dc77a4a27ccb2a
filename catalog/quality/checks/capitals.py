"""Texts that shout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject, excerpt

_WORD = re.compile(r"[^\W\d_]+")
# Fewer, or shorter, may be a brand, a model or an abbreviation.
LEAST_WORDS = 3
LEAST_LETTERS = 4


class AllCapitals(Check):
    """Texts in a language of which every letter is a capital."""

    code = "capitals"
    label = "All capitals"
    severity = "hint"
    hint = "Write it in ordinary letters; templates make capitals where a design wants them."

    def check(self, subject: Subject) -> Iterator[Found]:
        for prose in subject.own_texts():
            if prose.language and shouts(prose.text):
                yield Found(prose.key, f"{prose.where} is all in capitals: {excerpt(prose.text)}.")


def shouts(text: str) -> bool:
    if not text.isupper():
        return False
    return sum(len(word) >= LEAST_LETTERS for word in _WORD.findall(text)) >= LEAST_WORDS
