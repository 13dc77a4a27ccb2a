"""What tells variants apart: said when one is saved, computed anew when something above it has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from catalog import querysets
from catalog.axes import axis_key, unsaid
from catalog.indexing.writing import batches
from catalog.models import Product
from catalog.values import TYPES, AttributeSpec

# Rows in one statement.
BATCH = 500


def axes_of(line: Sequence[Product]) -> tuple[AttributeSpec, ...]:
    """The axes of the first product of a line, which runs up to its root; none for a root itself. Three queries."""
    if len(line) < 2 or line[-1].family_variant_id is None:
        return ()
    return axes_at(line[-1].family_variant_id, len(line) - 1)


def axes_at(variant: int | None, level: int) -> tuple[AttributeSpec, ...]:
    """The axes at a level of a family variant, in order."""
    codes = querysets.axes_by_variant([variant]).get(variant or 0, {}).get(level, [])
    return _specs(codes, querysets.attribute_specs(codes) if codes else {})


def _specs(codes: Iterable[str], specs: Mapping[str, AttributeSpec]) -> tuple[AttributeSpec, ...]:
    return tuple(specs[code.lower()] for code in codes)


def checked_key(product: Product, axes: Sequence[AttributeSpec]) -> str:
    """The key of a variant that says all its axes as no sibling does. Raises ValidationError.

    The parent is locked until the transaction ends: two variants saved at once would not see each other.
    """
    if not axes or product.parent is None:
        return ""
    parent = product.parent
    if missing := unsaid(axes, product.values):
        raise ValidationError([f"A variant of “{parent.sku}” must say its {spec.label(('en',))}." for spec in missing])
    key = axis_key(axes, product.values)
    Product.objects.select_for_update(no_key=True).get(pk=parent.pk)
    siblings = Product.objects.filter(parent=parent, axis_key=key).exclude(pk=product.pk)
    if sibling := siblings.values_list("sku", flat=True).first():
        raise ValidationError(f"“{sibling}” is this variant already: {told(axes, product.values)}.")
    return key


def told(axes: Sequence[AttributeSpec], values: Mapping[str, Mapping[str, Any]]) -> str:
    """A combination for people, such as "Colour red, Size 42"."""
    return ", ".join(
        f"{spec.label(('en',))} {TYPES[spec.type].text(value, spec, ('en',))}"
        for spec in axes
        for value in values.get(spec.code, {}).values()
        if value is not None
    )


def renew_axis_keys(ids: Collection[int]) -> None:
    """Compute the keys of these products anew, after their axes or the place of their values has changed.

    Nobody is at hand to mend what is wrong, so a variant that does not say all its axes, or says what a sibling says
    already, keeps its place and has no key. A constant number of queries for each batch and level of depth.
    """
    for part in _siblings_together(ids):
        _renew(part)


def _siblings_together(ids: Collection[int]) -> Iterator[list[int]]:
    """Those of the products that have a key or could, in batches, all under one parent in the same."""
    keyed = Product.objects.filter(Q(parent__isnull=False) | ~Q(axis_key=""))
    found = [
        pair
        for part in batches(sorted(ids))
        for pair in keyed.filter(pk__in=part).order_by().values_list("parent_id", "pk")
    ]
    batch: list[int] = []
    for _, pairs in groupby(sorted(found, key=lambda pair: pair[0] or 0), key=lambda pair: pair[0]):
        batch += [pk for _, pk in pairs]
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _renew(ids: Collection[int]) -> None:
    lines = list(querysets.lines_of(Product.objects.filter(pk__in=ids).order_by("sku")).values())
    keys = _Keys(line[-1].family_variant_id for line in lines)
    parents = {line[0].parent_id for line in lines if line[0].parent_id}
    others = Product.objects.filter(parent__in=parents).exclude(pk__in=ids).exclude(axis_key="")
    taken: set[tuple[int | None, str]] = set(others.values_list("parent_id", "axis_key"))
    changed = []
    for line in lines:
        product, key = line[0], keys.of(line)
        key = "" if (product.parent_id, key) in taken else key
        taken.add((product.parent_id, key))
        if key != product.axis_key:
            product.axis_key = key
            changed.append(product)
    # Two siblings may have changed places: with its key still there, one would stand in the other's way.
    Product.objects.filter(pk__in=[product.pk for product in changed]).update(axis_key="")
    Product.objects.bulk_update(changed, ["axis_key"], batch_size=BATCH)


@transaction.atomic
def renew_splits(family_variants: Collection[int]) -> None:
    """Compute the keys of all variants anew whose family variants, by their ids, have other axes now."""
    roots = Product.objects.filter(family_variant__in=family_variants, parent=None).values_list("pk", flat=True)
    renew_axis_keys(querysets.descendants(roots))


class _Keys:
    """The axes of some family variants, read once."""

    def __init__(self, variants: Iterable[int | None]) -> None:
        self.axes = querysets.axes_by_variant(set(variants))
        codes = {code for levels in self.axes.values() for level in levels.values() for code in level}
        self.specs = querysets.attribute_specs(codes) if codes else {}

    def of(self, line: Sequence[Product]) -> str:
        codes = self.axes.get(line[-1].family_variant_id or 0, {}).get(len(line) - 1, [])
        return axis_key(_specs(codes, self.specs), line[0].values)
