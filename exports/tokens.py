"""Keys to channels: made, shown once, checked by their hash."""

from __future__ import annotations

from django.db import transaction

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.tokens import issue_token, revoke_token, token_of
from exports.models import ChannelToken


def issue(
    actor: Actor,
    channel: Channel,
    name: str,
    *,
    scope: str = ChannelToken.Scope.ALL,
    days: int | None = None,
    rate: int | None = None,
) -> tuple[ChannelToken, str]:
    """A new key to a channel, see `issue_token`. The second of the pair is the key itself, never shown again."""
    return issue_token(actor, ChannelToken(channel=channel, name=name, scope=scope, rate=rate), days)


@transaction.atomic
def revoke(actor: Actor, token: ChannelToken) -> None:
    """The key opens nothing from now on. A second time changes nothing."""
    revoke_token(actor, token)


def verify(secret: str) -> ChannelToken | None:
    """The token whose key this is, unless it was revoked or has expired. One indexed query."""
    return token_of(ChannelToken.objects.select_related("channel"), secret)
