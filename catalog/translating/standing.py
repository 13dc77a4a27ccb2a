"""What stands in a channel's current release. Rooms that know releases say it; this one only asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Standing(NamedTuple):
    """The lower-case codes of the fragments and the assets in a channel's current release.

    `others` are by kind those of what documents name besides: products, families, attributes, categories, slots.
    """

    fragments: frozenset[str]
    assets: frozenset[str]
    others: Mapping[str, frozenset[str]] = {}


# Given a channel. Put here by whoever knows releases, when it is ready.
SOURCES: list[Callable[[Any], Standing]] = []


def standing_in(channel: Any) -> Standing:
    """Of all that know releases, together; nothing where nobody does."""
    found = [source(channel) for source in SOURCES]
    others: dict[str, set[str]] = defaultdict(set)
    for each in found:
        for kind, codes in each.others.items():
            others[kind] |= codes
    return Standing(
        frozenset(code for each in found for code in each.fragments),
        frozenset(code for each in found for code in each.assets),
        {kind: frozenset(codes) for kind, codes in others.items()},
    )
