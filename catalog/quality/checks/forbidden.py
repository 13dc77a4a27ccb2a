"""Words that must not stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.quality.base import Check, Found, Prose, Subject, Term, key_of


class ForbiddenWord(Check):
    """Whole words, whatever their case; a term of several words is found across line breaks too."""

    code = "forbidden"
    label = "Forbidden word"
    severity = "error"
    hint = "Write something else."

    def check(self, subject: Subject) -> Iterator[Found]:
        if not subject.terms:
            return
        for prose in subject.own_texts():
            text = " ".join(prose.text.casefold().split())
            for term in subject.terms:
                if holds_for(term, prose) and (pattern := pattern_of(term.term)) and pattern.search(text):
                    where = f"{prose.where} for {term.channel}" if term.channel else prose.where
                    yield Found(
                        key_of(prose.key, f"@{term.channel}" if term.channel else "", term.term.casefold()),
                        f"{where} has the word “{term.term}”.",
                        f"Instead: {term.instead}" if term.instead else "",
                    )


def holds_for(term: Term, prose: Prose) -> bool:
    """Whether a term is forbidden where the text stands; one of German is in Austrian German too."""
    language = prose.language.lower()
    in_language = not term.language or not language or f"{language}-".startswith(f"{term.language.lower()}-")
    return in_language and (not term.channel or term.channel.lower() in prose.channels)


@lru_cache(maxsize=10_000)
def pattern_of(term: str) -> re.Pattern[str] | None:
    """The term as a whole word in a casefolded text with single spaces; None for one of spaces only."""
    words = term.casefold().split()
    return re.compile(rf"(?<!\w){re.escape(' '.join(words))}(?!\w)") if words else None
