"""Which fragments speak for a product, and in which words.

The order is the one facts follow: context first (a text for this channel, audience, market or medium beats one for
all), then level (placed on the product itself, its parents, its deepest category, its family, a filter), then language,
then position. docs/placement.md is for those who place fragments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.inheritance import uncovered
from catalog.references import references_in
from exports.assembling.judging import blocked, expired, language_of, outdated_in
from exports.documents import Statement
from exports.gathering.bundles import Context, FragmentContent, Library, Placed

if TYPE_CHECKING:
    from exports.assembling.words import Words


class Unresolved(Exception):
    """A reference that stands for nothing here; the message says which and why."""


class Rank(NamedTuple):
    """Smaller wins, compared from left to right. `context` is what the fragment leaves unnamed (judging.Judged)."""

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


class Candidate(NamedTuple):
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
            "revision": placed.fragment.revision_of(self.language),
            "language": self.language,
            "placed": place_of(placed),
        }


def place_of(placed: Placed) -> str:
    return f"{placed.kind} {placed.owner}"


@dataclass(frozen=True)
class Outcome:
    """The statements of a document, where each comes from, what does not show, and what is amiss (kind, message)."""

    statements: list[Statement] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)
    absent: list[dict[str, Any]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def leave_out(self, placed: Placed, why: str) -> None:
        self.absent.append({"slot": placed.slot.code, "fragment": placed.fragment.code, "why": why})


# --- Choosing --------------------------------------------------------------------------------------------------------
def choose(placements: Sequence[Placed], words: Words) -> Outcome:
    """Fill the slots. A statement with an unresolved reference is left out and reported, never shown half.

    Where two fragments are equally good for a slot that shows one, none is shown, and that is reported.
    """
    outcome = Outcome()
    found = sorted(_candidates(placements, words, outcome), key=_by_slot)
    for _, group in groupby(found, key=lambda candidate: candidate.placed.slot.code):
        for winner, beaten in _winners(list(group), outcome):
            _say(winner, beaten, words, outcome)
    return outcome


def _by_slot(candidate: Candidate) -> tuple[int, str]:
    slot = candidate.placed.slot
    return slot.position, slot.code


def _candidates(placements: Sequence[Placed], words: Words, outcome: Outcome) -> Iterator[Candidate]:
    """Those that may be shown; the others are noted with the reason."""
    context, judged = words.context, words.plan.judged
    for placed in _counting(placements, context, outcome):
        found = judged(placed.fragment, context)
        if found.why:
            outcome.leave_out(placed, found.why)
            if found.expired or found.outdated:
                kind = "claim" if found.expired else "translation"
                outcome.problems.append((kind, f"Fragment “{placed.fragment.code}” is left out: {found.why}."))
            continue
        yield Candidate(placed, Rank(found.unnamed, placed.level, found.place, placed.position), found.language)


def _counting(placements: Sequence[Placed], context: Context, outcome: Outcome) -> Iterator[Placed]:
    """What rules and exclusions leave."""
    counting = []
    for placed in placements:
        if placed.kind != "filter" or placed.owner in context.meets:
            counting.append(placed)
        elif not placed.excluded:
            outcome.leave_out(placed, f"its rule does not hold in {context.language}: {placed.owner}")
    for placed, by in uncovered(counting):
        if by is None:
            yield placed
        else:
            outcome.leave_out(placed, f"excluded at {place_of(by)}")


def _winners(group: list[Candidate], outcome: Outcome) -> Iterator[tuple[Candidate, list[Candidate]]]:
    """The statement(s) of one slot: of a single slot the best candidate, of a multiple one all, in order."""
    if len(group) == 1:
        yield group[0], []
        return
    group.sort(key=lambda candidate: (candidate.rank, candidate.code))
    if not group[0].placed.slot.multiple:
        best = [candidate for candidate in group if candidate.rank == group[0].rank]
        if len({candidate.code for candidate in best}) > 1:
            _tie(best, outcome)
        else:
            yield group[0], group[1:]
        return
    first: dict[str, Candidate] = {}
    for candidate in group:
        first.setdefault(candidate.code, candidate)
    for candidate in sorted(first.values(), key=lambda c: (c.placed.position, c.rank.level, c.code)):
        yield candidate, []


def _tie(best: Sequence[Candidate], outcome: Outcome) -> None:
    codes = sorted({candidate.code for candidate in best})
    names = " and ".join(f"“{code}”" for code in codes)
    for candidate in best:
        others = ", ".join(f"“{code}”" for code in codes if code != candidate.code)
        outcome.leave_out(candidate.placed, f"as good as {others}")
    placed = best[0].placed
    decide = f"a position below {placed.position}" if placed.position else "the others at later positions"
    outcome.problems.append(
        (
            "tie",
            f"The fragments {names} are equally good for the slot “{placed.slot.code}”, so none of them is shown. One "
            f"would win with {decide}, placed nearer than on {place_of(placed)}, or by naming the channel.",
        )
    )


def _say(winner: Candidate, beaten: Sequence[Candidate], words: Words, outcome: Outcome) -> None:
    """Put a winner into words, with the traces of itself, of what stands in it and of what it beat."""
    try:
        statement = words.statement(winner)
    except Unresolved as error:
        outcome.problems.append(("reference", f"Fragment “{winner.code}”: {error}"))
        outcome.leave_out(winner.placed, f"cannot be said: {error}")
        return
    outcome.statements.append(statement)
    trace = {"slot": winner.placed.slot.code, **winner.trace(), "beaten": []}
    if beaten:
        trace["rank"] = tuple(winner.rank)
        trace["beaten"] = [
            {**loser.trace(), "rank": tuple(loser.rank), "why": loser.rank.differs(winner.rank)} for loser in beaten
        ]
    aside = words.plan.aside(winner.placed.fragment)
    if aside.uses:
        trace["uses"] = aside.uses
    outcome.trace.append(trace)
    outcome.problems.extend(aside.problems)


# --- What stands in a text by reference ------------------------------------------------------------------------------
class Use(NamedTuple):
    """A fragment whose words stand in another's, `via` which."""

    fragment: FragmentContent
    language: str
    via: str

    def trace(self) -> dict[str, Any]:
        return {
            "fragment": self.fragment.code,
            "revision": self.fragment.revision_of(self.language),
            "language": self.language,
            "via": self.via,
        }


