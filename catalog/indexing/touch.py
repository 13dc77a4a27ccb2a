"""Which products have to be looked at again, named by what they have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db.models import Q

from catalog.indexing.refreshing import refresh
from catalog.models import Attribute, Category, Family, FamilyAttribute, Product, ProductIndex


@dataclass(frozen=True)
class Touch:
    """Products by their ids, their families, categories (with all below) or attributes (had by family or by value).

    `facts` are the codes of the facts that may count differently, None for all; `links` says that what hangs on the
    products may. `checks` says that the quality checks may find something else of any product; `noted` that
    releases are told of all this by a note of its own.
    """

    products: frozenset[int] = frozenset()
    families: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    attributes: frozenset[int] = frozenset()
    facts: frozenset[str] | None = frozenset()
    links: bool = False
    checks: bool = False
    noted: bool = False

    def __or__(self, other: Touch) -> Touch:
        facts = None if self.facts is None or other.facts is None else self.facts | other.facts
        sets = {name: getattr(self, name) | getattr(other, name) for name in _SETS}
        noted = all(each.noted for each in (self, other) if each)
        links, checks = self.links or other.links, self.checks or other.checks
        return Touch(**sets, facts=facts, links=links, checks=checks, noted=noted)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _SETS)

    def refresh(self) -> None:
        """Bring what is derived of these products up to date. The caller holds the lock, or knows it needs none."""
        if self:
            refresh(self.ids(), attributes=self.facts, links=self.links, noted=self.noted)
        if self.checks:
            ProductIndex.objects.filter(checked=True).update(checked=False)

    def ids(self) -> set[int]:
        """The products, without those below them."""
        chosen = Q(family__in=self.families | _families_with(self.attributes))
        if self.categories:
            links = Product.categories.through.objects.filter(category__in=_with_descendants(self.categories))
            chosen |= Q(pk__in=links.values("product"))
        if codes := list(Attribute.objects.filter(pk__in=self.attributes).values_list("code", flat=True)):
            chosen |= Q(values__has_any_keys=codes)
        return {*self.products, *Product.objects.filter(chosen).order_by().values_list("pk", flat=True)}


_SETS = [field.name for field in fields(Touch) if field.type == "frozenset[int]"]


def _families_with(attributes: frozenset[int]) -> set[int]:
    if not attributes:
        return set()
    rows = Attribute.objects.filter(pk__in=attributes)
    codes = list(rows.values_list("code", flat=True))
    said = Family.objects.filter(values__has_any_keys=codes) if codes else Family.objects.none()
    members = FamilyAttribute.objects.filter(attribute__in=attributes)
    return {*said.values_list("pk", flat=True), *members.values_list("family_id", flat=True)}


def _with_descendants(categories: frozenset[int]) -> set[int]:
    found: set[int] = set()
    below = set(categories)
    while below:
        found |= below
        below = set(Category.objects.filter(parent__in=below).order_by().values_list("pk", flat=True)) - found
    return found
