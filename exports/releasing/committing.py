"""Commit what differs in a channel as its next release.

One writer per channel: the channel's row is locked, and everything of a release, its own row last, is one transaction.
So a release number that a reader can see is complete. Assembly, which takes longest, comes before the lock.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
from exports.models import ChannelPolicy, ChannelState, Release, Staging
from exports.policies.refusing import (
    ALLOWED,
    NO_LEAVE,
    Frozen,
    Held,
    Lapsed,
    Leave,
    Retired,
    Shrinks,
    Unsigned,
    against_freeze,
    against_mode,
    against_shrinking,
    freeze_at,
    most_lately,
)
from exports.policies.stopping import go_on as let_stopped_go_on
from exports.policies.stopping import stop
from exports.releasing import storing
from exports.releasing.affected import Seen
from exports.releasing.drafting import Draft, Publish, draft
from exports.releasing.marks import Marks
from exports.releasing.staging import Counts, Moved, Spread, begin, come_out, go_on, is_large, open_staging, sweep
from exports.releasing.stepping import Step, lasting, same
from exports.sets.wanting import keep_later


@dataclass(frozen=True)
class Outcome:
    """What `release` did. `release` is the current one; `new` says whether it had to be made."""

    release: Release
    new: bool


# What else is to be done in the transaction of a release, or where there was none to make.
Then = Callable[[Outcome], None]


def release(
    actor: Actor,
    channel: Channel,
    *,
    full: bool = False,
    leave: Leave = NO_LEAVE,
    spread: Spread | None = None,
    then: Then = lambda _outcome: None,
) -> Outcome:
    """Release a channel: the next number if anything differs from the current release, else that one again.

    Only what may have changed since is assembled, or everything where `full` is asked for; both give the same. What is
    too much for memory is staged; where `spread` is given, by several workers. `then` is called within the release's
    own transaction. Raises Refused, and SelectionError for a selection that is not understood; nothing that was noted
    is lost then.
    """
    while (outcome := _attempt(actor, channel, leave, spread, then, full=full)) is None:
        pass
    _forget_read()
    return outcome


def _attempt(
    actor: Actor, channel: Channel, leave: Leave, spread: Spread | None, then: Then, *, full: bool
) -> Outcome | None:
    """One way to a release; None where another went further meanwhile, so that it has to be looked at anew."""
    channel = knowledge.channels().get(pk=channel.pk)
    _refuse_before(channel, leave)
    seen, begun = Seen.now(channel), time.monotonic()
    try:
        return _made(actor, channel, seen, leave, spread, then, full=full)
    except (Shrinks, SelectionError) as error:
        stop(actor, channel, str(error), seen.batch, datetime.timedelta(seconds=time.monotonic() - begun))
        raise


def _made(
    actor: Actor, channel: Channel, seen: Seen, leave: Leave, spread: Spread | None, then: Then, *, full: bool
) -> Outcome | None:
    staging = open_staging(channel)
    if staging is not None:
        try:
            publish = go_on(channel, staging, seen, spread)
            return _commit_staged(actor, channel, staging, publish, leave, then) if publish else None
        except Moved:
            return None
        except Lapsed:
            sweep(channel)  # it is not what anybody will sign
            raise
    affected = seen.affected(channel, full=full)
    if is_large(affected):
        begin(channel, seen, affected)
        return None
    return _commit(actor, channel, seen, draft(channel, seen.on, affected.anew, affected.words), leave, then)


def _forget_read() -> None:
    """Take away the notes that every channel has read. A retired one reads none: it begins anew with everything."""
    least = ChannelState.objects.filter(channel__retired=False).aggregate(least=Min("batch"))["least"]
    if least:
        outbox.forget(least)


@transaction.atomic
def _commit(actor: Actor, channel: Channel, seen: Seen, new: Draft, leave: Leave, then: Then) -> Outcome | None:
    """Write the next release after the last one seen, or nothing where that is not the last any more."""
    channel, policy = _locked(channel, leave)
    last = seen.last
    if querysets.current_release(channel) != last or Staging.objects.filter(channel=channel).exists():
        return None
    step = Step.of(channel, last, new)
    if leave.signed:
        _compare(leave, step.digest)
    note = _allowed(channel, policy, last, step.documents, leave)
    storing.refresh_provenance(step.current, step.same)
    storing.retell(new.words.retold)
    _note(channel, policy, seen.batch, seen.on, seen.asked)
    if last and not step.differs:
        return _ended(Outcome(last, new=False), then)
    number = last.number + 1 if last else 1
    storing.close(step.ended, number)
    storing.store(channel, number, step.fresh)
    storing.renew(channel, number, new.words.documents)
    step.problems.write(number)
    counts = Counts(
        documents=step.documents,
        added=step.added,
        changed=step.changed,
        removed=len(step.gone),
        problems=step.counts(),
    )
    made = announce(actor, channel, number, counts, step.publications, seen.on, note=note)
    return _ended(Outcome(made, new=True), then)


@transaction.atomic
def _commit_staged(
    actor: Actor, channel: Channel, staging: Staging, publish: Publish, leave: Leave, then: Then
) -> Outcome | None:
    """Let what is staged come out; as above. Raises Moved."""
    channel, policy = _locked(channel, leave)
    last = querysets.current_release(channel)
    if (last.number if last else 0) + 1 != staging.number:
        return None
    counts, members = come_out(channel, staging, last)
    note = _allowed(channel, policy, last, counts.documents, leave)
    _note(channel, policy, staging.batch, staging.judged_on, staging.asked)
    publications = publish(members)
    if leave.signed:
        _compare(leave, Marks.of_release(channel, staging.number).digest(lasting(publications)))
    if last and not counts.differs and same(last.publications, publications):
        return _ended(Outcome(last, new=False), then)
    made = announce(actor, channel, staging.number, counts, publications, staging.judged_on, note=note)
    return _ended(Outcome(made, new=True), then)


def _compare(leave: Leave, digest: str) -> None:
    if leave.signed != digest:
        raise Lapsed("What would be released now is not what was prepared.")


def _ended(outcome: Outcome, then: Then) -> Outcome:
    then(outcome)
    return outcome


def _locked(channel: Channel, leave: Leave) -> tuple[Channel, ChannelPolicy]:
    """The channel as it is now; nobody else releases it until the transaction ends. Raises as _refuse_before."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    return channel, _refuse_before(channel, leave)  # perhaps while this was drafted


