"""Words to use and words to leave, as texts are checked against them.

A term stands in a text as whole words, whatever their case. A word of four letters or more may be inflected: it may
lose a last vowel and gain up to three letters, which is enough for plurals and cases of German, Italian, French,
Spanish and Romanian, and no grammar. A forbidden term is taken as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

_INFLECTED_FROM = 4
_VOWELS = "aeiouăâî"


@dataclass(frozen=True)
class Names:
    """What a concept is called, in one language; preferred names first among those that may be written."""

    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConceptNames:
    """A concept in the language of the source and in that of the translation."""

    code: str
    source: Names
    target: Names
    definition: str = ""


class TermProblem(NamedTuple):
    """`kind`: a forbidden term stands in the translation, or it lacks the name of what the source speaks of."""

    kind: Literal["forbidden", "missing"]
    concept: str
    message: str


def in_source(concepts: Iterable[ConceptNames], text: str) -> list[ConceptNames]:
    """The concepts that a source text names by a term that may be written."""
    folded = fold(text)
    return [concept for concept in concepts if any(stands_in(name, folded) for name in concept.source.allowed)]


def problems(source: str, target: str, concepts: Iterable[ConceptNames]) -> Iterator[TermProblem]:
    """What is wrong with the words of a translation; both texts are plain."""
    folded, before = fold(target), fold(source)
    for concept in concepts:
        for name in concept.target.forbidden:
            if pattern_of(name, inflected=False).search(folded):
                instead = f" Instead: {concept.target.allowed[0]}." if concept.target.allowed else ""
                yield TermProblem("forbidden", concept.code, f"“{name}” must not be written.{instead}")
        allowed, said = concept.target.allowed, _said(concept.source.allowed, before)
        if said and allowed and not any(stands_in(name, folded) for name in allowed):
            wanted = " or ".join(f"“{name}”" for name in allowed)
            yield TermProblem("missing", concept.code, f"The source says “{said}”; the translation lacks {wanted}.")


def _said(names: Iterable[str], folded: str) -> str:
    return next((name for name in names if stands_in(name, folded)), "")


def fold(text: str) -> str:
    """A text as terms are looked for in it: without regard to case and line breaks."""
    return " ".join(text.casefold().split())


def stands_in(term: str, folded: str) -> bool:
    """Whether a term stands in a folded text, inflected or not."""
    return pattern_of(term, inflected=True).search(folded) is not None


@lru_cache(maxsize=20_000)
def pattern_of(term: str, *, inflected: bool) -> re.Pattern[str]:
    """A term in a folded text; one without a word is found nowhere."""
    words = term.casefold().split()
    if not words:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w){' '.join(_word(word) if inflected else re.escape(word) for word in words)}(?!\w)")


def _word(word: str) -> str:
    if len(word) < _INFLECTED_FROM or not word[-1].isalpha():
        return re.escape(word)
    stem = word[:-1] if word[-1] in _VOWELS else word
    return rf"{re.escape(stem)}\w{{0,3}}"


def say(concept: ConceptNames) -> str:
    """A concept as a note for translators."""
    parts = [f"{concept.source.allowed[0]}: {', '.join(concept.target.allowed) or '–'}"]
    parts += [f"not: {', '.join(concept.target.forbidden)}"] if concept.target.forbidden else []
    parts += [concept.definition] if concept.definition else []
    return f"Term: {'; '.join(parts)}"
