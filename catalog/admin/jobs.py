"""Jobs: what waits, what runs and how far it is, what went wrong; to be cancelled or tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from catalog.actors import Actor
from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.presenting import NOTHING, Tone, badge, link
from catalog.jobs import cancel, retry
from catalog.jobs.registry import KINDS
from catalog.models import Job

STATE = Job.State
TONES: dict[str, Tone] = {
    STATE.WAITING: "plain",
    STATE.RUNNING: "info",
    STATE.DONE: "good",
    STATE.FAILED: "bad",
    STATE.CANCELLED: "warn",
    STATE.QUARANTINED: "bad",
}
# What needs somebody comes first.
ORDER = (STATE.QUARANTINED, STATE.FAILED, STATE.RUNNING, STATE.WAITING, STATE.CANCELLED, STATE.DONE)
ACTS: dict[str, Callable[[Actor, Job], Job]] = {"cancel": cancel, "retry": retry}


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted((code, kind.label) for code, kind in KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() in KINDS else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("title", "state_badge", "progress", "age", "worker", "created_by", "message")
    list_display_links = ("title",)
    list_filter = ("state", KindFilter)
    search_fields = ("key", "message", "created_by", "worker")
    actions = ("cancel_selected", "retry_selected")
    change_form_outer_before_template = "catalog/admin/job.html"
    fields: ClassVar = (
        "title",
        "state_badge",
        "progress",
        "message",
        "error_text",
        "log_lines",
        "payload",
        "result",
        "parts",
        "parent",
        "attempts",
        "crashes",
        "fence",
        "worker",
        "heartbeat_at",
        "created_by",
        "created_at",
        "run_after",
        "started_at",
        "ended_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        rank = Case(
            *[When(state=state, then=Value(place)) for place, state in enumerate(ORDER)], output_field=IntegerField()
        )
        return super().get_queryset(request).alias(rank=rank).order_by("rank", "-pk").defer("log", "payload", "cursor")

    # --- Acting ------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer)
        return [path("<int:pk>/act/", view, name="catalog_job_act"), *super().get_urls()]

    def may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_job")

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if self.may_act(request) else {}

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel one job or try it again: what the buttons of its page ask for."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.may_act(request):
            raise PermissionDenied
        job = get_object_or_404(Job, pk=pk)
        if (name := request.POST.get("act", "")) in ACTS:
            self.do(request, name, [job])
        return HttpResponseRedirect(reverse("admin:catalog_job_change", args=[pk]))

    def do(self, request: HttpRequest, name: str, jobs: list[Job]) -> None:
        done = 0
        for job in jobs:
            try:
                ACTS[name](actor_of(request), job)
                done += 1
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
        if done:
            said = "To be cancelled" if name == "cancel" else "To be tried again"
            messages.success(request, f"{said}: {done}.")

    @admin.action(description="Cancel")
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.do(request, "cancel", list(queryset))

    @admin.action(description="Try again")
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.do(request, "retry", list(queryset))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        job = kwargs.get("obj")
        if job and self.may_act(request):
            context["cancellable"] = job.is_open and not job.cancelling
            context["retriable"] = not job.is_open and job.state != STATE.DONE
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="job", ordering="kind")
    def title(self, job: Job) -> str:
        label = KINDS[job.kind].label if job.kind in KINDS else job.kind
        return f"{label}: {job.key}" if job.key else label

    @admin.display(description="state", ordering="state")
    def state_badge(self, job: Job) -> SafeString:
        return badge("Cancelling" if job.cancelling else job.get_state_display(), TONES[job.state])

    @admin.display(description="progress")
    def progress(self, job: Job) -> SafeString:
        if not job.total:
            return NOTHING
        return format_html(
            '<progress class="t-progress" max="{}" value="{}" title="{} of {}"></progress>',
            job.total,
            job.done,
            job.done,
            job.total,
        )

    @admin.display(description="age", ordering="created_at")
    def age(self, job: Job) -> SafeString:
        return format_html('<span title="{}">{}</span>', job.created_at, timesince(job.created_at, depth=1))

    @admin.display(description="error")
    def error_text(self, job: Job) -> SafeString:
        return format_html('<pre class="t-log">{}</pre>', job.error) if job.error else NOTHING

    @admin.display(description="log")
    def log_lines(self, job: Job) -> SafeString:
        lines = format_html_join("\n", "{}  {}", ((line["at"], line["text"]) for line in job.log))
        return format_html('<pre class="t-log">{}</pre>', lines) if lines else NOTHING

    @admin.display(description="parts")
    def parts(self, job: Job) -> SafeString:
        children = Job.objects.filter(parent=job).order_by("pk").only("pk", "kind", "key", "state")[:100]
        rows = ((link(child), badge(child.get_state_display(), TONES[child.state])) for child in children)
        return format_html_join("", "<div>{} {}</div>", rows) or NOTHING
