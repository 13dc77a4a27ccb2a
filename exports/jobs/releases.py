"""Releasing a channel outside a request."""

from __future__ import annotations

from typing import Any

from catalog.actors import Actor
from catalog.jobs import GiveUp, Kind, Work, enqueue
from catalog.models import Channel, Job
from exports.gathering.selection import SelectionError
from exports.jobs.pruning import prune_later
from exports.releasing import committing
from exports.releasing.pruning import to_prune


class ReleaseChannel(Kind):
    """Payload: `channel`, the id. Releasing sequences itself: a second run of the same finds nothing left to do."""

    code = "release"
    label = "Release"

    def run(self, work: Work) -> Any:
        channel = Channel.objects.filter(pk=work.payload["channel"]).first()
        if channel is None:
            raise GiveUp("The channel is not there any more.")
        try:
            outcome = committing.release(work.actor, channel)
        except (committing.Retired, committing.Held, SelectionError) as error:
            raise GiveUp(str(error)) from error
        if outcome.new and to_prune(channel):
            prune_later(work.actor, channel)
        return {"channel": channel.code, "release": outcome.release.number, "new": outcome.new}


def release_later(actor: Actor, channel: Channel, *, priority: int = 0) -> Job:
    """Want a release of the channel, in the caller's transaction; one that is in line already does."""
    return enqueue(actor, ReleaseChannel.code, {"channel": channel.pk}, key=channel.code, priority=priority)
