"""Which names a filter uses, and the same filter after one of them has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from catalog.filters.tree import FACT, And, Condition, Filter, Not, Or, Word

# The kind of a fact's values: options of a select, or codes of records and products, as the attribute says.
VALUE = "value"
# Fields whose values are codes, or whose own code after the colon is one; the kind is the model's name.
_VALUES = {"family": "family", "category": "category", "tag": "tag", "parent": "product", "root": "product"}
_CODES = {FACT: "attribute", "association": "associationtype", "slot": "slot", "asset": "assetrole"}
_EQUAL = frozenset({"=", "!=", "in", "not in"})


class Name(NamedTuple):
    """A code that a filter names. `kind` is the model's name, "assetrole", "check", or "value".

    A value's `scope` is its attribute's code. Codes are in lower case; a tag's is facet:code.
    """

    kind: str
    code: str
    scope: str = ""


def codes_in(filter: Filter) -> frozenset[Name]:
    """All codes that a filter names."""
    return frozenset(name for condition in filter.conditions() for name in names_of(condition))


def names_of(condition: Condition) -> frozenset[Name]:
    named = {Name(_CODES[condition.field], condition.code.lower())} if condition.code else set()
    return frozenset(named | {name for word in condition.values if (name := _name_of(condition, word)) is not None})


def _name_of(condition: Condition, word: Word) -> Name | None:
    """What a value names, if it is a code."""
    said = word.text.lower()
    if condition.field == "complete":
        return Name("channel", said.partition("/")[0])
    if condition.operator not in _EQUAL:
        return None
    if condition.field == FACT:
        return Name(VALUE, said, condition.code.lower())
    kind = {**_VALUES, "sku": "product", "association": "product", "finding": "check"}.get(condition.field)
    return Name(kind, said) if kind else None


def renamed(filter: Filter, kind: str, old: str, new: str, scope: str = "") -> Filter:
    """The filter with `new` wherever it names `old`, in whatever case; `scope` as in Name."""
    name = Name(kind, old.lower(), scope.lower())
    if isinstance(filter, Condition):
        return _renamed(filter, name, new)
    if isinstance(filter, Not):
        return Not(renamed(filter.part, kind, old, new, scope))
    if isinstance(filter, Or):
        return Or(tuple(renamed(part, kind, old, new, scope) for part in filter.any))
    return And(tuple(renamed(part, kind, old, new, scope) for part in filter.parts()))


def _renamed(condition: Condition, name: Name, new: str) -> Condition:
    values = tuple(
        replace(word, text=new + word.text[len(name.code) :]) if _name_of(condition, word) == name else word
        for word in condition.values
    )
    if condition.code and Name(_CODES[condition.field], condition.code.lower()) == name:
        return replace(condition, code=new, values=values)
    return replace(condition, values=values)
