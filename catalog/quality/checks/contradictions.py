"""Facts that cannot both be true: a least above a most, a net weight above the gross one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from catalog.quality.base import Check, Found, Said, Subject, key_of
from catalog.values import TYPES
from catalog.values.units import convert

# Words of two codes that differ in nothing else: the first fact may not be above the second.
PAIRS = (("min", "max"), ("minimum", "maximum"), ("from", "to"), ("from", "until"), ("start", "end"), ("net", "gross"))
_WORDS = re.compile(r"[_.-]+")


class Contradiction(Check):
    code = "contradiction"
    label = "Contradictory facts"
    severity = "error"
    hint = "Correct the value or the unit of one of the two."

    def check(self, subject: Subject) -> Iterator[Found]:
        said = {(tuple(_WORDS.split(fact.spec.code.lower())), fact.scope): fact for fact in subject.facts}
        for (words, scope), low in said.items():
            for other in counterparts(words):
                high = said.get((other, scope))
                if high is not None and (low.own or high.own) and is_above(low, high):
                    message = f"{named(low)} is above {named(high)}."
                    yield Found(key_of(low.spec.code, high.spec.code, str(scope)), message)


def counterparts(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The codes, as words, of the facts that may not be below the one of this code."""
    for low, high in PAIRS:
        if words.count(low) == 1:
            yield tuple(high if word == low else word for word in words)


def is_above(low: Said, high: Said) -> bool:
    """Whether one value is greater than another of its kind; False where they cannot be compared."""
    if low.spec.type != high.spec.type:
        return False
    if low.spec.type in ("number", "integer"):
        return Decimal(low.value) > Decimal(high.value)
    if low.spec.type == "measurement":
        try:
            amount = convert(Decimal(low.value["amount"]), low.value["unit"], high.value["unit"])
        except ValueError:
            return False
        return amount > Decimal(high.value["amount"])
    return low.spec.type in ("date", "datetime") and str(low.value) > str(high.value)


def named(said: Said) -> str:
    """For a message, such as: Least temperature 90 °C."""
    return f"{said.spec.label(('en',))} {TYPES[said.spec.type].text(said.value, said.spec, ('en',))}"
