"""Where a product stands and what hangs on it: family, categories, assets, associations."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import In

from catalog.filters.context import Scene
from catalog.filters.fields.base import EMPTY, EQUAL, Field, Predicate, fixed, is_about_nothing
from catalog.filters.fields.inheriting import in_categories, with_variants
from catalog.filters.fields.own import skus
from catalog.filters.known import Known
from catalog.filters.tree import Condition
from catalog.inheritance import ASSET, ASSOCIATION, thing
from catalog.models import Association, Category, Product, ProductAsset


class InFamily(Field):
    name = "family"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        if is_about_nothing(condition):
            return fixed(Q(family__isnull=False))
        found = Q(family__in=[known.row("family", word).pk for word in condition.values])
        return fixed(found)


class InCategory(Field):
    """A category or any below it, in which the product stands itself or by inheritance."""

    name = "category"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        rows = [known.row("category", word) for word in condition.values]
        found = reduce(or_, (Q(tree_id=row.tree_id, lft__gte=row.lft, rght__lte=row.rght) for row in rows), Q())
        return lambda scene: in_categories(scene, Category.objects.filter(found))


class InRole(Field):
    """Whether there is an asset in a role, for all channels or for the one that is asked for."""

    name = "asset"
    operators = EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        attached = ProductAsset.objects.filter(role__iexact=condition.code).order_by()

        def predicate(scene: Scene) -> Q:
            shown = Q(channel__isnull=True)
            if scene.context.channel:
                shown |= Q(channel__code__iexact=scene.context.channel)
            return with_variants(scene, attached.filter(shown).values("product"), thing(ASSET, condition.code))

        return predicate


class Associated(Field):
    """Whether the product points to another in some way; from both sides, where the type says so."""

    name = "association"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        kind = known.row_called("associationtype", condition.code, condition.place)
        rows = Association.objects.filter(type=kind.pk).order_by()
        named: QuerySet[Any, Any] | None = None
        if not is_about_nothing(condition):
            named = Product.objects.filter(In(Lower(F("sku")), skus(condition, known))).order_by().values("pk")
        pointing = rows.filter(target__in=named) if named is not None else rows
        own = pointing.values("source")
        if kind.two_way:
            backwards = rows.filter(source__in=named) if named is not None else rows
            own = own.union(backwards.values("target"))
        return lambda scene: with_variants(scene, own, thing(ASSOCIATION, kind.code))
