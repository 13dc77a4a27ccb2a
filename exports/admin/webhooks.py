"""Webhooks and what became of their messages: dead ones are sent again from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from catalog.admin.base import Form, ModelAdmin, ReadOnlyAdmin, actor_of
from catalog.admin.presenting import NOTHING, badge, badges, link
from exports.delivery.webhooks import dead_letters, replay, rotate
from exports.models import Webhook, WebhookDelivery
from exports.models.webhooks import EVENTS


class WebhookForm(Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "events" in self.fields:
            self.fields["events"] = forms.MultipleChoiceField(
                choices=[(event, event) for event in EVENTS], widget=UnfoldAdminCheckboxSelectMultipleWidget
            )


@admin.register(Webhook)
class WebhookAdmin(ModelAdmin):
    form = WebhookForm
    list_display = ("code", "channel", "url", "event_badges", "state", "dead")
    list_select_related = ("channel",)
    list_filter = ("channel", "active")
    search_fields = ("code", "url")
    fields = ("code", "channel", "url", "events", "active", "allow_private", "allow_http")
    change_form_outer_before_template = "exports/admin/webhook.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.rotated)
        return [path("<int:pk>/rotate/", view, name="exports_webhook_rotate"), *super().get_urls()]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.shown(request, obj, obj.secret)

    def rotated(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new secret; the old one signs, too, for a day."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        webhook = get_object_or_404(Webhook, pk=pk)
        return self.shown(request, webhook, rotate(actor_of(request), webhook))

    def shown(self, request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
        """The page that shows the secret, this once."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"The secret of webhook “{webhook.code}”",
            "secret": secret,
            "overlapping": bool(webhook.old_secret),
        }
        return TemplateResponse(request, "exports/admin/secret.html", context, headers={"Cache-Control": "no-store"})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.dead_ones = set(dead_letters().values_list("webhook", flat=True).distinct())
        return super().changelist_view(request, extra_context)

    @admin.display(description="events")
    def event_badges(self, webhook: Webhook) -> SafeString:
        return badges(webhook.events)

    @admin.display(description="state", ordering="active")
    def state(self, webhook: Webhook) -> SafeString:
        return badge("on", "good") if webhook.active else badge("off", "warn")

    @admin.display(description="dead letters")
    def dead(self, webhook: Webhook) -> SafeString:
        return badge("some", "bad") if webhook.pk in self.dead_ones else NOTHING


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("dead", "Dead"), ("waiting", "On its way"), ("delivered", "Delivered")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "dead":
                return queryset & dead_letters()
            case "waiting":
                return queryset.filter(delivered_at=None, job__state__in=["waiting", "running"])
            case "delivered":
                return queryset.exclude(delivered_at=None)
        return queryset


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "webhook", "event", "state", "status", "attempts", "said")
    list_select_related = ("webhook", "job")
    list_filter = (StateFilter, "webhook", "event")
    search_fields = ("message",)
    ordering = ("-id",)
    actions = ("replay_selected",)
    fields = (
        "webhook",
        "event",
        "message",
        "state",
        "status",
        "attempts",
        "answer",
        "payload",
        "job_link",
        "created_at",
    )
    readonly_fields = ("state", "job_link")

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm("exports.change_webhook") else {}

    @admin.action(description="Send again")
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        done = 0
        for delivery in queryset:
            try:
                replay(actor_of(request), delivery)
                done += 1
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
        if done:
            messages.success(request, f"Sent again: {done}.")

    @admin.display(description="state")
    def state(self, delivery: WebhookDelivery) -> SafeString:
        if delivery.delivered_at:
            return badge("delivered", "good", str(delivery.delivered_at))
        return badge("on its way", "info") if delivery.job and delivery.job.is_open else badge("dead", "bad")

    @admin.display(description="last answer")
    def said(self, delivery: WebhookDelivery) -> SafeString:
        return format_html("{}", delivery.answer[:100]) if delivery.answer else NOTHING

    @admin.display(description="job")
    def job_link(self, delivery: WebhookDelivery) -> SafeString | str:
        return link(delivery.job, f"Job {delivery.job.pk}") if delivery.job else NOTHING
