"""Keys: made, shown once, checked by their hash, revoked at once."""

from __future__ import annotations

import datetime
import secrets
from contextlib import suppress
from hashlib import sha256

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from catalog.actors import Actor
from catalog.models.access import Token, UserToken
from catalog.operations.recording import record

USER_PREFIX = "tsu_"
MOST_DAYS = 3_650
# When a key was last used is kept to this grain, so that reading does not write each time.
_GRAIN = datetime.timedelta(minutes=5)


def new_secret(prefix: str) -> str:
    """A key of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    # The key has 256 random bits, so a fast hash is enough: there is nothing to guess.
    return sha256(secret.encode()).hexdigest()


def is_secret(text: str, prefix: str) -> bool:
    """Whether a text can be a key at all; what cannot is not asked of the database."""
    return text.isascii() and text.startswith(prefix)


@transaction.atomic
def revoke_token(actor: Actor, token: Token) -> None:
    """The key opens nothing from now on. A second time changes nothing."""
    rows = type(token)._default_manager.filter(pk=token.pk, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        record(actor, "revoke", [token])
    token.refresh_from_db(fields=["revoked_at"])


@transaction.atomic
def issue_user_token(actor: Actor, user: User, name: str, days: int | None = None) -> tuple[UserToken, str]:
    """A new key for a user, good for so many days or until it is revoked.

    The second of the pair is the key itself, which is never shown again. Raises ValidationError where the user has a
    token of that name.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValidationError(f"A token is good for 1 to {MOST_DAYS:,} days, or until it is revoked.")
    secret = new_secret(USER_PREFIX)
    token = UserToken(user=user, name=name, hash=hash_of(secret))
    if days is not None:
        token.expires_at = timezone.now() + datetime.timedelta(days=days)
    token.full_clean()
    token.save()
    record(actor, "issue", [token])
    return token, secret


def user_token_of(secret: str) -> UserToken | None:
    """The token whose key this is, unless it was revoked, has expired or its user may no longer come in. One query."""
    if not is_secret(secret, USER_PREFIX):
        return None
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    tokens = UserToken.objects.select_related("user").filter(valid, revoked_at=None, user__is_active=True)
    return tokens.filter(hash=hash_of(secret)).first()


def note_use(token: UserToken) -> None:
    """Note that a key was used just now, to some minutes. Reading does not wait for a busy database."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _GRAIN:
        with suppress(OperationalError):
            UserToken.objects.filter(pk=token.pk).update(last_used_at=now)
