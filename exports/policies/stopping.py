"""A channel that cannot be released before a person has done something."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from exports.delivery import webhooks
from exports.models import ChannelPolicy


@transaction.atomic
def stop(actor: Actor, channel: Channel, why: str, batch: int) -> None:
    """Note why, and up to which batch of writes it is so. Whoever wants to hear of it is told once."""
    policy, _ = ChannelPolicy.objects.select_for_update().get_or_create(channel=channel)
    if policy.stopped != why:
        webhooks.release_stopped(actor, channel, why)
    policy.stopped, policy.stopped_batch, policy.stopped_at = why, batch, timezone.now()
    policy.save(update_fields=["stopped", "stopped_batch", "stopped_at"])


def go_on(channel: Channel) -> None:
    """It was released."""
    ChannelPolicy.objects.filter(channel=channel).exclude(stopped="").update(
        stopped="", stopped_batch=None, stopped_at=None
    )
