"""Renaming, and what to do about something in use: replace it, merge it, retire it; delete what nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog import models
from catalog.actors import Actor
from catalog.admin.presenting import link
from catalog.operations.upkeep import change_unit, merge, rename, replace, retire
from catalog.operations.upkeep.units import units_said
from catalog.usage import Use, uses_of
from catalog.values.units import UNITS, units_of

# What is known by a code that others say.
CODED = (
    models.Asset,
    models.AssociationType,
    models.Attribute,
    models.AttributeGroup,
    models.AttributeOption,
    models.Audience,
    models.Category,
    models.Channel,
    models.EntityType,
    models.Family,
    models.FamilyVariant,
    models.Fragment,
    models.Market,
    models.Product,
    models.Record,
    models.Slot,
    models.Tag,
)
# Codes that are offered while one is typed.
OFFERED = 500


@dataclass(frozen=True)
class Shown:
    """A way in which something is used: what it is called, how often, and links to the first few."""

    label: str
    count: int
    links: list[Any]
    more: int


def shown(use: Use) -> Shown:
    return Shown(use.label, use.count, [link(row) for row in use.examples], use.count - len(use.examples))


class CodeForm(forms.Form):
    code = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget, label="New code")


class PlaceForm(forms.Form):
    """What is to be done with something in use."""

    def __init__(self, data: Any, choices: Sequence[tuple[str, str]], others: QuerySet[Any] | None) -> None:
        super().__init__(data)
        self.others = others
        self.fields["what"] = forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, label="What to do")
        if others is not None:
            self.fields["other"] = forms.CharField(
                required=False,
                widget=UnfoldAdminTextInputWidget(attrs={"list": "t-codes", "autocomplete": "off"}),
                label="Code of the other one",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") in ("replace", "merge"):
            code = cleaned.get("other", "").strip()
            found = self.others.filter(code__iexact=code).first() if self.others is not None and code else None
            if found is None:
                self.add_error("other", f"There is nothing of the code “{code}” to take its place.")
            cleaned["found"] = found
        return cleaned


class UnitForm(forms.Form):
    def __init__(self, data: Any, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(data)
        for name, label, units in (("old", "From", old), ("new", "To", new)):
            choices = [(unit, unit) for unit in units]
            self.fields[name] = forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, label=label)


class Upkeep:
    """The part of an admin that renames, and that never deletes what is in use. Its model has a code."""

    model: type[Model]
    admin_site: Any

    # --- Addresses ---------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        if self.model not in CODED:
            return urls
        view, name = self.admin_site.admin_view, f"catalog_{self.model._meta.model_name}"
        own = [path("<path:object_id>/rename/", view(self.rename_view), name=f"{name}_rename")]
        if self.model is models.Attribute:
            own.append(path("<path:object_id>/units/", view(self.units_view), name=f"{name}_units"))
        return [*own, *urls]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code is changed by renaming, which takes everything along that says it."""
        fields = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        name = "sku" if self.model is models.Product else "code"
        return (*fields, name) if obj and self.model in CODED and name not in fields else fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """What is retired stays in lists and is no longer offered where something is chosen."""
        if request.path.endswith("/autocomplete/") and hasattr(self.model, "retired"):
            queryset = queryset.filter(retired=False)
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        if obj and self.model in CODED and self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            context["upkeep_links"] = list(self.upkeep_links(obj))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def upkeep_links(self, obj: Any) -> Iterator[tuple[str, str]]:
        yield self.page(obj, "rename"), "Rename"
        if isinstance(obj, models.Attribute) and obj.type.startswith("measurement"):
            yield self.page(obj, "units"), "Change units"

    def page(self, obj: Any, name: str) -> str:
        return reverse(f"admin:catalog_{self.model._meta.model_name}_{name}", args=[obj.pk])

    # --- Pages -------------------------------------------------------------------------------------------------------
    def rename_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.permitted_object(request, object_id, "change")
        now = str(getattr(obj, "sku", "") or obj.code)
        form = CodeForm(request.POST or None, initial={"code": now})
        if request.method == "POST" and form.is_valid():
            try:
                count = len(rename(_actor(request), obj, form.cleaned_data["code"]))
            except ValidationError as error:
                form.add_error("code", error.messages)
            else:
                said = f"“{now}” is called “{form.cleaned_data['code']}” now; {count} products were written anew."
                messages.success(request, said)
                return HttpResponseRedirect(self.page(obj, "change"))
        return self.upkeep_page(request, obj, "Rename", form, uses=uses_of(obj), renames=True)

    def units_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.permitted_object(request, object_id, "change")
        said = list(units_said(obj))
        family = obj.settings.get("unit_family")
        allowed = obj.settings.get("units") or (units_of(family) if family else list(UNITS))
        form = UnitForm(request.POST or None, [unit for unit, _ in said], allowed)
        if request.method == "POST" and form.is_valid():
            old, new = form.cleaned_data["old"], form.cleaned_data["new"]
            try:
                count = change_unit(_actor(request), obj, old, new)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"The values of {count} products were converted from {old} to {new}.")
                return HttpResponseRedirect(self.page(obj, "units"))
        counted = [Use("unit", unit, count, ()) for unit, count in said]
        return self.upkeep_page(request, obj, "Change units", form, uses=counted)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What is in use is not deleted; the page says where, and what can be done."""
        found = self.get_object(request, unquote(object_id)) if self.model in CODED else None  # type: ignore[attr-defined]
        uses = uses_of(found) if found else []
        if not uses:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[misc,no-any-return]
        obj = self.permitted_object(request, object_id, "delete")
        others = _others(obj)
        form = PlaceForm(request.POST if "what" in request.POST else None, list(_choices(obj, others)), others)
        if form.is_bound and form.is_valid():
            try:
                return self.act(request, obj, form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
        codes = others.values_list("code", flat=True)[:OFFERED] if others is not None else []
        return self.upkeep_page(request, obj, "Delete", form, uses=uses, codes=list(codes))

    def act(self, request: HttpRequest, obj: Any, cleaned: dict[str, Any]) -> HttpResponse:
        """Do what was chosen. Raises ValidationError."""
        name, actor = str(obj), _actor(request)
        if cleaned["what"] == "retire":
            retire(actor, obj)
            messages.success(request, f"“{name}” is retired: it is no longer offered.")
            return HttpResponseRedirect(self.page(obj, "change"))
        {"replace": replace, "merge": merge}[cleaned["what"]](actor, obj, cleaned["found"])
        messages.success(request, f"“{cleaned['found']}” has taken the place of “{name}”.")
        return HttpResponseRedirect(self.page(cleaned["found"], "change"))

    def permitted_object(self, request: HttpRequest, object_id: str, verb: str) -> Any:
        """Raises Http404 and PermissionDenied."""
        obj = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        if not getattr(self, f"has_{verb}_permission")(request, obj):
            raise PermissionDenied
        return obj

    def upkeep_page(
        self, request: HttpRequest, obj: Any, title: str, form: forms.Form, *, uses: list[Use], **context: Any
    ) -> HttpResponse:
        page = {
            **self.admin_site.each_context(request),
            "title": f"{title}: {obj}",
            "opts": self.model._meta,
            "original": obj,
            "form": form,
            "verb": title,
            "uses": [shown(use) for use in uses],
            "back": self.page(obj, "change"),
            **context,
        }
        return TemplateResponse(request, "catalog/admin/upkeep.html", page)


def _actor(request: HttpRequest) -> Actor:
    return Actor(request.user.get_username(), "admin")


def _others(obj: Any) -> QuerySet[Any] | None:
    """What can take a thing's place; None where nothing ever can."""
    if isinstance(obj, models.Product):
        return None
    rows: QuerySet[Any] = type(obj)._default_manager.exclude(pk=obj.pk).order_by("code")
    alike = {models.AttributeOption: "attribute", models.Record: "entity_type", models.Attribute: "type"}
    alike |= {models.Tag: "facet", models.Asset: "kind"}
    name = alike.get(type(obj))
    return rows.filter(**{name: getattr(obj, name)}) if name else rows


def _choices(obj: Any, others: QuerySet[Any] | None) -> Iterator[tuple[str, str]]:
    if others is not None:
        yield "replace", "Replace it by another and delete it"
        yield "merge", "Merge it into another, which then answers to its code too"
    if hasattr(obj, "retired") or isinstance(obj, models.Fragment):
        yield "retire", "Retire it: what uses it keeps it, nothing new can"
