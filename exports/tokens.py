"""Keys to channels: made, shown once, checked by their hash."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import record
from exports.models import ChannelToken

PREFIX = "tsr_"


def _hash(secret: str) -> str:
    # The key has 256 random bits, so a fast hash is enough: there is nothing to guess.
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(actor: Actor, channel: Channel, name: str) -> tuple[ChannelToken, str]:
    """A new key to a channel. The second of the pair is the key itself, which is never shown again.

    Raises ValidationError where the channel has a token of that name.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ChannelToken(channel=channel, name=name, hash=_hash(secret))
    token.full_clean()
    token.save()
    record(actor, "issue", [token])
    return token, secret


@transaction.atomic
def revoke(actor: Actor, token: ChannelToken) -> None:
    """The key opens nothing from now on. A second time changes nothing."""
    if ChannelToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "revoke", [token])
    token.refresh_from_db(fields=["revoked_at"])


def verify(secret: str) -> ChannelToken | None:
    """The token whose key this is, unless it was revoked. One indexed query."""
    if not (secret.isascii() and secret.startswith(PREFIX)):
        return None
    return ChannelToken.objects.select_related("channel").filter(hash=_hash(secret), revoked_at=None).first()
