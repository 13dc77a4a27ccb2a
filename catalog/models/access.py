"""Keys with which programs come in, and what they were answered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Token(models.Model):
    """A key. Only its hash is kept; the key itself is shown once."""

    # What its key begins with, so that those who find one know what it is.
    prefix: ClassVar[str]

    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="From when on it opens nothing; empty: never.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    rate = models.PositiveIntegerField(
        "requests a minute", null=True, blank=True, help_text="Empty: as the site has it (API_RATE); 0: no limit."
    )

    class Meta:
        abstract = True


class UserToken(Token):
    """A key with which a program does what its user may do."""

    prefix = "tsu_"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")

    class Meta:
        ordering = ["user", "name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="user_token_name_once")]

    def __str__(self) -> str:
        return f"{self.user.get_username()}: {self.name}"


class StoredAnswer(models.Model):
    """What a write with an `Idempotency-Key` was answered, written in the transaction of the write itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64, help_text="BLAKE2b-256 of method, address and body, hex.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="stored_answer_key_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
