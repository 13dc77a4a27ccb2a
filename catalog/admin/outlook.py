"""Pages that show what is out: where something is used, what a placement would do, why a document says what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from catalog import querysets
from catalog.models import Asset, Attribute, Category, Channel, Family, Fragment, Placement, Product, Slot, Tag
from catalog.operations.supposing import supposed
from catalog.outlook import OUTLOOK

CARRIED = (Fragment, Attribute, Asset, Tag, Category)


class Outlooks:
    """The part of an admin that has such pages. Who may see the thing may see them; nothing is written here."""

    model: type[Model]
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [*(self._page(name) for name in self._pages()), *urls]

    def _page(self, name: str) -> URLPattern:
        view = self.admin_site.admin_view(getattr(self, f"{name}_view"))
        address = f"catalog_{self.model._meta.model_name}_{name}"
        return path(f"<path:object_id>/{name}/", view, name=address)  # type: ignore[no-any-return]

    def _pages(self) -> Iterator[str]:
        if self.model in CARRIED:
            yield "where"
        if self.model is Fragment:
            yield from ("preview", "impact")
        if self.model is Product:
            yield from ("explain", "printed")

    def upkeep_links(self, obj: Any) -> Iterator[tuple[str, str]]:
        """Beside those to rename and the like."""
        yield from super().upkeep_links(obj)  # type: ignore[misc]
        names = {"where": "Where used", "preview": "Preview a placement", "explain": "Why it says so"}
        names["printed"] = "Where printed"
        for name in (name for name in self._pages() if name in names):
            yield reverse(f"admin:catalog_{self.model._meta.model_name}_{name}", args=[obj.pk]), names[name]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """What approving a fragment would change outside stands above its form."""
        obj = kwargs.get("obj")
        if isinstance(obj, Fragment):
            context["impact"] = OUTLOOK.impact(obj)
            context["impact_url"] = reverse("admin:catalog_fragment_impact", args=[obj.pk])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    # --- Pages -------------------------------------------------------------------------------------------------------
    def where_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self._seen(request, object_id)
        impact = OUTLOOK.impact(obj) if isinstance(obj, Fragment) else None
        return self._answer(request, obj, "Where used", carried=OUTLOOK.where_used(obj), impact=impact)

    def printed_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        product = self._seen(request, object_id)
        return self._answer(request, product, "Where printed", editions=OUTLOOK.printed(product), is_printed=True)

    def impact_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What saving the form that is sent would change outside, or what is wrong with it."""
        fragment = self._seen(request, object_id)
        if not self.has_change_permission(request, fragment):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = self.get_form(request, fragment, change=True)(request.POST, instance=fragment)  # type: ignore[attr-defined]
        try:
            with supposed():
                if not form.is_valid():
                    return _impact([message for errors in form.errors.values() for message in errors])
                self.save_model(request, form.save(commit=False), form, change=True)  # type: ignore[attr-defined]
                return _impact([], str(OUTLOOK.impact(fragment)))
        except ValidationError as error:
            return _impact(error.messages)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        fragment = self._seen(request, object_id)
        form = PreviewForm(request.GET or None)
        found = None
        if OUTLOOK.preview is not None and form.is_valid():
            try:
                found = OUTLOOK.preview(form.placement(fragment))
            except ValidationError as error:
                form.tell(error)
        return self._answer(request, fragment, "Preview a placement", form=form, preview=found)

    def explain_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        product = self._seen(request, object_id)
        form = ReaderForm(request.GET or None)
        found, refusal = None, ""
        if OUTLOOK.explain is not None and form.is_valid():
            channel, language = form.reader()
            try:
                found = OUTLOOK.explain(product, channel, language, form.cleaned_data["draft"])
            except LookupError as error:
                refusal = str(error.args[0])
        return self._answer(request, product, "Why it says so", form=form, found=found, refusal=refusal)

    def _seen(self, request: HttpRequest, object_id: str) -> Any:
        obj = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):  # type: ignore[attr-defined]
            raise PermissionDenied
        return obj

    def _answer(self, request: HttpRequest, obj: Any, title: str, **context: Any) -> HttpResponse:
        own = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": obj,
            "title": f"{title}: {obj}",
            "verb": title,
            "back": reverse(f"admin:catalog_{self.model._meta.model_name}_change", args=[obj.pk]),
        }
        return TemplateResponse(request, "catalog/admin/outlook.html", {**own, **context})


def _impact(problems: list[str], impact: str = "") -> JsonResponse:
    return JsonResponse({"impact": impact, "problems": problems})


class CodeField(forms.CharField):
    """Something by its code, or nothing where it may be left empty."""

    def __init__(self, model: type[Model], key: str = "code", **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}), max_length=200, **kwargs)
        self.model, self.key = model, key

    def clean(self, value: Any) -> Any:
        code = super().clean(value).strip()
        if not code:
            return None
        found = self.model._default_manager.filter(**{f"{self.key}__iexact": code}).first()
        if found is None:
            raise ValidationError(f"There is no {self.model._meta.verbose_name} “{code}”.")
        return found


class PreviewForm(forms.Form):
    slot: forms.ModelChoiceField[Slot] = forms.ModelChoiceField(Slot.objects.all(), widget=UnfoldAdminSelectWidget)
    product = CodeField(Product, "sku", required=False, label="Product (SKU)")
    family = CodeField(Family, required=False, label="Family (code)")
    category = CodeField(Category, required=False, label="Category (code)")
    filter = forms.CharField(
        required=False, max_length=10_000, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "battery = lithium"})
    )
    position = forms.IntegerField(required=False, min_value=0, max_value=32_767, widget=UnfoldAdminTextInputWidget)
    excluded = forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [name for name in ("product", "family", "category", "filter") if cleaned.get(name)]
        if len(chosen) != 1 and not self.errors:
            raise ValidationError("Choose exactly one: a product, a family, a category or a filter.")
        return cleaned

    def placement(self, fragment: Fragment) -> Placement:
        fields = {**self.cleaned_data, "position": self.cleaned_data["position"] or 0}
        return Placement(fragment=fragment, **fields)

    def tell(self, error: ValidationError) -> None:
        """What is wrong with the filter, at the filter."""
        self.add_error("filter" if hasattr(error, "error_dict") else None, error.messages)


class ReaderForm(forms.Form):
    """For whom a document is: a channel and one of its languages."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        rows = querysets.channels().order_by("code")
        self.channels: dict[str, tuple[Channel, str]] = {
            f"{row.code}/{language}": (row, language) for row in rows for language in row.chains()
        }
        choices = [(name, name.replace("/", " · ")) for name in self.channels]
        self.fields["to"] = forms.ChoiceField(
            choices=choices, widget=UnfoldAdminSelectWidget, label="Channel, language"
        )
        self.fields["draft"] = forms.BooleanField(
            required=False, widget=UnfoldBooleanSwitchWidget, label="As it would be released now"
        )

    def reader(self) -> tuple[Channel, str]:
        return self.channels[self.cleaned_data["to"]]
