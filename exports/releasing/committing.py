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
from exports.gathering.selection import SelectionError
from exports.models import (
    ChannelPolicy,
    ChannelState,
    DocumentBody,
    DocumentVersion,
    Provenance,
    Release,
    VersionCategory,
)
from exports.policies.refusing import (
    NO_LEAVE,
    Frozen,
    Lapsed,
    Leave,
    Retired,
    Shrinks,
    Unsigned,
    against_freeze,
    against_mode,
    against_shrinking,
    freeze_at,
)
from exports.policies.stopping import go_on, stop
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
    """What `release` would do now. `after` is the number of the current release, 0 where there is none.

    `unsigned`, `frozen` and `shrinks` say why it would not be made without somebody's leave; "" where nothing is so.
    """

    after: int
    documents: int
    added: int
    changed: int
    removed: int
    report: list[dict[str, Any]]
    differs: bool
    unsigned: str
    frozen: str
    shrinks: str

    @property
    def against(self) -> list[str]:
        return [why for why in (self.unsigned, self.frozen, self.shrinks) if why]


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


def release(actor: Actor, channel: Channel, *, full: bool = False, leave: Leave = NO_LEAVE) -> Outcome:
    """Release a channel: the next number if anything differs from the current release, else that one again.

    Only what may have changed since is assembled, or everything where `full` is asked for; both give the same.
    Raises Refused, and SelectionError for a selection that is not understood; nothing that was noted is lost then.
    """
    _refuse_before(channel, leave)
    while True:
        seen = _Seen.now(knowledge.channels().get(pk=channel.pk))
        try:
            outcome = _commit(actor, channel, seen, draft(channel, seen.on, seen.affected(full=full)), leave)
        except (Shrinks, SelectionError) as error:
            stop(actor, channel, str(error), seen.batch)
            raise
        # Another release in the meantime may know more than this draft; then it is drafted anew.
        if outcome is not None:
            _forget_read()
            return outcome


def _forget_read() -> None:
    """Take away the notes that every channel has read. A retired one reads none: it begins anew with everything."""
    least = ChannelState.objects.filter(channel__retired=False).aggregate(least=Min("batch"))["least"]
    if least:
        outbox.forget(least)


def forecast(channel: Channel, *, full: bool = True) -> Forecast:
    """What releasing the channel would change and report. Releases nothing. Raises Retired and SelectionError.

    Of what is only amiss as it was, nothing is told where it is not `full`.
    """
    step = step_now(channel, full=full)
    last, policy = step.last, querysets.policy_of(channel)
    return Forecast(
        after=last.number if last else 0,
        documents=step.documents,
        added=step.added,
        changed=len(step.replaced),
        removed=len(step.gone),
        report=as_report(step.amiss),
        differs=step.differs,
        unsigned=against_mode(channel, policy),
        frozen=against_freeze(channel),
        shrinks=_shrinking(channel, policy, step),
    )


def step_now(channel: Channel, *, full: bool = True) -> Step:
    """From the current release to what the next one would be: of everything, or only of what may have changed since.

    Raises Retired and SelectionError.
    """
    _refuse_retired(channel)
    seen = _Seen.now(knowledge.channels().get(pk=channel.pk))
    return Step.of(channel, seen.last, draft(channel, seen.on, seen.affected(full=full)))


@transaction.atomic
def _commit(actor: Actor, channel: Channel, seen: _Seen, new: Draft, leave: Leave) -> Outcome | None:
    """Write the next release after the last one seen, or nothing where that is not the last any more."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    policy = _refuse_before(channel, leave)  # perhaps while this was drafted
    last = seen.last
    if querysets.current_release(channel) != last:
        return None
    step = Step.of(channel, last, new)
    note = _refuse_step(channel, policy, step, leave)
    _refresh_provenance(step.current, step.same)
    state = {"batch": seen.batch, "judged_on": seen.on, "asked": seen.asked}
    ChannelState.objects.update_or_create(channel=channel, defaults=state)
    if policy.stopped:
        go_on(channel)
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
            note=note,
        ),
        new=True,
    )
    webhooks.release_created(actor, outcome.release)
    return outcome


def _refuse_before(channel: Channel, leave: Leave) -> ChannelPolicy:
    """Raises Retired, Unsigned or Frozen; gives the policy that was asked."""
    _refuse_retired(channel)
    policy = querysets.policy_of(channel)
    if why := against_mode(channel, policy, leave):
        raise Unsigned(why)
    if why := against_freeze(channel, leave):
        raise Frozen(why)
    return policy


def _refuse_step(channel: Channel, policy: ChannelPolicy, step: Step, leave: Leave) -> str:
    """Raises Lapsed or Shrinks; gives the note of what stood against it and was allowed."""
    if leave.signed and leave.signed != step.digest:
        raise Lapsed("What would be released now is not what was prepared.")
    shrinking = _shrinking(channel, policy, step)
    if shrinking and not (leave.shrink or leave.signed):
        raise Shrinks(shrinking)
    freeze = freeze_at(channel, timezone.now()) if leave.freeze else None
    notes = (
        f"Released during “{freeze.reason}”: {leave.freeze}" if freeze else "",
        f"Allowed to shrink by {_lost(step):,} documents." if shrinking else "",
    )
    return "\n".join(filter(None, notes))


def _shrinking(channel: Channel, policy: ChannelPolicy, step: Step) -> str:
    before = step.last.documents if step.last else 0
    return against_shrinking(channel.code, before, step.documents, policy.max_shrink)


def _lost(step: Step) -> int:
    return (step.last.documents if step.last else 0) - step.documents


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
