"""Numbers in texts that facts contradict: “1.5 kW” where the power is 1400 W."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalog.quality.base import Check, Found, Prose, Said, Subject, excerpt, key_of
from catalog.quality.measures import Measure, measures_in
from catalog.values import TYPES
from catalog.values.base import pick
from catalog.values.units import UNITS, convert

# A text that calls a fact by its label is about that fact if it is at most this many times off.
LABELLED_FACTOR = 10
# Without the label, only for what a product has one of, and only where the numbers are close.
CHARACTERISTIC = frozenset(["power", "sound"])
CLOSE_FACTOR = 2
# What parts a sentence into statements of one thing each. A comma or point inside a number does not.
_BREAK = re.compile(r"[.,;:!?](?=\s|$)|[\n()•]")
# Before a number, these make it a bound or a guess, which contradicts nothing.
_HEDGE = re.compile(
    r"(?:[<>≤≥~≈±×x*+/]|\b(?:up to|over|more than|less than|under|below|above|at least|at most"
    r"|about|approx|around|or|than"
    r"|bis(?: zu)?|über|mehr als|weniger als|unter|mindestens|höchstens|etwa|rund|circa|ca|oder|ab"
    r"|fino a|oltre|più di|meno di|almeno|circa|o|oppure|sotto"
    r"|jusqu['’]à|plus de|moins de|au moins|environ|ou"
    r"|hasta|más de|menos de|al menos|unos|aproximadamente|desde"
    r"|până la|peste|mai mult de|cel puțin|aproximativ|sau|sub)\.?)\s*$",
    re.IGNORECASE,
)


class ContradictedByFact(Check):
    """A quantity in a text that no fact of its kind agrees with, though the text is about one of them.

    It is if it stands in one clause with the fact's label, or if the product has one power (or noise level) and the
    text another that is close to it. A number is as exact as its digits: “1.5 kW” agrees with 1450 W and not with 1400.
    """

    code = "prose"
    label = "Text contradicts a fact"
    severity = "warning"
    hint = "Correct the text or the fact; {{ fact:CODE }} in a text always shows the fact."

    def check(self, subject: Subject) -> Iterator[Found]:
        facts = [said for said in subject.facts if said.spec.type == "measurement"]
        if not facts:
            return
        for prose in subject.texts:
            for measure in measures_in(prose.text, prose.language) if prose.language else ():
                said = contradicted(prose, measure, alike(facts, measure, prose))
                if said is not None and (prose.own or said.own):
                    written = excerpt(prose.text[measure.start : measure.end])
                    value = TYPES[said.spec.type].text(said.value, said.spec, ("en",))
                    label = said.spec.label(("en",))
                    yield Found(
                        key_of(prose.key, said.spec.code, written), f"{prose.where} says {written}; {label} is {value}."
                    )


def alike(facts: Sequence[Said], measure: Measure, prose: Prose) -> list[Said]:
    """The facts a quantity may be about: of the same kind, and shown where the text is."""
    family = UNITS[measure.unit].family
    return [
        said
        for said in facts
        if said.value["unit"] in UNITS
        and UNITS[said.value["unit"]].family == family
        and (not said.scope.language or said.scope.language == prose.language)
        and (not said.scope.channel or said.scope.channel.lower() in prose.channels)
    ]


def contradicted(prose: Prose, measure: Measure, facts: Sequence[Said]) -> Said | None:
    """The fact that a quantity is certainly about and disagrees with."""
    if not facts or any(agrees(measure, said) for said in facts):
        return None
    before, clause = clause_around(prose.text, measure)
    if _HEDGE.search(before):
        return None
    named = [said for said in facts if names(clause, said, prose.language)]
    if named:
        return named[0] if is_close(measure, named[0], LABELLED_FACTOR) else None
    one_of_it = len(facts) == 1 and UNITS[measure.unit].family in CHARACTERISTIC
    return facts[0] if one_of_it and is_close(measure, facts[0], CLOSE_FACTOR) else None


def agrees(measure: Measure, said: Said) -> bool:
    low, amount, high = in_fact_unit(measure, said)
    return low <= amount <= high


def is_close(measure: Measure, said: Said, factor: int) -> bool:
    low, amount, high = in_fact_unit(measure, said)
    return low > 0 and amount > 0 and high <= amount * factor and amount <= low * factor


def in_fact_unit(measure: Measure, said: Said) -> tuple[Decimal, Decimal, Decimal]:
    """The least a text can mean, what the fact says, and the most, in the fact's unit."""
    unit = said.value["unit"]
    low, high = (convert(end, measure.unit, unit) for end in (measure.low, measure.high))
    return low, Decimal(said.value["amount"]), high


def clause_around(text: str, measure: Measure, reach: int = 200) -> tuple[str, str]:
    """The part of the clause before a quantity, and the whole of it, folded for comparison."""
    before = _BREAK.split(text[max(0, measure.start - reach) : measure.start])[-1]
    after = _BREAK.split(text[measure.end : measure.end + reach])[0]
    return before, f"{before} {after}".casefold()


def names(clause: str, said: Said, language: str) -> bool:
    """Whether a clause has the fact's label in its language as a whole word."""
    label = pick(said.spec.labels, (language,)).casefold() if language in said.spec.labels else ""
    return len(label) > 3 and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", clause) is not None
