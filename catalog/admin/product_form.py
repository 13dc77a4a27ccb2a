"""The form of a product: what it is, and its facts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from catalog.admin.base import StaleForm
from catalog.admin.fact_sheet import FactSheet
from catalog.admin.presenting import chain
from catalog.models import FamilyVariant
from catalog.operations.products import Facts


class ProductForm(StaleForm):
    """A product's own fields, and one for each value its family lets it have."""

    readonly: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = FactSheet(self.instance, chain()) if self.instance.pk else None
        if self.sheet:
            self.sheet.editable = not self.readonly
            for field in self.sheet.fields.values():
                field.disabled = self.readonly
            self.fields.update(self.sheet.fields)
        if "family_variant" in self.fields:
            self.fields["family_variant"].queryset = self.possible_variants()  # type: ignore[attr-defined]

    def possible_variants(self) -> QuerySet[FamilyVariant]:
        variants = FamilyVariant.objects.all()
        return variants.filter(family=self.instance.family_id) if self.instance.family_id else variants

    def facts(self) -> Facts:
        """What is to be written: only what differs from what the product says already."""
        result: dict[str, dict[str, Any]] = {}
        for name, (code, scope) in self.sheet.scopes.items() if self.sheet else ():
            if name in self.changed_data and name in self.cleaned_data:
                result.setdefault(code, {})[scope] = self.cleaned_data[name]
        return result
