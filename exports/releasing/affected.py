"""Which products of a channel a release has to make documents of anew: those that something happened to since.

Something happens by a write, which notes the products it touches (catalog.indexing.outbox), or because a day comes on
which a text may be shown, or no longer, or the rights to a file end.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import orjson
from django.db.models import F, Q

from catalog.indexing import outbox
from catalog.indexing.shown import saying, showing
from catalog.models import Asset, Channel, Fragment
from catalog.querysets import current_revisions
from exports.gathering.loading import contexts
from exports.gathering.membership import reach
from exports.models import ChannelState
from exports.policies.reading import gate_of
from exports.querysets import policy_of


def asked(channel: Channel) -> str:
    """BLAKE2b-256, hex, of what a channel asks for: to whom and in which languages, of which products, how good."""
    wanted = [dataclasses.astuple(context) for context in contexts(channel, datetime.date.min)]
    families = sorted(family.pk for family in channel.families.all())
    gate = dataclasses.astuple(gate_of(policy_of(channel)))
    said = [wanted, families, channel.selection, channel.tree_id, channel.expired_claims, gate]
    return blake2b(orjson.dumps(said, default=sorted), digest_size=32).hexdigest()


def since(state: ChannelState, batch: int, on: datetime.date) -> frozenset[int] | None:
    """The products that may be said something else of, up to a batch and a day; None for all of them."""
    touched = outbox.between(state.batch, batch)
    if outbox.EVERYTHING in touched:
        return None
    if on != state.judged_on:
        touched |= _due(*sorted((state.judged_on, on)))
    return frozenset(reach(touched)) if touched else frozenset()


def _due(before: datetime.date, on: datetime.date) -> set[int]:
    """The products with something that is judged otherwise on a day than on one before it."""
    fragments = {pk: code for pk, code, *days in _dated() if any(_turns(day, before, on) for day in days)}
    ended = Asset.objects.filter(expires__gte=before, expires__lt=on)
    rows = [Fragment(pk=pk, code=code) for pk, code in fragments.items()]
    return saying(rows) | showing(list(ended))


def _dated() -> Iterable[tuple[Any, ...]]:
    """What is out and says a day: id and code of the fragment, then its first, its last, and its source's last day."""
    said = {
        "since": F("out__applies__from"),
        "until": F("out__applies__until"),
        "claimed": F("out__source__valid_until"),
    }
    rows = current_revisions().order_by().annotate(**said)
    return rows.filter(Q(since__isnull=False) | Q(until__isnull=False) | Q(claimed__isnull=False)).values_list(
        "fragment_id", "fragment__code", *said
    )


def _turns(day: str | None, before: datetime.date, on: datetime.date) -> bool:
    """Whether the day itself, or the one after it, is within the days that have come."""
    if not day:
        return False
    return before <= datetime.date.fromisoformat(day) <= on
