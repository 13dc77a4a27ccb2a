"""Outputs, and the editions made of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.base import ContinuesAfterAdd, Form, ModelAdmin, ReadOnlyAdmin, actor_of
from catalog.admin.presenting import NOTHING, badge, file_size, link
from catalog.operations.recording import store
from exports.admin.output_form import OutputForm, fieldsets_of
from exports.admin.previewing import Previews
from exports.editions import path_of
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


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "output", "release_number", "documents", "weight", "duration", "remarks", "download")
    list_select_related = ("output", "release__channel")
    list_filter = ("output",)
    fields = (
        "output",
        "release",
        "created_at",
        "created_by",
        "documents",
        "weight",
        "duration",
        "digest",
        "download",
        "said",
    )
    readonly_fields = ("weight", "duration", "download", "said")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/file/", view, name="exports_edition_file"), *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The artefact, to be saved: an edition is not shown in this site's name."""
        edition = Edition.objects.select_related("output").filter(pk=pk).first()
        if not self.has_view_permission(request):
            raise PermissionDenied
        if edition is None:
            raise Http404
        file = path_of(edition)
        if not file.is_file():
            raise Http404("The file of this edition is gone.")
        name = f"{edition.output.code}{''.join(file.suffixes)}"
        response = FileResponse(file.open("rb"), as_attachment=True, filename=name)
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @admin.display(description="release", ordering="release__number")
    def release_number(self, edition: Edition) -> SafeString | str:
        return link(edition.release, edition.release.number)

    @admin.display(description="size", ordering="size")
    def weight(self, edition: Edition) -> str:
        return file_size(edition.size)

    @admin.display(description="made in", ordering="duration_ms")
    def duration(self, edition: Edition) -> str:
        return f"{edition.duration_ms / 1000:.1f} s"

    @admin.display(description="remarks")
    def remarks(self, edition: Edition) -> SafeString:
        return badge(len(edition.warnings), "warn") if edition.warnings else badge("none", "good")

    @admin.display(description="file")
    def download(self, edition: Edition) -> SafeString:
        address = reverse("admin:exports_edition_file", args=[edition.pk])
        return format_html('<a class="t-link" href="{}">Download</a>', address)

    @admin.display(description="remarks")
    def said(self, edition: Edition) -> SafeString | str:
        return format_html_join("", "<div>{}</div>", ((each,) for each in edition.warnings)) or "None."
