"""Where a product stands and what is placed on it: family, categories, tags, slots, assets, associations."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import In

from catalog.filters.context import Scene
from catalog.filters.fields.base import EMPTY, EQUAL, Field, Predicate, fixed, is_about_nothing
from catalog.filters.fields.inheriting import cut_off, in_categories, with_variants
from catalog.filters.fields.own import skus
from catalog.filters.known import Known
from catalog.filters.tree import Condition
from catalog.inheritance import ASSET, ASSOCIATION, SLOT, thing
from catalog.models import Association, Category, Fragment, FragmentRevision, Placement, Product, ProductAsset


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


class Tagged(Field):
    """Whether an approved fragment with a tag, or with one below it, reaches the product from wherever it is placed."""

    name = "tag"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        tagged = Fragment.tags.through.objects.all()
        if not is_about_nothing(condition):
            ids = {pk for word in condition.values for pk in known.tags(word)}
            tagged = tagged.filter(tag__in=sorted(ids))
        placed = _approved().filter(fragment__in=tagged.values("fragment"))
        return lambda scene: _carrying(scene, placed)


class InSlot(Field):
    """Whether an approved fragment stands in a slot, placed on the product or on what it inherits from."""

    name = "slot"
    operators = EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        slot = known.row_called("slot", condition.code, condition.place)
        placed = _approved().filter(slot=slot.pk)
        return lambda scene: _carrying(scene, placed, thing(SLOT, slot.code))


def _approved() -> QuerySet[Placement]:
    approved = FragmentRevision.objects.filter(fragment=OuterRef("fragment_id"), out__isnull=False)
    return Placement.objects.filter(Exists(approved)).exclude(fragment__state=Fragment.State.RETIRED).order_by()


def _carrying(scene: Scene, placed: QuerySet[Placement], cut: str = "") -> Q:
    """The products that these placements reach; none from above where `cut` is cut off."""
    itself = with_variants(scene, placed.filter(product__isnull=False).values("product"), cut)
    families = Q(family__in=placed.filter(family__isnull=False).values("family"))
    above = placed.filter(
        category__tree_id=OuterRef("tree_id"), category__lft__lte=OuterRef("lft"), category__rght__gte=OuterRef("rght")
    )
    around = families | in_categories(scene, Category.objects.filter(Exists(above)))
    if cut:
        around &= ~with_variants(scene, Product.objects.filter(cut_off(cut)).order_by().values("pk"))
    return itself | around


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
