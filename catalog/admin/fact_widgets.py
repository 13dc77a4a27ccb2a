"""A widget for each attribute type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django_prose_editor.widgets import AdminProseEditorWidget
from unfold.widgets import (
    UnfoldAdminAutocompleteWidget,
    UnfoldAdminMultipleAutocompleteWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.admin.fields import Chips
from catalog.admin.fragment_form import EXTENSIONS
from catalog.values import AttributeSpec
from catalog.values.base import pick
from catalog.values.measures import allowed_units
from catalog.values.tables import MAX_ROWS, columns_of

# Rows for what is to be added to a table; saving gives as many again.
BLANK_ROWS = 3


class Wish(NamedTuple):
    """What a widget is made for. `own` is what the product says, `currencies` those of the channels."""

    spec: AttributeSpec
    own: Any
    currencies: Sequence[str] = ()


class Measure(forms.MultiWidget):
    """An amount and its unit."""

    template_name = "catalog/admin/widgets/joined.html"

    def __init__(self, units: Sequence[str], preferred: str, attrs: dict[str, Any] | None = None) -> None:
        self.preferred = preferred
        super().__init__([numeric(), _unit_select(units)], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.get("amount"), value.get("unit")] if isinstance(value, dict) else [None, self.preferred]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        amount, unit = super().value_from_datadict(data, files, name)
        return {"amount": amount.strip(), "unit": unit or ""} if amount and amount.strip() else None


class Range(forms.MultiWidget):
    """From one amount to another, and their unit where they have one."""

    template_name = "catalog/admin/widgets/joined.html"

    def __init__(self, units: Sequence[str] = (), preferred: str = "", attrs: dict[str, Any] | None = None) -> None:
        self.preferred = preferred
        ends = [numeric("from"), numeric("to")]
        super().__init__([*ends, _unit_select(units)] if units else ends, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if not isinstance(value, dict):
            return [None, None, self.preferred][: len(self.widgets)]
        return [value.get("from"), value.get("to"), value.get("unit")][: len(self.widgets)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        low, high, *unit = super().value_from_datadict(data, files, name)
        said = {end: text.strip() for end, text in (("from", low), ("to", high)) if text and text.strip()}
        if not said:
            return None
        return {**said, "unit": unit[0] or ""} if unit else said


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


class Moment(UnfoldAdminTextInputWidget):
    """A date and time in UTC, by the browser's own calendar, which knows no time zones."""

    template_name = "catalog/admin/widgets/moment.html"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 1})
        self.input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        return value.removesuffix("Z") if isinstance(value, str) else value

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        raw = (super().value_from_datadict(data, files, name) or "").strip()
        # Browsers leave out the seconds where they are 0.
        return f"{raw}:00Z" if len(raw) == len("2027-03-31T09:30") else f"{raw}Z" if raw else None


class _ByCode:
    """The options of a lookup are those chosen; others are found by typing."""

    # The theme's own template gives the chosen option the value "True".
    option_template_name = "django/forms/widgets/select_option.html"
    choices: Any

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None, **query: str) -> None:
        url = reverse(url_name) + (f"?{urlencode(query)}" if query else "")
        super().__init__({**(attrs or {}), "data-ajax--url": url, "data-placeholder": "–"})  # type: ignore[call-arg]
        self.labels: Mapping[str, str] = {}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        self.choices = [("", ""), *((code, self.labels.get(code.lower(), code)) for code in value if code)]
        return super().optgroups(name, value, attrs)  # type: ignore[misc]

    class Media:
        js = ("admin/js/autocomplete.js",)


class Lookup(_ByCode, UnfoldAdminAutocompleteWidget):
    """The code of an asset, a product or a record."""


class Lookups(_ByCode, UnfoldAdminMultipleAutocompleteWidget):
    """The codes of several assets."""


