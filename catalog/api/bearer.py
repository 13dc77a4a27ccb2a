"""Keys in requests (RFC 6750)."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

REALM = 'Bearer realm="Tessera"'


def secret_in(request: HttpRequest | Request) -> str | None:
    """The key in `Authorization: Bearer ...` (RFC 6750, section 2.1); None where there is no such header.

    Keys in addresses are not read anywhere: addresses end up in logs.
    """
    scheme, _, secret = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None
