"""Keys with which channels read."""

from __future__ import annotations

from django.db import models

from catalog.models import Channel


class ChannelToken(models.Model):
    """A key to one channel. Only its hash is kept; the key itself is shown once."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["channel", "name"]
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="channel_token_name_once")]

    def __str__(self) -> str:
        return f"{self.channel.code}: {self.name}"
