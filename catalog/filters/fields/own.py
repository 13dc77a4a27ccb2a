"""What a product says of itself and of its place among others: SKU, status, parent, root, level, last change."""

from __future__ import annotations

import datetime

from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Contains, In, StartsWith
from django.utils import timezone

from catalog.filters.errors import FilterError, unknown
from catalog.filters.fields.base import EMPTY, EQUAL, ORDER, TEXT, Field, Predicate, fixed, is_about_nothing
from catalog.filters.known import Known
from catalog.filters.tree import Condition, Word
from catalog.models import Product, ProductIndex
from catalog.values import Invalid
from catalog.values.base import AttributeSpec
from catalog.values.dates import Date

_DAY = datetime.timedelta(days=1)


def skus(condition: Condition, known: Known) -> list[str]:
    """The SKUs that a condition names, in lower case. One that no product has is no error: products come and go."""
    return [known.present("product", word.text) for word in condition.values]


class Sku(Field):
    name = "sku"
    operators = EQUAL | TEXT

    def positive(self, condition: Condition, known: Known) -> Predicate:
        if condition.operator in EQUAL:
            found = Q(In(Lower(F("sku")), skus(condition, known)))
        else:
            lookup = Contains if condition.operator == "contains" else StartsWith
            found = Q(lookup(Lower(F("sku")), condition.values[0].text.lower()))
        return fixed(found)


class Status(Field):
    name = "status"
    operators = EQUAL

    def positive(self, condition: Condition, known: Known) -> Predicate:
        for word in condition.values:
            if word.text.lower() not in Product.Status.values:
                raise unknown("status", word.text, word.place, Product.Status.values)
        found = Q(status__in=[word.text.lower() for word in condition.values])
        return fixed(found)


class Parent(Field):
    """The product right above."""

    name = "parent"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        if is_about_nothing(condition):
            return fixed(Q(parent__isnull=False))
        named = Product.objects.filter(In(Lower(F("sku")), skus(condition, known))).order_by()
        return fixed(Q(parent__in=named.values("pk")))


class Root(Field):
    """The product at the top of the line; of what stands alone, itself."""

    name = "root"
    operators = EQUAL

    def positive(self, condition: Condition, known: Known) -> Predicate:
        named = Product.objects.filter(In(Lower(F("sku")), skus(condition, known))).order_by()
        below = ProductIndex.objects.filter(root__in=named.values("pk"))
        return fixed(Q(pk__in=below.values("product")))


class Level(Field):
    """A product stands alone, a group has variants or is meant to, and a variant has something above it."""

    name = "level"
    operators = EQUAL
    levels = ("product", "group", "variant")

    def positive(self, condition: Condition, known: Known) -> Predicate:
        for word in condition.values:
            if word.text.lower() not in self.levels:
                raise unknown("level", word.text, word.place, self.levels)
        above = Product.objects.filter(parent__isnull=False).order_by()
        group = Q(pk__in=above.values("parent")) | Q(parent__isnull=True, family_variant__isnull=False)
        meant = {
            "group": group,
            "variant": Q(parent__isnull=False) & ~group,
            "product": Q(parent__isnull=True) & ~group,
        }
        found = Q()
        for word in condition.values:
            found |= meant[word.text.lower()]
        return fixed(found)


class Changed(Field):
    """The day on which the product was last changed, in the time zone of the house."""

    name = "changed"
    operators = ORDER | frozenset({"=", "!="})

    def positive(self, condition: Condition, known: Known) -> Predicate:
        days = [_day(word) for word in condition.values]
        start, end = _midnight(days[0]), _midnight(days[-1] + _DAY)
        found = {
            "<": Q(updated_at__lt=start),
            "<=": Q(updated_at__lt=end),
            ">": Q(updated_at__gte=end),
            ">=": Q(updated_at__gte=start),
        }.get(condition.operator, Q(updated_at__gte=start, updated_at__lt=end))
        return fixed(found)


def _day(word: Word) -> datetime.date:
    """A day between the years 1900 and 2999: the engines and the calendar end elsewhere each."""
    try:
        day = datetime.date.fromisoformat(str(Date().parse(word.text, AttributeSpec("changed", "date"))))
    except Invalid as error:
        raise FilterError(f"{error}.", word.place, word.text) from None
    if not 1900 <= day.year < 3000:
        raise FilterError("a day from 1900 to 2999 must stand here.", word.place, word.text)
    return day


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
