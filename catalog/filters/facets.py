"""How many of the products found have which value: of facts with few values, by family and by status.

Read from one narrow row per product; the number of queries does not depend on how many facets there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Aggregate, BinaryField, Count, F, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import In

from catalog.filters.errors import instead
from catalog.filters.found import ids_in_index
from catalog.filters.tree import FACT, Condition, Word
from catalog.models import Attribute, AttributeOption, FacetTerm, Family, Product, ProductIndex, Record
from catalog.models.base import is_code, label_columns, label_in, plain
from catalog.remembered import remembered
from catalog.terms import unpacked
from catalog.values import TYPES, AttributeSpec
from catalog.values.base import quoted

# Up to so many products all are counted; of more, the first so many, and it is said.
LIMIT = 10_000
# Up to so many names are remembered together.
_KEPT = 2_000


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


def facets(
    found: QuerySet[Product], language: str, codes: Collection[str] | None = None, *, own: bool = True
) -> Facets:
    """The facets of the products found, in the language given: family, status, then facts in the order of their groups.

    `codes` are the attributes to count by, in any case; without it, all that have few values. Without `own`, family and
    status are left out. Raises ValueError for a code by which products cannot be counted.
    """
    key = None if codes is None else tuple(codes)
    attributes = remembered(("facets", key, language), lambda: (_attributes(codes, language), True))
    rows = _rows(found, terms=bool(attributes), own=own)
    counted = Counter(unpacked(b"".join(rows.terms)))
    keys = _keys(attributes, counted)
    labels = _labels_of(attributes, keys, language)
    facts = (_fact(attribute, keys[attribute.pk], labels, language) for attribute in attributes)
    return Facets(tuple(facet for facet in (*_own(rows, language), *facts) if facet.values), rows.cut)


class Rows(NamedTuple):
    """What is counted, column by column: terms, and each family with status; and whether there are more."""

    terms: Sequence[bytes | memoryview]
    own: Sequence[tuple[int | None, str]]
    cut: bool


def _rows(found: QuerySet[Product], *, terms: bool, own: bool) -> Rows:
    """Products themselves are wide rows: they are read for their family and status only."""
    if not own:
        return _terms(found) if terms else Rows((), (), cut=False)
    columns = ("family", "status", "index__terms") if terms else ("family", "status")
    whole: list[Any] = list(found.filter(index__isnull=False).order_by("pk").values_list(*columns)[: LIMIT + 1])
    first = whole[:LIMIT]
    return Rows([row[2] for row in first] if terms else (), [row[:2] for row in first], len(whole) > LIMIT)


def _terms(found: QuerySet[Product]) -> Rows:
    """The engine joins them: thousands of rows take longer to hand over than to find. Few enough need no order."""
    rows = ProductIndex.objects.filter(product__in=_ids(found))
    whole = rows.order_by()[: LIMIT + 1].aggregate(count=Count("pk"), terms=_Joined("terms"))
    if whole["count"] <= LIMIT:
        return Rows([whole["terms"]], (), cut=False)
    return Rows(list(rows.order_by("pk").values_list("terms", flat=True)[:LIMIT]), (), cut=True)


class _Joined(Aggregate):
    """Bytes one after the other, in no order. SQLite joins texts only, so there they are written in hexadecimal."""

    template = "STRING_AGG(%(expressions)s, ''::bytea)"
    output_field = BinaryField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="GROUP_CONCAT(HEX(%(expressions)s), '')", **extra)

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [lambda value, *_: bytes.fromhex(value) if isinstance(value, str) else bytes(value or b"")]


def _ids(found: QuerySet[Product]) -> Any:
    """The ids of the products; where a filter finds them in an index alone, the products themselves are not read."""
    indexed = ids_in_index(found)
    return found.order_by().values("pk") if indexed is None else indexed


class Counted(NamedTuple):
    """An attribute that products are counted by. `entity` is what its values are records of, in lower case, or ""."""

    pk: int
    code: str
    type: str
    entity: str
    label: str


def _attributes(codes: Collection[str] | None, language: str) -> list[Counted]:
    kinds = [code for code, kind in TYPES.items() if kind.faceted]
    able = plain(Attribute).filter(type__in=kinds, filterable=True)
    rows = able
    if codes is not None:
        asked = {code.lower(): code for code in codes}
        rows = able.filter(In(Lower(F("code")), [code for code in asked if is_code(code)]))
    found = [
        Counted(pk, code, kind, str(settings.get("entity", "")).lower(), label_in(labels) or code)
        for pk, code, kind, settings, *labels in rows.values_list(
            "pk", "code", "type", "settings", *label_columns(language)
        )
    ]
    if codes is not None and (missing := asked.keys() - {each.code.lower() for each in found}):
        code = asked[min(missing)]
        raise ValueError(
            f"Products cannot be counted by {quoted(code)}{instead(code, able.values_list('code', flat=True))}"
        )
    return found


def _keys(attributes: Iterable[Counted], counted: Counter[int]) -> Mapping[int, dict[str, int]]:
    """By attribute, the keys that products have, each with how many."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for term, attribute, key in _known_terms(tuple(attribute.pk for attribute in attributes)):
        if counted[term]:
            found[attribute][key] = counted[term]
    return found


