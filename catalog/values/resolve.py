"""Which value counts: one documented order for facts, the same that fragments follow.

Context first (a value said for this channel beats one said for all), then level (the product itself beats its parent),
then language (the channel's chain). A null says "empty here" and ends the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


def resolve(spec: AttributeSpec, levels: Sequence[Level], channel: str, chain: Sequence[str]) -> Resolution | None:
    """The effective value of an attribute, or None where no level says anything.

    `levels` run from the product itself up to its root; `chain` from the wanted language to its last fallback.
    """
    candidates = tuple(_candidates(spec, levels, channel, chain))
    return Resolution(candidates[0], candidates[1:]) if candidates else None


def _candidates(
    spec: AttributeSpec, levels: Sequence[Level], channel: str, chain: Sequence[str]
) -> Iterator[Candidate]:
    languages = chain if spec.localizable else ("",)
    for context in (channel, "") if spec.per_channel else ("",):
        for level in levels:
            own = level.values.get(spec.code)
            if not own:
                continue
            for language in languages:
                scope = Scope(language, context)
                if str(scope) in own:
                    yield Candidate(level.sku, scope, own[str(scope)])
