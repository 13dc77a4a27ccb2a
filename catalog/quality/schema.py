"""What is wrong with the schema itself: options that nothing uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from catalog.models import Attribute, AttributeOption, FactContext, FactEntry, Family, Product, Record
from catalog.values import TYPES


class Orphan(NamedTuple):
    """An option that no product, family, record or default has."""

    attribute: str
    option: str


def orphaned_options() -> list[Orphan]:
    """All of them, in order. Reads every facts' document once, as a stream: retired options are not asked about."""
    with_options = [code for code, kind in TYPES.items() if kind.has_options]
    attributes = {row.code: row for row in Attribute.objects.filter(type__in=with_options)}
    used: dict[str, set[str]] = defaultdict(set)
    for values in _documents():
        for code in attributes.keys() & values.keys():
            used[code].update(_codes(values[code].values()))
    for code, attribute in attributes.items():
        used[code].update(_codes([attribute.settings.get("default")]))
    options = AttributeOption.objects.filter(attribute__in=attributes.values(), retired=False)
    rows = options.order_by("attribute__code", "position", "code").values_list("attribute__code", "code")
    return [Orphan(attribute, option) for attribute, option in rows if option not in used[attribute]]


def with_use(options: QuerySet[AttributeOption]) -> QuerySet[AttributeOption]:
    """The options, each with `in_use`: whether a product has it, as far as the fact index knows. One query for all."""
    contexts = FactContext.objects.values("pk")
    entries = FactEntry.objects.filter(
        attribute=OuterRef("attribute"), context__in=contexts, key=Lower(OuterRef("code"))
    )
    return options.annotate(in_use=Exists(entries))


def _documents() -> Iterator[dict[str, dict[str, Any]]]:
    for model in (Product, Family, Record):
        yield from model.objects.order_by().values_list("values", flat=True).iterator(chunk_size=1_000)


def _codes(values: Iterable[Any]) -> Iterator[str]:
    """The options' codes in stored values, one or several in each."""
    for value in values:
        if value is not None:
            yield from value if isinstance(value, list) else [value]
