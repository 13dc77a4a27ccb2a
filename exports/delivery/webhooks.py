"""Webhooks: announced in the transaction of what they tell, delivered by jobs at least once, replayed by hand.

The receiver tells a message that came twice by its `webhook-id`. A message is small: it names what happened and where
to fetch it, and is no secret that its receiver could not read by himself.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from catalog.actors import Actor
from catalog.jobs import enqueue, retry
from catalog.models import Channel, Job
from catalog.operations.recording import record
from exports.addresses import absolute
from exports.delivery.signing import new_secret
from exports.gate.judging import KEPT, WITHHELD
from exports.models import Edition, Problem, Release, Webhook, WebhookDelivery

OVERLAP = timedelta(days=1)  # how long the old secret signs, too
KIND = "webhook"


def release_created(actor: Actor, release: Release) -> None:
    """Tell of a release, and of what its gate did not let through."""
    code = release.channel.code
    counts = {name: getattr(release, name) for name in ("documents", "added", "changed", "removed")}
    data = {"channel": code, "release": release.number, **counts}
    announce(
        actor,
        release.channel,
        "release.created",
        {**data, "url": _site(f"/api/v1/channels/{code}/documents/?release={release.number}")},
    )
    if problems := sum(release.problems.values()):
        gate_failed(actor, release, problems)


def gate_failed(actor: Actor, release: Release, problems: int) -> None:
    """Tell of how many products a release kept the last released documents, or has none; nothing where there is none
    of either. `problems` are all that the report has.
    """
    code = release.channel.code
    there = Problem.objects.filter(channel=release.channel, valid_until__isnull=True).exclude(effect="").order_by()
    counts = dict(there.values_list("effect").annotate(products=Count("product", distinct=True)))
    if not counts:
        return
    data = {"channel": code, "release": release.number, "problems": problems}
    data |= {effect: counts.get(effect, 0) for effect in (KEPT, WITHHELD)}
    address = _site(f"/api/v1/releases/{code}/{release.number}/report/")
    announce(actor, release.channel, "gate.failed", {**data, "url": address})


def release_stopped(actor: Actor, channel: Channel, why: str) -> None:
    """Tell that a channel is not released before somebody has done something."""
    announce(actor, channel, "gate.failed", {"channel": channel.code, "release": None, "reason": why})


def edition_created(actor: Actor, edition: Edition) -> None:
    output = edition.output
    data = {
        "channel": output.channel.code,
        "output": output.code,
        "edition": edition.pk,
        "release": edition.release.number,
        "digest": edition.digest,
        "size": edition.size,
        "url": _site(f"/feeds/{output.code}"),
    }
    announce(actor, output.channel, "edition.created", data)


def announce(actor: Actor, channel: Channel, event: str, data: dict[str, Any]) -> None:
    """Put a message in line to each webhook that wants such, in the caller's transaction."""
    wanting = Webhook.objects.filter(Q(channel=None) | Q(channel=channel), active=True)
    now = timezone.now().isoformat(timespec="milliseconds")
    for webhook in wanting:
        if event in webhook.events:
            payload = {"type": event, "timestamp": now, "data": data}
            message = f"msg_{secrets.token_urlsafe(18)}"
            delivery = WebhookDelivery.objects.create(webhook=webhook, message=message, event=event, payload=payload)
            _send(actor, delivery)


def _send(actor: Actor, delivery: WebhookDelivery) -> None:
    delivery.job = enqueue(actor, KIND, {"delivery": delivery.pk}, key=delivery.message)
    delivery.save(update_fields=["job"])


def dead_letters() -> QuerySet[WebhookDelivery]:
    """What was not delivered and is not on its way."""
    return WebhookDelivery.objects.filter(delivered_at=None).exclude(job__state__in=Job.OPEN)


@transaction.atomic
def replay(actor: Actor, delivery: WebhookDelivery) -> None:
    """Send a message again, under the same id. Raises ValidationError for one that is on its way."""
    row = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("job", "webhook").get(pk=delivery.pk)
    if row.job and row.job.is_open:
        raise ValidationError(f"{row} is on its way; wait, or cancel job {row.job.pk}.")
    if not row.webhook.active:
        raise ValidationError(f"Webhook “{row.webhook.code}” is switched off; switch it on first.")
    row.delivered_at = None
    row.save(update_fields=["delivered_at"])
    if row.job and row.job.state != Job.State.DONE:
        retry(actor, row.job)
    else:
        _send(actor, row)
    record(actor, "replay", [row])


@transaction.atomic
def rotate(actor: Actor, webhook: Webhook) -> str:
    """A new secret, which is returned and never shown again. For a day messages are signed with the old one, too."""
    row = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    row.old_secret, row.old_secret_until = row.secret, timezone.now() + OVERLAP
    row.secret = new_secret()
    row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record(actor, "rotate", [row])
    webhook.refresh_from_db()
    return row.secret


def secrets_of(webhook: Webhook) -> list[str]:
    """The secrets to sign with, the current one first."""
    overlapping = webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > timezone.now()
    return [webhook.secret, webhook.old_secret] if overlapping else [webhook.secret]


def _site(path: str) -> str:
    return absolute(settings.SITE_URL, path)
