"""Keys in the admin: issued here, shown once, and revoked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from catalog.actors import Actor
from catalog.admin.base import Form, ModelAdmin, actor_of
from catalog.admin.presenting import badge
from catalog.operations.tokens import MOST_DAYS, revoke_token, rotate_token

OVERLAP = datetime.timedelta(days=7)


class KeyForm(Form):
    """Asks for how long a new key is good, too."""

    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        initial=365,
        widget=UnfoldAdminIntegerFieldWidget,
        label="Good for days",
        help_text="Empty: until it is revoked.",
    )


class KeyAdmin(ModelAdmin):
    """A list of keys. `asked` is what is asked for a new one, `told` what is shown of one that is there."""

    asked: ClassVar[tuple[str, ...]]
    told: ClassVar[tuple[str, ...]]
    # Who sends the key, for the page that shows it.
    sender: ClassVar[str]
    readonly_fields = ("state",)
    actions = ("rotate_selected", "revoke_selected")
    revoke: ClassVar[Callable[[Actor, Any], None]] = staticmethod(revoke_token)

    def issue(self, actor: Actor, obj: Any, form: Any) -> tuple[Any, str]:
        """The stored key with what is shown once."""
        raise NotImplementedError

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.told if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.told if obj else self.asked

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Issue a key; one that is there has nothing left to change."""
        if change:
            return
        token, secret = self.issue(actor_of(request), obj, form)
        obj.pk, obj.hash, obj.created_at = token.pk, token.hash, token.created_at
        obj._state.adding = False
        request.issued_secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.shown(request, obj, request.issued_secret)  # type: ignore[attr-defined]

    def shown(self, request: HttpRequest, obj: Any, secret: str) -> HttpResponse:
        """The page that shows the key, this once: it is kept nowhere, not even in a message."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"The key “{obj}”",
            "sender": self.sender,
            "secret": secret,
            "list": f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
        }
        return TemplateResponse(request, "catalog/admin/token.html", context, headers={"Cache-Control": "no-store"})

    @admin.action(description=f"Rotate, {OVERLAP.days} days overlap", permissions=["add"])
    def rotate_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        if len(queryset) != 1:
            messages.error(request, "Rotate one key at a time: the new one is shown once.")
            return None
        try:
            token, secret = rotate_token(actor_of(request), queryset.get(), OVERLAP)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return None
        return self.shown(request, token, secret)

    @admin.action(description="Revoke", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for token in queryset:
            type(self).revoke(actor_of(request), token)
        messages.warning(request, f"Revoked: {len(queryset)}. They open nothing from now on.")

    @admin.display(description="state", ordering="revoked_at")
    def state(self, token: Any) -> SafeString:
        if token.revoked_at:
            return badge("revoked", "bad")
        expires = getattr(token, "expires_at", None)
        return badge("expired", "warn") if expires and expires <= timezone.now() else badge("valid", "good")
