"""What products are called, read for many together: the queries do not grow with the products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.models import Attribute, Family, Product
from catalog.values import AttributeSpec, Level, resolve
from catalog.values.effective import levels_of


def names_of(products: Sequence[Product], chain: tuple[str, ...]) -> dict[int, str]:
    """The name of each product by its id: its own, its nearest ancestor's, or its family's; "" where there is none."""
    lines = lines_of(products)
    families = families_of(lines)
    return {pk: name_of(line, families, chain) for pk, line in lines.items()}


def lines_of(products: Sequence[Product]) -> dict[int, list[Product]]:
    """Each product with its ancestors, nearest first: one query for each level above."""
    known = {product.pk: product for product in products}
    missing = {product.parent_id for product in products if product.parent_id} - known.keys()
    while missing:
        above = {product.pk: product for product in Product.objects.filter(pk__in=missing)}
        known.update(above)
        missing = {product.parent_id for product in above.values() if product.parent_id} - known.keys()
    return {product.pk: _line(product, known) for product in products}


def _line(product: Product, known: dict[int, Product]) -> list[Product]:
    line = [product]
    while line[-1].parent_id and known[line[-1].parent_id] not in line:
        line.append(known[line[-1].parent_id])
    return line


def families_of(lines: Mapping[int, Iterable[Product]]) -> dict[int, Family]:
    """The families of these lines, with the attributes that name and picture their products. One query."""
    ids = {product.family_id for line in lines.values() for product in line if product.family_id}
    rows = Family.objects.select_related("label_attribute", "image_attribute").filter(pk__in=ids)
    return {family.pk: family for family in rows}


def name_of(line: Sequence[Product], families: Mapping[int, Family], chain: tuple[str, ...]) -> str:
    family = families.get(line[0].family_id or 0)
    value = value_of(family.label_attribute, line, family, chain) if family and family.label_attribute else None
    return value if isinstance(value, str) else ""


def value_of(attribute: Attribute, line: Sequence[Product], family: Family, chain: tuple[str, ...]) -> Any:
    """The effective value of an attribute for all channels, or None."""
    spec = AttributeSpec(attribute.code, attribute.type, localizable=attribute.localizable, settings=attribute.settings)
    levels = levels_of([Level(each.sku, each.values) for each in line], family.code, family.values, [spec])
    found = resolve(spec, levels, "", chain)
    return found.winner.value if found else None
