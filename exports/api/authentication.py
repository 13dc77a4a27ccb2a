"""Who reads: a channel, by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from catalog.api.bearer import REALM, secret_in
from exports import tokens
from exports.models import ChannelToken

if TYPE_CHECKING:
    # DRF loads this module while it loads that one.
    from rest_framework.views import APIView


def token_in(request: HttpRequest) -> ChannelToken | None:
    """The valid token a request comes with, if any."""
    secret = secret_in(request)
    return tokens.verify(secret) if secret else None


class ChannelTokenAuthentication(BaseAuthentication):
    """`request.auth` is the ChannelToken. There is no user: a channel is not a person."""

    def authenticate(self, request: Request) -> tuple[None, ChannelToken] | None:
        secret = secret_in(request)
        if secret is None:
            return None
        token = tokens.verify(secret)
        if token is None:
            raise AuthenticationFailed(
                "This token opens nothing: it was mistyped or revoked. Ask whoever runs this site for a new one."
            )
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class HasChannelToken(BasePermission):
    message = "Send a channel's token: “Authorization: Bearer tsr_...”."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ChannelToken)
