"""What stands in a channel's current release, for those who choose texts to translate."""

from __future__ import annotations

from typing import Any

from catalog.models import Channel
from catalog.translating.standing import SOURCES, Standing
from exports.models import DocumentVersion

BATCH = 500


def standing(channel: Channel) -> Standing:
    """Of all its languages: the fragments that speak, and the files shown, by lower-case code."""
    fragments: set[str] = set()
    assets: set[str] = set()
    current = DocumentVersion.objects.filter(channel=channel, valid_until__isnull=True).order_by("pk")
    for kept in current.values_list("provenance__content", flat=True).iterator(chunk_size=BATCH):
        fragments |= _named(kept, "statements", "fragment")
        assets |= _named(kept, "assets", "asset")
    return Standing(frozenset(fragments), frozenset(assets))


def _named(kept: dict[str, Any] | None, part: str, name: str) -> set[str]:
    return {str(row[name]).lower() for row in (kept or {}).get(part, ()) if row.get(name)}


SOURCES.append(standing)
