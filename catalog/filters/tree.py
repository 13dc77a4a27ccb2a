"""A filter as a tree: conditions joined by and, or, not. Pure data, made by reading a text or JSON."""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAX_LENGTH = 10_000
MAX_CONDITIONS = 100
MAX_ITEMS = 500
MAX_DEPTH = 20

FACT = "fact"
# Fields that are called by their name alone; an attribute of such a code is written fact:CODE.
PLAIN_FIELDS = frozenset(
    "sku name family category tag status parent root level complete quality finding changed".split()  # noqa: SIM905
)
# Fields that are followed by a code after a colon.
CODED_FIELDS = frozenset({FACT, "association", "slot", "asset"})
KEYWORDS = frozenset(["and", "or", "not", "in", "is", "between", "contains", "starts", "with", "empty"])
RESERVED = PLAIN_FIELDS | KEYWORDS

# What stands after the field, as it is written, and how many values follow; None for a list.
OPERATORS: dict[str, int | None] = {
    "=": 1,
    "!=": 1,
    "<": 1,
    "<=": 1,
    ">": 1,
    ">=": 1,
    "contains": 1,
    "starts with": 1,
    "between": 2,
    "in": None,
    "not in": None,
    "is empty": 0,
    "is not empty": 0,
}

# A run of characters that need no quotation marks.
WORD = r'(?:[^\s()",=<>!]|!(?!=))+'
_BARE = re.compile(rf"{WORD}(?: {WORD})*")


class Place(NamedTuple):
    """Where something stands: in a text from `start` to `end`, in JSON at `path`, such as "and[1].value"."""

    start: int = 0
    end: int = 0
    path: str = ""


@dataclass(frozen=True)
class Word:
    """A value as it was written. Where it stood is not part of what it means."""

    text: str
    place: Place = dataclasses.field(default=Place(), compare=False)

    def quoted(self) -> str:
        """The value as a filter's text says it, in quotation marks where it needs them."""
        bare = _BARE.fullmatch(self.text) and not {"and", "or", "not"} & set(self.text.lower().split())
        return self.text if bare else '"' + self.text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Filter(ABC):
    """A filter or a part of one."""

    @abstractmethod
    def text(self) -> str:
        """The filter as a person writes it; reading it gives the same filter."""

    @abstractmethod
    def conditions(self) -> Iterator[Condition]:
        """All conditions, from left to right."""

    def parts(self) -> tuple[Filter, ...]:
        """What must all hold, one by one."""
        return (self,)

    def depth(self) -> int:
        """How many parentheses and “not” of its text stand within each other, at most."""
        return 0


@dataclass(frozen=True)
class Condition(Filter):
    """A field, an operator and its values, such as capacity between 1 TB and 4 TB.

    `field` is one of PLAIN_FIELDS or CODED_FIELDS, and `code` what stands after the latter's colon.
    """

    field: str
    code: str
    operator: str
    values: tuple[Word, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)

    def name(self) -> str:
        """The field as it is written."""
        if self.field == FACT and self.code.lower() not in RESERVED and ":" not in self.code:
            return self.code
        return f"{self.field}:{self.code}" if self.code else self.field

    def text(self) -> str:
        values = [value.quoted() for value in self.values]
        joined = {None: f"({', '.join(values)})", 2: " and ".join(values)}.get(
            OPERATORS[self.operator], "".join(values)
        )
        return f"{self.name()} {self.operator} {joined}".rstrip(" ")

    def conditions(self) -> Iterator[Condition]:
        yield self


@dataclass(frozen=True)
class Not(Filter):
    part: Filter

    def text(self) -> str:
        return f"not {_within(self.part, _JOINED)}"

    def depth(self) -> int:
        return 1 + _depth_within(self.part, _JOINED)

    def conditions(self) -> Iterator[Condition]:
        yield from self.part.conditions()


@dataclass(frozen=True)
class And(Filter):
    """All parts hold. Without parts, and only as a whole filter, it is the empty one, which everything meets."""

    all: tuple[Filter, ...] = ()

    def text(self) -> str:
        return " and ".join(_within(part, _JOINED) for part in self.all)

    def depth(self) -> int:
        return max((_depth_within(part, _JOINED) for part in self.all), default=0)

    def conditions(self) -> Iterator[Condition]:
        for part in self.all:
            yield from part.conditions()

    def parts(self) -> tuple[Filter, ...]:
        return self.all


@dataclass(frozen=True)
class Or(Filter):
    """At least one of two or more parts holds."""

    any: tuple[Filter, ...]

    def text(self) -> str:
        return " or ".join(_within(part, (Or,)) for part in self.any)

    def depth(self) -> int:
        return max(_depth_within(part, (Or,)) for part in self.any)

    def conditions(self) -> Iterator[Condition]:
        for part in self.any:
            yield from part.conditions()


EVERYTHING = And()
_JOINED = (And, Or)


def _within(part: Filter, kinds: tuple[type[Filter], ...]) -> str:
    """A part's text, in parentheses where it is of a kind that would fall apart without."""
    return f"({part.text()})" if isinstance(part, kinds) else part.text()


def _depth_within(part: Filter, kinds: tuple[type[Filter], ...]) -> int:
    return part.depth() + isinstance(part, kinds)
