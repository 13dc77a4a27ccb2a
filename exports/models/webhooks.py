"""Who is told what happens, and what was told."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from catalog.models import Channel, Job
from catalog.models.base import Coded, unique_code
from exports.delivery.destinations import Refused, destination, refuse_literal
from exports.delivery.signing import new_secret

EVENTS = ("release.created", "edition.created", "gate.failed")


def all_events() -> list[str]:
    return list(EVENTS)


class Webhook(Coded):
    """An address that is told what happens in one channel, or in all."""

    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="webhooks", help_text="Empty: every channel."
    )
    url = models.CharField(max_length=500, verbose_name="address")
    events = models.JSONField(default=all_events, help_text=f"A list of these: {', '.join(EVENTS)}.")
    # The secrets themselves are needed to sign with; they are shown once all the same.
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(default=True)
    allow_private = models.BooleanField(
        default=False, help_text="It may be on a private network, as this server's own neighbours are."
    )
    allow_http = models.BooleanField(default=False, verbose_name="allow http", help_text="It need not be https.")

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("webhook")]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        try:
            where = destination(self.url, allow_http=self.allow_http)
            if not self.allow_private:
                refuse_literal(where)
        except Refused as error:
            raise ValidationError({"url": str(error)}) from error
        events = self.events
        if not isinstance(events, list) or not events or [each for each in events if each not in EVENTS]:
            raise ValidationError({"events": f"Write a list of some of these: {', '.join(EVENTS)}."})


class WebhookDelivery(models.Model):
    """One message to one webhook. It is delivered, on its way with its job, or dead where that has ended."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message = models.CharField(max_length=50, unique=True, help_text="webhook-id: the same each time it is sent.")
    event = models.CharField(max_length=30)
    payload = models.JSONField()
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    attempts = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(null=True, help_text="HTTP status of the last answer.")
    answer = models.CharField(max_length=1_000, blank=True, help_text="The last answer's beginning, or what failed.")
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        indexes = [models.Index(fields=["webhook", "delivered_at"], name="delivery_of_a_webhook")]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook.code}"
