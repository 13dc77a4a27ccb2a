"""What the list of products shows of each, read for all rows together: the queries do not grow with the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from catalog import inheritance
from catalog.models import Asset, Family, Product, ProductAsset
from catalog.models.base import label_of
from catalog.naming import families_of, lines_of, names_in, plain_spec, said_of


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
    names = names_in(lines, families, chain)
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


def pictures_of(lines: Mapping[int, Sequence[Product]], families: Mapping[int, Family]) -> dict[int, int]:
    """The id of each product's main picture, found as a document for no channel in particular would find it.

    It is what is attached as main, here or above, else what the family's picture attribute names.
    """
    attached = main_pictures({each.pk for line in lines.values() for each in line})
    codes = {pk: picture_code(line, families) for pk, line in lines.items()}
    named = Asset.objects.filter(code__in={code for code in codes.values() if code}, kind=Asset.Kind.IMAGE)
    by_code = {asset.code: asset.pk for asset in named}
    found = {}
    for pk, line in lines.items():
        rows = inheritance.assets([attached.get(each.pk, ()) for each in line], inheritance.cuts(line))
        found[pk] = next((row.asset_id for _, row in rows), None) or by_code.get(codes[pk])
    return {pk: picture for pk, picture in found.items() if picture}


def main_pictures(ids: Iterable[int]) -> dict[int, list[ProductAsset]]:
    """The pictures that these products have in the role "main" on all channels, in order."""
    links = ProductAsset.objects.filter(product__in=ids, asset__kind=Asset.Kind.IMAGE, role__iexact=inheritance.MAIN)
    found: dict[int, list[ProductAsset]] = defaultdict(list)
    for row in links.filter(channel=None).order_by("position", "id"):
        found[row.product_id].append(row)
    return found


def picture_code(line: Sequence[Product], families: Mapping[int, Family]) -> str:
    """The asset that the family's picture attribute names, "" where none counts."""
    family = families.get(line[0].family_id or 0)
    if family is None or family.image_attribute is None:
        return ""
    code = family.image_attribute.code
    said = said_of({code.lower(): plain_spec(family.image_attribute)}, code, line, family, ("",))
    if said is None:
        return ""
    named = said.value if isinstance(said.value, list) else [said.value]
    return dict(inheritance.files(code, code, named, inheritance.cuts(line), said.depth)).get(inheritance.MAIN, "")


def categories_of(ids: Iterable[int], language: str) -> dict[int, tuple[str, ...]]:
    """The labels of the categories each product stands in itself."""
    links = Product.categories.through.objects.filter(product__in=list(ids)).select_related("category")
    result: dict[int, tuple[str, ...]] = {}
    for row in links:
        label = label_of(row.category, language) or row.category.code
        result[row.product_id] = (*result.get(row.product_id, ()), label)
    return result
