"""The open quality findings of products, and of what is above them: what holds there holds for all below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from catalog.many import among
from catalog.models import Finding, Product


def findings(
    lines: Mapping[int, Sequence[Product]], wanted: Iterable[Product], severities: Collection[str], *, named: bool
) -> dict[int, tuple[str, ...]]:
    """By product, what open findings of these severities say, its own first. One query, or none.

    `named`: they are few enough to be named in it.
    """
    if not severities:
        return {}
    own = [product.pk for product in wanted]
    rows = Finding.objects.filter(severity__in=severities, acknowledged_at__isnull=True)
    if named:
        rows = rows.filter(product__in=among({row.pk for pk in own for row in lines[pk]}))
    said: dict[int, list[str]] = defaultdict(list)
    for product, message in rows.order_by("product", "check_code", "key").values_list("product_id", "message"):
        said[product].append(message)
    return {pk: tuple(dict.fromkeys(text for row in lines[pk] for text in said.get(row.pk, ()))) for pk in own}
