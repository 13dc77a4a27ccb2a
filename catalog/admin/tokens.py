"""Keys with which people's programs write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from catalog.actors import Actor
from catalog.admin.base import Form
from catalog.admin.keys import KeyAdmin, KeyForm
from catalog.models import UserToken
from catalog.operations.tokens import issue_user_token


@admin.register(UserToken)
class UserTokenAdmin(KeyAdmin):
    form = KeyForm
    list_display = ("name", "user", "created_at", "expires_at", "last_used_at", "state")
    list_select_related = ("user",)
    list_filter = ("user", "revoked_at")
    search_fields = ("name", "user__username")
    asked: ClassVar[tuple[str, ...]] = ("user", "name", "days", "rate")
    told: ClassVar[tuple[str, ...]] = (
        "user",
        "name",
        "rate",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    sender = "The user's program"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        """A key lets its holder act as its user, so only those who may do everything make one for somebody else."""
        form = super().get_form(
            request, obj, change=change, **{**kwargs, "fields": ["user", "name", "rate"] if not obj else []}
        )
        if obj is None and not request.user.is_superuser:
            users = form.base_fields["user"].queryset  # type: ignore[attr-defined]
            form.base_fields["user"].queryset = users.filter(pk=request.user.pk)  # type: ignore[attr-defined]
        return form

    def issue(self, actor: Actor, obj: UserToken, form: Any) -> tuple[UserToken, str]:
        return issue_user_token(actor, obj.user, obj.name, form.cleaned_data.get("days"), obj.rate)
