"""Keys with which channels read."""

from __future__ import annotations

from django.db import models

from catalog.models import Channel
from catalog.models.access import Token


class ChannelToken(Token):
    """A key to one channel."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="tokens")

    class Meta:
        ordering = ["channel", "name"]
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="channel_token_name_once")]

    def __str__(self) -> str:
        return f"{self.channel.code}: {self.name}"
