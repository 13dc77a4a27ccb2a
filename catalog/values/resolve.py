"""Which value counts: one documented order for facts, the same that fragments follow.

Context first (a value said for this channel beats one said for all), then level (the product itself beats its parent),
then language (the channel's chain). A null says "empty here" and ends the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from catalog.values.base import AttributeSpec
from catalog.values.scopes import Scope


class Level(NamedTuple):
    """One product of an inheritance line, with its own values."""

    sku: str
    values: Mapping[str, Mapping[str, Any]]


class Candidate(NamedTuple):
    """A value that stood for choice: where, in which scope."""

    sku: str
    scope: Scope
    value: Any


class Resolution(NamedTuple):
    """The value that counts and those it beat, best first. `winner.value` is None where a level says "empty here"."""

    winner: Candidate
    beaten: tuple[Candidate, ...]


EVERYBODY = Scope()
# The scopes in which a value counts, by context, each with how it is written.
Scopes: TypeAlias = "tuple[tuple[tuple[str, Scope], ...], ...]"


def resolve(spec: AttributeSpec, levels: Sequence[Level], channel: str, chain: Sequence[str]) -> Resolution | None:
    """The effective value of an attribute, or None where no level says anything.

    `levels` run from the product itself up to its root; `chain` from the wanted language to its last fallback.
    """
    return counting([(spec.code, scopes_of(spec, channel, chain))], levels).get(spec.code)


def scopes_of(spec: AttributeSpec, channel: str, chain: Sequence[str]) -> Scopes | None:
    """In which scopes an attribute's values count, best first; None for one whose values hold for everybody."""
    if not spec.localizable and not spec.per_channel:
        return None
    return _scopes(channel if spec.per_channel else "", tuple(chain) if spec.localizable else ("",))


# As a named tuple makes itself, for a third of the time: there are one of each for every fact of every document.
_made = tuple.__new__


def counting(wanted: Iterable[tuple[str, Scopes | None]], levels: Sequence[Level]) -> dict[str, Resolution]:
    """`resolve` for many attributes, each by its code and what `scopes_of` says of it; those of which no level says
    anything are left out.
    """
    found: dict[str, Resolution] = {}
    for code, scopes in wanted:
        if scopes is None:
            # Most facts hold for everybody; going through scopes for them takes three times as long.
            said = []
            for sku, values in levels:
                if (own := values.get(code)) and "" in own:
                    said.append(_made(Candidate, (sku, EVERYBODY, own[""])))
        else:
            said = list(_candidates(code, levels, scopes))
        if said:
            found[code] = _made(Resolution, (said[0], tuple(said[1:]) if len(said) > 1 else ()))
    return found


def _candidates(code: str, levels: Sequence[Level], scopes: Scopes) -> Iterator[Candidate]:
    said = [(level.sku, own) for level in levels if (own := level.values.get(code))]
    if not said:
        return
    for context in scopes:
        for sku, own in said:
            for key, scope in context:
                if key in own:
                    yield Candidate(sku, scope, own[key])


@lru_cache(maxsize=1_000)
def _scopes(channel: str, languages: tuple[str, ...]) -> Scopes:
    contexts = (channel, "") if channel else ("",)
    scopes = ((Scope(language, context) for language in languages) for context in contexts)
    return tuple(tuple((str(scope), scope) for scope in row) for row in scopes)
