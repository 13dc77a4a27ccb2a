"""Pruning old releases outside a request."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from catalog.actors import Actor
from catalog.jobs import Kind, Work, enqueue
from catalog.models import Channel, Job
from exports.releasing.pruning import Pruned, prune, prune_bodies


class PruneReleases(Kind):
    """Payload: `channel`, the id, or nothing for all. What was pruned is pruned: it may be begun anew at any time."""

    code = "prune"
    label = "Pruning of old releases"

    def run(self, work: Work) -> Any:
        channels = Channel.objects.filter(pk__gt=work.cursor.get("after", 0)).order_by("pk")
        if wanted := work.payload.get("channel"):
            channels = channels.filter(pk=wanted)
        found = Pruned(**work.cursor.get("found", {}))
        for channel in channels:
            found += prune(channel)
            work.save({"after": channel.pk, "found": asdict(found)})
        return asdict(found + Pruned(bodies=prune_bodies()))


def prune_later(actor: Actor, channel: Channel | None = None) -> Job:
    """Want old releases pruned, in the caller's transaction; what is in line already does."""
    payload = {"channel": channel.pk} if channel else {}
    return enqueue(actor, PruneReleases.code, payload, key=channel.code if channel else "all")
