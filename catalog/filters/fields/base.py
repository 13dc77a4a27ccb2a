"""What every field of a filter can do. A new field costs a class and a line in the registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeAlias

from django.db.models import Q

from catalog.filters.context import Scene
from catalog.filters.errors import FilterError
from catalog.filters.known import Known
from catalog.filters.tree import OPERATORS, Condition

# A condition whose names are bound: given a scene it says which products it holds for, by their own columns and by
# subqueries of their ids alone, so that it may be negated and combined without multiplying rows.
Predicate: TypeAlias = Callable[[Scene], Q]

EQUAL = frozenset({"=", "!=", "in", "not in"})
EMPTY = frozenset({"is empty", "is not empty"})
ORDER = frozenset({"<", "<=", ">", ">=", "between"})
TEXT = frozenset({"contains", "starts with"})
_NEGATED = frozenset({"!=", "not in", "is empty"})


class Field(ABC):
    """One thing products are filtered by."""

    name: ClassVar[str]
    operators: ClassVar[frozenset[str]]

    def bind(self, condition: Condition, known: Known) -> Predicate:
        """The condition with its names and values understood. Raises FilterError."""
        check_operator(condition, self.operators, f"“{condition.name()}”")
        found = self.positive(condition, known)
        if condition.operator in _NEGATED:
            return lambda scene: ~found(scene)
        return found

    @abstractmethod
    def positive(self, condition: Condition, known: Known) -> Predicate:
        """What holds where one of the values is met, or, for `is empty` too, where there is anything at all."""


def check_operator(condition: Condition, allowed: frozenset[str], name: str) -> None:
    """Raises FilterError where the operator is none of those allowed."""
    if condition.operator not in allowed:
        listed = ", ".join(operator for operator in OPERATORS if operator in allowed)
        raise FilterError(
            f"{name} cannot be asked with “{condition.operator}”; use {listed}.", condition.place, condition.name()
        )


def fixed(found: Q) -> Predicate:
    """What holds for the same products whatever the scene."""
    return lambda _: found


def is_about_nothing(condition: Condition) -> bool:
    """Whether a condition asks only if there is anything."""
    return condition.operator in EMPTY