class YesNo(UnfoldAdminSelectWidget):
    """Yes, no, or nothing said."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=[("", "–"), ("true", "Yes"), ("false", "No")])

    def format_value(self, value: Any) -> Any:
        return super().format_value({True: "true", False: "false"}.get(value, value))


class GridColumn(NamedTuple):
    """A column of a grid. One with a `language` is seen while the form shows texts of that language."""

    name: str
    heading: str
    widget: forms.Widget
    language: str = ""


class Grid(forms.Widget):
    """The rows of a table with a widget in each cell, and some blank rows; a row that is cleared is taken away.

    Its value is a list of dictionaries by the columns' names, without blank cells.
    """

    template_name = "catalog/admin/widgets/grid.html"

    def __init__(self, columns: Sequence[GridColumn], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.columns = columns

    @property
    def media(self) -> forms.Media:
        return sum((column.widget.media for column in self.columns), forms.Media())

    def id_for_label(self, id_: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        said = value if isinstance(value, list) else []
        rows = [*(row if isinstance(row, dict) else {} for row in said), *({} for _ in range(BLANK_ROWS))]
        context["widget"]["columns"] = self.columns
        context["widget"]["count"] = len(rows)
        context["widget"]["rows"] = [self._cells(name, number, row) for number, row in enumerate(rows)]
        return context

    def _cells(self, name: str, number: int, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        disabled = {"disabled": True} if self.attrs.get("disabled") else {}
        return [
            column.widget.get_context(
                f"{name}-{number}-{column.name}",
                row.get(column.name),
                {
                    **disabled,
                    "aria-label": f"{column.heading}, row {number + 1}",
                    "id": f"id_{name}-{number}-{column.name}",
                },
            )["widget"]
            | {"language": column.language}
            for column in self.columns
        ]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        count = data.get(f"{name}-rows", "0")
        rows = min(int(count), MAX_ROWS + BLANK_ROWS) if count.isascii() and count.isdigit() and len(count) < 6 else 0
        found = [self._row(data, files, f"{name}-{number}") for number in range(rows)]
        return [row for row in found if row] or None

    def _row(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        cells = {
            column.name: column.widget.value_from_datadict(data, files, f"{name}-{column.name}")
            for column in self.columns
        }
        return {column: cell for column, cell in cells.items() if cell not in (None, "", [])}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-rows" not in data


def numeric(placeholder: str = "") -> forms.Widget:
    told = {"placeholder": placeholder, "aria-label": placeholder} if placeholder else {}
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off", **told})
    return widget


def _unit_select(units: Sequence[str]) -> forms.Widget:
    widget: forms.Widget = UnfoldAdminSelectWidget(
        choices=[(unit, unit) for unit in units], attrs={"aria-label": "Unit"}
    )
    return widget


def line(wish: Wish) -> forms.Widget:
    limit = wish.spec.settings.get("max_length")
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"maxlength": limit} if limit else {})
    return widget


def of_kind(input_type: str) -> Callable[[Wish], forms.Widget]:
    """A line with the keyboard or calendar the browser has for it."""

    def made(wish: Wish) -> forms.Widget:
        widget = line(wish)
        widget.input_type = input_type  # type: ignore[attr-defined]
        return widget

    return made


def units_for(wish: Wish) -> tuple[Sequence[str], str]:
    """The units offered, the one a value has among them, and the one offered first."""
    units = allowed_units(wish.spec)
    if isinstance(wish.own, dict) and wish.own.get("unit") not in units:
        units = [*units, wish.own.get("unit", "")]
    return units, wish.spec.settings.get("unit") or units[0]


def options_of(spec: AttributeSpec, own: Any) -> list[tuple[str, str]]:
    """The options that can be chosen, and after them what the product says that is none any more."""
    said = own if isinstance(own, list) else [own] if own else []
    choices = [(code, pick(labels, ()) or code) for code, labels in spec.options.values()]
    offered = [(code, label) for code, label in choices if code not in spec.retired_options]
    retired = [(code, f"{label} (retired)") for code, label in choices if code in spec.retired_options and code in said]
    known = {code for code, _ in choices}
    return [*offered, *retired, *((code, f"{code} (no option any more)") for code in said if code not in known)]


def record(wish: Wish) -> forms.Widget:
    """Shows the record by its label where the attribute knows it."""
    widget = Lookup("admin:catalog_record_lookup", entity=wish.spec.settings.get("entity", ""))
    widget.labels = {key: pick(labels, ()) or code for key, (code, labels) in wish.spec.options.items()}
    return widget


def prices(wish: Wish) -> forms.Widget:
    said = [item["currency"] for item in wish.own or ()]
    return Prices(sorted({*wish.currencies, *said}) or ["EUR"])


def editor() -> forms.Widget:
    """The editor of fragments: it writes what the sanitiser keeps."""
    widget: forms.Widget = AdminProseEditorWidget(
        config={"extensions": EXTENSIONS}, preset="configurable", attrs={"rows": 6}
    )
    return widget


def grid(wish: Wish) -> forms.Widget:
    columns = columns_of(wish.spec)
    return Grid(
        [GridColumn(name, column.label(()), widget_for(Wish(column, None))) for name, column in columns.items()]
    )


WIDGETS: Mapping[str, Callable[[Wish], forms.Widget]] = {
    "text": line,
    "longtext": lambda _: UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    "richtext": lambda _: editor(),
    "integer": lambda _: numeric(),
    "number": lambda _: numeric(),
    "measurement": lambda wish: Measure(*units_for(wish)),
    "number_range": lambda _: Range(),
    "measurement_range": lambda wish: Range(*units_for(wish)),
    "boolean": lambda _: YesNo(),
    "date": of_kind("date"),
    "datetime": lambda _: Moment(),
    "select": lambda wish: UnfoldAdminSelectWidget(choices=[("", "–"), *options_of(wish.spec, wish.own)]),
    "multiselect": lambda wish: Chips(choices=options_of(wish.spec, wish.own)),
    "price": prices,
    "gtin": lambda _: numeric(),
    "isbn": line,
    "mpn": line,
    "url": of_kind("url"),
    "asset": lambda _: Lookup("admin:catalog_asset_lookup"),
    "assets": lambda _: Lookups("admin:catalog_asset_lookup"),
    "reference": lambda _: Lookup("admin:catalog_product_lookup"),
    "record": record,
    "table": grid,
}


def widget_for(wish: Wish) -> forms.Widget:
    """The widget of a type; one that has none of its own is written as text."""
    return WIDGETS.get(wish.spec.type, WIDGETS["longtext"])(wish)
