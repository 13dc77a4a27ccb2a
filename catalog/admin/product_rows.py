"""What the list of products shows of each, read for all rows together: the queries do not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from catalog.models import Asset, Attribute, Family, Product, ProductAsset
from catalog.models.base import label_of
from catalog.values import AttributeSpec, Level, resolve


@dataclass(frozen=True)
class Shown:
    """A product's line in a list. `picture` is an asset's id."""

    name: str
    picture: int | None
    variants: int
    family: str
    categories: tuple[str, ...]


def shown(products: Sequence[Product], chain: tuple[str, ...]) -> dict[int, Shown]:
    """By the product's id. A name or picture the product does not have itself is its nearest ancestor's."""
    lines = lines_of(products)
    everyone = {each.pk: each for line in lines.values() for each in line}
    families = family_attributes({each.family_id for each in everyone.values() if each.family_id})
    names = {pk: name_of(line, families, chain) for pk, line in lines.items()}
    pictures = pictures_of(lines, families)
    variants = dict(
        Product.objects.filter(parent__in=lines).values("parent").annotate(n=Count("pk")).values_list("parent", "n")
    )
    categories = categories_of(lines, chain[0])
    return {
        product.pk: Shown(
            name=names[product.pk],
            picture=pictures.get(product.pk),
            variants=variants.get(product.pk, 0),
            family=label_of(families[product.family_id], chain[0]) if product.family_id else "",
            categories=categories.get(product.pk, ()),
        )
        for product in products
    }


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


def family_attributes(ids: Iterable[int]) -> dict[int, Family]:
    rows = Family.objects.select_related("label_attribute", "image_attribute").filter(pk__in=ids)
    return {family.pk: family for family in rows}


def value_of(attribute: Attribute, line: Sequence[Product], chain: tuple[str, ...]) -> Any:
    """The effective value of an attribute for all channels, or None."""
    spec = AttributeSpec(attribute.code, attribute.type, localizable=attribute.localizable)
    found = resolve(spec, [Level(each.sku, each.values) for each in line], "", chain)
    return found.winner.value if found else None


def name_of(line: Sequence[Product], families: dict[int, Family], chain: tuple[str, ...]) -> str:
    family = families.get(line[0].family_id or 0)
    value = value_of(family.label_attribute, line, chain) if family and family.label_attribute else None
    return value if isinstance(value, str) else ""


def pictures_of(lines: dict[int, list[Product]], families: dict[int, Family]) -> dict[int, int]:
    """The id of each product's main picture: attached as main here or above, else the family's picture attribute."""
    main = main_pictures({each.pk for line in lines.values() for each in line})
    codes = {pk: picture_code(line, families) for pk, line in lines.items()}
    named = Asset.objects.filter(code__in={code for code in codes.values() if code}, kind=Asset.Kind.IMAGE)
    by_code = {asset.code: asset.pk for asset in named}
    found = {
        pk: next((main[each.pk] for each in line if each.pk in main), None) or by_code.get(codes[pk])
        for pk, line in lines.items()
    }
    return {pk: picture for pk, picture in found.items() if picture}


def main_pictures(ids: Iterable[int]) -> dict[int, int]:
    """The asset in the role "main" of each product that has one; the first by position."""
    links = ProductAsset.objects.filter(product__in=ids, asset__kind=Asset.Kind.IMAGE, role__iexact="main")
    result: dict[int, int] = {}
    for product, asset in links.order_by("position", "id").values_list("product", "asset"):
        result.setdefault(product, asset)
    return result


def picture_code(line: Sequence[Product], families: dict[int, Family]) -> str:
    family = families.get(line[0].family_id or 0)
    value = value_of(family.image_attribute, line, ("",)) if family and family.image_attribute else None
    return value if isinstance(value, str) else ""


def categories_of(ids: Iterable[int], language: str) -> dict[int, tuple[str, ...]]:
    """The labels of the categories each product stands in itself."""
    links = Product.categories.through.objects.filter(product__in=list(ids)).select_related("category")
    result: dict[int, tuple[str, ...]] = {}
    for row in links:
        label = label_of(row.category, language) or row.category.code
        result[row.product_id] = (*result.get(row.product_id, ()), label)
    return result
