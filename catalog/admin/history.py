"""What was done, by whom."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin
from catalog.admin.presenting import Tone, badge
from catalog.models import Change

TONES: dict[str, Tone] = {"delete": "bad", "retire": "warn", "approve": "good", "create": "info"}


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "path", "what", "kind", "key")
    list_filter = ("operation", "path", "kind")
    search_fields = ("key", "actor")
    ordering = ("-id",)
    date_hierarchy = "at"

    @admin.display(description="operation", ordering="operation")
    def what(self, change: Change) -> SafeString:
        return badge(change.operation, TONES.get(change.operation, "plain"))
