"""The one filter language, asked of released documents.

Each condition becomes a function of the parsed document. Facts compare as in the knowledge base: by the keys that their
type gives to values (catalog.values); the type is the one that the document names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from catalog.filters import And, Condition, Filter, FilterError, Not, Or, parse
from catalog.filters.errors import instead, unknown
from catalog.filters.fields.base import EMPTY, EQUAL, ORDER, TEXT, check_operator, is_about_nothing
from catalog.filters.tree import FACT, PLAIN_FIELDS, Word
from catalog.values import TYPES, AttributeSpec, Invalid, ValueType
from catalog.values.base import Entry, quoted
from catalog.values.sortable import text_key
from catalog.values.units import UNITS
from exports.asking.said import Said, Sample

Json: TypeAlias = Mapping[str, Any]
Holds: TypeAlias = Callable[[Json], bool]
Keys: TypeAlias = Callable[[Json], Iterable[str]]

_NEGATED = frozenset({"!=", "not in", "is empty"})
_ASKED_BY = {"=": EQUAL, "<": ORDER, "contains": {"contains"}, "starts": {"starts with"}}


@dataclass(frozen=True)
class Wanted:
    """`skus` are the only ones that can be found, in whatever case, where the filter says so; None for any."""

    holds: Holds
    skus: tuple[str, ...] | None = None


def wanted(text: str, said: Said) -> Wanted:
    """What a filter's text asks of the documents of a release. Raises FilterError with the place."""
    read = parse(text)
    bound = {condition: _bound(condition, said) for condition in dict.fromkeys(read.conditions())}
    named = (
        tuple(word.text for word in part.values)
        for part in read.parts()
        if isinstance(part, Condition) and part.field == "sku" and part.operator in ("=", "in")
    )
    return Wanted(_holds(read, bound), next(named, None))


def _holds(part: Filter, bound: Mapping[Condition, Holds]) -> Holds:
    if isinstance(part, Condition):
        return bound[part]
    if isinstance(part, Not):
        inner = _holds(part.part, bound)
        return lambda document: not inner(document)
    if isinstance(part, Or):
        some = [_holds(each, bound) for each in part.any]
        return lambda document: any(each(document) for each in some)
    every = [_holds(each, bound) for each in (part.all if isinstance(part, And) else part.parts())]
    return lambda document: all(each(document) for each in every)


def _bound(condition: Condition, said: Said) -> Holds:
    """A condition as a function of a document. Raises FilterError."""
    if condition.field == FACT:
        positive = _of_fact(condition, said)
    elif condition.field in FIELDS:
        operators, keys = FIELDS[condition.field]
        check_operator(condition, operators, quoted(condition.name(), 100))
        positive = _of_keys(condition, keys(condition.code.lower()))
    else:
        known = [*(sorted(FIELDS.keys() & PLAIN_FIELDS)), "association:TYPE", "slot:CODE", "asset:ROLE"]
        raise FilterError(
            f"released documents do not tell {quoted(condition.name())}; "
            f"they can be filtered by {', '.join(known)} and their facts.",
            condition.place,
            condition.name(),
        )
    if condition.operator in _NEGATED:
        return lambda document: not positive(document)
    return positive


# --- What stands beside the facts ------------------------------------------------------------------------------------


def _one(*path: str) -> Callable[[str], Keys]:
    """The text at a place in the document, where there is one."""

    def keys(document: Json) -> Iterable[str]:
        found: Any = document
        for name in path:
            found = (found or {}).get(name)
        return (text_key(found),) if found else ()

    return lambda _: keys


def _categories(_: str) -> Keys:
    """All that the product stands in or below."""
    return lambda document: (code.lower() for link in document["categories"] for code in link["path"])


def _listed(member: str, kind: str, told: str) -> Callable[[str], Keys]:
    """Of a list's members of one kind, what each tells."""
    return lambda code: (
        lambda document: (str(row[told]).lower() for row in document[member] if row[kind].lower() == code)
    )


FIELDS: dict[str, tuple[frozenset[str], Callable[[str], Keys]]] = {
    "sku": (EQUAL | TEXT, _one("sku")),
    "name": (EQUAL | TEXT | EMPTY, _one("name")),
    "level": (EQUAL, _one("type")),
    "parent": (EQUAL | EMPTY, _one("parent")),
    "family": (EQUAL | EMPTY, _one("family", "code")),
    "category": (EQUAL | EMPTY, _categories),
    "association": (EQUAL | EMPTY, _listed("associations", "type", "sku")),
    "slot": (EMPTY, _listed("statements", "slot", "slot")),
    "asset": (EMPTY, _listed("assets", "role", "role")),
}


