"""Keys to channels: made, shown once, checked by their hash."""

from __future__ import annotations

from django.db import transaction

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import record
from catalog.operations.tokens import hash_of, is_secret, new_secret, revoke_token
from exports.models import ChannelToken

PREFIX = "tsr_"


@transaction.atomic
def issue(actor: Actor, channel: Channel, name: str) -> tuple[ChannelToken, str]:
    """A new key to a channel. The second of the pair is the key itself, which is never shown again.

    Raises ValidationError where the channel has a token of that name.
    """
    secret = new_secret(PREFIX)
    token = ChannelToken(channel=channel, name=name, hash=hash_of(secret))
    token.full_clean()
    token.save()
    record(actor, "issue", [token])
    return token, secret


@transaction.atomic
def revoke(actor: Actor, token: ChannelToken) -> None:
    """The key opens nothing from now on. A second time changes nothing."""
    revoke_token(actor, token)


def verify(secret: str) -> ChannelToken | None:
    """The token whose key this is, unless it was revoked. One indexed query."""
    if not is_secret(secret, PREFIX):
        return None
    return ChannelToken.objects.select_related("channel").filter(hash=hash_of(secret), revoked_at=None).first()
