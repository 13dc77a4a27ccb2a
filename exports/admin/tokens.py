"""Keys to channels: issued here, shown once, rotated and revoked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from catalog.actors import Actor
from catalog.admin.keys import KeyAdmin, KeyForm
from exports.models import ChannelToken
from exports.tokens import issue


@admin.register(ChannelToken)
class ChannelTokenAdmin(KeyAdmin):
    form = KeyForm
    list_display = ("name", "channel", "scope", "created_at", "expires_at", "last_used_at", "state")
    list_select_related = ("channel",)
    list_filter = ("channel", "scope", "revoked_at")
    search_fields = ("name", "channel__code")
    asked: ClassVar[tuple[str, ...]] = ("channel", "name", "scope", "days", "rate")
    told: ClassVar[tuple[str, ...]] = (
        "channel",
        "name",
        "scope",
        "rate",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    sender = "The channel"

    def issue(self, actor: Actor, obj: ChannelToken, form: Any) -> tuple[ChannelToken, str]:
        days = form.cleaned_data.get("days")
        return issue(actor, obj.channel, obj.name, scope=obj.scope, days=days, rate=obj.rate)
