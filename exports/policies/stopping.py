"""A channel that cannot be released before a person has done something."""

from __future__ import annotations

import datetime
import re

from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from exports.delivery import webhooks
from exports.models import ChannelPolicy
from exports.policies.due import pause


@transaction.atomic
def stop(actor: Actor, channel: Channel, why: str, batch: int, took: datetime.timedelta) -> None:
    """Note why, and up to which batch of writes it is so; `took` is the time it took to find that out.

    Whoever wants to hear of it is told once, however often it is tried and whatever it then comes to.
    """
    policy, _ = ChannelPolicy.objects.select_for_update().get_or_create(channel=channel)
    if _gist(policy.stopped) != _gist(why):
        webhooks.release_stopped(actor, channel, why)
    policy.stopped, policy.stopped_batch, policy.stopped_at = why, batch, timezone.now()
    if policy.mode == ChannelPolicy.Mode.CONTINUOUS:
        policy.next_at = policy.stopped_at + pause(took)
    policy.save(update_fields=["stopped", "stopped_batch", "stopped_at", "next_at"])


def go_on(channel: Channel) -> None:
    """It was released."""
    ChannelPolicy.objects.filter(channel=channel).exclude(stopped="").update(
        stopped="", stopped_batch=None, stopped_at=None
    )


def _gist(why: str) -> str:
    """A reason without its numbers."""
    return re.sub(r"\d[\d,]*", "", why)
