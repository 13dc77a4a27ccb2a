"""Delivering a webhook's message: at least once, with patience, and to nobody else."""

from __future__ import annotations

import http.client
import random
import time
from datetime import timedelta
from typing import Any

import orjson
from django.utils import timezone

from catalog.jobs import GiveUp, Kind, TryAgain, Work
from exports.delivery.destinations import Refused, Unresolved, destination, resolve
from exports.delivery.sending import Answer, post
from exports.delivery.signing import headers
from exports.delivery.webhooks import secrets_of
from exports.models import Webhook, WebhookDelivery

# Seconds between attempts, which add up to three days.
SCHEDULE = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 72_000, 86_400)
KEPT = timedelta(days=30)
_GONE = 410


class DeliverWebhook(Kind):
    """Payload: `delivery`, the id. A crash after sending sends again under the same `webhook-id`."""

    code = "webhook"
    label = "Webhook"
    attempts = len(SCHEDULE) + 1
    timeout = 60.0

    def pause(self, failures: int) -> timedelta:
        planned = SCHEDULE[min(failures, len(SCHEDULE)) - 1]
        return timedelta(seconds=planned * random.uniform(0.8, 1.2))

    def run(self, work: Work) -> Any:
        delivery = WebhookDelivery.objects.select_related("webhook").filter(pk=work.payload["delivery"]).first()
        if delivery is None:
            raise GiveUp("The message is not there any more.")
        if not delivery.webhook.active:
            raise GiveUp(f"Webhook “{delivery.webhook.code}” is switched off.")
        try:
            answer = send(delivery)
        except Refused as error:
            note(work, delivery, None, str(error))
            raise GiveUp(str(error)) from error
        except (Unresolved, OSError, http.client.HTTPException) as error:
            self.failed(work, delivery, None, f"{type(error).__name__}: {error}")
        else:
            self.judge(work, delivery, answer)
        return {"webhook": delivery.webhook.code, "status": delivery.status}

    def judge(self, work: Work, delivery: WebhookDelivery, answer: Answer) -> None:
        """Whether it has arrived. Any answer but 2xx says that it has not; a redirect is not followed."""
        if 200 <= answer.status < 300:
            note(work, delivery, answer.status, answer.text, arrived=True)
        elif answer.status == _GONE:
            # Standard Webhooks: the receiver wants nothing any more.
            note(work, delivery, answer.status, answer.text)
            Webhook.objects.filter(pk=delivery.webhook_id).update(active=False)
            raise GiveUp("The receiver answers 410 (gone), so the webhook was switched off.")
        else:
            self.failed(work, delivery, answer.status, answer.text, answer.retry_after)

    def failed(
        self, work: Work, delivery: WebhookDelivery, status: int | None, text: str, after: int | None = None
    ) -> None:
        """Raises TryAgain, not before the receiver wishes."""
        note(work, delivery, status, text)
        pause = max(self.pause(work.attempts + 1).total_seconds(), after or 0)
        raise TryAgain(f"It answers {status}." if status else text, pause)


def send(delivery: WebhookDelivery) -> Answer:
    """POST the message, signed now. Raises Refused, Unresolved, OSError or HTTPException."""
    webhook = delivery.webhook
    where = destination(webhook.url, allow_http=webhook.allow_http)
    address = resolve(where, allow_private=webhook.allow_private)
    body = orjson.dumps(delivery.payload, option=orjson.OPT_SORT_KEYS)
    return post(where, address, body, headers(secrets_of(webhook), delivery.message, int(time.time()), body))


def note(work: Work, delivery: WebhookDelivery, status: int | None, text: str, *, arrived: bool = False) -> None:
    """Keep what came of an attempt, and forget what arrived long ago."""
    delivery.attempts += 1
    delivery.status, delivery.answer = status, text[:1_000]
    delivery.delivered_at = timezone.now() if arrived else None
    with work.step(message=f"{status or ''} {text}".strip()[:200]):
        delivery.save(update_fields=["attempts", "status", "answer", "delivered_at"])
        if arrived:
            old = WebhookDelivery.objects.filter(
                webhook=delivery.webhook_id,
                delivered_at__lt=delivery.delivered_at - KEPT,  # type: ignore[operator]
            )
            WebhookDelivery.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()
