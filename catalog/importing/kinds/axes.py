"""What tells imported variants apart. Files from elsewhere do not always say it: such variants come in all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from catalog import querysets
from catalog.axes import axis_key, unsaid
from catalog.importing.compare import Run
from catalog.importing.known import batches, rows_of
from catalog.importing.plan import FamilyVariantRecord
from catalog.models import Attribute, FamilyVariant, Product
from catalog.values import AttributeSpec


class AxisKeys:
    """The keys of a plan's variants, with the axes as they will be after it. `coming` are its SKUs in lower case."""

    def __init__(self, run: Run, coming: set[str], parents: Iterable[Product]) -> None:
        self.run = run
        self.planned: Mapping[str, FamilyVariantRecord] = {
            record.code.lower(): record for record in reversed(run.plan.family_variants)
        }
        self.taken = self._taken(coming, {parent.pk for parent in parents if parent.pk})

    def key(self, sku: str, line: Sequence[Product], values: Mapping[str, Any]) -> tuple[str, list[str]]:
        """A variant's key, and why it has none. `line` runs from its parent up to its root."""
        variant = self.run.known.pointed(line[-1], "family_variant") if line else None
        axes = self._axes(variant, len(line)) if variant is not None else ()
        if missing := unsaid(axes, values):
            return "", [f"a variant of {line[0].sku} says its {spec.code}, and this one does not." for spec in missing]
        key = axis_key(axes, values)
        other = self.taken.setdefault((_token(line[0]), key), sku) if key else sku
        return (key, []) if other == sku else ("", [f"{other} is the same variant of {line[0].sku} already."])

    def _axes(self, variant: FamilyVariant, level: int) -> tuple[AttributeSpec, ...]:
        """The axes of a level as the plan has them; of a family variant it does not name, as they are."""
        if (record := self.planned.get(variant.code.lower())) is not None:
            codes: Sequence[str] = record.levels[level - 1].axes if level <= len(record.levels) else ()
        else:
            codes = self._there.get(variant.pk, {}).get(level, ())
        found = (self.run.known.get(Attribute, code) for code in codes)
        return tuple(_spec(attribute) for attribute in found if attribute is not None)

    def changed(self) -> list[int]:
        """The ids of family variants that are there already and will have other axes."""
        known = self.run.known.all(FamilyVariant) if self.planned else []
        there = ((row.pk, self.planned.get(row.code.lower())) for row in known if row.pk is not None)
        return [pk for pk, record in there if record is not None and self._differs(pk, record)]

    def _differs(self, pk: int, record: FamilyVariantRecord) -> bool:
        wanted = {number: [code.lower() for code in level.axes] for number, level in enumerate(record.levels, 1)}
        have = {number: [code.lower() for code in codes] for number, codes in self._there.get(pk, {}).items()}
        return {number: axes for number, axes in wanted.items() if axes} != have

    @cached_property
    def _there(self) -> Mapping[int, Mapping[int, Sequence[str]]]:
        return querysets.axes_by_variant(row.pk for row in self.run.known.all(FamilyVariant))

    def _taken(self, coming: set[str], parents: Iterable[int]) -> dict[tuple[Any, str], str]:
        """The SKUs of variants the plan does not name, by their parent and key."""
        found = {}
        for batch in batches(sorted(parents)):
            rows = rows_of(Product).filter(parent__in=batch).exclude(axis_key="")
            for parent, key, sku in rows.values_list("parent_id", "axis_key", "sku"):
                if sku.lower() not in coming:
                    found[parent, key] = sku
        return found


def _spec(attribute: Attribute) -> AttributeSpec:
    """As much of an attribute as telling values apart needs; its options may not be written yet."""
    return AttributeSpec(attribute.code, attribute.type, settings=attribute.settings)


def _token(parent: Product) -> Any:
    return parent.pk if parent.pk is not None else ("coming", id(parent))
