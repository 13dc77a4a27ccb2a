"""Markets, audiences and channels."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.admin.base import Form, ModelAdmin, RowForm, TabularInline, actor_of, translated
from catalog.admin.fields import CodesField
from catalog.admin.presenting import NOTHING, badge, together
from catalog.models import Audience, Channel, ChannelLanguage, Market
from catalog.operations.channels import save_channel


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


class LanguageForm(RowForm):
    """A language that is not offered at the moment stays chosen where it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = dict(settings.LANGUAGES)
        for name in ("language", "fallback"):
            code = getattr(self.instance, name)
            if code and code not in offered:
                self.fields[name].choices = [  # type: ignore[attr-defined]
                    *self.fields[name].choices,  # type: ignore[attr-defined]
                    (code, f"{code} (not offered now)"),
                ]


class LanguageInline(TabularInline):
    model = ChannelLanguage
    form = LanguageForm
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
    list_display = ("code", "title", "medium_name", "market", "audience", "spoken", "public", "out_of_use")
    list_select_related = ("market", "audience")
    list_filter = ("medium", "market", "audience", "retired")
    search_fields = ("code", *translated("label"))
    autocomplete_fields = ("market", "audience", "tree", "families")
    fieldsets = (
        (None, {"fields": ("code", *translated("label"), "medium", "market", "audience", "public", "retired")}),
        ("What it carries", {"fields": ("tree", "families", "selection", "currencies", "expired_claims")}),
        ("What is kept of it", {"fields": ("keep_releases", "keep_days"), "classes": ("collapse",)}),
    )
    inlines: tuple[Any, ...] = (LanguageInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("languages")  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_channel(actor_of(request), obj)

    @admin.display(description="title")
    def title(self, channel: Channel) -> str:
        return str(channel)

    @admin.display(description="", ordering="retired")
    def out_of_use(self, channel: Channel) -> SafeString:
        return retired_badge(channel) if channel.retired else NOTHING

    @admin.display(description="medium", ordering="medium")
    def medium_name(self, channel: Channel) -> SafeString:
        return badge(channel.get_medium_display())

    @admin.display(description="languages")
    def spoken(self, channel: Channel) -> SafeString | str:
        return together([language_badge(row.language) for row in channel.languages.all()])


def retired_badge(channel: Channel) -> SafeString:
    return badge("retired", "warn", f"“{channel.code}” releases nothing any more; its last release and editions stay.")


def language_badge(language: str) -> SafeString:
    """A language; one that PIM_LANGUAGES does not name is marked, for nothing is released in it."""
    if language in dict(settings.LANGUAGES):
        return badge(language)
    return badge(language, "warn", "Not offered now, so nothing is released in it: PIM_LANGUAGES does not name it.")
