"""Releases, to be looked at: what went in, and what was left out and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.channels import retired_badge
from catalog.admin.presenting import Tone, badge, badges, together
from catalog.models import Channel
from exports import querysets
from exports.admin.comparing import NotComparable, compare
from exports.models import Release
from exports.policies.refusing import Retired
from exports.releasing.problems import report_of
from exports.releasing.restoring import CannotRestore, is_held, let_go, roll_back

# Lines of a report that a page shows; the API has them all.
SHOWN = 1_000


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("title", "channel", "created_at", "created_by", "documents", "difference", "amiss", "fate")
    list_display_links = ("title",)
    list_select_related = ("channel",)
    list_filter = ("channel",)
    ordering = ("-created_at", "-number")
    fields = ("channel", "number", "created_at", "created_by", "documents", "difference", "spoken", "fate", "note")
    readonly_fields = ("difference", "spoken", "fate")
    actions = ("compare_selected",)
    change_form_outer_before_template = "exports/admin/release.html"
    change_form_after_template = "exports/admin/report.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("differences/", view(self.differences), name="exports_release_differences"),
            path("<int:pk>/roll-back/", view(self.rolled_back), name="exports_release_roll_back"),
            path("<int:pk>/let-go/", view(self.gone_on), name="exports_release_let_go"),
            *super().get_urls(),
        ]

    @admin.action(description="Compare two")
    def compare_selected(self, request: HttpRequest, queryset: QuerySet[Release]) -> HttpResponse | None:
        rows = list(queryset.order_by("channel", "number")[:3])
        if len(rows) != 2 or rows[0].channel_id != rows[1].channel_id:
            messages.warning(request, "Select two releases of one channel.")
            return None
        sides: dict[str, str | int] = {"from": rows[0].number, "to": rows[1].number}
        query = urlencode({"channel": rows[0].channel.code, **sides})
        return redirect(f"{reverse('admin:exports_release_differences')}?{query}")

    def differences(self, request: HttpRequest) -> HttpResponse:
        """Two releases compared, or what the next one would change where only a channel is said."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        channel = get_object_or_404(Channel, code__iexact=request.GET.get("channel", ""))
        try:
            compared = compare(channel, request.GET)
        except NotComparable as error:
            messages.error(request, str(error))
            return redirect("admin:exports_release_changelist")
        return self.told(request, "differences", {"title": compared.title, "compared": compared, "channel": channel})

    def rolled_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks first."""
        old = self.allowed(request, pk)
        if request.method != "POST":
            current = querysets.current_release(old.channel)
            if current == old or old.pruned_at:
                messages.error(request, "There is nothing to go back to: it is the current one, or kept no more.")
                return redirect("admin:exports_release_change", old.pk)
            title = f"Go back to release {old.number} of {old.channel.code}?"
            return self.told(request, "roll_back", {"title": title, "release": old, "current": current})
        try:
            made = roll_back(actor_of(request), old.channel, old.number)
        except (CannotRestore, Retired) as error:
            messages.error(request, str(error))
            return redirect("admin:exports_release_change", old.pk)
        messages.success(request, f"Release {made.number} says release {made.restores} again.")
        return redirect("admin:exports_release_change", made.pk)

    def gone_on(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self.allowed(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        let_go(actor_of(request), release.channel)
        messages.success(request, f"{release.channel.code} goes on with its next release.")
        return redirect("admin:exports_release_change", release.pk)

    def allowed(self, request: HttpRequest, pk: int) -> Release:
        """Raises PermissionDenied, and Http404."""
        if not request.user.has_perm("exports.restore_release"):
            raise PermissionDenied
        return get_object_or_404(Release.objects.select_related("channel"), pk=pk)

    def told(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"exports/admin/{name}.html", shown)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        release = kwargs.get("obj")
        context["report"] = report_table(report_of(release)[:SHOWN]) if release else ([], [])
        if release:
            current = querysets.current_number(release.channel)
            may = request.user.has_perm("exports.restore_release") and not release.channel.retired
            context["may_go_back"] = may and release.number != current and not release.pruned_at
            context["may_go_on"] = may and release.number == current and is_held(release.channel)
            context["before"] = release.number - 1
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

    @admin.display(description="state")
    def fate(self, release: Release) -> SafeString:
        parts: list[SafeString] = []
        if release.restores:
            parts.append(badge(f"says {release.restores} again", "warn"))
        if release.pruned_at:
            parts.append(badge("kept no more", "info", str(release.pruned_at)))
        return together(parts)

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
