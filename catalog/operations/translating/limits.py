"""How long a text may be where it is shown: by its column, its slots, and the channels that show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog import querysets
from catalog.models import JobUnit, Placement
from catalog.operations.translating.others import PRODUCT, model_of
from catalog.richtext import to_text
from catalog.translating.segments import segmented

Key = tuple[str, int, str]


def limits_of(units: Iterable[JobUnit], language: str) -> dict[Key, int]:
    """The characters of plain text that fit, by kind, id and field; those of texts without a limit are left out.

    Of a fragment's body the least that its slots, and the channels that show them in the language, allow. Constant
    queries.
    """
    rows = list(units)
    found: dict[Key, int] = {}
    bodies = _slots_of(row.object_id for row in rows if (row.kind, row.field) == ("fragment", "body"))
    channels = _channel_limits(language)
    for row in rows:
        limit = _column_limit(row.kind, row.field)
        if (row.kind, row.field) == ("fragment", "body"):
            slots = bodies.get(row.object_id, {})
            said = [own for own in slots.values() if own] + [channels[code] for code in slots if code in channels]
            limit = min(said, default=None)
        if limit:
            found[row.kind, row.object_id, row.field] = limit
    return found


def _column_limit(kind: str, field: str) -> int | None:
    if kind == PRODUCT:
        return None  # a fact's own limit is known to its type, which refuses what is longer
    return getattr(model_of(kind)._meta.get_field(field), "max_length", None)


def _slots_of(fragments: Iterable[int]) -> Mapping[int, Mapping[str, int | None]]:
    """By fragment's id, the limits of the slots it stands in by lower-case code."""
    ids = sorted(set(fragments))
    found: dict[int, dict[str, int | None]] = {}
    for start in range(0, len(ids), 1_000):
        rows = Placement.objects.filter(fragment__in=ids[start : start + 1_000], excluded=False).order_by()
        for fragment, code, limit in rows.values_list("fragment_id", "slot__code", "slot__max_length").distinct():
            found.setdefault(fragment, {})[code.lower()] = limit
    return found


def _channel_limits(language: str) -> dict[str, int]:
    """The least that channels which show texts of a language allow in a slot, by the slot's lower-case code."""
    found: dict[str, int] = {}
    for channel in querysets.channels():
        if channel.retired or not any(language in chain for chain in channel.chains().values()):
            continue
        limits = channel.text_limits if isinstance(channel.text_limits, dict) else {}
        for place, limit in limits.items():
            kind, _, code = place.lower().partition(":")
            if kind == "slot" and isinstance(limit, int):
                found[code] = min(limit, found.get(code, limit))
    return found


def length_of(text: str) -> int:
    """Characters of a stored text without its markup, as limits count them."""
    return len(to_text(text)) if segmented(text).rich else len(text)
