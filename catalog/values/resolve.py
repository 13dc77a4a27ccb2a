"""Which value counts: one documented order for facts, the same that fragments follow.

Context first (a value said for this channel beats one said for all), then level (the product itself beats its parent),
then language (the channel's chain). A null says "empty here" and ends the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

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


@dataclass(frozen=True)
class Resolution:
    """The value that counts and those it beat, best first. `winner.value` is None where a level says "empty here"."""

    winner: Candidate
    beaten: tuple[Candidate, ...]


_EVERYBODY = Scope()


def resolve(spec: AttributeSpec, levels: Sequence[Level], channel: str, chain: Sequence[str]) -> Resolution | None:
    """The effective value of an attribute, or None where no level says anything.

    `levels` run from the product itself up to its root; `chain` from the wanted language to its last fallback.
    """
    if spec.localizable or spec.per_channel:
        candidates = tuple(_candidates(spec, levels, channel, chain))
    else:
        # Most facts hold for everybody; going through scopes for them takes three times as long.
        code = spec.code
        candidates = tuple(
            [Candidate(sku, _EVERYBODY, own[""]) for sku, values in levels if (own := values.get(code)) and "" in own]
        )
    return Resolution(candidates[0], candidates[1:]) if candidates else None


def _candidates(
    spec: AttributeSpec, levels: Sequence[Level], channel: str, chain: Sequence[str]
) -> Iterator[Candidate]:
    said = [(level.sku, own) for level in levels if (own := level.values.get(spec.code))]
    if not said:
        return
    for scopes in _scopes(channel if spec.per_channel else "", tuple(chain) if spec.localizable else ("",)):
        for sku, own in said:
            for key, scope in scopes:
                if key in own:
                    yield Candidate(sku, scope, own[key])


@lru_cache(maxsize=1_000)
def _scopes(channel: str, languages: tuple[str, ...]) -> tuple[tuple[tuple[str, Scope], ...], ...]:
    """The scopes in which a value counts, by context, each with how it is written."""
    contexts = (channel, "") if channel else ("",)
    scopes = ((Scope(language, context) for language in languages) for context in contexts)
    return tuple(tuple((str(scope), scope) for scope in row) for row in scopes)
