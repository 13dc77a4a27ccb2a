"""Which fragments speak for a product, and in which words.

The order is the one facts follow: context first (a text for this channel, audience, market or medium beats one for
all), then level (placed on the product itself, its parents, its deepest category, its family, a filter), then language,
then position. docs/placement.md is for those who place fragments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.inheritance import uncovered
from catalog.references import references_in
from exports.documents import Statement
from exports.gathering.bundles import Context, FragmentContent, Library, Placed

if TYPE_CHECKING:
    from exports.assembling.words import Words

BLOCK = "block"
_APPLIES = (("channels", "channel"), ("audiences", "audience"), ("markets", "market"), ("media", "medium"))


class Unresolved(Exception):
    """A reference that stands for nothing here; the message says which and why."""


class Rank(NamedTuple):
    """Smaller wins, compared from left to right. `context` is for each of _APPLIES whether the fragment names none."""

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


# --- Whom a text is for ----------------------------------------------------------------------------------------------
def applicable(content: Mapping[str, Any], context: Context) -> tuple[bool, ...] | str:
    """For an applicable revision, what it does not name (False sorts first: named is more specific); else why not."""
    applies = content["applies"]
    unnamed = []
    for name, own in _APPLIES:
        wanted = applies[name]
        if wanted and getattr(context, own).lower() not in [code.lower() for code in wanted]:
            return f"only for {name} {', '.join(wanted)}"
        unnamed.append(not wanted)
    if (products := applies.get("products")) and products not in context.meets:
        return f"only for products: {products}"
    today = context.on.isoformat()
    if applies["from"] and today < applies["from"]:
        return f"not before {applies['from']}"
    if applies["until"] and today > applies["until"]:
        return f"only until {applies['until']}"
    if context.expired_claims == BLOCK and (day := expired(content, context)):
        return _blocked(day)
    return tuple(unnamed)


def expired(content: Mapping[str, Any], context: Context) -> str:
    """The last day of a claim that holds no more, else ""."""
    until = content.get("source", {}).get("valid_until") or ""
    return until if until and context.on.isoformat() > until else ""


def _blocked(day: str) -> str:
    return f"its source had to be asked again after {day}"


def language_of(content: Mapping[str, Any], context: Context) -> str | None:
    """The first language of the chain in which the revision has a text, and one that may be shown."""
    passed_over = content.get("outdated", ()) if context.falls_back else ()
    return next(
        (language for language in context.chain if content["body"].get(language) and language not in passed_over), None
    )


def outdated_in(content: Mapping[str, Any], context: Context) -> str:
    """The language whose text is behind its source and is shown, or would be if that was no matter; else ""."""
    language = next((language for language in context.chain if content["body"].get(language)), "")
    return language if language in content.get("outdated", ()) else ""


class Judged(NamedTuple):
    """A fragment for one kind of reader: `unnamed` and `place` make its rank; or `why` it cannot be shown.

    `expired` is the last day of its claim where that is over, `outdated` the language that nothing stands in for.
    """

    unnamed: tuple[bool, ...] = ()
    language: str = ""
    place: int = 0
    why: str = ""
    expired: str = ""
    outdated: str = ""


# The same for all products of a channel in a language that meet the same rules.
@lru_cache(maxsize=20_000)
def judged(fragment: FragmentContent, context: Context) -> Judged:
    named = applicable(fragment.content, context)
    day = expired(fragment.content, context)
    if isinstance(named, str):
        return Judged(why=named, expired=day if named == _blocked(day) else "")
    language = language_of(fragment.content, context)
    if language is None and (behind := outdated_in(fragment.content, context)):
        return Judged(why=f"its text in {behind} is outdated, and nothing stands in for it", outdated=behind)
    if language is None:
        return Judged(why=f"no text in {', '.join(context.chain)}")
    return Judged(named, language, context.chain.index(language), expired=day)


# --- Choosing --------------------------------------------------------------------------------------------------------
def choose(placements: Sequence[Placed], context: Context, words: Words) -> Outcome:
    """Fill the slots. A statement with an unresolved reference is left out and reported, never shown half.

    Where two fragments are equally good for a slot that shows one, none is shown, and that is reported.
    """
    outcome = Outcome()
    found = sorted(_candidates(placements, context, outcome), key=_by_slot)
    for _, group in groupby(found, key=lambda candidate: candidate.placed.slot.code):
        for winner, beaten in _winners(list(group), outcome):
            _say(winner, beaten, words, outcome)
    return outcome


def _by_slot(candidate: Candidate) -> tuple[int, str]:
    slot = candidate.placed.slot
    return slot.position, slot.code


def _candidates(placements: Sequence[Placed], context: Context, outcome: Outcome) -> Iterator[Candidate]:
    """Those that may be shown; the others are noted with the reason."""
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
    fragment = winner.placed.fragment
    naming = "{{" in fragment.content["body"][winner.language]
    uses = standing_in(fragment, words.context, words.library) if naming else []
    if uses:
        trace["uses"] = [use.trace() for use in uses]
    outcome.trace.append(trace)
    for each in (fragment, *(use.fragment for use in uses)):
        if day := expired(each.content, words.context):
            outcome.problems.append(("claim", f"Fragment “{each.code}” is shown, but {_blocked(day)}."))
        if behind := outdated_in(each.content, words.context):
            shown = language_of(each.content, words.context)
            what = "its source has changed since" if shown == behind else f"so it is shown in {shown}"
            outcome.problems.append(("translation", f"Fragment “{each.code}” is outdated in {behind}: {what}."))


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
        for code in _named_in(body) if "{{" in body else ():
            inner = library.fragments.get(code)
            language = language_of(inner.content, context) if inner else None
            if inner is not None and language and code not in found and inner is not fragment:
                found[code] = Use(inner, language, above.code)
                open_ones.append(inner)
    return list(found.values())


def _named_in(body: str) -> list[str]:
    return [found.code.lower() for found in references_in(body) if found.kind == "fragment"]
