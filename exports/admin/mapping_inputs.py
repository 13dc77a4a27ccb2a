"""Inputs for mappings: a receiver's fields with its rule beside each, and columns that people make themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from exports.formats.mapped import FieldMapping
from exports.mapping.fields import Field
from exports.mapping.sources import SOURCES
from exports.mapping.steps import STEPS

PLAIN = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}


class Vocabulary:
    """What may stand in an expression, for the help below an input."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[misc]
        context["sources"] = [(source.written, source.help) for source in SOURCES.values()]
        context["steps"] = [(f"{step.name} {step.takes}".strip(), step.help) for step in STEPS.values()]
        return context


class ColumnsInput(Vocabulary, UnfoldAdminTextareaWidget):
    """Columns as lines such as `Title = name`."""

    template_name = "exports/admin/widgets/columns_input.html"

    def format_value(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return "\n".join(f"{name} = {text}" for name, text in value)
        return value


class FieldsInput(Vocabulary, forms.Widget):
    """A line for each of a receiver's fields: what it is called, what it takes, and where it comes from.

    Left empty, a field has what it usually has, which stands there in grey.
    """

    template_name = "exports/admin/widgets/fields_input.html"

    def __init__(self, option: FieldMapping) -> None:
        super().__init__()
        self.fields = option.fields

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        said = value if isinstance(value, Mapping) else {}
        lines = [(field, self._input(name, field, said)) for field in self.fields]
        context["usual"] = [line for line in lines if _is_usual(line[0], said)]
        context["others"] = [line for line in lines if not _is_usual(line[0], said)]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        typed = ((field.name, data.get(_called(name, field), "").strip()) for field in self.fields)
        return {field: text for field, text in typed if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(_called(name, field) not in data for field in self.fields)

    def _input(self, name: str, field: Field, said: Mapping[str, str]) -> SafeString:
        label = f"What goes into {field.name}"
        attrs = {**PLAIN, "placeholder": field.default or "nothing", "aria-label": label}
        shown: SafeString = UnfoldAdminTextInputWidget(attrs=attrs).render(
            _called(name, field), said.get(field.name, "")
        )
        return shown


def _called(name: str, field: Field) -> str:
    return f"{name}.{field.name}"


def _is_usual(field: Field, said: Mapping[str, str]) -> bool:
    return field.required or bool(field.default) or field.name in said
