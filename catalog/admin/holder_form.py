"""The form of what has facts and inherits none: a record of an entity, or a family, whose products inherit from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from catalog import querysets
from catalog.admin.base import Form
from catalog.admin.fact_fields import FactField
from catalog.admin.fact_sheet import Context, FactSheet, Group, currencies_of, group_labels, with_named_records
from catalog.admin.presenting import chain
from catalog.models import Channel, Family, Record
from catalog.operations.products import Facts
from catalog.values import TYPES, AttributeSpec, Level
from catalog.values.effective import effective, levels_of


class HolderSheet(FactSheet):
    """The facts of a family or a record, by the groups of their attributes, in order."""

    def __init__(self, holder: Family | Record, members: Sequence[Any], chain: tuple[str, ...]) -> None:
        specs = querysets.attribute_specs([member.attribute.code for member in members])
        line = Level(holder.code, holder.values)
        channels = list(Channel.objects.select_related("market"))
        self.product = holder  # type: ignore[assignment]  # only its values are looked at
        self.fields: dict[str, FactField] = {}
        self.scopes: dict[str, tuple[str, str]] = {}
        self.editable = False
        self.context = Context(
            line=[line],  # type: ignore[list-item]  # only its code and values are looked at
            levels=levels_of([line], "", {}, specs.values()),
            languages=[code for code, _ in settings.LANGUAGES],
            channels=[channel.code for channel in channels],
            currencies=currencies_of(channels),
            chain=chain,
        )
        self.groups = self.grouped(members, with_named_records(specs, self.context.levels))

    def grouped(self, members: Sequence[Any], specs: Mapping[str, AttributeSpec]) -> list[Group]:
        headings = group_labels(members, self.context.chain)
        groups = {heading: Group(heading) for heading in headings.values()}
        counting = effective(list(specs.values()), self.context.levels, "", self.context.chain)
        for member in members:
            spec = specs[member.attribute.code.lower()]
            if member.attribute.retired and spec.code not in self.product.values:
                continue
            row = self.row(member.attribute, spec, (), axis=False)
            if TYPES[spec.type].computed and (found := counting.get(spec.code)):
                row.computed = TYPES[spec.type].text(found.winner.value, spec, self.context.chain)
            groups[headings[spec.group]].rows.append(row)
        return [group for group in groups.values() if group.rows]


class HolderForm(Form):
    """The own fields of a family or a record, and one for each value it may have."""

    readonly: ClassVar[bool] = False
    members: ClassVar[Sequence[Any]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = HolderSheet(self.instance, self.members, chain()) if self.instance.pk else None
        for name, field in self.sheet.fields.items() if self.sheet else ():
            field.disabled = self.readonly
            self.fields[name] = field

    def facts(self) -> Facts:
        """What is to be written: only what differs from what is said already."""
        result: dict[str, dict[str, Any]] = {}
        for name, (code, scope) in self.sheet.scopes.items() if self.sheet else ():
            if name in self.changed_data and name in self.cleaned_data:
                result.setdefault(code, {})[scope] = self.cleaned_data[name]
        return result


class HoldsFacts:
    """The part that the admin classes of families and records share."""

    change_form_template = "catalog/admin/holder_form.html"

    def members(self, holder: Any) -> Sequence[Any]:
        raise NotImplementedError

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        form.members = self.members(obj) if obj else ()
        form.readonly = bool(obj) and not self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return form

    def render_change_form(self, request: Any, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form: forms.BaseForm = context["adminform"].form
        if sheet := getattr(form, "sheet", None):
            sheet.bind(form)
            context["sheet"] = sheet
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
