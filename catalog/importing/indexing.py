"""What is derived of the products that an import touched, brought up to date at its end, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.importing.compare import Item, Kind
from catalog.importing.known import batches
from catalog.indexing.touched import AFFECTS, JUDGED, Affects, Touch, touched_together
from catalog.models import Fragment, Product


def touched_before(kinds: Sequence[Kind[Any]]) -> Touch:
    """The products that have to do with what is about to be changed, and the parents of those about to be moved."""
    touch = _touched(kinds, new=False)
    moved = [item.row.pk for kind in kinds for item in kind.items if kind.model is Product and "parent" in item.changed]
    for part in batches(pk for pk in moved if pk):
        parents = Product.objects.filter(pk__in=part, parent__isnull=False).values_list("parent_id", flat=True)
        touch |= Touch(products=frozenset(pk for pk in parents if pk), facts=None)
    return touch


def touched_after(kinds: Sequence[Kind[Any]]) -> Touch:
    """The products that have to do with what was written."""
    return _touched(kinds, new=True)


def _touched(kinds: Sequence[Kind[Any]], *, new: bool) -> Touch:
    touch = Touch()
    for kind in kinds:
        items = [item for item in kind.items if new or not item.new]
        rows = [item.row for item in items if _matters(kind, item, AFFECTS.get(kind.model))]
        for part in batches(rows):
            touch |= touched_together(part)
        if any(_matters(kind, item, JUDGED.get(kind.model)) for item in items):
            touch |= Touch(checks=True)
    return touch


def _matters(kind: Kind[Any], item: Item, affects: Affects | None) -> bool:
    """Whether products may be found otherwise. A new fragment has placements already, a new family no products."""
    if affects is None or not item.touched or (item.new and not affects.fresh and kind.model is not Fragment):
        return False
    columns = {name.removesuffix("_id") for name in affects.columns}
    return item.new or bool(kind.links) or not columns or bool(item.changed & columns)
