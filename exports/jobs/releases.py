"""Releasing a channel outside a request."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from catalog.actors import Actor
from catalog.jobs import GiveUp, Kind, Work, enqueue
from catalog.models import Channel, Job
from exports.gathering.selection import SelectionError
from exports.jobs.pruning import prune_later
from exports.jobs.spreading import spread_over
from exports.policies.refusing import NO_LEAVE, Leave, Refused
from exports.releasing import committing
from exports.releasing.pruning import to_prune


class ReleaseChannel(Kind):
    """Payload: `channel`, the id, and as Leave has it `freeze` and `shrink`, where somebody has given leave.

    A large one is done by several workers. Releasing sequences itself: a second run of the same finds nothing left to
    do. What needs a person fails for good and says so; what was noted waits for the next release.
    """

    code = "release"
    label = "Release"

    def run(self, work: Work) -> Any:
        channel = Channel.objects.filter(pk=work.payload["channel"]).first()
        if channel is None:
            raise GiveUp("The channel is not there any more.")
        try:
            leave = Leave(freeze=work.payload.get("freeze", ""), shrink=work.payload.get("shrink", False))
            outcome = committing.release(work.actor, channel, leave=leave, spread=spread_over(work))
        except (Refused, SelectionError) as error:
            raise GiveUp(str(error)) from error
        if outcome.new and to_prune(channel):
            prune_later(work.actor, channel)
        return {"channel": channel.code, "release": outcome.release.number, "new": outcome.new}


@transaction.atomic
def release_later(actor: Actor, channel: Channel, *, priority: int = 0, leave: Leave = NO_LEAVE) -> Job:
    """Want a release of the channel, in the caller's transaction; one that is in line already does, with the leave."""
    job = enqueue(actor, ReleaseChannel.code, {"channel": channel.pk}, key=channel.code, priority=priority)
    if leave != NO_LEAVE:
        job.payload |= {"freeze": leave.freeze, "shrink": leave.shrink}
        job.note(f"{actor.name} gives leave: {leave.freeze or 'it may shrink'}.")
        job.save(update_fields=["payload", "log"])
    return job
