"""What the list of products shows of each, read for all rows together: the queries do not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from catalog.models import Asset, Family, Product, ProductAsset
from catalog.models.base import label_of
from catalog.naming import families_of, lines_of, name_of, value_of


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
    families = families_of(lines)
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
    value = value_of(family.image_attribute, line, family, ("",)) if family and family.image_attribute else None
    return value if isinstance(value, str) else ""


def categories_of(ids: Iterable[int], language: str) -> dict[int, tuple[str, ...]]:
    """The labels of the categories each product stands in itself."""
    links = Product.categories.through.objects.filter(product__in=list(ids)).select_related("category")
    result: dict[int, tuple[str, ...]] = {}
    for row in links:
        label = label_of(row.category, language) or row.category.code
        result[row.product_id] = (*result.get(row.product_id, ()), label)
    return result
