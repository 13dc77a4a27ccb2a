"""What products inherit, as queries: the same rules as catalog.inheritance, which tells them over plain data."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from catalog.filters.context import Scene
from catalog.models import Category, Product


def cut_off(what: str) -> Contains:
    """Where a product takes only its own word for a thing, such as "categories" or "slot:headline"."""
    return Contains(Cast("own_only", TextField()), f'"{what}"')


def with_variants(scene: Scene, own: QuerySet[Any, Any], cut: str = "") -> Q:
    """The products whose ids `own` selects and all below them, down to where `cut` is cut off."""
    passing = ~Q(cut_off(cut)) if cut else Q()
    found = own
    for _ in range(scene.depth):
        below = Product.objects.filter(passing, parent__in=found).order_by()
        found = own.union(below.values("pk"))
    return Q(pk__in=found)


def in_categories(scene: Scene, categories: QuerySet[Category]) -> Q:
    """The products that stand in one of these categories, themselves or by inheritance."""
    links = Product.categories.through.objects.filter(category__in=categories.order_by().values("pk"))
    return with_variants(scene, links.values("product"), "categories")
