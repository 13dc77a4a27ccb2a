"""Who writes: a person, by a token of theirs or in the browser by their session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from catalog.api.bearer import REALM, secret_in
from catalog.models import UserToken
from catalog.operations.tokens import note_use, user_token_of

if TYPE_CHECKING:
    # DRF loads this module while it loads that one.
    from rest_framework.views import APIView


class UserTokenAuthentication(BaseAuthentication):
    """`request.user` is the token's user, `request.auth` the token."""

    def authenticate(self, request: Request) -> tuple[User, UserToken] | None:
        secret = secret_in(request)
        if secret is None:
            return None
        token = user_token_of(secret)
        if token is None:
            raise AuthenticationFailed(
                "This token opens nothing: it was mistyped, has expired or was revoked. Make a new one."
            )
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class MayDo(BasePermission):
    """What Django's permissions let a user do in the admin, they let him do here; see `AuthoringView.needs`."""

    message = "You may not do this. Ask whoever runs this site for the permission."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if user is None or not user.is_authenticated:
            return False
        needed = view.needs(request.method or "")  # type: ignore[attr-defined]
        return all(any(user.has_perm(one) for one in alternatives) for alternatives in needed)
