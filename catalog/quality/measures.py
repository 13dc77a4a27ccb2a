"""Numbers with units as people write them in prose, read by the separators of the text's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import get_decimal_symbol, get_group_symbol

from catalog.values.decimals import locale_of
from catalog.values.units import UNITS

# Symbols that are words as well, and spellings that are no symbols but are meant as one.
AMBIGUOUS = frozenset(["in", "pt", "st", "ha"])
SPELLINGS = {
    spelling: symbol
    for spelling, symbol in {"L": "l", "KW": "kW", "KG": "kg", "Kg": "kg", "MM": "mm", "CM": "cm"}.items()
    if symbol in UNITS and spelling not in UNITS
}
_UNIT = "|".join(
    re.escape(symbol) for symbol in sorted({*UNITS, *SPELLINGS} - AMBIGUOUS, key=lambda symbol: (-len(symbol), symbol))
)
# Groups of thousands may be set apart by spaces; a number has few groups, which keeps the search linear.
_NUMBER = r"[0-9]{1,40}(?:[\u00a0\u202f\u2009 ][0-9]{3}(?![0-9])|[.,'’][0-9]{1,40}){0,12}"
_MEASURE = re.compile(
    rf"(?<![\w.,'’])(?:(?P<low>{_NUMBER})[\u00a0\u202f ]?[-–][\u00a0\u202f ]?)?"
    rf"(?P<high>{_NUMBER})[\u00a0\u202f\u2009 ]?(?P<unit>{_UNIT})(?![\w²³/·])"
)
_SPACES = re.compile(r"[\u00a0\u202f\u2009 '’]")


class Measure(NamedTuple):
    """A quantity in a text, from the least to the most that its digits can mean; `start` and `end` are its place."""

    low: Decimal
    high: Decimal
    unit: str
    start: int
    end: int


def measures_in(text: str, language: str) -> Iterator[Measure]:
    """The quantities of a text, in order. “1.5 kW” is anything that rounds to it: 1.45 to 1.55.

    A number that the language does not write so (“1,5” in English) is left out, for nobody knows what it means.
    """
    for match in _MEASURE.finditer(text):
        high = read(match["high"], language)
        low = read(match["low"], language) if match["low"] else high
        if low is not None and high is not None and low <= high:
            unit = SPELLINGS.get(match["unit"], match["unit"])
            yield Measure(low - half_digit(low), high + half_digit(high), unit, match.start(), match.end())


def read(token: str, language: str) -> Decimal | None:
    """A number as a language writes it, or None where the language does not write it so."""
    point, group = separators(language)
    whole, _, fraction = token.partition(point)
    groups = _SPACES.sub(group, whole).split(group)
    if not all(part.isdigit() for part in groups) or not (fraction.isdigit() or point not in token):
        return None
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:])):
        return None
    return Decimal("".join(groups) + (f".{fraction}" if fraction else ""))


@lru_cache(maxsize=100)
def separators(language: str) -> tuple[str, str]:
    """What parts the decimals and the thousands; spaces and apostrophes part thousands everywhere."""
    locale = locale_of(language)
    group = get_group_symbol(locale)
    return get_decimal_symbol(locale), group if group in ".," else "'"


def half_digit(number: Decimal) -> Decimal:
    """Half of the last digit written."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2
