"""Texts that stand in the wrong language's field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject, excerpt
from catalog.quality.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
LEAST_WORDS = 8
LEAST_HITS = 3
# How many times more small words of another language than of its own a text must have.
CLEARLY = 5
# Beginnings say enough; a long text need not be counted to its end.
ENOUGH = 2_000


class WrongLanguage(Check):
    """Texts of at least eight words, told by the small words that only one of the six shipped languages has."""

    code = "language"
    label = "Wrong language"
    severity = "warning"
    hint = "Move the text to its own language, and translate it."

    def check(self, subject: Subject) -> Iterator[Found]:
        for prose in subject.own_texts():
            found = language_of(prose.text, prose.language)
            if found:
                yield Found(prose.key, f"{prose.where} seems to be written in “{found}”: {excerpt(prose.text)}.")


def language_of(text: str, declared: str) -> str:
    """The language a text is clearly written in, if that is not the one declared; else nothing."""
    own = declared.partition("-")[0].lower()
    words = [word.lower() for word in _WORD.findall(text[:ENOUGH])]
    if own not in STOP_WORDS or len(words) < LEAST_WORDS:
        return ""
    hits = {language: sum(word in known for word in words) for language, known in STOP_WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    clear = (
        hits[best] >= LEAST_HITS
        and hits[best] >= CLEARLY * hits[own]
        and hits[best] > max((count for language, count in hits.items() if language != best), default=0)
    )
    return best if clear and best != own else ""
