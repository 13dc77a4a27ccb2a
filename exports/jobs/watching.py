"""The look of a worker at channels that are released by themselves."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.actors import Actor
from catalog.indexing import outbox
from catalog.models import Job
from exports.jobs.releases import ReleaseChannel, release_later
from exports.models import ChannelPolicy, ChannelState, Freeze
from exports.policies.due import Standing, is_due
from exports.policies.times import WrongTimes, next_time

Mode = ChannelPolicy.Mode
POLICY = Actor("release policy", "job")


def release_due() -> None:
    """Put in line the releases that are due. At most six small queries, one where nothing is released by itself."""
    policies = ChannelPolicy.objects.filter(mode__in=(Mode.CONTINUOUS, Mode.SCHEDULED), channel__retired=False)
    found = list(policies.select_related("channel"))
    if not found:
        return
    now, today, last = timezone.now(), timezone.localdate(), outbox.last()
    standing = _standing(found)
    for policy in found:
        if is_due(standing[policy.channel_id], now, today, last):
            with transaction.atomic():
                release_later(POLICY, policy.channel)
                ChannelPolicy.objects.filter(pk=policy.pk).update(next_at=_next(policy))


def _next(policy: ChannelPolicy) -> datetime.datetime | None:
    """When the channel is to be released after this time, None for what waits for writes."""
    if policy.mode != Mode.SCHEDULED:
        return None
    try:
        return next_time(policy.cron, policy.time_zone, timezone.now())
    except WrongTimes:  # a time zone that the machine knows no more
        return None


def _standing(policies: list[ChannelPolicy]) -> Mapping[int, Standing]:
    """By the channel's id."""
    now = timezone.now()
    channels = {policy.channel_id: policy.channel.code for policy in policies}
    states = {row.pk: row for row in ChannelState.objects.filter(pk__in=channels)}
    freezes = Freeze.objects.filter(Q(channel__in=channels) | Q(channel=None), starts__lte=now, ends__gt=now)
    frozen = set(freezes.values_list("channel", flat=True))
    jobs = Job.objects.filter(kind=ReleaseChannel.code, state__in=Job.OPEN, key__in=channels.values())
    busy = set(jobs.values_list("key", flat=True))
    return {
        policy.channel_id: Standing(
            continuous=policy.mode == Mode.CONTINUOUS,
            next_at=policy.next_at,
            # One that was let go on after it was held looks at everything, and has read nothing.
            read=state.batch if (state := states.get(policy.channel_id)) and state.asked else None,
            judged_on=state.judged_on if state else None,
            frozen=None in frozen or policy.channel_id in frozen or bool(state and state.held),
            busy=channels[policy.channel_id] in busy,
            stopped_on=timezone.localdate(policy.stopped_at) if policy.stopped_at else None,
            stopped_batch=policy.stopped_batch,
        )
        for policy in policies
    }