def _known_terms(attributes: tuple[int, ...]) -> Sequence[tuple[int, int, str]]:
    """The terms of attributes, as id, attribute and key."""

    def read() -> tuple[Sequence[tuple[int, int, str]], bool]:
        rows = FacetTerm.objects.filter(attribute__in=attributes)
        found = list(rows.values_list("pk", "attribute", "key"))
        return found, len(found) <= _KEPT

    return remembered(("terms", attributes), read)


# (what a value is called in filters, and by people) by attribute's id and key.
Labels = Mapping[tuple[int, str], tuple[str, str]]


def _labels_of(attributes: Sequence[Counted], keys: Mapping[int, Mapping[str, int]], language: str) -> Labels:
    """How these values are called, remembered where they are not too many."""
    named = frozenset(key for each in keys.values() for key in each)
    return remembered(
        ("labels", frozenset(keys), named, language),
        lambda: (_labels(attributes, keys, language), len(named) <= _KEPT),
    )


def _labels(attributes: Iterable[Counted], keys: Mapping[int, Mapping[str, int]], language: str) -> Labels:
    named = {key for each in keys.values() for key in each}
    columns = label_columns(language)
    found: dict[tuple[int, str], tuple[str, str]] = {}
    options = plain(AttributeOption).filter(In(Lower(F("code")), named), attribute__in=list(keys)).order_by()
    for attribute, code, *labels in options.values_list("attribute", "code", *columns):
        found[attribute, code.lower()] = code, label_in(labels) or code
    return found | _records(attributes, named, columns)


def _records(
    attributes: Iterable[Counted], codes: Collection[str], columns: Sequence[str]
) -> dict[tuple[int, str], tuple[str, str]]:
    """The records with these codes in lower case that attributes name."""
    naming: dict[str, list[int]] = defaultdict(list)
    for each in attributes:
        if each.entity:
            naming[each.entity].append(each.pk)
    if not naming:
        return {}
    rows = plain(Record).filter(In(Lower(F("entity_type__code")), list(naming)), In(Lower(F("code")), codes)).order_by()
    return {
        (attribute, code.lower()): (code, label_in(labels) or code)
        for entity, code, *labels in rows.values_list("entity_type__code", "code", *columns)
        for attribute in naming[entity.lower()]
    }


def _fact(attribute: Counted, keys: Mapping[str, int], labels: Labels, language: str) -> Facet:
    values = []
    for key, count in keys.items():
        said, label = labels.get((attribute.pk, key), (key, key))
        if attribute.type == "boolean":
            said = "true" if key == "1" else "false"
            label = TYPES["boolean"].text(key == "1", AttributeSpec(attribute.code, "boolean"), (language,))
        values.append(FacetValue(_is(FACT, said, attribute.code), label, count))
    return Facet(attribute.code, attribute.label, _ordered(values))


def _own(rows: Rows, language: str) -> Iterator[Facet]:
    """By family and by status."""
    if rows.own:
        families, statuses = (Counter(column) for column in zip(*rows.own, strict=True))
        yield _families(families, language)
        values = [FacetValue(_is("status", code), str(Product.Status(code).label), n) for code, n in statuses.items()]
        yield Facet("status", "Status", _ordered(values))


def _families(counted: Mapping[int | None, int], language: str) -> Facet:
    rows = plain(Family).filter(pk__in=[pk for pk in counted if pk]).order_by()
    values = [
        FacetValue(_is("family", code), label_in(labels) or code, counted[pk])
        for pk, code, *labels in rows.values_list("pk", "code", *label_columns(language))
    ]
    return Facet("family", "Family", _ordered(values))


def _is(field: str, value: str, code: str = "") -> Condition:
    return Condition(field, code, "=", (Word(value),))


def _ordered(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(sorted(values, key=lambda value: (-value.count, value.label)))
