"""Editions: what they were made of, their pages, what stands where, and where they were printed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from catalog.admin.base import ModelAdmin, TabularInline
from catalog.admin.presenting import NOTHING, badge, file_size, link
from exports.admin.edition_pages import EditionPages
from exports.formats.registry import FORMATS
from exports.models import Edition, PrintRun


class PrintRunInline(TabularInline):
    model = PrintRun
    fields = ("copies", "printed_on", "note")
    hide_title = False
    verbose_name_plural = "print runs"


@admin.register(Edition)
class EditionAdmin(EditionPages, ModelAdmin):
    list_display = (
        "number",
        "created_at",
        "output",
        "release_number",
        "documents",
        "weight",
        "runs",
        "remarks",
        "download",
    )
    list_select_related = ("output", "release__channel")
    list_filter = ("output",)
    search_fields = ("output__code", "output__title", "print_runs__note")
    actions = ("compare_selected",)
    inlines = (PrintRunInline,)
    fields = (
        ("number", "output", "release"),
        ("created_at", "created_by", "duration"),
        ("documents", "weight", "download"),
        "options",
        "engine",
        "digest",
    )
    readonly_fields = (
        "number",
        "output",
        "release",
        "created_at",
        "created_by",
        "duration",
        "documents",
        "weight",
        "download",
        "options",
        "engine",
        "digest",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [*self.page_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).prefetch_related("print_runs")  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """An edition never changes; only its print runs are written down here."""

    @admin.action(description="Compare two")
    def compare_selected(self, request: HttpRequest, queryset: QuerySet[Edition]) -> HttpResponse | None:
        rows = list(queryset.order_by("pk")[:3])
        if len(rows) != 2 or rows[0].output_id != rows[1].output_id:
            messages.warning(request, "Select two editions of one output.")
            return None
        query = urlencode({"from": rows[0].pk, "to": rows[1].pk})
        return redirect(f"{reverse('admin:exports_edition_compare')}?{query}")

    @admin.display(description="edition", ordering="pk")
    def number(self, edition: Edition) -> int:
        return edition.pk

    @admin.display(description="release", ordering="release__number")
    def release_number(self, edition: Edition) -> SafeString | str:
        return link(edition.release, edition.release.number)

    @admin.display(description="size", ordering="size")
    def weight(self, edition: Edition) -> str:
        return file_size(edition.size)

    @admin.display(description="made in", ordering="duration_ms")
    def duration(self, edition: Edition) -> str:
        return f"{edition.duration_ms / 1000:.1f} s"

    @admin.display(description="printed")
    def runs(self, edition: Edition) -> SafeString:
        copies = sum(run.copies for run in edition.print_runs.all())
        return badge(f"{copies:,}", "good") if copies else NOTHING

    @admin.display(description="remarks")
    def remarks(self, edition: Edition) -> SafeString:
        return badge(len(edition.warnings), "warn") if edition.warnings else badge("none", "good")

    @admin.display(description="file")
    def download(self, edition: Edition) -> SafeString:
        address = reverse("admin:exports_edition_file", args=[edition.pk])
        return format_html('<a class="t-link" href="{}">Download</a>', address)

    @admin.display(description="made with")
    def options(self, edition: Edition) -> SafeString | str:
        """Its format, language and options, whatever the output says today."""
        if not edition.made_with:
            return NOTHING
        form, language, said = edition.made_with["output"]
        label = FORMATS[form].label if form in FORMATS else form
        rows = [("format", label), ("language", language), *((name, _said(value)) for name, value in said.items())]
        return format_html_join("", "<div><b>{}</b> {}</div>", rows)

    @admin.display(description="templates and engine")
    def engine(self, edition: Edition) -> SafeString | str:
        if not edition.made_with:
            return NOTHING
        made = edition.made_with
        return format_html("<code>{}</code> · WeasyPrint {}", made["code"][:12], made["renderer"])


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
