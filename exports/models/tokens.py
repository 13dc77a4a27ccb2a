"""Keys with which channels read."""

from __future__ import annotations

from django.db import models

from catalog.models import Channel
from catalog.models.access import Token


class ChannelToken(Token):
    """A key to one channel, or to a part of what it has."""

    class Scope(models.TextChoices):
        ALL = "all", "documents and feeds"
        DOCUMENTS = "documents", "documents, changes and releases"
        FEEDS = "feeds", "feeds: editions of outputs"

    prefix = "tsr_"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="tokens")
    scope = models.CharField("reads", max_length=10, choices=Scope.choices, default=Scope.ALL)

    class Meta:
        ordering = ["channel", "name"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "name"], name="channel_token_name_once"),
            models.CheckConstraint(
                condition=models.Q(scope__in=["all", "documents", "feeds"]), name="channel_token_scope_known"
            ),
        ]

    def reads(self, scope: str) -> bool:
        return self.scope in (self.Scope.ALL, scope)

    def __str__(self) -> str:
        return f"{self.channel.code}: {self.name}"
