"""Keys to channels: issued here, shown once, and revoked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from catalog.actors import Actor
from catalog.admin.keys import KeyAdmin
from exports.models import ChannelToken
from exports.tokens import issue


@admin.register(ChannelToken)
class ChannelTokenAdmin(KeyAdmin):
    list_display = ("name", "channel", "created_at", "state")
    list_select_related = ("channel",)
    list_filter = ("channel", "revoked_at")
    search_fields = ("name", "channel__code")
    asked: ClassVar[tuple[str, ...]] = ("channel", "name")
    told: ClassVar[tuple[str, ...]] = ("channel", "name", "created_at", "revoked_at")
    sender = "The channel"

    def issue(self, actor: Actor, obj: ChannelToken, form: Any) -> tuple[ChannelToken, str]:
        return issue(actor, obj.channel, obj.name)