def standing_in(fragment: FragmentContent, context: Context, library: Library) -> list[Use]:
    """The fragments that a fragment's words take in, at whatever depth, each once."""
    found: dict[str, Use] = {}
    open_ones = [fragment]
    while open_ones:
        above = open_ones.pop()
        body = above.content["body"].get(language_of(above.content, context) or "", "")
        for code in _named_in(body):
            inner = library.fragments.get(code)
            language = language_of(inner.content, context) if inner else None
            if inner is not None and language and code not in found and inner is not fragment:
                found[code] = Use(inner, language, above.code)
                open_ones.append(inner)
    return list(found.values())


class Aside(NamedTuple):
    """What goes with a fragment wherever it is shown: the traces of those that stand in its words, and what is amiss
    with it and with them (kind, message).
    """

    uses: list[dict[str, Any]]
    problems: list[tuple[str, str]]


def aside_of(fragment: FragmentContent, context: Context, library: Library) -> Aside:
    uses = standing_in(fragment, context, library)
    problems = []
    for each in (fragment, *(use.fragment for use in uses)):
        if day := expired(each.content, context):
            problems.append(("claim", f"Fragment “{each.code}” is shown, but {blocked(day)}."))
        if behind := outdated_in(each.content, context):
            shown = language_of(each.content, context)
            what = "its source has changed since" if shown == behind else f"so it is shown in {shown}"
            problems.append(("translation", f"Fragment “{each.code}” is outdated in {behind}: {what}."))
    return Aside([use.trace() for use in uses], problems)


@lru_cache(maxsize=4_000)
def _named_in(body: str) -> list[str]:
    return [found.code.lower() for found in references_in(body) if found.kind == "fragment"]
