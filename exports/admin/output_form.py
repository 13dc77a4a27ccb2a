"""The form of an output: the options of its format as fields of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)
from unfold.widgets import UnfoldBooleanSwitchWidget as Switch

from catalog.admin.base import Form
from catalog.admin.fact_widgets import numeric
from exports.admin.mapping_inputs import ColumnsInput, FieldsInput
from exports.formats import options
from exports.formats.options import Option, WrongOptions
from exports.formats.registry import FORMATS

PREFIX = "option_"
# Kinds of options of which the form shows what holds where nothing is said.
SHOWN = ("flag", "color", "columns")


def format_choices() -> list[tuple[str, str]]:
    """The formats there are."""
    return [(code, each.label) for code, each in FORMATS.items()]


def fieldsets_of(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The fields for the options of a format, under their headings in the order in which these come up."""
    groups: dict[str, list[str]] = {}
    for name, option in FORMATS[kind].options.items() if kind in FORMATS else ():
        groups.setdefault(option.group or "Options", []).append(PREFIX + name)
    return [(group, {"fields": names}) for group, names in groups.items()]


class Said(forms.Field):
    """A field that gives what its widget does: the option itself looks at it."""

    def clean(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


class CodesInput(UnfoldAdminTextareaWidget):
    """A list of codes as a text with commas between them."""

    def format_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, (list, tuple)) else value


class TableInput(UnfoldAdminTextareaWidget):
    """Codes with a value each as lines."""

    def format_value(self, value: Any) -> Any:
        return "\n".join(f"{code} {text}" for code, text in value.items()) if isinstance(value, Mapping) else value


_PLAIN = {"spellcheck": "false", "autocomplete": "off"}

# By the kind of an option, the widget for it.
_WIDGETS: Mapping[str, Callable[[Any], forms.Widget]] = {
    "text": lambda option: (
        UnfoldAdminTextInputWidget(attrs={"maxlength": option.limit})
        if option.limit <= options.SHORT
        else UnfoldAdminTextareaWidget(attrs={"rows": 4, "maxlength": option.limit})
    ),
    "flag": lambda _: Switch(),
    "number": lambda _: numeric(),
    "whole": lambda _: numeric(),
    "choice": lambda option: UnfoldAdminSelectWidget(choices=list(option.choices.items())),
    "codes": lambda _: CodesInput(attrs={**_PLAIN, "rows": 2}),
    "code": lambda _: UnfoldAdminTextInputWidget(attrs=_PLAIN),
    "table": lambda _: TableInput(attrs={**_PLAIN, "rows": 6}),
    "day": lambda _: UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    "color": lambda _: UnfoldAdminColorInputWidget(),
    "address": lambda _: UnfoldAdminTextInputWidget(attrs={**_PLAIN, "inputmode": "url"}),
    "fields": FieldsInput,
    "columns": lambda _: ColumnsInput(attrs={**_PLAIN, "rows": 12}),
}


class OutputForm(Form):
    """An output, with the options of its format as fields of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = self.instance.format
        if "format" in self.fields:
            self.fields["format"] = forms.ChoiceField(
                choices=format_choices(), widget=UnfoldAdminSelectWidget, label="Format"
            )
        for name, option in self.declared.items():
            self.fields[PREFIX + name] = self.option_field(name, option)

    @property
    def declared(self) -> Mapping[str, Option]:
        return FORMATS[self.kind].options if self.kind in FORMATS else {}

    def option_field(self, name: str, option: Option) -> forms.Field:
        usual = option.usual() if option.kind in ("number", "whole") else ""
        help_text = " ".join([option.help, f"{usual} if nothing is said." if usual else ""]).strip()
        initial = self.instance.options.get(name, option.default if option.kind in SHOWN else None)
        widget = _WIDGETS[option.kind](option)
        return Said(required=False, widget=widget, label=option.label, help_text=help_text, initial=initial)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.kind not in FORMATS:
            return cleaned
        said = {name: cleaned.get(PREFIX + name) for name in self.declared}
        try:
            values = FORMATS[self.kind].read(said)
        except WrongOptions as wrong:
            for name, message in wrong.faults.items():
                self.add_error(PREFIX + name if PREFIX + name in self.fields else None, message)
        else:
            self.instance.options = options.kept(self.declared, values)
        return cleaned
