"""The page on which the missing variants of a product are made: choose values, look at what would come, make it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from catalog.actors import Actor
from catalog.admin.fields import ChoicesField
from catalog.models import Product
from catalog.operations.variants import Planned, axes_below, default_pattern, make_variants, plan_variants
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.base import pick
from catalog.values.units import amount_and_unit


class VariantsForm(forms.Form):
    """A field for each axis, and how the SKUs are made."""

    def __init__(self, data: Any, axes: Sequence[AttributeSpec], chain: tuple[str, ...]) -> None:
        super().__init__(data)
        self.axes = axes
        for spec in axes:
            self.fields[f"axis:{spec.code}"] = axis_field(spec, chain)
        places = ", ".join(["{sku}", *(f"{{{spec.code}}}" for spec in axes)])
        self.fields["pattern"] = forms.CharField(
            label="SKUs",
            initial=default_pattern(axes),
            max_length=200,
            help_text=f"The places {places} are filled in.",
            widget=UnfoldAdminTextInputWidget,
        )

    def values(self) -> dict[str, list[Any]]:
        """Raw values by the axis' code."""
        return {
            spec.code: [raw_of(spec, typed) for typed in self.cleaned_data.get(f"axis:{spec.code}") or ()]
            for spec in self.axes
        }

    def clean(self) -> dict[str, Any]:
        """What is no amount at all is told at its field."""
        for spec in self.axes:
            try:
                for typed in self.cleaned_data.get(f"axis:{spec.code}") or ():
                    raw_of(spec, typed)
            except Invalid as error:
                self.add_error(f"axis:{spec.code}", f"{error}.")
        return self.cleaned_data


def raw_of(spec: AttributeSpec, typed: str) -> Any:
    """What was typed for one value, as its type takes it. Raises Invalid."""
    if spec.type == "measurement":
        amount, unit = amount_and_unit(typed)
        return {"amount": amount, "unit": unit} if unit else {"amount": amount}
    return [typed] if TYPES[spec.type].many else typed


class Lines(forms.CharField):
    """Several values, each on a line of its own."""

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


def axis_field(spec: AttributeSpec, chain: tuple[str, ...]) -> forms.Field:
    """A field for several values of one axis."""
    label = spec.label(chain)
    if spec.type == "boolean":
        return ChoicesField(label=label, choices=[("true", "Yes"), ("false", "No")])
    if TYPES[spec.type].has_options:
        offered = [row for row in spec.options.values() if row[0] not in spec.retired_options]
        return ChoicesField(label=label, choices=[(code, pick(labels, chain) or code) for code, labels in offered])
    return Lines(
        label=label,
        required=False,
        help_text="One value on each line.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


def variants_page(
    request: HttpRequest, product: Product, actor: Actor, chain: tuple[str, ...], context: Mapping[str, Any]
) -> HttpResponse:
    """Shows the form; on "preview" also what would be made, on "make" makes it and goes back to the product."""
    form = VariantsForm(request.POST or None, axes_below(product), chain)
    planned: list[Planned] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "make" in request.POST:
                made = make_variants(actor, product, form.values(), form.cleaned_data["pattern"])
                messages.success(request, f"Variants made, as drafts: {len(made)}.")
                return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product.pk]))
            planned = plan_variants(product, form.values(), form.cleaned_data["pattern"])
        except ValidationError as error:
            form.add_error(None, error)
    return TemplateResponse(
        request,
        "catalog/admin/variants.html",
        {
            **context,
            "title": f"Make variants of {product.sku}",
            "product": product,
            "form": form,
            "planned": planned,
            "possible": bool(planned) and not any(row.problem for row in planned or ()),
        },
    )
