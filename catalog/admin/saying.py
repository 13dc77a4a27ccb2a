"""Saying a fact on many products at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminSelectWidget

from catalog import querysets
from catalog.admin.base import actor_of
from catalog.admin.fact_fields import fact_field
from catalog.admin.fact_sheet import currencies_of
from catalog.admin.presenting import chain
from catalog.admin.selecting import selected
from catalog.models import Attribute, Channel, Product
from catalog.models.base import label_of
from catalog.operations.bulk import set_fact_on, telling_apart
from catalog.operations.products import INHERIT
from catalog.values import TYPES, AttributeSpec, Scope

SAY, EMPTY, RESET = "say", "empty", "reset"
WISHES = {SAY: "Say this", EMPTY: "Have nothing here, whatever is inherited", RESET: "Reset to what is inherited"}


class WhichFact(forms.Form):
    """First it is asked which fact."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["attribute"] = _choice("Which fact?", [("", "—"), *sayable(chain()[0])])
        self.fields["attribute"].help_text = "Facts that tell products apart are said on each product by itself."


class WhatToSay(forms.Form):
    """Then what is to be said, for whom."""

    attribute = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, spec: AttributeSpec, data: Any = None) -> None:
        super().__init__(data, initial={"attribute": spec.code})
        self.spec = spec
        channels = list(Channel.objects.order_by("code"))
        self.fields["wish"] = _choice("What should they do?", list(WISHES.items()))
        self.fields["value"] = fact_field(spec, None, currencies_of(channels), label=spec.label(chain()))
        if spec.localizable:
            self.fields["language"] = _choice("In which language?", settings.LANGUAGES)
        if spec.per_channel:
            everywhere = [("", "for all channels"), *((each.code, str(each)) for each in channels)]
            self.fields["channel"] = _choice("For which channel?", everywhere, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("wish") == SAY and cleaned.get("value", "") is INHERIT:
            self.add_error("value", "Say what the fact is, or choose above that it should be empty or inherited.")
        return cleaned

    def facts(self) -> dict[str, dict[str, Any]]:
        cleaned = self.cleaned_data
        value = {SAY: cleaned["value"], EMPTY: None, RESET: INHERIT}[cleaned["wish"]]
        return {self.spec.code: {str(Scope(cleaned.get("language", ""), cleaned.get("channel", ""))): value}}


class SaidOnMany:
    """The part of an admin that says a fact on what is chosen in its list."""

    admin_site: Any

    @admin.action(description="Say a fact …", permissions=["change"])
    def say_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        form = _form(request)
        if isinstance(form, WhatToSay) and form.is_valid():
            try:
                ids = list(queryset.order_by().values_list("pk", flat=True))
                report = set_fact_on(actor_of(request), ids, form.facts())
                messages.success(request, f"Changed: {report.changed}. Said so before: {report.unchanged}.")
                return None
            except ValidationError as error:
                form.add_error(None, error)
        asking = isinstance(form, WhichFact)
        page = selected(request, queryset, "sku") | {
            **self.admin_site.each_context(request),
            "title": "Say a fact",
            "form": form,
            "action": "say_selected",
            "apply": "which" if asking else "what",
            "button": "Go on" if asking else "Say it on all of them",
        }
        return TemplateResponse(request, "catalog/admin/on_selected.html", page)


def sayable(language: str) -> list[tuple[str, str]]:
    """Code and name of the attributes that many products may say the same of."""
    computed = [code for code, kind in TYPES.items() if kind.computed]
    rows = Attribute.objects.exclude(pk__in=telling_apart().values("pk")).exclude(type__in=computed)
    named = [(row.code, label_of(row, language) or row.code) for row in rows.filter(retired=False)]
    return [(code, f"{name} ({code})") for code, name in sorted(named, key=lambda row: (row[1].lower(), row[0]))]


def _form(request: HttpRequest) -> WhichFact | WhatToSay:
    step = request.POST.get("apply", "")
    which = WhichFact(request.POST if step else None)
    if not step or not which.is_valid():
        return which
    code = which.cleaned_data["attribute"]
    spec = querysets.attribute_specs([code])[code.lower()]
    return WhatToSay(spec, request.POST if step == "what" else None)


def _choice(label: str, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    rows = list(choices)
    return forms.ChoiceField(label=label, choices=rows, required=required, widget=UnfoldAdminSelectWidget(choices=rows))
