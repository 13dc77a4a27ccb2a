"""Keys with which people's programs write."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from catalog.actors import Actor
from catalog.admin.base import Form
from catalog.admin.keys import KeyAdmin
from catalog.models import UserToken
from catalog.operations.tokens import MOST_DAYS, issue_user_token


class UserTokenForm(Form):
    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        initial=365,
        widget=UnfoldAdminIntegerFieldWidget,
        label="Good for days",
        help_text="Empty: until it is revoked.",
    )


@admin.register(UserToken)
class UserTokenAdmin(KeyAdmin):
    form = UserTokenForm
    list_display = ("name", "user", "created_at", "expires_at", "last_used_at", "state")
    list_select_related = ("user",)
    list_filter = ("user", "revoked_at")
    search_fields = ("name", "user__username")
    asked: ClassVar[tuple[str, ...]] = ("user", "name", "days")
    told: ClassVar[tuple[str, ...]] = ("user", "name", "created_at", "expires_at", "last_used_at", "revoked_at")
    sender = "The user's program"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        """A key lets its holder act as its user, so only those who may do everything make one for somebody else."""
        form = super().get_form(
            request, obj, change=change, **{**kwargs, "fields": ["user", "name"] if not obj else []}
        )
        if obj is None and not request.user.is_superuser:
            users = form.base_fields["user"].queryset  # type: ignore[attr-defined]
            form.base_fields["user"].queryset = users.filter(pk=request.user.pk)  # type: ignore[attr-defined]
        return form

    def issue(self, actor: Actor, obj: UserToken, form: Any) -> tuple[UserToken, str]:
        return issue_user_token(actor, obj.user, obj.name, form.cleaned_data.get("days"))
