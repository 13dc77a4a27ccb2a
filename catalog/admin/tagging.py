"""Giving tags to many fragments at once, and taking them away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from catalog import querysets
from catalog.admin.base import actor_of
from catalog.admin.selecting import selected
from catalog.models import Fragment, Tag
from catalog.operations.tagging import tag_fragments


class TagForm(forms.Form):
    add: Any = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False, label="Give them")
    remove: Any = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False, label="Take away")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = [
            (tag.pk, f"{'– ' * level}{tag.label or tag.code} ({tag})") for tag, level in querysets.tags_in_order()
        ]
        for field in self.fields.values():
            field.widget = UnfoldAdminSelectMultipleWidget(attrs={"size": 12})
            field.widget.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in self.fields) and not self.errors:
            raise ValidationError("Choose at least one tag.")
        return cleaned


class Tagged:
    """The part of an admin that tags what is chosen in its list."""

    admin_site: Any

    @admin.action(description="Tags …", permissions=["change"])
    def tag_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> HttpResponse | None:
        form = TagForm(request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            try:
                rows: QuerySet[Fragment] = QuerySet(Fragment).filter(pk__in=queryset.values("pk")).only("code")
                count = tag_fragments(actor_of(request), rows, form.cleaned_data["add"], form.cleaned_data["remove"])
                messages.success(request, f"Other tags than before: {count}.")
                return None
            except ValidationError as error:
                form.add_error(None, error)
        page = selected(request, queryset, "code") | {
            **self.admin_site.each_context(request),
            "title": "Tags",
            "form": form,
            "action": "tag_selected",
            "button": "Change the tags",
        }
        return TemplateResponse(request, "catalog/admin/on_selected.html", page)
