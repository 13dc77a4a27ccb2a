"""Whole sets that channels read."""

from __future__ import annotations

from django.db import models

from catalog.models import Channel


class WantedSet(models.Model):
    """The whole set of a channel in a language and a content coding ("" for none), and when it was last asked for.

    Workers keep it in files and renew it after each release (exports.sets).
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="wanted_sets")
    language = models.CharField(max_length=10)
    coding = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "language", "coding"], name="wanted_set_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel.code} {self.language} {self.coding}".rstrip()
