"""Commit what differs in a channel as its next release.

One writer per channel: the channel's row is locked, and everything of a release, its own row last, is one transaction.
So a release number that a reader can see is complete. Assembly, which takes longest, comes before the lock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from catalog import querysets as knowledge
from catalog.actors import Actor
from catalog.indexing import outbox
from catalog.models import Channel
from exports import querysets
from exports.delivery import webhooks
from exports.models import ChannelState, DocumentBody, DocumentVersion, Provenance, Release, VersionCategory
from exports.releasing import carrying
from exports.releasing.affected import asked, since
from exports.releasing.drafting import Draft, Key, Made, draft
from exports.releasing.problems import as_report
from exports.releasing.stepping import Step

T = TypeVar("T")
BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What `release` did. `release` is the current one; `new` says whether it had to be made."""

    release: Release
    new: bool


@dataclass(frozen=True)
class Forecast:
    """What `release` would do now. `after` is the number of the current release, 0 where there is none."""

    after: int
    documents: int
    added: int
    changed: int
    removed: int
    report: list[dict[str, Any]]
    differs: bool


class Retired(ValueError):
    """A retired channel releases nothing any more; the message is one line for the person who asked."""


@dataclass(frozen=True)
class _Seen:
    """Where a release begins: after the release `last`, with all that is committed up to a batch, on a day."""

    last: Release | None
    state: ChannelState | None
    batch: int
    on: datetime.date
    asked: str

    @classmethod
    def now(cls, channel: Channel) -> _Seen:
        last, state = querysets.current_release(channel), ChannelState.objects.filter(channel=channel).first()
        return cls(last, state, outbox.number(), timezone.localdate(), asked(channel))

    def affected(self, *, full: bool) -> frozenset[int] | None:
        """The products to be made anew, None for all."""
        if full or self.last is None or self.state is None or self.state.asked != self.asked:
            return None
        return since(self.state, self.batch, self.on)


def release(actor: Actor, channel: Channel, *, full: bool = False) -> Outcome:
    """Release a channel: the next number if anything differs from the current release, else that one again.

    Only what may have changed since is assembled, or everything where `full` is asked for; both give the same.
    Raises Retired, and SelectionError for a selection that is not understood.
    """
    _refuse_retired(channel)
    while True:
        seen = _Seen.now(knowledge.channels().get(pk=channel.pk))
        outcome = _commit(actor, channel, seen, draft(channel, seen.on, seen.affected(full=full)))
        # Another release in the meantime may know more than this draft; then it is drafted anew.
        if outcome is not None:
            _forget_read()
            return outcome


def _forget_read() -> None:
    """Take away the notes that every channel has read. A retired one reads none: it begins anew with everything."""
    least = ChannelState.objects.filter(channel__retired=False).aggregate(least=Min("batch"))["least"]
    if least:
        outbox.forget(least)


def forecast(channel: Channel) -> Forecast:
    """What releasing the channel would change and report. Writes nothing. Raises as `release`."""
    _refuse_retired(channel)
    last = querysets.current_release(channel)
    step = Step.of(channel, last, draft(channel, timezone.localdate()))
    return Forecast(
        after=last.number if last else 0,
        documents=step.documents,
        added=step.added,
        changed=len(step.replaced),
        removed=len(step.gone),
        report=as_report(step.new.amiss),
        differs=step.differs,
    )


@transaction.atomic
def _commit(actor: Actor, channel: Channel, seen: _Seen, new: Draft) -> Outcome | None:
    """Write the next release after the last one seen, or nothing where that is not the last any more."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    _refuse_retired(channel)  # perhaps while this was drafted
    last = seen.last
    if querysets.current_release(channel) != last:
        return None
    step = Step.of(channel, last, new)
    _refresh_provenance(step.current, step.same)
    state = {"batch": seen.batch, "judged_on": seen.on, "asked": seen.asked}
    ChannelState.objects.update_or_create(channel=channel, defaults=state)
    if last and not step.differs:
        return Outcome(last, new=False)
    number = last.number + 1 if last else 1
    _close([*step.replaced, *step.gone], number)
    _store(channel, number, step.fresh)
    step.problems.write(number)
    outcome = Outcome(
        Release.objects.create(
            channel=channel,
            number=number,
            created_by=actor.name,
            documents=step.documents,
            added=step.added,
            changed=len(step.replaced),
            removed=len(step.gone),
            publications={
                language: {**data, "release": number, "released_on": seen.on.isoformat()}
                for language, data in step.publications.items()
            },
            problems=step.counts(),
        ),
        new=True,
    )
    webhooks.release_created(actor, outcome.release)
    return outcome


def _refuse_retired(channel: Channel) -> None:
    if channel.retired:
        last = querysets.current_release(channel)
        stays = f"release {last.number} and its editions stay" if last else "it never did"
        raise Retired(f"Channel “{channel.code}” is retired and releases nothing; {stays}.")


def _close(rows: list[DocumentVersion], number: int) -> None:
    for batch in _batches([row.pk for row in rows]):
        DocumentVersion.objects.filter(pk__in=batch).update(valid_until=number)


def _store(channel: Channel, number: int, fresh: list[Made]) -> None:
    bodies = {row.digest: row.body for row in fresh}
    known: set[str] = set()
    for batch in _batches(list(bodies)):
        known.update(DocumentBody.objects.filter(pk__in=batch).values_list("pk", flat=True))
    DocumentBody.objects.bulk_create(
        [DocumentBody(digest=digest, content=body) for digest, body in bodies.items() if digest not in known],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    versions = DocumentVersion.objects.bulk_create(
        [
            DocumentVersion(
                channel=channel,
                product=row.product,
                listed=row.listed,
                sku=row.sku,
                language=row.language,
                body_id=row.digest,
                valid_from=number,
            )
            for row in fresh
        ],
        batch_size=BATCH,
    )
    for pairs in _batches(list(zip(versions, fresh, strict=True))):
        Provenance.objects.bulk_create(
            [Provenance(version=version, content=orjson.loads(row.provenance)) for version, row in pairs]
        )
        VersionCategory.objects.bulk_create(
            [VersionCategory(version=version, code=code) for version, row in pairs for code in row.categories],
            batch_size=BATCH,
        )
        carrying.write([(version.pk, orjson.loads(row.provenance)) for version, row in pairs])


def _refresh_provenance(current: Mapping[Key, DocumentVersion], made: Iterable[Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row.provenance for row in made}
    for batch in _batches(list(wanted)):
        changed = []
        for stored in Provenance.objects.filter(pk__in=batch):
            content = orjson.loads(wanted[stored.pk])
            if stored.content != content:
                stored.content = content
                changed.append(stored)
        Provenance.objects.bulk_update(changed, ["content"])
        carrying.rewrite([(stored.pk, stored.content) for stored in changed])


def _batches(rows: list[T]) -> Iterable[list[T]]:
    """Slices small enough for one statement on either engine."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