def _note(channel: Channel, policy: ChannelPolicy, batch: int, on: datetime.date, asked: str) -> None:
    if policy.stopped:
        let_stopped_go_on(channel)
    state = {"batch": batch, "judged_on": on, "asked": asked}
    if not ChannelState.objects.filter(channel=channel).update(**state):
        ChannelState.objects.create(channel=channel, **state)


def announce(
    actor: Actor,
    channel: Channel,
    number: int,
    counts: Counts,
    publications: Mapping[str, Any],
    on: datetime.date,
    restores: int | None = None,
    note: str = "",
) -> Release:
    """The release's own row, which makes it visible, and the word of it; last thing in its transaction."""
    made = Release.objects.create(
        channel=channel,
        number=number,
        created_by=actor.name,
        documents=counts.documents,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        publications={
            language: {**data, "release": number, "released_on": on.isoformat()}
            for language, data in publications.items()
        },
        problems=counts.problems,
        restores=restores,
        note=note,
    )
    webhooks.release_created(actor, made)
    keep_later(actor, channel)
    return made


def _refuse_before(channel: Channel, leave: Leave) -> ChannelPolicy:
    """Raises Retired, Held, Unsigned or Frozen; gives the policy that was asked."""
    refuse_retired(channel)
    _refuse_held(channel)
    policy = querysets.policy_of(channel)
    if why := against_mode(channel, policy, leave):
        raise Unsigned(why)
    if why := against_freeze(channel, leave):
        raise Frozen(why)
    return policy


def _allowed(channel: Channel, policy: ChannelPolicy, last: Release | None, documents: int, leave: Leave) -> str:
    """The note of what stood against a release of so many documents and was allowed. Raises Shrinks."""
    before = most_lately(last, documents) if last else 0
    shrinking = against_shrinking(channel.code, before, documents, policy.max_shrink)
    if shrinking and not (leave.shrink or leave.signed):
        raise Shrinks(shrinking)
    freeze = freeze_at(channel, timezone.now()) if leave.freeze else None
    notes = (
        f"{ALLOWED} by {before - documents:,} documents." if shrinking else "",
        f"Released during “{freeze.reason}”: {leave.freeze}" if freeze else "",
    )
    return "\n".join(filter(None, notes))


def _refuse_held(channel: Channel) -> None:
    if ChannelState.objects.filter(channel=channel, held=True).exists():
        last = querysets.current_release(channel)
        raise Held(
            f"Channel “{channel.code}” is held at release {last.number if last else 0}, which says release "
            f"{last.restores if last else 0} again. To let it go on: manage.py roll_back {channel.code} --let-go"
        )


def refuse_retired(channel: Channel) -> None:
    if channel.retired:
        last = querysets.current_release(channel)
        stays = f"release {last.number} and its editions stay" if last else "it never did"
        raise Retired(f"Channel “{channel.code}” is retired and releases nothing; {stays}.")
