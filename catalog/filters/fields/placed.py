"""Which fragments reach a product from wherever they are placed: by tag, and by slot.

The same rules as catalog.inheritance, which tells them over plain data, as queries. Whom a fragment applies to is not
asked: it may be for other channels, products or days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.filters.context import Scene
from catalog.filters.fields.base import EMPTY, EQUAL, Field, Predicate, is_about_nothing
from catalog.filters.fields.inheriting import cut_off, in_categories, with_variants
from catalog.filters.known import Known
from catalog.filters.tree import Condition
from catalog.inheritance import PLACED_ON, SLOT, thing
from catalog.models import Category, Fragment, FragmentRevision, Placement, Product

# Of one fragment in one slot: by kind of target and whether it is an exclusion, ids, or filters' texts.
Targets: TypeAlias = Mapping[tuple[str, bool], Sequence[Any]]


class Tagged(Field):
    """Whether an approved fragment with a tag, or with one below it, reaches the product from wherever it is placed."""

    name = "tag"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        tagged = Fragment.tags.through.objects.all()
        ids: frozenset[int] = frozenset()
        if not is_about_nothing(condition):
            ids = frozenset(pk for word in condition.values for pk in known.tags(word))
            tagged = tagged.filter(tag__in=sorted(ids))
        placed = _approved().filter(fragment__in=tagged.values("fragment"))
        return lambda scene: scene.once(("tag", ids), lambda: _carrying(scene, placed))


class InSlot(Field):
    """Whether an approved fragment stands in a slot, placed on the product or on what it inherits from."""

    name = "slot"
    operators = EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        slot = known.row_called("slot", condition.code, condition.place)
        placed = _approved().filter(slot=slot.pk)
        return lambda scene: scene.once(("slot", slot.pk), lambda: _carrying(scene, placed, thing(SLOT, slot.code)))


def _approved() -> QuerySet[Placement]:
    approved = FragmentRevision.objects.filter(fragment=OuterRef("fragment_id"), out__isnull=False)
    return Placement.objects.filter(Exists(approved)).exclude(fragment__state=Fragment.State.RETIRED).order_by()


def _carrying(scene: Scene, placed: QuerySet[Placement], cut: str = "") -> Q:
    """The products that these placements reach; none from above where `cut` is cut off.

    All that nothing is excluded of is asked together, and the rest fragment by fragment.
    """
    excluded = placed.filter(excluded=True)
    if not excluded.exists():
        return _reached(scene, placed, cut)
    same = excluded.filter(fragment=OuterRef("fragment"), slot=OuterRef("slot"))
    found = _reached(scene, placed.filter(~Exists(same)), cut)
    for targets in _by_fragment(placed.filter(Exists(same))).values():
        found |= _left(scene, targets, cut)
    return found


def _reached(scene: Scene, placed: QuerySet[Placement], cut: str) -> Q:
    """The products that any of these placements reaches, where there are no exclusions."""
    itself = with_variants(scene, placed.filter(product__isnull=False).values("product"), cut)
    families = Q(family__in=placed.filter(family__isnull=False).values("family"))
    above = placed.filter(
        category__tree_id=OuterRef("tree_id"), category__lft__lte=OuterRef("lft"), category__rght__gte=OuterRef("rght")
    )
    around = families | in_categories(scene, Category.objects.filter(Exists(above)))
    for text in placed.exclude(filter_key="").values_list("filter", flat=True).distinct():
        around |= scene.rule(text)
    if cut:
        around &= ~with_variants(scene, Product.objects.filter(cut_off(cut)).order_by().values("pk"))
    return itself | around


def _by_fragment(placed: QuerySet[Placement]) -> Mapping[Any, Targets]:
    """What each fragment is placed on in each slot. One query."""
    found: dict[Any, dict[tuple[str, bool], list[Any]]] = defaultdict(lambda: defaultdict(list))
    columns = ("fragment_id", "slot_id", "excluded", "product_id", "category_id", "family_id", "filter")
    for fragment, slot, excluded, *targets in placed.values_list(*columns):
        kind, target = next(pair for pair in zip(PLACED_ON, targets, strict=True) if pair[1])
        found[fragment, slot][kind, excluded].append(target)
    return found


def _left(scene: Scene, targets: Targets, cut: str) -> Q:
    """The products where a fragment stands in a slot after exclusions, level by level from far to near.

    At each level what is placed there is added, and what is excluded there takes all away that came before.
    """
    found = Q(pk__in=[])
    for placed, excluded, cuts in _levels(scene, targets, cut):
        if cuts is not None:
            found &= ~cuts
        if placed is not None:
            found |= placed
        if excluded is not None:
            found &= ~excluded
    return found


def _levels(scene: Scene, targets: Targets, cut: str) -> Iterator[tuple[Q | None, Q | None, Q | None]]:
    """For each level that says anything whom placements and exclusions reach, and whom it cuts off from above."""

    def reach(kind: str, query: Any) -> tuple[Q | None, Q | None]:
        placed, excluded = (targets.get((kind, each)) for each in (False, True))
        return query(placed) if placed else None, query(excluded) if excluded else None

    yield *reach("filter", lambda texts: _any(scene.rule(text) for text in texts)), None
    yield *reach("family", lambda ids: Q(family__in=ids)), None
    for steps in range(scene.category_depth, -1, -1) if _any_on(targets, "category") else ():
        yield *reach("category", lambda ids, up=steps: in_categories(scene, _below(ids, up))), None
    cutting = Product.objects.filter(cut_off(cut)).order_by().values("pk") if cut else None
    for depth in range(scene.depth, -1, -1) if cut or _any_on(targets, "product") else ():
        cuts = _at_depth(cutting, depth) if cutting is not None else None
        yield *reach("product", lambda ids, down=depth: _at_depth(ids, down)), cuts


def _any_on(targets: Targets, kind: str) -> bool:
    return any(targets.get((kind, excluded)) for excluded in (False, True))


def _below(ids: Sequence[int], steps: int) -> QuerySet[Category]:
    """The categories that stand so many steps below one of these."""
    found: QuerySet[Category] = Category.objects.filter(**{f"{'parent__' * steps}pk__in": ids})
    return found


def _at_depth(products: Any, depth: int) -> Q:
    """The products that stand so many levels below one of these."""
    found = products
    for _ in range(depth):
        found = Product.objects.filter(parent__in=found).order_by().values("pk")
    return Q(pk__in=found)


def _any(parts: Iterator[Q]) -> Q:
    found = Q(pk__in=[])
    for part in parts:
        found |= part
    return found
