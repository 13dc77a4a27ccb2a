"""Facts, and a product's name, which is a fact too: asked of the index of effective values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.lookups import In

from catalog.filters.context import Scene
from catalog.filters.errors import FilterError, instead
from catalog.filters.fields.base import EMPTY, EQUAL, ORDER, TEXT, Field, Predicate, check_operator, is_about_nothing
from catalog.filters.known import Asked, Known
from catalog.filters.names import Name
from catalog.filters.tree import Condition, Word
from catalog.models import AttributeOption, FactEntry
from catalog.values import TYPES, AttributeSpec, Invalid, ValueType
from catalog.values.base import quoted
from catalog.values.sortable import TEXT_LENGTH, text_key

_LAST = "\U0010ffff"


class Fact(Field):
    """An attribute's effective value."""

    name = "fact"
    operators = EQUAL | EMPTY | ORDER | TEXT

    def positive(self, condition: Condition, known: Known) -> Predicate:
        return bound(condition, known.attribute(condition), known)


class ProductName(Field):
    """The product's name: the value of the attribute that names its family's products."""

    name = "name"
    operators = EQUAL | EMPTY | TEXT

    def positive(self, condition: Condition, known: Known) -> Predicate:
        named = [(families, bound(condition, attribute, known)) for attribute, families in known.naming]
        return lambda scene: _any_of([Q(family__in=families) & holds(scene) for families, holds in named])


@dataclass(frozen=True)
class Entered:
    """A condition on an attribute's values that holds where the index has such an entry.

    `rank` is how many entries that may be, in comparison: the lowest has the fewest.
    """

    attribute: int
    spec: AttributeSpec
    wanted: Q
    rank: int

    def entries(self, scene: Scene) -> QuerySet[FactEntry]:
        context = scene.fact_context(self.spec)
        rows = FactEntry.objects.all()
        return rows.filter(self.wanted, attribute=self.attribute, context=context) if context else rows.none()

    def __call__(self, scene: Scene) -> Q:
        return Q(pk__in=self.entries(scene).values("product"))


def all_entered(conditions: Sequence[Entered], scene: Scene) -> Q:
    """The products for which all of some conditions hold, by the index alone.

    Entries of each narrow condition are read in their order and looked up among the products found so far; of a wide
    one only the entries of these products are read.
    """
    first, *others = sorted(conditions, key=lambda condition: condition.rank)
    rows = first.entries(scene)
    for other in others:
        if other.rank < _WIDE:
            rows = other.entries(scene).filter(In(InOrder(F("product")), rows.values("product")))
        else:
            rows = rows.filter(Exists(other.entries(scene).filter(product=OuterRef("product"))))
    return Q(pk__in=rows.values("product"))


class InOrder(Func):
    """A column by which rows are not looked up: SQLite would for each go to another page of the index by product.

    A unary plus keeps SQLite from it (sqlite.org/optoverview.html, section 2.1); PostgreSQL chooses by its statistics.
    """

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)


def bound(condition: Condition, attribute: Asked, known: Known) -> Entered:
    """A condition on an attribute's values. Raises FilterError."""
    spec = attribute.spec
    _check(condition, attribute)
    kind = TYPES[spec.type]
    if is_about_nothing(condition):
        wanted = Q()
    elif condition.operator in TEXT:
        wanted = _text(condition)
    else:
        keys = [_key(word, attribute, known) for word in condition.values]
        _check_order(condition, kind, keys)
        wanted = _of_range(condition, keys) if kind.ranged else _of_value(condition, keys, kind)
    return Entered(attribute.pk, spec, wanted, 4 if spec.type == "boolean" else _RANKS.get(condition.operator, _WIDE))


_RANKS = {"=": 0, "in": 1, "starts with": 1, "between": 2}
# From here on a condition holds for so many products that not all their entries are read.
_WIDE = 3


