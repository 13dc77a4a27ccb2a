"""What is wrong with a filter, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from catalog.filters.tree import Place
from catalog.values.base import quoted

_LISTED = 12


class FilterError(ValueError):
    """A filter that cannot be understood.

    `message` says why and what to write instead; `place` is where, and `words` what stood there.
    """

    def __init__(self, message: str, place: Place, words: str = "") -> None:
        self.message = message
        self.place = place
        self.words = words
        super().__init__(f"{self.where()}: {message}")

    def where(self) -> str:
        return f"At {self.place.path}" if self.place.path else f"At character {self.place.start + 1}"


def unknown(noun: str, word: str, place: Place, known: Iterable[str]) -> FilterError:
    """There is no such thing; the message offers what is spelt alike, else what there is."""
    return FilterError(f"there is no {noun} {quoted(word)}{instead(word, known)}", place, word)


def instead(word: str, known: Iterable[str]) -> str:
    """The end of a message: what may have been meant."""
    names = sorted(set(known))
    by_lower = {name.lower(): name for name in names}
    near = [by_lower[name] for name in get_close_matches(word.lower()[:100], by_lower, n=3, cutoff=0.6)]
    if near:
        return f"; did you mean {' or '.join(quoted(name, 100) for name in near)}?"
    if names and len(names) <= _LISTED:
        return f"; there are {', '.join(names)}."
    return "."
