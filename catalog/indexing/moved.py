"""What follows when products are written, made or moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from django.db.models import Q

from catalog.indexing import outbox
from catalog.indexing.locking import lock_everything
from catalog.indexing.refreshing import refresh, refresh_exactly
from catalog.models import Association, Product


def refresh_product(product: Product, before: Product | None, *, links: bool) -> None:
    """After a product was written: `before` is what it was, None for a new one; `links` as for `refresh`."""
    outbox.note([product.pk])
    if before and before.parent_id != product.parent_id:
        lock_everything()
    if before is None or any(getattr(before, name) != getattr(product, name) for name in _PLACE):
        renamed = before is not None and before.sku != product.sku
        pointing = _pointing(product) if renamed else frozenset()
        refresh_placed([product.pk, *pointing], {product.parent_id, before.parent_id if before else None})
        return
    said = before.values.keys() | product.values.keys()
    changed = [code for code in said if before.values.get(code) != product.values.get(code)]
    if changed or links or before.status != product.status:
        linked = links or before.status != product.status
        refresh([product.pk], attributes=changed, links=linked, values=not linked)


def _pointing(product: Product) -> frozenset[int]:
    """The products with an association to or from this one: rules may ask for it by its SKU."""
    rows = Association.objects.filter(Q(target=product) | Q(source=product, type__two_way=True))
    pairs = rows.order_by().values_list("source_id", "target_id")
    return frozenset(chain.from_iterable(pairs)) - {product.pk}


def refresh_placed(ids: Collection[int], parents: Iterable[int | None]) -> None:
    """After products were made or moved: theirs, and what it means to their parents to have variants or none."""
    above = {pk for pk in parents if pk}
    outbox.note(above)
    refresh(ids)
    refresh_exactly(above, attributes=(), links=True)


# What decides which facts a product has and inherits.
_PLACE = ("sku", "family_id", "parent_id", "family_variant_id")
