"""Keys to channels: issued here, shown once, and revoked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from catalog.admin.base import ModelAdmin, actor_of
from catalog.admin.presenting import badge
from exports.models import ChannelToken
from exports.tokens import issue, revoke


@admin.register(ChannelToken)
class ChannelTokenAdmin(ModelAdmin):
    list_display = ("name", "channel", "created_at", "state")
    list_select_related = ("channel",)
    list_filter = ("channel", "revoked_at")
    search_fields = ("name", "channel__code")
    fields = ("channel", "name")
    readonly_fields = ("state",)
    actions = ("revoke_selected",)

    def get_readonly_fields(self, request: HttpRequest, obj: ChannelToken | None = None) -> Any:
        return ("channel", "name", "created_at", "revoked_at") if obj else ()

    def get_fields(self, request: HttpRequest, obj: ChannelToken | None = None) -> Any:
        return ("channel", "name", "created_at", "revoked_at") if obj else ("channel", "name")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Issue a key; one that is there has nothing left to change."""
        if change:
            return
        token, secret = issue(actor_of(request), obj.channel, obj.name)
        obj.pk, obj.hash, obj.created_at = token.pk, token.hash, token.created_at
        obj._state.adding = False
        request.issued_secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the key, this once: it is kept nowhere, not even in a message."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"The key “{obj.name}” of {obj.channel.code}",
            "secret": request.issued_secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "exports/admin/token.html", context, headers={"Cache-Control": "no-store"})

    @admin.action(description="Revoke", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ChannelToken]) -> None:
        for token in queryset:
            revoke(actor_of(request), token)
        messages.warning(request, f"Revoked: {len(queryset)}. They open nothing from now on.")

    @admin.display(description="state", ordering="revoked_at")
    def state(self, token: ChannelToken) -> SafeString:
        return badge("revoked", "bad") if token.revoked_at else badge("valid", "good")
