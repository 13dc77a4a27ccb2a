"""Who reads: a channel, by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from catalog.api.bearer import REALM, secret_in
from catalog.operations.tokens import note_use
from exports import tokens
from exports.models import ChannelToken

if TYPE_CHECKING:
    # DRF loads this module while it loads that one.
    from rest_framework.views import APIView


def token_in(request: HttpRequest) -> ChannelToken | None:
    """The valid token for documents that a request comes with, if any."""
    secret = secret_in(request)
    token = tokens.verify(secret) if secret else None
    if token is None or not token.reads("documents"):
        return None
    note_use(token)
    return token


class ChannelTokenAuthentication(BaseAuthentication):
    """`request.auth` is the ChannelToken. There is no user: a channel is not a person."""

    def authenticate(self, request: Request) -> tuple[None, ChannelToken] | None:
        secret = secret_in(request)
        if secret is None:
            return None
        token = tokens.verify(secret)
        if token is None:
            raise AuthenticationFailed(
                "This token opens nothing: it was mistyped, has expired or was revoked. "
                "Ask whoever runs this site for a new one."
            )
        note_use(token)
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class HasChannelToken(BasePermission):
    message = "Send a channel's token: “Authorization: Bearer tsr_...”."

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if not isinstance(token, ChannelToken):
            return False
        scope: str = view.scope  # type: ignore[attr-defined]
        self.message = f"This token does not read {scope}. Ask whoever runs this site for one that does."
        return token.reads(scope)
