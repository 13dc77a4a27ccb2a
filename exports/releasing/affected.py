"""Which products of a channel a release has to make documents of anew: those that something happened to since.

Something happens by a write, which notes the products it touches (catalog.indexing.outbox), or because a day comes on
which a text may be shown, or no longer, or the rights to a file end.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.db.models import F, Q
from django.utils import timezone

from catalog.indexing import outbox
from catalog.indexing.outbox import Noted
from catalog.indexing.shown import saying, showing
from catalog.models import Asset, Channel, Fragment, Product
from catalog.querysets import current_revisions
from exports import querysets
from exports.gathering.loading import contexts
from exports.gathering.membership import reach
from exports.models import ChannelState, Release
from exports.policies.reading import gate_of
from exports.querysets import policy_of
from exports.releasing.rewording import NO_WORDS, Rewording, beaten, carrying, others


def asked(channel: Channel) -> str:
    """BLAKE2b-256, hex, of what a channel asks for: to whom and in which languages, of which products, how good."""
    wanted = [dataclasses.astuple(context) for context in contexts(channel, datetime.date.min)]
    families = sorted(family.pk for family in channel.families.all())
    gate = dataclasses.astuple(gate_of(policy_of(channel)))
    said = [wanted, families, channel.selection, channel.tree_id, channel.expired_claims, gate]
    return blake2b(orjson.dumps(said, default=sorted), digest_size=32).hexdigest()


@dataclass(frozen=True)
class Seen:
    """Where a release begins: after the release `last`, with all that is committed up to a batch, on a day."""

    last: Release | None
    state: ChannelState | None
    batch: int
    on: datetime.date
    asked: str

    @classmethod
    def now(cls, channel: Channel) -> Seen:
        """Gives a number to what was touched, so that what is touched from now on is for a later release."""
        return cls._of(channel, outbox.number())

    @classmethod
    def looking(cls, channel: Channel) -> Seen:
        """The same without writing anything: what has no number yet counts, too."""
        return cls._of(channel, outbox.LATEST)

    @classmethod
    def _of(cls, channel: Channel, batch: int) -> Seen:
        last, state = querysets.current_release(channel), ChannelState.objects.filter(channel=channel).first()
        return cls(last, state, batch, timezone.localdate(), asked(channel))

    @property
    def from_scratch(self) -> bool:
        """Whether everything has to be looked at."""
        return self.last is None or self.state is None or self.state.asked != self.asked

    def affected(self, channel: Channel, *, full: bool = False) -> Affected:
        """What is to be made."""
        if full or self.from_scratch or self.state is None:
            return Affected(None)
        return Span(self.state.batch, self.state.judged_on, self.batch, self.on).affected(channel)

    def touched(self, *, full: bool = False) -> frozenset[int] | None:
        """The products to be looked at, None for all."""
        if full or self.from_scratch or self.state is None:
            return None
        return Span(self.state.batch, self.state.judged_on, self.batch, self.on).touched()


@dataclass(frozen=True)
class Affected:
    """The products to be made `anew`, None for all, and those of which only words are to be put in place of others."""

    anew: frozenset[int] | None
    words: Rewording = NO_WORDS

    @property
    def count(self) -> int:
        """How many products are made anew."""
        return Product.objects.count() if self.anew is None else len(self.anew)


class Span(NamedTuple):
    """From a batch and a day on, up to others."""

    batch: int
    day: datetime.date
    until: int
    on: datetime.date

    def affected(self, channel: Channel) -> Affected:
        """What a release has to make of what happened; what only says other words is told apart."""
        products, words = self._noted()
        if outbox.EVERYTHING in products:
            return Affected(None)
        products |= others(words) if words else set()
        anew = reach(products) if products else set()
        said = carrying(channel, words) if words else set()
        anew |= (beaten(words) - said) if words else set()
        return Affected(frozenset(anew), Rewording(frozenset(words), frozenset(said - anew), self.until))

    def touched(self) -> frozenset[int] | None:
        """The products that may be said something else of, whatever it is; None for all of them."""
        products, words = self._noted()
        if outbox.EVERYTHING in products:
            return None
        products |= saying([Fragment(pk=pk) for pk in words])
        return frozenset(reach(products)) if products else frozenset()

    def _noted(self) -> Noted:
        noted = Noted.of(outbox.between(self.batch, self.until))
        if self.on != self.day and outbox.EVERYTHING not in noted.products:
            return noted._replace(products=noted.products | _due(*sorted((self.day, self.on))))
        return noted


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
