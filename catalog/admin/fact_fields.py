"""One form field for one value of an attribute: a widget per type, and the type's own parsing.

A field cleans to INHERIT when it is left blank, to the value the product has when it was not touched, and to the
parsed value otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminAutocompleteWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.admin.fields import Chips
from catalog.operations.products import INHERIT, checked
from catalog.values import AttributeSpec, Invalid
from catalog.values.base import pick
from catalog.values.units import UNITS, units_of


class Measure(forms.MultiWidget):
    """An amount and its unit."""

    template_name = "catalog/admin/widgets/joined.html"

    def __init__(self, units: Sequence[str], preferred: str, attrs: dict[str, Any] | None = None) -> None:
        self.preferred = preferred
        super().__init__([numeric(), UnfoldAdminSelectWidget(choices=[(unit, unit) for unit in units])], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.get("amount"), value.get("unit")] if isinstance(value, dict) else [None, self.preferred]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        amount, unit = super().value_from_datadict(data, files, name)
        return {"amount": amount.strip(), "unit": unit or ""} if amount and amount.strip() else None


class Prices(forms.MultiWidget):
    """An amount in each currency."""

    template_name = "catalog/admin/widgets/prices.html"

    def __init__(self, currencies: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        self.currencies = currencies
        super().__init__({code: numeric() for code in currencies}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # A list would be taken for the amounts themselves.
        context = super().get_context(name, self.decompress(value), attrs)
        for code, part in zip(self.currencies, context["widget"]["subwidgets"], strict=True):
            part["currency"] = code
        return context

    def decompress(self, value: Any) -> list[Any]:
        amounts = {item["currency"]: item["amount"] for item in value or ()}
        return [amounts.get(code) for code in self.currencies]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        amounts = super().value_from_datadict(data, files, name)
        rows = zip(self.currencies, amounts, strict=True)
        return [{"amount": amount.strip(), "currency": code} for code, amount in rows if amount and amount.strip()]


class Lookup(UnfoldAdminAutocompleteWidget):
    """The code of an asset or product, found by typing. The one option it has is the one chosen."""

    # The theme's own template gives the chosen option the value "True".
    option_template_name = "django/forms/widgets/select_option.html"

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**(attrs or {}), "data-ajax--url": reverse(url_name), "data-placeholder": "–"})

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        self.choices = [("", ""), *((code, code) for code in value if code)]
        return super().optgroups(name, value, attrs)

    class Media:
        js = ("admin/js/autocomplete.js",)


class YesNo(UnfoldAdminSelectWidget):
    """Yes, no, or nothing said."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=[("", "–"), ("true", "Yes"), ("false", "No")])

    def format_value(self, value: Any) -> Any:
        return super().format_value({True: "true", False: "false"}.get(value, value))


class FactField(forms.Field):
    """A value of one attribute in one scope. `own` is what the product itself says there, None for nothing."""

    def __init__(self, spec: AttributeSpec, own: Any, **kwargs: Any) -> None:
        super().__init__(required=False, initial=own, **kwargs)
        self.spec, self.own = spec, own

    def clean(self, value: Any) -> Any:
        if is_blank(value):
            return INHERIT
        if not self.has_changed(self.own, value):
            return self.own
        try:
            return checked(self.spec, value)
        except Invalid as error:
            message = str(error)
            raise ValidationError(message[:1].upper() + message[1:] + ".") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        if is_blank(data):
            return initial is not None
        return bool(as_typed(initial) != as_typed(data))


def is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def as_typed(value: Any) -> Any:
    """A stored value and the same value as a browser sends it are equal in this form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class Wish(NamedTuple):
    """What a widget is made for. `own` is what the product says, `currencies` those of the channels."""

    spec: AttributeSpec
    own: Any
    currencies: Sequence[str]


def numeric() -> forms.Widget:
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return widget


def line(wish: Wish) -> forms.Widget:
    limit = wish.spec.settings.get("max_length")
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"maxlength": limit} if limit else {})
    return widget


def measure(wish: Wish) -> forms.Widget:
    settings = wish.spec.settings
    units = units_of(settings["unit_family"]) if settings.get("unit_family") else list(UNITS)
    if isinstance(wish.own, dict) and wish.own.get("unit") not in units:
        units = [*units, wish.own.get("unit", "")]
    return Measure(units, settings.get("unit") or units[0])


def options_of(spec: AttributeSpec, own: Any) -> list[tuple[str, str]]:
    """The options, and after them what the product says that is none any more."""
    choices = [(code, pick(labels, ()) or code) for code, labels in spec.options.values()]
    known = {code for code, _ in choices}
    said = own if isinstance(own, list) else [own] if own else []
    return [*choices, *((code, f"{code} (no option any more)") for code in said if code not in known)]


def calendar() -> forms.Widget:
    widget: forms.Widget = UnfoldAdminTextInputWidget()
    widget.input_type = "date"  # type: ignore[attr-defined]
    return widget


def prices(wish: Wish) -> forms.Widget:
    said = [item["currency"] for item in wish.own or ()]
    return Prices(sorted({*wish.currencies, *said}) or ["EUR"])


WIDGETS: Mapping[str, Callable[[Wish], forms.Widget]] = {
    "text": line,
    "longtext": lambda _: UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    "number": lambda _: numeric(),
    "measurement": measure,
    "boolean": lambda _: YesNo(),
    "select": lambda wish: UnfoldAdminSelectWidget(choices=[("", "–"), *options_of(wish.spec, wish.own)]),
    "multiselect": lambda wish: Chips(choices=options_of(wish.spec, wish.own)),
    "date": lambda _: calendar(),
    "price": prices,
    "asset": lambda _: Lookup("admin:catalog_asset_lookup"),
    "reference": lambda _: Lookup("admin:catalog_product_lookup"),
}


def fact_field(spec: AttributeSpec, own: Any, currencies: Sequence[str], **kwargs: Any) -> FactField:
    """The field for an attribute of whatever type; a type without a widget of its own is written as text."""
    widget = WIDGETS.get(spec.type, WIDGETS["longtext"])(Wish(spec, own, currencies))
    return FactField(spec, own, widget=widget, **kwargs)
