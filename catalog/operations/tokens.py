"""Keys: made, shown once, checked by their hash, revoked at once."""

from __future__ import annotations

import datetime
import re
import secrets
from contextlib import suppress
from hashlib import sha256
from itertools import count
from typing import TypeVar

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet, UniqueConstraint
from django.utils import timezone

from catalog.actors import Actor
from catalog.models.access import Token, UserToken
from catalog.operations.locking import without_waiting
from catalog.operations.recording import record

MOST_DAYS = 3_650
# When a key was last used is kept to this grain, so that reading does not write each time.
_GRAIN = datetime.timedelta(minutes=1)
T = TypeVar("T", bound=Token)


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


def issue_token(actor: Actor, token: T, days: int | None = None) -> tuple[T, str]:
    """Store a token that is made up, with a new key, good for so many days or until it is revoked.

    The second of the pair is the key itself, which is never shown again. Raises ValidationError where its owner has a
    token of that name.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValidationError(f"A token is good for 1 to {MOST_DAYS:,} days, or until it is revoked.")
    if days is not None:
        token.expires_at = timezone.now() + datetime.timedelta(days=days)
    with transaction.atomic():
        secret = _keyed(token)
        record(actor, "issue", [token])
    return token, secret


@transaction.atomic
def rotate_token(actor: Actor, token: T, overlap: datetime.timedelta) -> tuple[T, str]:
    """A new key that opens the same for as long; the old one opens it for the overlap yet, so that nobody is shut out.

    Raises ValidationError for a key that opens nothing any more.
    """
    old = type(token)._default_manager.select_for_update().get(pk=token.pk)
    now = timezone.now()
    if old.revoked_at or (old.expires_at and old.expires_at <= now):
        raise ValidationError("This token opens nothing any more, so there is nothing to go on with. Make a new one.")
    new = type(token)._default_manager.get(pk=token.pk)
    new.pk, new.name, new.last_used_at = None, _next_name(old), None
    new._state.adding = True
    new.expires_at = now + (old.expires_at - old.created_at) if old.expires_at else None
    secret = _keyed(new)
    end = now + overlap
    old.expires_at = min(old.expires_at or end, end)
    old.save(update_fields=["expires_at"])
    record(actor, "rotate", [old])
    record(actor, "issue", [new])
    return new, secret


def _keyed(token: Token) -> str:
    """Store a token under a new key, which is returned. Raises ValidationError."""
    secret = new_secret(token.prefix)
    token.hash = hash_of(secret)
    token.full_clean()
    token.save()
    return secret


def _next_name(token: Token) -> str:
    """The name with the next number at its end that its owner has no token of."""
    (constraint,) = (each for each in token._meta.constraints if isinstance(each, UniqueConstraint))
    owner = constraint.fields[0]
    taken = type(token)._default_manager.filter(**{owner: getattr(token, owner)}).values_list("name", flat=True)
    base = re.sub(r" [0-9]+\Z", "", token.name)[:90]
    names = set(taken)
    return next(name for number in count(2) if (name := f"{base} {number}") not in names)


def issue_user_token(
    actor: Actor, user: User, name: str, days: int | None = None, rate: int | None = None
) -> tuple[UserToken, str]:
    """A new key for a user, see `issue_token`."""
    return issue_token(actor, UserToken(user=user, name=name, rate=rate), days)


def token_of(tokens: QuerySet[T], secret: str) -> T | None:
    """The one of these tokens whose key this is, unless it was revoked or has expired. One indexed query."""
    if not is_secret(secret, tokens.model.prefix):
        return None
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return tokens.filter(valid, revoked_at=None, hash=hash_of(secret)).first()


def user_token_of(secret: str) -> UserToken | None:
    """The token whose key this is, unless it opens nothing or its user may no longer come in. One query."""
    return token_of(UserToken.objects.select_related("user").filter(user__is_active=True), secret)


def note_use(token: Token) -> None:
    """Note that a key was used just now, to a minute. Reading does not wait for a busy database."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at <= _GRAIN:
        return
    if _is_first_to_try(token):
        with suppress(OperationalError), without_waiting():
            type(token)._default_manager.filter(pk=token.pk).update(last_used_at=now)


def _is_first_to_try(token: Token) -> bool:
    """Where the database stays busy, not every request tries again, and none where the cache is away."""
    try:
        return cache.add(f"tessera.used:{token._meta.label_lower}:{token.pk}", 1, _GRAIN.total_seconds())
    except Exception:  # whatever a cache's client raises
        return False
