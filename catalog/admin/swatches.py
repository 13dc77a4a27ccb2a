"""Options as they look: a patch of colour or a small picture, always beside the option's label."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from django import forms
from django.db.models import F
from django.db.models.functions import Lower
from django.db.models.lookups import In
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.fields import Chips
from catalog.admin.presenting import thumbnail
from catalog.models import Asset, AttributeOption

# A choice of more options is a list to open: chips would fill the page.
MOST_CHIPS = 24
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# By attribute's and option's code, both in lower case.
Swatches: TypeAlias = Mapping[str, Mapping[str, SafeString]]


class Swatched(Chips):
    """Chips with the options' looks in them; of a single choice, one chip is chosen at a time."""

    def __init__(self, choices: Any, looks: Mapping[str, SafeString], *, single: bool) -> None:
        super().__init__(choices=choices)
        self.looks, self.single = looks, single
        self.input_type = "radio" if single else "checkbox"
        self.allow_multiple_selected = not single

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "look": self.looks.get(str(value).lower(), "")}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name) if self.single else super().value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


def swatches_of(attributes: Collection[str]) -> Swatches:
    """The looks of these attributes' options, of those that have one. One query, or none without attributes."""
    found: dict[str, dict[str, SafeString]] = defaultdict(dict)
    if not attributes:
        return found
    rows = AttributeOption.objects.exclude(color="", picture=None).filter(
        In(Lower(F("attribute__code")), [code.lower() for code in attributes])
    )
    columns = ("attribute__code", "code", "color", "picture_id", "picture__kind")
    for attribute, code, color, picture, kind in rows.order_by().values_list(*columns):
        if look := _look(color, picture if kind == Asset.Kind.IMAGE else None):
            found[attribute.lower()][code.lower()] = look
    return found


def _look(color: str, picture: int | None) -> SafeString | None:
    """A picture says more than a colour; what is no colour is not shown as one."""
    if picture:
        return format_html('<span class="t-look">{}</span>', thumbnail(picture))
    if not _COLOR.fullmatch(color):
        return None
    # Drawn, because a page may forbid styles that stand in it.
    return format_html(
        '<svg class="t-look" viewBox="0 0 2 2" aria-hidden="true"><rect width="2" height="2" fill="{}"/></svg>', color
    )


def dressed(widget: forms.Widget, looks: Mapping[str, SafeString]) -> forms.Widget:
    """The widget of a choice with the looks of its options, where there are any and not too many options."""
    choices = list(getattr(widget, "choices", ()))
    if not looks or len(choices) > MOST_CHIPS + 1:
        return widget
    made = Swatched(choices, looks, single=not isinstance(widget, Chips))
    made.attrs, made.is_required, made.is_localized = widget.attrs, widget.is_required, widget.is_localized
    return made
