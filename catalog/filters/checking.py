"""From a filter to the products that meet it: names and values are understood first, then it becomes one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.conf import settings
from django.db.models import Q, QuerySet

from catalog.filters.context import Context, Scene
from catalog.filters.errors import FilterError
from catalog.filters.fields.base import Predicate
from catalog.filters.fields.facts import Entered, all_entered
from catalog.filters.fields.registry import FIELDS
from catalog.filters.found import FoundProducts
from catalog.filters.known import Known
from catalog.filters.reading import parse
from catalog.filters.tree import FACT, Condition, Filter, Not, Or
from catalog.models import Product
from catalog.remembered import remembered
from catalog.values import AttributeSpec

# A larger filter, in values and conditions together, is understood anew each time: it would take the room of many.
_LARGEST = 100


@dataclass(frozen=True)
class Checked:
    """A filter all of whose names and values are understood; it may be asked for many contexts.

    `per_channel` and `localizable`: whether the answer may differ from channel to channel, and by languages.
    """

    filter: Filter
    predicates: Mapping[Condition, Predicate]
    per_channel: bool = False
    localizable: bool = False

    def condition(self, context: Context) -> Q:
        """What a query of products asks to get those that meet the filter; it has no joins."""
        return self._holds(self.filter, Scene(context, _rule))

    def products(self, context: Context) -> QuerySet[Product]:
        """The products that meet the filter, as one query, in no order."""
        return self._found(Scene(context, _rule))

    def lasting_products(self, context: Context) -> tuple[FoundProducts, bool]:
        """The same, and whether it asks for the same as long as what the filter names does."""
        scene = Scene(context, _rule)
        return self._found(scene), not scene.has_asked_more

    def _found(self, scene: Scene) -> FoundProducts:
        return FoundProducts(Product).filter(self._holds(self.filter, scene)).order_by()

    def _holds(self, part: Filter, scene: Scene) -> Q:
        if isinstance(part, Condition):
            return self.predicates[part](scene)
        if isinstance(part, Not):
            return ~self._holds(part.part, scene)
        if isinstance(part, Or):
            return reduce(or_, (self._holds(each, scene) for each in part.any))
        return self._all_hold(part.parts(), scene)

    def _all_hold(self, parts: Sequence[Filter], scene: Scene) -> Q:
        """Conditions on facts are asked together, and all the rest one by one."""
        bound = [self.predicates[part] if isinstance(part, Condition) else None for part in parts]
        facts = [predicate for predicate in bound if isinstance(predicate, Entered)]
        found = all_entered(facts, scene) if facts else Q()
        others = (part for part, predicate in zip(parts, bound, strict=True) if not isinstance(predicate, Entered))
        return reduce(and_, (self._holds(part, scene) for part in others), found)


def check(filter: Filter) -> Checked:
    """The filter with its names and values understood, in a constant number of queries. Raises FilterError."""
    return remembered(("checked", filter), lambda: (_check(filter), True)) if is_small(filter) else _check(filter)


def is_small(filter: Filter) -> bool:
    """Whether a filter is remembered."""
    return sum(1 + len(condition.values) for condition in filter.conditions()) <= _LARGEST


def _check(filter: Filter) -> Checked:
    known = Known(filter)
    predicates = {
        condition: FIELDS[condition.field].bind(condition, known) for condition in dict.fromkeys(filter.conditions())
    }
    specs = [spec for condition in predicates for spec in _specs(condition, known)]
    others = {condition.field for condition in predicates} - {FACT}
    placed = not others.isdisjoint(("slot", "tag"))
    return Checked(
        filter,
        predicates,
        per_channel=placed or "asset" in others or any(spec.per_channel for spec in specs),
        localizable=placed or any(spec.localizable for spec in specs),
    )


def _specs(condition: Condition, known: Known) -> Sequence[AttributeSpec]:
    """The attributes that a condition asks for."""
    if condition.field == FACT:
        return [known.attribute(condition).spec]
    return [each.spec for each, _ in known.naming] if condition.field == "name" else []


def _rule(text: str, scene: Scene) -> Q:
    """The products that a placement's filter finds; none where it cannot be understood any more."""
    try:
        checked = check(parse(text))
    except FilterError:
        return Q(pk__in=[])
    return checked._holds(checked.filter, scene)


def products(filter: Filter, context: Context | None = None) -> QuerySet[Product]:
    """The products that meet a filter, unless said otherwise for all channels in the default language.

    Raises FilterError.
    """
    asked = context or Context.in_language(settings.LANGUAGE_CODE)
    if not is_small(filter):
        return _check(filter).products(asked)
    # A copy, so that what the caller reads is not kept with it.
    return remembered((filter, asked), lambda: _check(filter).lasting_products(asked)).same()
