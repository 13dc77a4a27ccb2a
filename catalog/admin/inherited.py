"""What a product has of texts, files, categories and associations: its own, from above it, or cut off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q

from catalog import inheritance, querysets, rules
from catalog.models import Category, Placement, Product, ProductAsset
from catalog.rules import Rules
from catalog.values.contexts import own_chain


@dataclass
class Thing:
    """One slot, role, type of association, or the categories. `what` is how operations call it.

    `shown` and `left_out` are texts such as "battery-warning (family torches)"; `own` says that the product itself says
    something, `cut` that only its own word counts.
    """

    what: str
    label: str
    own: bool = False
    cut: bool = False
    shown: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def inherits(self) -> bool:
        return bool(self.shown) and not (self.own or self.cut)


# For each thing its label and what there is of it: a level, where it stands in words, and its name.
_Found = Iterable[tuple[str, str, int, str, str]]


def things(product: Product) -> list[Thing]:
    """What there is anywhere in the product's line. A constant number of queries for each level of the line."""
    line = querysets.line_of(product)
    cut = inheritance.cuts(line)
    rows: dict[str, Thing] = {}
    stands = _categories(line)
    for what, label, depth, where, name in (*stands, *_assets(line), *_placements(line), *_associations(line)):
        thing = rows.setdefault(what, Thing(what, label, cut=what in product.own_only))
        thing.own = thing.own or depth == 0
        into = thing.shown if inheritance.counts(cut, what, depth) else thing.left_out
        into.append(name if depth == 0 else f"{name} ({where})")
    for what in product.own_only:
        kind, _, code = what.partition(":")
        rows.setdefault(what, Thing(what, f"{kind} {code}".strip(), cut=True))
    return sorted(rows.values(), key=lambda thing: thing.what)


def _categories(line: Sequence[Product]) -> list[tuple[str, str, int, str, str]]:
    depths = {row.pk: depth for depth, row in enumerate(line)}
    links = Product.categories.through.objects.filter(product__in=depths).select_related("category").order_by("id")
    found = [
        (inheritance.CATEGORIES, "Categories", depths[row.product_id], _from(line, row.product_id), str(row.category))
        for row in links
    ]
    return sorted(found, key=lambda row: row[2])


def _assets(line: Sequence[Product]) -> Iterator[tuple[str, str, int, str, str]]:
    depths = {row.pk: depth for depth, row in enumerate(line)}
    rows = ProductAsset.objects.filter(product__in=depths).select_related("asset", "channel")
    nearest: dict[tuple[str, int | None], int] = {}
    listed = sorted(rows, key=lambda row: (depths[row.product_id], row.position, row.pk))
    for row in listed:
        role, depth = row.role.lower(), depths[row.product_id]
        # A nearer level takes the place of all that those above it have in the same role.
        if nearest.setdefault((role, row.channel_id), depth) == depth:
            name = f"{row.asset.code} for {row.channel.code}" if row.channel else row.asset.code
            what = inheritance.thing(inheritance.ASSET, role)
            yield what, f"Files as {row.role}", depth, _from(line, row.product_id), name


def _placements(line: Sequence[Product]) -> Iterator[tuple[str, str, int, str, str]]:
    depths = {row.pk: depth for depth, row in enumerate(line)}
    categories = Category.objects.filter(products__in=depths)
    above = Category.objects.get_queryset_ancestors(categories, include_self=True) if categories else []
    rows = Placement.objects.filter(
        Q(product__in=depths)
        | Q(family=line[0].family_id, family__isnull=False)
        | Q(category__in=above)
        | Q(filter__in=_met(line[0]))
    ).select_related("slot", "fragment", "family", "category")
    for row in sorted(rows, key=lambda row: depths.get(row.product_id or 0, len(line))):
        depth = depths.get(row.product_id or 0, len(line))
        where = _from(line, row.product_id) if row.product_id else f"{_above(row)}"
        what = inheritance.thing(inheritance.SLOT, row.slot.code)
        yield what, f"Texts in {row.slot}", depth, where, f"{'not ' if row.excluded else ''}{row.fragment.code}"


def _met(product: Product) -> list[str]:
    """The rules of placements that the product meets, for all channels in the default language."""
    asked = Rules([product.pk])
    chain = own_chain(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)
    return [text for text in rules.placed() if asked.met(text, "", chain)]


def _above(row: Placement) -> str:
    if row.filter:
        return f"rule {row.filter}"
    return f"family {row.family.code}" if row.family else f"category {row.category.code if row.category else ''}"


def _associations(line: Sequence[Product]) -> Iterator[tuple[str, str, int, str, str]]:
    found = querysets.associations_of_products([row.pk for row in line])
    skus: dict[int, str] = dict(
        Product.objects.filter(pk__in={each.to for rows in found.values() for each in rows}).values_list("pk", "sku")
    )
    counted: dict[str, set[int]] = defaultdict(set)
    for depth, level in enumerate(line):
        for each in found.get(level.pk, ()):
            what = inheritance.thing(inheritance.ASSOCIATION, each.row.type.code)
            if each.to not in counted[what]:
                counted[what].add(each.to)
                name = f"{skus[each.to]} points here" if each.inverse else skus[each.to]
                yield what, f"Products as {each.row.type}", depth, _from(line, level.pk), name


def _from(line: Sequence[Product], pk: int) -> str:
    return next((f"from {row.sku}" for row in line if row.pk == pk), "")
