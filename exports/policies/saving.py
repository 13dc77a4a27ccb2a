"""Writing a channel's rules of release."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import record
from exports.models import ChannelPolicy, Freeze
from exports.models.policies import IDENTIFIERS
from exports.policies.times import WrongTimes, next_time


@transaction.atomic
def save_policy(actor: Actor, policy: ChannelPolicy) -> None:
    """Create or change the policy of a channel. Raises ValidationError at the field that is wrong.

    A channel that is released by itself is looked at at once, one that was stopped, too: other rules may let something
    else through.
    """
    policy.full_clean(exclude=["identifiers"])
    check_policy(policy)
    policy.stopped, policy.stopped_at, policy.stopped_batch = "", None, None
    policy.next_at = timezone.now() if policy.mode == ChannelPolicy.Mode.CONTINUOUS else None
    if policy.mode == ChannelPolicy.Mode.SCHEDULED:
        policy.next_at = _first_time(policy)
    policy.save()
    record(actor, "change policy", [policy.channel])


def check_policy(policy: ChannelPolicy) -> None:
    """What the fields for themselves cannot tell. Raises ValidationError."""
    if unknown := {str(role) for role in policy.identifiers} - set(IDENTIFIERS):
        message = f"“{min(unknown)}” is no identifier. Write some of these: {', '.join(IDENTIFIERS)}."
        raise ValidationError({"identifiers": message})
    policy.cron = " ".join(policy.cron.split())
    if policy.mode == ChannelPolicy.Mode.SCHEDULED:
        _first_time(policy)


def _first_time(policy: ChannelPolicy) -> datetime.datetime:
    if not policy.cron:
        raise ValidationError({"cron": "Say at which times the channel is released, such as 0 6 * * 1-5."})
    try:
        return next_time(policy.cron, policy.time_zone, timezone.now())
    except WrongTimes as error:
        raise ValidationError({error.field: str(error)}) from error


@transaction.atomic
def save_freeze(actor: Actor, freeze: Freeze) -> None:
    """Raises ValidationError."""
    freeze.full_clean()
    freeze.save()
    record(actor, "freeze", _concerned(freeze))


@transaction.atomic
def remove_freeze(actor: Actor, freeze: Freeze) -> None:
    """What waited is released by the next look."""
    record(actor, "unfreeze", _concerned(freeze))
    freeze.delete()


def _concerned(freeze: Freeze) -> list[Channel | Freeze]:
    return [freeze.channel] if freeze.channel else [freeze]