def _of_keys(condition: Condition, keys: Keys) -> Holds:
    """What holds where one of the keys is what is asked for, or, for `is empty` too, where there is any."""
    asked = [text_key(word.text) for word in condition.values]
    if is_about_nothing(condition):
        return lambda document: any(True for _ in keys(document))
    if condition.operator == "contains":
        return lambda document: any(asked[0] in key for key in keys(document))
    if condition.operator == "starts with":
        return lambda document: any(key.startswith(asked[0]) for key in keys(document))
    return lambda document: not set(asked).isdisjoint(keys(document))


# --- Facts -----------------------------------------------------------------------------------------------------------


def _of_fact(condition: Condition, said: Said) -> Holds:
    if condition.code.lower() not in said.codes:
        raise unknown("fact or field", condition.code, condition.place, [*said.codes, *(FIELDS.keys() & PLAIN_FIELDS)])
    sample = said.sample(condition.code)
    if sample is None:
        return lambda _: False
    kind = TYPES[sample.fact["type"]]
    spec = _spec(sample, condition)
    _check(condition, kind, spec)
    if is_about_nothing(condition):
        return lambda document: sample.code in document["facts"]
    meets = _meets(condition, kind, spec)

    def holds(document: Json) -> bool:
        fact = document["facts"].get(sample.code)
        return fact is not None and meets(kind.entries(fact["value"], spec))

    return holds


def _spec(sample: Sample, condition: Condition) -> AttributeSpec:
    """The attribute as far as a document tells it: its type, its kind of unit, and what a filter may call options."""
    value = sample.fact["value"]
    settings = {"unit_family": UNITS[value["unit"]].family} if isinstance(value, dict) and "unit" in value else {}
    options: dict[str, tuple[str, Mapping[str, str]]] = {
        word.text.lower(): (word.text, {}) for word in condition.values
    }
    return AttributeSpec(sample.code, sample.fact["type"], settings=settings, options=options)


def _check(condition: Condition, kind: ValueType, spec: AttributeSpec) -> None:
    label = quoted(condition.name(), 100)
    can = kind.operators_of(spec)
    allowed = EMPTY.union(*(operators for name, operators in _ASKED_BY.items() if name in can))
    check_operator(condition, allowed, f"{label} ({kind.label.lower()})")


Meets: TypeAlias = Callable[[Iterable[Entry]], bool]


def _meets(condition: Condition, kind: ValueType, spec: AttributeSpec) -> Meets:
    """Whether any of a value's entries is what is asked for."""
    if condition.operator in TEXT:
        part = text_key(condition.values[0].text)
        if condition.operator == "contains":
            return lambda entries: any(part in entry.key for entry in entries)
        return lambda entries: any(entry.key.startswith(part) for entry in entries)
    keys = [_key(word, kind, spec) for word in condition.values]
    if condition.operator in EQUAL:
        return lambda entries: any(entry.key <= key <= (entry.until or entry.key) for entry in entries for key in keys)
    return _in_order(condition, kind, keys)


def _in_order(condition: Condition, kind: ValueType, keys: list[str]) -> Meets:
    lowest, highest = kind.span(keys[0])
    low, high, word = keys[0], keys[-1], condition.values[-1]
    if condition.operator == "between":
        if kind.span(high) != (lowest, highest):
            raise FilterError(f"{quoted(word.text)} does not compare with the first value.", word.place, word.text)
        if low > high:
            raise FilterError("the lower value must stand first.", word.place, word.text)
        return lambda entries: any(entry.key <= high and (entry.until or entry.key) >= low for entry in entries)
    return {
        "<": lambda entries: any(lowest <= entry.key < low for entry in entries),
        "<=": lambda entries: any(lowest <= entry.key <= low for entry in entries),
        ">": lambda entries: any(low < (entry.until or entry.key) <= highest for entry in entries),
        ">=": lambda entries: any(low <= (entry.until or entry.key) <= highest for entry in entries),
    }[condition.operator]


def _key(word: Word, kind: ValueType, spec: AttributeSpec) -> str:
    """A value as it compares with those of documents. Raises FilterError with the type's reason."""
    try:
        return kind.operand(word.text, spec).key
    except Invalid as error:
        raise FilterError(f"{error}{instead(word.text, ())}", word.place, word.text) from None
