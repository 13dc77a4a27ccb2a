"""Which fragments speak for a product, and in which words.

The order is the one facts follow: context first (a text for this channel, audience, market or medium beats one for
all), then level (placed on the product itself, its parents, its deepest category, its family), then language, then
position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from exports.bundles import Context, Placed
from exports.documents import Statement

if TYPE_CHECKING:
    from exports.words import Words

_KINDS = {"product": 0, "category": 1, "family": 2}
_APPLIES = (("channels", "channel"), ("audiences", "audience"), ("markets", "market"), ("media", "medium"))


class Unresolved(Exception):
    """A reference that stands for nothing here; the message says which and why."""


class Rank(NamedTuple):
    """Smaller wins, compared from left to right."""

    context: tuple[bool, ...]
    level: tuple[int, int]
    language: int
    position: int

    def differs(self, better: Rank) -> str:
        """In which respect this rank lost to a better one."""
        reasons = (
            "less specific for this channel",
            "placed further away",
            "not in the wanted language",
            "stands later",
        )
        return next((why for why, own, other in zip(reasons, self, better, strict=True) if own != other), "a tie")


@dataclass(frozen=True)
class Candidate:
    placed: Placed
    rank: Rank
    language: str

    @property
    def code(self) -> str:
        return self.placed.fragment.code

    def trace(self) -> dict[str, Any]:
        placed = self.placed
        return {
            "fragment": placed.fragment.code,
            "revision": placed.fragment.revision,
            "language": self.language,
            "placed": f"{placed.kind} {placed.owner}",
        }


@dataclass(frozen=True)
class Outcome:
    """The statements of a document, where each comes from, and what is amiss (kind, message)."""

    statements: tuple[Statement, ...]
    trace: list[dict[str, Any]]
    absent: list[dict[str, Any]]
    problems: list[tuple[str, str]]


def applicable(content: Mapping[str, Any], context: Context) -> tuple[bool, ...] | str:
    """For an applicable revision, what it does not name (False sorts first: named is more specific); else why not."""
    applies = content["applies"]
    unnamed = []
    for field, own in _APPLIES:
        wanted = applies[field]
        if wanted and getattr(context, own).lower() not in [code.lower() for code in wanted]:
            return f"only for {field} {', '.join(wanted)}"
        unnamed.append(not wanted)
    today = context.on.isoformat()
    if applies["from"] and today < applies["from"]:
        return f"not before {applies['from']}"
    if applies["until"] and today > applies["until"]:
        return f"only until {applies['until']}"
    return tuple(unnamed)


def language_of(content: Mapping[str, Any], context: Context) -> str | None:
    """The first language of the chain in which the revision has a text."""
    return next((language for language in context.chain if content["body"].get(language)), None)


def candidates(placements: Sequence[Placed], context: Context, absent: list[dict[str, Any]]) -> Iterator[Candidate]:
    """Those that may be shown; the others are noted in `absent` with the reason."""
    for placed in placements:
        named = applicable(placed.fragment.content, context)
        language = language_of(placed.fragment.content, context)
        if isinstance(named, str) or language is None:
            why = named if isinstance(named, str) else f"no text in {', '.join(context.chain)}"
            absent.append({"slot": placed.slot.code, "fragment": placed.fragment.code, "why": why})
            continue
        level = (_KINDS[placed.kind], placed.distance)
        rank = Rank(named, level, context.chain.index(language), placed.position)
        yield Candidate(placed, rank, language)


def choose(placements: Sequence[Placed], context: Context, words: Words) -> Outcome:
    """Fill the slots. A statement with an unresolved reference is left out and reported, never shown half."""
    absent: list[dict[str, Any]] = []
    found = sorted(candidates(placements, context, absent), key=lambda c: (c.placed.slot.position, c.placed.slot.code))
    statements, trace, problems = [], [], []
    for _, group in groupby(found, key=lambda c: c.placed.slot.code):
        for winner, beaten in _winners(list(group)):
            slot = winner.placed.slot
            if any(loser.rank == winner.rank and loser.code != winner.code for loser in beaten):
                problems.append(("tie", f"Several fragments are equally good for the slot “{slot.code}”."))
            try:
                statements.append(words.statement(winner))
            except Unresolved as error:
                problems.append(("reference", f"Fragment “{winner.code}”: {error}"))
                continue
            losers = [{**loser.trace(), "why": loser.rank.differs(winner.rank)} for loser in beaten]
            trace.append({"slot": slot.code, **winner.trace(), "beaten": losers})
    return Outcome(tuple(statements), trace, absent, problems)


def _winners(group: list[Candidate]) -> Iterator[tuple[Candidate, list[Candidate]]]:
    """The statement(s) of one slot: of a single slot the best candidate, of a multiple one all, in order."""
    group.sort(key=lambda c: (c.rank, c.code))
    if not group[0].placed.slot.multiple:
        yield group[0], group[1:]
        return
    best: dict[str, Candidate] = {}
    for candidate in group:
        best.setdefault(candidate.code, candidate)
    for candidate in sorted(best.values(), key=lambda c: (c.placed.position, c.rank.level, c.code)):
        yield candidate, []
