"""The form of an attribute: the settings of its type as fields of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings as site
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from catalog.admin.base import Form
from catalog.admin.fact_widgets import Grid, GridColumn, Wish, numeric, widget_for
from catalog.admin.fields import Chips
from catalog.models import EntityType
from catalog.operations.attributes import checked_settings, sentence
from catalog.values import TYPES, AttributeSpec
from catalog.values.base import InvalidSetting, Setting
from catalog.values.computed import RESULTS
from catalog.values.tables import CELLS
from catalog.values.units import FAMILIES, UNITS, units_of

_PREFIX = "setting_"
# What a column of a table is told here besides its code, type and labels.
_COLUMN_SETTINGS = ("unit", "decimals")


def fields_of_settings(kind: str) -> list[str]:
    """The names of the form fields for what attributes of a type can be told."""
    return [_PREFIX + setting.name for setting in TYPES[kind].settings] if kind in TYPES else []


class Raw(forms.Field):
    """A field that gives what its widget does: the type itself looks at it."""

    def clean(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


class Columns(Grid):
    """The columns of a table, each in a row; what it does not show of a column stays as it is."""

    def __init__(self) -> None:
        text = UnfoldAdminTextInputWidget
        kinds = [("", "–"), *((code, kind.label) for code, kind in CELLS.items())]
        labels = [GridColumn(f"label_{code}", f"Label ({name})", text(), code) for code, name in site.LANGUAGES]
        super().__init__(
            [
                GridColumn("code", "Code", text()),
                GridColumn("type", "Type", UnfoldAdminSelectWidget(choices=kinds)),
                GridColumn("unit", "Usual unit", UnfoldAdminSelectWidget(choices=unit_choices(""))),
                GridColumn("decimals", "Decimals", numeric()),
                *labels,
            ]
        )
        self.stored: list[dict[str, Any]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        said = value if isinstance(value, list) else []
        return super().get_context(name, [_flat(column) for column in said if isinstance(column, dict)], attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        rows = super().value_from_datadict(data, files, name) or []
        kept = {column["code"]: column for column in self.stored}
        return [_column(row, kept.get(row.get("code", ""), {})) for row in rows]


def _flat(column: dict[str, Any]) -> dict[str, Any]:
    """A column as the grid has it."""
    told = {name: (column.get("settings") or {}).get(name) for name in _COLUMN_SETTINGS}
    labels = {f"label_{language}": text for language, text in (column.get("labels") or {}).items()}
    return {"code": column.get("code"), "type": column.get("type"), **told, **labels}


def _column(row: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the grid as a column, with what the stored one has that the grid does not show."""
    shown = {f"label_{code}" for code, _ in site.LANGUAGES}
    hidden = {code: text for code, text in (stored.get("labels") or {}).items() if f"label_{code}" not in shown}
    told = {name: text for name, text in (stored.get("settings") or {}).items() if name not in _COLUMN_SETTINGS}
    kind = row.get("type") or "text"
    told = told if kind == stored.get("type", kind) else {}
    return {
        "code": row.get("code"),
        "type": kind,
        "labels": hidden | {name.removeprefix("label_"): text for name, text in row.items() if name in shown},
        "settings": told | {name: row[name] for name in _COLUMN_SETTINGS if name in row},
    }


def unit_choices(family: str) -> list[Any]:
    """The units of a family, or of all in groups."""
    if family:
        return [("", "–"), *((symbol, symbol) for symbol in units_of(family))]
    groups = groupby(UNITS.values(), key=lambda unit: unit.family)
    return [("", "–"), *((FAMILIES[code].label, [(unit.symbol, unit.symbol) for unit in row]) for code, row in groups)]


def _chosen(choices: list[Any]) -> forms.Widget:
    widget: forms.Widget = UnfoldAdminSelectWidget(choices=choices)
    return widget


def _line() -> forms.Widget:
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocomplete": "off"})
    return widget


def _expression() -> forms.Widget:
    widget: forms.Widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"})
    return widget


def _entities() -> forms.Widget:
    return _chosen([("", "–"), *((entity.code, str(entity)) for entity in EntityType.objects.all())])


def _units(spec: AttributeSpec) -> forms.Widget:
    family = spec.settings.get("unit_family", "")
    symbols = units_of(family) if family in FAMILIES else list(UNITS)
    return Chips(choices=[(symbol, symbol) for symbol in symbols])


# By the kind of a setting, the widget for it.
_WIDGETS: Mapping[str, Callable[[AttributeSpec], forms.Widget]] = {
    "whole": lambda _: numeric(),
    "number": lambda _: numeric(),
    "pattern": lambda _: _line(),
    "unit_family": lambda _: _chosen([("", "any"), *((code, family.label) for code, family in FAMILIES.items())]),
    "unit": lambda spec: _chosen(unit_choices(spec.settings.get("unit_family", ""))),
    "units": _units,
    "entity": lambda _: _entities(),
    "columns": lambda _: Columns(),
    "expression": lambda _: _expression(),
    "result": lambda _: _chosen([("", "–"), *((code, kind.label) for code, kind in RESULTS.items())]),
    "value": lambda spec: widget_for(Wish(spec, spec.settings.get("default"))),
}


class AttributeForm(Form):
    """An attribute, with the settings of its type as fields of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.instance.type or self.data.get("type") or self.initial.get("type") or ""
        self.kind = TYPES.get(kind)
        self.spec = self.instance.spec() if self.instance.pk else AttributeSpec(self.instance.code, kind)
        for setting in self.kind.settings if self.kind else ():
            self.fields[_PREFIX + setting.name] = self.setting_field(setting)

    def setting_field(self, setting: Setting) -> forms.Field:
        widget = _WIDGETS[setting.kind](self.spec)
        if isinstance(widget, Columns):
            widget.stored = self.spec.settings.get("columns", [])
        return Raw(
            required=False,
            widget=widget,
            label=f"{setting.label} *" if setting.required else setting.label,
            help_text=setting.help,
            initial=self.spec.settings.get(setting.name),
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.kind is None:
            return cleaned
        told = {setting.name: cleaned.get(_PREFIX + setting.name) for setting in self.kind.settings}
        spec = AttributeSpec(
            cleaned.get("code") or self.spec.code, self.kind.code, settings=told, options=self.spec.options
        )
        try:
            self.instance.settings = checked_settings(spec)
        except InvalidSetting as error:
            name = _PREFIX + error.name
            self.add_error(name if name in self.fields else None, sentence(error))
        return cleaned
