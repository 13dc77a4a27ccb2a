"""Form fields for what the models keep as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

_SEPARATORS = re.compile(r"[\s,;]+")


class CodesField(forms.CharField):
    """A list of short codes, written with commas between them. `pattern` is what each must look like."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, pattern: str, example: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.pattern, self.example = re.compile(pattern), example

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        codes = [code for code in _SEPARATORS.split(str(value or "").strip()) if code]
        for code in codes:
            if not self.pattern.fullmatch(code):
                raise ValidationError(f"“{code[:40]}” cannot be used here; write {self.example}.")
        return list(dict.fromkeys(codes))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class Chips(forms.CheckboxSelectMultiple):
    """Several choices as a row of chips to click."""

    template_name = "catalog/admin/widgets/chips.html"
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(attrs, choices)


class ChoicesField(forms.MultipleChoiceField):
    """A list of codes out of a few, as chips."""

    widget = Chips

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
