"""How often a token may ask: so many requests a minute, counted in the cache that the site's processes share.

The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers (version 10): what the policy is, how much of
it is left, and in how many seconds it begins anew.
"""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from catalog.models.access import Token

if TYPE_CHECKING:
    # DRF loads this module while it loads that one.
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
WINDOW = 60


class Rate(NamedTuple):
    """`left` requests of `limit` may still come within so many seconds; below 0, one came too many."""

    limit: int
    left: int
    seconds: int


class TokenRate(BaseThrottle):
    """Refuses what is too much for a token. Sessions of people are not counted."""

    rate: Rate | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        token = request.auth
        self.rate = counted(token) if isinstance(token, Token) else None
        request._request.tessera_rate = self.rate  # type: ignore[attr-defined]
        return self.rate is None or self.rate.left >= 0

    def wait(self) -> float | None:
        return self.rate.seconds if self.rate else None


def counted(token: Token) -> Rate | None:
    """Count a request of the token's; None where it has no limit, or where nothing can be counted just now."""
    limit = settings.API_RATE if token.rate is None else token.rate
    if not limit:
        return None
    window, passed = divmod(time.time(), WINDOW)
    key = f"tessera.rate:{token._meta.label_lower}:{token.pk}:{int(window)}"
    try:
        cache.add(key, 0, 2 * WINDOW)
        count = cache.incr(key)
    except ValueError:  # dropped by a full cache in between
        count = 1
    except Exception:  # whatever a cache's client raises: channels must not stop because it is away
        logger.warning("Requests cannot be counted: the cache does not answer.", exc_info=True)
        return None
    return Rate(limit, limit - count, math.ceil(WINDOW - passed))


def tell_rate(request: Request, answer: HttpResponseBase) -> None:
    """Say in the headers how much is left."""
    rate: Rate | None = getattr(request._request, "tessera_rate", None)
    if rate is not None:
        answer.headers["RateLimit-Policy"] = f'"minute";q={rate.limit};w={WINDOW}'
        answer.headers["RateLimit"] = f'"minute";r={max(rate.left, 0)};t={rate.seconds}'