def _check(condition: Condition, attribute: Asked) -> None:
    """Whether the attribute can be asked for at all, and in this way."""
    label = quoted(condition.name(), 100)
    spec = attribute.spec
    kind = TYPES[spec.type]
    can = kind.operators_of(spec)
    refusal = ""
    if not can:
        refusal = f"{label} is of a type that cannot be filtered by ({kind.label.lower()})."
    elif not attribute.indexed:
        refusal = f"{label} cannot be filtered by; tick “filterable” on the attribute “{spec.code}” first."
    if refusal:
        raise FilterError(refusal, condition.place, condition.name())
    allowed = EMPTY.union(*(operators for name, operators in _ASKED_BY.items() if name in can))
    check_operator(condition, allowed, f"{label} ({kind.label.lower()})")


_ASKED_BY = {"=": EQUAL, "<": ORDER, "contains": {"contains"}, "starts": {"starts with"}}


def _key(word: Word, attribute: Asked, known: Known) -> str:
    """A value as the index keeps it. Raises FilterError with the type's reason, and options that are spelt alike."""
    spec = attribute.spec
    kind = TYPES[spec.type]
    said = word.text
    if kind.has_options and said.lower() not in spec.options:
        said = known.aliases.get(Name("attributeoption", said.lower(), spec.code.lower()), said)
    elif entity := spec.settings.get("entity"):
        said = known.record(entity, word)
    try:
        return kind.operand(said, spec).key
    except Invalid as error:
        hint = "."
        if kind.has_options:
            hint = instead(
                word.text, AttributeOption.objects.filter(attribute=attribute.pk).values_list("code", flat=True)
            )
        raise FilterError(f"{error}{hint}", word.place, word.text) from None


def _check_order(condition: Condition, kind: ValueType, keys: Sequence[str]) -> None:
    """Raises FilterError where nothing can lie between two values."""
    if condition.operator != "between":
        return
    word = condition.values[1]
    if kind.span(keys[0]) != kind.span(keys[1]):
        raise FilterError(f"{quoted(word.text)} does not compare with the first value.", word.place, word.text)
    if keys[0] > keys[1]:
        raise FilterError("the lower value must stand first.", word.place, word.text)


_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


def _of_value(condition: Condition, keys: Sequence[str], kind: ValueType) -> Q:
    if condition.operator in EQUAL:
        return Q(key__in=keys) if len(keys) > 1 else Q(key=keys[0])
    low, high = kind.span(keys[0])
    if condition.operator == "between":
        return Q(key__gte=keys[0], key__lte=keys[1])
    other_end = Q(key__gte=low) if condition.operator.startswith("<") else Q(key__lte=high)
    return Q(**{f"key__{_LOOKUPS[condition.operator]}": keys[0]}) & other_end


def _of_range(condition: Condition, keys: Sequence[str]) -> Q:
    """A range meets a condition if any value within it does."""
    if condition.operator in EQUAL:
        return _any_of(Q(key__lte=key, until__gte=key) for key in keys)
    if condition.operator == "between":
        return Q(key__lte=keys[1], until__gte=keys[0])
    end = "key" if condition.operator.startswith("<") else "until"
    return Q(**{f"{end}__{_LOOKUPS[condition.operator]}": keys[0]})


def _text(condition: Condition) -> Q:
    """The index holds the beginning of a long text only, so only that can be looked into."""
    word = condition.values[0]
    part = text_key(word.text)
    if not part or len(part) > TEXT_LENGTH:
        raise FilterError(f"one to {TEXT_LENGTH} characters can be looked for.", word.place, word.text)
    if condition.operator == "contains":
        return Q(key__contains=part)
    # Not LIKE: only a comparison of code points uses the index on both engines.
    return Q(key__gte=part, key__lte=part + _LAST)


def _any_of(parts: Sequence[Q] | Iterator[Q]) -> Q:
    found = list(parts)
    return reduce(or_, found) if found else Q(pk__in=[])
