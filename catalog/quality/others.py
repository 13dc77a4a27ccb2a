"""What one product's findings owe to another: values that should be unique, and products that are probably one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from django.db.models import F, Max, Min, Q

from catalog.indexing.batch import Row
from catalog.indexing.schema import Indexed, Schema
from catalog.models import FactEntry, Finding, ProductIndex
from catalog.quality.base import Subject, Twin, key_of
from catalog.quality.checks.duplicates import DuplicateValue
from catalog.quality.checks.lookalikes import Lookalike
from catalog.values import TYPES

# An entry of the fact index: its attribute's id, its context's id, its key.
Entry = tuple[int, int, str]
# A finding: a product's id, a check's code and the finding's key.
Key = tuple[int, str, str]
SHARED = (DuplicateValue.code, Lookalike.code)


def with_others(schema: Schema, subjects: Iterable[tuple[Row, Subject]]) -> dict[int, Subject]:
    """The subjects by product's id, each with the products that say the same: three queries for all."""
    found = {row.pk: (row, subject) for row, subject in subjects}
    twins = _twins(schema, found)
    likenesses = _likenesses([subject for _, subject in found.values()], found)
    return {
        pk: replace(
            subject, twins=tuple(twins.get(pk, ())), lookalike=_other(likenesses[subject.likeness], subject.sku)
        )
        for pk, (_, subject) in found.items()
    }


def _other(skus: Iterable[str], own: str) -> str:
    """The first SKU that is not the product's own, or nothing."""
    return min((sku for sku in skus if sku != own), default="")


# --- Unique values ---------------------------------------------------------------------------------------------------
def _twins(schema: Schema, products: Mapping[int, tuple[Row, Subject]]) -> dict[int, list[Twin]]:
    unique = {each.pk: each for each in schema.attributes.values() if each.spec.unique}
    own = [
        (product, entry) for product, entry in _entries(products, unique) if says(products[product][0], unique, entry)
    ]
    sharers = _sharers(unique, {entry for _, entry in own})
    found: dict[int, list[Twin]] = defaultdict(list)
    for product, entry in own:
        subject = products[product][1]
        if sku := _other(sharers.get(entry, ()), subject.sku):
            found[product].append(_twin(subject, unique[entry[0]], entry, sku))
    return found


def _entries(products: Collection[int], unique: Collection[int]) -> Iterator[tuple[int, Entry]]:
    rows = FactEntry.objects.filter(product__in=products, attribute__in=unique) if unique else FactEntry.objects.none()
    for product, attribute, context, key in rows.values_list("product_id", "attribute_id", "context_id", "key"):
        yield product, (attribute, context, key)


def says(row: Row, unique: Mapping[int, Indexed], entry: Entry) -> bool:
    """Whether the product says the value itself; variants that inherit it share it rightly."""
    return any(value is not None for value in row.values.get(unique[entry[0]].spec.code, {}).values())


def _sharers(unique: Mapping[int, Indexed], entries: Collection[Entry]) -> dict[Entry, tuple[str, str]]:
    """For each value that several products say themselves, the first and the last of their SKUs."""
    if not entries:
        return {}
    attributes = {entry[0] for entry in entries}
    saying = (Q(attribute=pk, product__values__has_key=unique[pk].spec.code) for pk in attributes)
    rows = FactEntry.objects.filter(reduce(or_, saying), key__in={entry[2] for entry in entries}).order_by()
    grouped = rows.values_list("attribute_id", "context_id", "key").annotate(
        first=Min("product__sku"), last=Max("product__sku")
    )
    shared = grouped.filter(first__lt=F("last"))
    return {(attribute, context, key): (first, last) for attribute, context, key, first, last in shared}


def _twin(subject: Subject, each: Indexed, entry: Entry, sku: str) -> Twin:
    spec = each.spec
    value = next((said.value for said in subject.facts if said.spec.code == spec.code), entry[2])
    text = TYPES[spec.type].text(value, spec, ("en",))
    return Twin(spec.code, spec.label(("en",)), key_of(spec.code, entry[2]), text, sku)


# --- Products that are probably one ----------------------------------------------------------------------------------
def _likenesses(subjects: Sequence[Subject], ids: Collection[int]) -> dict[str, set[str]]:
    """SKUs of these products, and of one other, by what they are like."""
    found: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        if subject.likeness:
            found[subject.likeness].add(subject.sku)
    rows = ProductIndex.objects.filter(likeness__in=list(found)).exclude(pk__in=ids).order_by()
    for likeness, sku in rows.values_list("likeness").annotate(sku=Min("product__sku")):
        found[likeness].add(sku)
    return found


# --- Those whose findings change with it -----------------------------------------------------------------------------
def note_others(
    ids: Sequence[int], subjects: Mapping[int, Subject], added: Iterable[Key], removed: Iterable[Key]
) -> None:
    """Note as unchecked the products that a new finding names and that have none such yet, and those left with one."""
    named = {(check, key, sku) for pk, check, key in added if (sku := _named(subjects[pk], check, key))}
    shared = Finding.objects.filter(check_code__in=SHARED).order_by()
    having = shared.filter(key__in={key for _, key, _ in named}).values_list("check_code", "key", "product__sku")
    unaware = {sku for _, _, sku in named - set(having)}
    left = shared.filter(key__in={key for _, check, key in removed if check in SHARED}).values("product")
    stale = ProductIndex.objects.filter(Q(product__sku__in=unaware) | Q(pk__in=left), checked=True)
    marked = list(stale.exclude(pk__in=ids).values_list("pk", flat=True))
    ProductIndex.objects.filter(pk__in=marked).update(checked=False)


def _named(subject: Subject, check: str, key: str) -> str:
    """The SKU of the other product in a finding that is about two, else nothing."""
    if check == Lookalike.code:
        return subject.lookalike
    twins = subject.twins if check == DuplicateValue.code else ()
    return next((twin.sku for twin in twins if twin.key == key), "")
