"""Outputs: what is made of a channel, told by options, with its first pages beside the form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.base import ContinuesAfterAdd, Form, ModelAdmin, actor_of
from catalog.admin.presenting import NOTHING, badge
from catalog.operations.recording import store
from exports.admin.output_form import OutputForm, fieldsets_of
from exports.admin.previewing import Previews
from exports.formats.registry import FORMATS
from exports.models import Edition, Output
from exports.outputs import check

_COLUMNS = ("code", "title", "channel", "language", "format")


@admin.register(Output)
class OutputAdmin(Previews, ContinuesAfterAdd, ModelAdmin):
    form = OutputForm
    change_form_template = "exports/admin/output.html"
    list_display = ("code", "title", "channel", "language", "format_badge", "latest")
    list_select_related = ("channel",)
    list_filter = ("channel", "format", "language")
    search_fields = ("code", "title")

    def get_fieldsets(self, request: HttpRequest, obj: Output | None = None) -> Any:
        """What can be told depends on the format, so it is asked for when that is known."""
        if obj is None:
            return [(None, {"fields": list(_COLUMNS)})]
        return [(None, {"fields": [*_COLUMNS[:-1], "form_name"]}), *fieldsets_of(obj.format)]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": _COLUMNS[:-1] if obj else _COLUMNS})

    def get_readonly_fields(self, request: HttpRequest, obj: Output | None = None) -> Any:
        """Options and editions are of a format, so it stays what the output was made with."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "form_name") if obj else fields

    def get_queryset(self, request: HttpRequest) -> Any:
        newest = Edition.objects.filter(output=OuterRef("pk")).order_by("-id")
        return (
            super()
            .get_queryset(request)
            .annotate(
                newest=Subquery(newest.values("pk")[:1]), newest_release=Subquery(newest.values("release__number")[:1])
            )
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        check(obj.channel, obj.language, obj.format, obj.options)
        store(actor_of(request), obj)

    @admin.display(description="format")
    def form_name(self, output: Output) -> str:
        return FORMATS[output.format].label if output.format in FORMATS else output.format

    @admin.display(description="format", ordering="format")
    def format_badge(self, output: Output) -> SafeString:
        return badge(output.format)

    @admin.display(description="latest edition")
    def latest(self, output: Any) -> SafeString | str:
        if output.newest is None:
            return NOTHING
        address = reverse("admin:exports_edition_change", args=[output.newest])
        return format_html('<a class="t-link" href="{}">from release {}</a>', address, output.newest_release)
