"""What would let a fragment win that lost: tried out on its rank. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from exports.assembling.statements import Rank
from exports.gathering.bundles import Context


class _Change(NamedTuple):
    words: str
    field: str
    value: Any


def would_win(loser: Rank, winner: Rank, context: Context) -> str:
    """In words, the fewest changes by which the loser would be better than what beat it; "" if none is enough."""
    changes = list(_changes(loser, winner, context))
    for count in range(1, 4):
        enough = [several for several in combinations(changes, count) if _better(loser, several, winner)]
        if enough:
            ways = (" and ".join(change.words for change in several) for several in enough)
            *others, last = dict.fromkeys(ways)
            return f"would win {', '.join(others)}{', or ' if others else ''}{last}"
    return ""


def _changes(loser: Rank, winner: Rank, context: Context) -> Iterator[_Change]:
    own = (context.channel, context.audience, context.market, context.medium)
    names = ("channel", "audience", "market", "medium")
    for place, (name, code, unnamed) in enumerate(zip(names, own, loser.context, strict=True)):
        if unnamed and code:
            yield _Change(f"if it named {name} {code}", f"context{place}", False)
    if loser.level > (0, 0):
        yield _Change("if placed on the product", "level", (0, 0))
    if loser.language:
        yield _Change(f"with a text in {context.language}", "language", 0)
    if loser.position and winner.position:
        before = min(winner.position, loser.position) - 1
        yield _Change(f"at position {before}", "position", before)


def _better(loser: Rank, changes: Sequence[_Change], winner: Rank) -> bool:
    unnamed, rest = list(loser.context), {}
    for change in changes:
        if change.field.startswith("context"):
            unnamed[int(change.field.removeprefix("context"))] = change.value
        else:
            rest[change.field] = change.value
    return loser._replace(context=tuple(unnamed), **rest) < winner


def rank_of(stored: Sequence[Any]) -> Rank:
    """A rank as provenance keeps it."""
    unnamed, level, language, position = stored
    return Rank(tuple(unnamed), (level[0], level[1]), language, position)
