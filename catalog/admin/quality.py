"""Findings of the quality checks, and forbidden words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.admin.base import ModelAdmin, ReadOnlyAdmin, actor_of
from catalog.admin.presenting import NOTHING, badge, link
from catalog.admin.quality_panel import TONES
from catalog.models import Finding, ForbiddenTerm, Product
from catalog.operations.findings import MAX_REASON, acknowledge, reopen
from catalog.quality.registry import CHECKS


class CheckFilter(admin.SimpleListFilter):
    title, parameter_name = "check", "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, check.label) for code, check in CHECKS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(check_code=self.value()) if self.value() in CHECKS else queryset


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("known", "Acknowledged")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        states = {"open": True, "known": False}
        found = states.get(self.value() or "")
        return queryset if found is None else queryset.filter(acknowledged_at__isnull=found)


class ReasonForm(ActionForm):
    """What acknowledging asks for besides the findings."""

    reason = forms.CharField(
        label="",
        required=False,
        max_length=MAX_REASON,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Reason, to acknowledge", "x-show": "action"}),
    )


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """Findings come and go with what they are about; people only say that one is known."""

    list_display = ("level", "check_name", "item", "message", "hint", "known")
    list_select_related = ("product",)
    list_filter = (StateFilter, "severity", CheckFilter)
    search_fields = ("product__sku", "message")
    search_help_text = "By SKU or message"
    ordering = ("severity", "check_code", "product__sku", "key")
    action_form = ReasonForm
    actions = ("mark_known", "mark_open")
    fields = (
        "item",
        "check_name",
        "level",
        "message",
        "hint",
        "found_at",
        "acknowledged_by",
        "acknowledged_at",
        "reason",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer)
        return [path("of/<int:product>/", view, name="catalog_finding_answer"), *super().get_urls()]

    def may_answer(self, request: HttpRequest) -> bool:
        """Whoever may change products may say what is known of them."""
        return request.user.has_perm("catalog.change_product")

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if self.may_answer(request) else {}

    def answer(self, request: HttpRequest, product: int) -> HttpResponse:
        """Acknowledge one finding of a product, or open it again: what the buttons of the product's form ask for."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.may_answer(request):
            raise PermissionDenied
        found = get_object_or_404(Product, pk=product).findings
        known, again = request.POST.get("acknowledge", ""), request.POST.get("reopen", "")
        if known.isdigit():
            self.say_known(request, found.filter(pk=known[:18]), request.POST.get(f"reason-{known}", ""))
        elif again.isdigit():
            reopen(actor_of(request), found.filter(pk=again[:18]))
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product]) + "#quality")

    def say_known(self, request: HttpRequest, findings: QuerySet[Finding], reason: str) -> None:
        try:
            count = acknowledge(actor_of(request), findings, reason)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"Acknowledged: {count}.")

    @admin.action(description="Acknowledge, for the reason given")
    def mark_known(self, request: HttpRequest, queryset: QuerySet[Finding]) -> None:
        self.say_known(request, queryset, request.POST.get("reason", ""))

    @admin.action(description="Open again")
    def mark_open(self, request: HttpRequest, queryset: QuerySet[Finding]) -> None:
        messages.success(request, f"Opened again: {reopen(actor_of(request), queryset)}.")

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="severity", ordering="severity")
    def level(self, finding: Finding) -> SafeString:
        return badge(finding.get_severity_display(), TONES[finding.severity])

    @admin.display(description="check", ordering="check_code")
    def check_name(self, finding: Finding) -> str:
        return CHECKS[finding.check_code].label if finding.check_code in CHECKS else finding.check_code

    @admin.display(description="product", ordering="product__sku")
    def item(self, finding: Finding) -> SafeString | str:
        return link(finding.product)

    @admin.display(description="acknowledged")
    def known(self, finding: Finding) -> str:
        return f"{finding.acknowledged_by}: {finding.reason}" if finding.acknowledged_at else NOTHING


@admin.register(ForbiddenTerm)
class ForbiddenTermAdmin(ModelAdmin):
    list_display = ("term", "language", "channel", "instead")
    list_select_related = ("channel",)
    list_filter = ("language", "channel")
    search_fields = ("term", "instead")
    fields = ("term", "instead", "language", "channel")
    autocomplete_fields = ("channel",)
