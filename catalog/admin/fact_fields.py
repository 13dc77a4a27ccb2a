"""One form field for one value of an attribute, with the type's own parsing.

A field cleans to INHERIT when it is left blank, to the value the product has when it was not touched, and to the
parsed value otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalog.admin.fact_widgets import Wish, widget_for
from catalog.operations.attributes import sentence
from catalog.operations.links import checked
from catalog.operations.products import INHERIT
from catalog.values import TYPES, AttributeSpec, Invalid


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
            return checked(self.spec, value, self.own)
        except Invalid as error:
            raise ValidationError(sentence(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        if is_blank(data):
            return initial is not None
        if TYPES[self.spec.type].has_options and isinstance(initial, list):
            # A browser sends chosen options in the order in which they are offered.
            return set(initial) != set(data)
        return bool(as_typed(initial) != as_typed(data))


def is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def as_typed(value: Any) -> Any:
    """A stored value and the same value as a browser sends it are equal in this form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [as_typed(item) for item in value]
    if isinstance(value, dict):
        return {key: as_typed(item) for key, item in value.items()}
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def fact_field(spec: AttributeSpec, own: Any, currencies: Sequence[str], **kwargs: Any) -> FactField:
    """The field for an attribute of whatever type."""
    return FactField(spec, own, widget=widget_for(Wish(spec, own, currencies)), **kwargs)
