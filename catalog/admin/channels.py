"""Markets, audiences and channels."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.admin.base import Form, ModelAdmin, TabularInline, translated
from catalog.admin.fields import CodesField
from catalog.admin.presenting import badge, badges
from catalog.models import Audience, Channel, ChannelLanguage, Market


@admin.register(Market)
class MarketAdmin(ModelAdmin):
    list_display = ("code", "title", "country", "currency")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "country", "currency")

    @admin.display(description="label")
    def title(self, market: Market) -> str:
        return str(market)


@admin.register(Audience)
class AudienceAdmin(ModelAdmin):
    list_display = ("code", "title")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"))

    @admin.display(description="label")
    def title(self, audience: Audience) -> str:
        return str(audience)


class LanguageInline(TabularInline):
    model = ChannelLanguage
    fields = ("language", "fallback", "position")
    verbose_name, verbose_name_plural = "language", "languages"


class ChannelForm(Form):
    currencies = CodesField(
        pattern="[A-Z]{3}",
        example="three capital letters for each, such as EUR, RON",
        help_text="Of the prices shown, with commas between them: EUR, RON.",
    )


@admin.register(Channel)
class ChannelAdmin(ModelAdmin):
    form = ChannelForm
    list_display = ("code", "title", "medium_name", "market", "audience", "spoken", "public")
    list_select_related = ("market", "audience")
    list_filter = ("medium", "market", "audience")
    search_fields = ("code", *translated("label"))
    autocomplete_fields = ("market", "audience", "tree", "families")
    fieldsets = (
        (None, {"fields": ("code", *translated("label"), "medium", "market", "audience", "public")}),
        ("What it carries", {"fields": ("tree", "families", "selection", "currencies")}),
    )
    inlines = (LanguageInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("languages")  # type: ignore[no-any-return]

    @admin.display(description="title")
    def title(self, channel: Channel) -> str:
        return str(channel)

    @admin.display(description="medium", ordering="medium")
    def medium_name(self, channel: Channel) -> SafeString:
        return badge(channel.get_medium_display())

    @admin.display(description="languages")
    def spoken(self, channel: Channel) -> SafeString | str:
        return badges(row.language for row in channel.languages.all())
