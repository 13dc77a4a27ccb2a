"""How many of the products found have which value: of facts with few values, by family and by status.

Read from one narrow row per product; the number of queries does not depend on how many facets there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower

from catalog.filters.errors import instead
from catalog.filters.tree import FACT, Condition, Word
from catalog.indexing.facets import unpacked
from catalog.models import Attribute, AttributeOption, FacetTerm, Family, Product, ProductIndex, Record
from catalog.models.base import label_of
from catalog.values import TYPES
from catalog.values.base import quoted

# Up to so many products all are counted; of more, the first so many, and it is said.
LIMIT = 20_000


@dataclass(frozen=True)
class FacetValue:
    """A value with the number of products that have it. `condition` is the filter that asks for it."""

    condition: Condition
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """`code` is an attribute's, or "family" or "status"; the values with most products stand first."""

    code: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Facets:
    """`cut`: only the first LIMIT products are counted."""

    facets: tuple[Facet, ...]
    cut: bool = False


def facets(found: QuerySet[Product], language: str, codes: Collection[str] | None = None) -> Facets:
    """The facets of the products found, in the language given: family, status, then facts in the order of their groups.

    `codes` are the attributes to count by, in any case; without it, all that have few values. Raises ValueError for a
    code by which products cannot be counted.
    """
    rows, cut = _rows(found)
    counted = Counter(unpacked(b"".join(terms for terms, _, _ in rows)))
    attributes = _attributes(codes)
    keys = _keys(attributes, counted)
    labels = _labels(attributes, keys, language)
    everything = (
        _families(Counter(family for _, family, _ in rows if family), language),
        _statuses(Counter(status for _, _, status in rows)),
        *(_fact(attribute, keys[attribute.pk], labels, language) for attribute in attributes),
    )
    return Facets(tuple(facet for facet in everything if facet.values), cut)


def _rows(found: QuerySet[Product]) -> tuple[list[tuple[Any, int | None, str]], bool]:
    """The terms, family and status of the products that are counted, and whether there are more of them."""
    rows = ProductIndex.objects.filter(product__in=found.order_by().values("pk")).order_by("pk")
    taken: list[tuple[Any, int | None, str]] = list(
        rows.values_list("terms", "product__family", "product__status")[: LIMIT + 1]
    )
    return taken[:LIMIT], len(taken) > LIMIT


def _attributes(codes: Collection[str] | None) -> list[Attribute]:
    kinds = [code for code, kind in TYPES.items() if kind.faceted]
    rows = {
        row.code.lower(): row
        for row in Attribute.objects.select_related("group").filter(type__in=kinds, filterable=True)
    }
    for code in codes or ():
        if code.lower() not in rows:
            raise ValueError(f"Products cannot be counted by {quoted(code)}{instead(code, rows)}")
    wanted = rows if codes is None else {code.lower() for code in codes}
    return [row for code, row in rows.items() if code in wanted]


def _keys(attributes: Iterable[Attribute], counted: Counter[int]) -> Mapping[int, dict[str, int]]:
    """By attribute, the keys that products have, each with how many."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = FacetTerm.objects.filter(attribute__in=[attribute.pk for attribute in attributes])
    for term, attribute, key in rows.values_list("pk", "attribute", "key"):
        if counted[term]:
            found[attribute][key] = counted[term]
    return found


# (what a value is called in filters, and by people) by attribute's id and key.
Labels = Mapping[tuple[int, str], tuple[str, str]]


def _labels(attributes: Iterable[Attribute], keys: Mapping[int, Mapping[str, int]], language: str) -> Labels:
    named = {key for each in keys.values() for key in each}
    found: dict[tuple[int, str], tuple[str, str]] = {}
    options = AttributeOption.objects.filter(attribute__in=list(keys)).alias(key=Lower("code")).filter(key__in=named)
    for option in options:
        found[option.attribute_id, option.code.lower()] = option.code, label_of(option, language) or option.code
    records = _records(attributes, named)
    for attribute in attributes:
        for record in records.get(str(attribute.settings.get("entity", "")).lower(), ()):
            found[attribute.pk, record.code.lower()] = record.code, label_of(record, language) or record.code
    return found


def _records(attributes: Iterable[Attribute], codes: Collection[str]) -> Mapping[str, list[Record]]:
    """Records with these codes in lower case, by the entity that attributes take them from."""
    entities = {str(each.settings["entity"]).lower() for each in attributes if each.settings.get("entity")}
    found: dict[str, list[Record]] = defaultdict(list)
    rows = Record.objects.alias(kind=Lower("entity_type__code"), key=Lower("code")).select_related("entity_type")
    for record in rows.filter(kind__in=entities, key__in=codes):
        found[record.entity_type.code.lower()].append(record)
    return found


def _fact(attribute: Attribute, keys: Mapping[str, int], labels: Labels, language: str) -> Facet:
    values = []
    for key, count in keys.items():
        said, label = labels.get((attribute.pk, key), (key, key))
        if attribute.type == "boolean":
            said = "true" if key == "1" else "false"
            label = TYPES["boolean"].text(key == "1", attribute.spec(), (language,))
        values.append(FacetValue(_is(FACT, said, attribute.code), label, count))
    return Facet(attribute.code, label_of(attribute, language) or attribute.code, _ordered(values))


def _families(counted: Mapping[int, int], language: str) -> Facet:
    values = [
        FacetValue(
            Condition("family", "", "=", (Word(row.code),)), label_of(row, language) or row.code, counted[row.pk]
        )
        for row in Family.objects.filter(pk__in=list(counted))
    ]
    return Facet("family", "Family", _ordered(values))


def _statuses(counted: Mapping[str, int]) -> Facet:
    values = [
        FacetValue(_is("status", status), str(Product.Status(status).label), count) for status, count in counted.items()
    ]
    return Facet("status", "Status", _ordered(values))


def _is(field: str, value: str, code: str = "") -> Condition:
    return Condition(field, code, "=", (Word(value),))


def _ordered(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(sorted(values, key=lambda value: (-value.count, value.label)))
