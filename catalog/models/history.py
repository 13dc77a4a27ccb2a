"""What was done, by whom, and along which path."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One object touched by one operation, written in the operation's own transaction."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    path = models.CharField(max_length=10, help_text="admin, api, import, command or job")
    operation = models.CharField(max_length=50)
    kind = models.CharField(max_length=50, help_text="The model's name.")
    key = models.CharField(max_length=300, help_text="The object's code.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "key", "-id"], name="change_of_an_object")]

    def __str__(self) -> str:
        return f"{self.operation} {self.kind} {self.key} by {self.actor}"
