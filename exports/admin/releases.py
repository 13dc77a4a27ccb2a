"""Releases, to be looked at: what went in, and what was left out and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin
from catalog.admin.channels import retired_badge
from catalog.admin.presenting import Tone, badge, badges, together
from exports.models import Release
from exports.releasing.problems import report_of

# Lines of a report that a page shows; the API has them all.
SHOWN = 1_000


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("title", "channel", "created_at", "created_by", "documents", "difference", "amiss")
    list_display_links = ("title",)
    list_select_related = ("channel",)
    list_filter = ("channel",)
    ordering = ("-created_at", "-number")
    fields = ("channel", "number", "created_at", "created_by", "documents", "difference", "spoken", "note")
    readonly_fields = ("difference", "spoken")
    change_form_after_template = "exports/admin/report.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        release = kwargs.get("obj")
        context["report"] = report_table(report_of(release)[:SHOWN]) if release else ([], [])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="release", ordering="number")
    def title(self, release: Release) -> SafeString | str:
        name = f"{release.channel.code} {release.number}"
        return format_html("{} {}", name, retired_badge(release.channel)) if release.channel.retired else name

    @admin.display(description="difference")
    def difference(self, release: Release) -> SafeString:
        parts: tuple[tuple[int, str, Tone], ...] = (
            (release.added, "+", "good"),
            (release.changed, "~", "info"),
            (release.removed, "−", "bad"),
        )
        return together([badge(f"{sign}{number}", tone) for number, sign, tone in parts if number])

    @admin.display(description="problems")
    def amiss(self, release: Release) -> SafeString:
        return badges((f"{kind} {count}" for kind, count in release.problems.items()), "warn")

    @admin.display(description="languages")
    def spoken(self, release: Release) -> SafeString | str:
        return badges(sorted(release.publications))


def report_table(report: list[Any]) -> tuple[list[str], list[list[str]]]:
    """The report's headings and rows, whatever its entries are called."""
    entries = [entry if isinstance(entry, dict) else {"message": entry} for entry in report]
    headings = list(dict.fromkeys(name for entry in entries for name in entry))
    return headings, [[flat(entry.get(name, "")) for name in headings] for entry in entries]


def flat(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
