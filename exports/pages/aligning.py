"""Which page of an edition is which of another: by what stands on them, not by their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from exports.pages.looking import Print

MANY = 10_000  # pairs of pages that are tried with each other; of more, the pages are taken as they come
ALIKE = 0.3  # of the words of two pages: below it, one was taken away and the other added

State = Literal["same", "moved", "changed", "added", "removed"]


class Pair(NamedTuple):
    """A page of the old edition and one of the new, by number; None where there is none.

    `moved` means that it reads the same but for its number and what stands at its head and foot.
    """

    old: int | None
    new: int | None
    state: State


def aligned(old: Sequence[Print], new: Sequence[Print]) -> list[Pair]:
    """Every page of both editions once, in the order of the new one."""
    bodies = [one.body for one in old], [one.body for one in new]
    found: list[Pair] = []
    for how, a, b, c, d in SequenceMatcher(None, *bodies, autojunk=False).get_opcodes():
        if how == "equal":
            found += (_alike(old, new, x, y) for x, y in zip(range(a, b), range(c, d), strict=True))
        else:
            found += _matched(old, new, range(a, b), range(c, d))
    return found


def _alike(old: Sequence[Print], new: Sequence[Print], x: int, y: int) -> Pair:
    state: State = "same" if x == y and old[x].whole == new[y].whole else "changed" if x == y else "moved"
    return Pair(x + 1, y + 1, state)


def _matched(old: Sequence[Print], new: Sequence[Print], left: range, right: range) -> Iterator[Pair]:
    """Pages between two that stayed: those with most words in common are the same one, changed."""
    x, y = left.start, right.start
    for a, b in _partners(old, new, left, right):
        yield from (Pair(gone + 1, None, "removed") for gone in range(x, a))
        yield from (Pair(None, come + 1, "added") for come in range(y, b))
        yield Pair(a + 1, b + 1, "changed")
        x, y = a + 1, b + 1
    yield from (Pair(gone + 1, None, "removed") for gone in range(x, left.stop))
    yield from (Pair(None, come + 1, "added") for come in range(y, right.stop))


def _partners(old: Sequence[Print], new: Sequence[Print], left: range, right: range) -> list[tuple[int, int]]:
    """Pairs in order, with the most in common altogether."""
    if len(left) * len(right) > MANY:
        return list(zip(left, right, strict=False))
    best: dict[tuple[int, int], float] = {}
    for a in reversed(left):
        for b in reversed(right):
            both = _common(old[a], new[b]) + best.get((a + 1, b + 1), 0.0)
            best[a, b] = max(both, best.get((a + 1, b), 0.0), best.get((a, b + 1), 0.0))
    pairs, a, b = [], left.start, right.start
    while a < left.stop and b < right.stop:
        if best[a, b] == best.get((a + 1, b), 0.0):
            a += 1
        elif best[a, b] == best.get((a, b + 1), 0.0):
            b += 1
        else:
            pairs.append((a, b))
            a, b = a + 1, b + 1
    return pairs


def _common(one: Print, other: Print) -> float:
    """The share of their words that both have; 0 where that is too little to be one page."""
    every = one.words | other.words
    share = len(one.words & other.words) / len(every) if every else 1.0
    return share if share >= ALIKE else 0.0
