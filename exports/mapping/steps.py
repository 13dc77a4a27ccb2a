"""What is done to the words of a field on their way: small steps with names, each from values to values."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision

from catalog.values.base import Invalid
from catalog.values.units import UNITS, convert, unit_called
from exports.mapping.seeing import Value
from exports.text import cut, one_line

Values = list[Value]
Step = Callable[[Values], Values]
MOST = 100_000


class Unfit(ValueError):
    """A step is told something that it cannot be told; the message completes “STEP …”."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A step by its name. `takes` is how its arguments are written; `make` raises Unfit for wrong ones."""

    name: str
    takes: str
    help: str
    make: Callable[[Sequence[str]], Step]


def _each(change: Callable[[str], str]) -> Step:
    """Of the texts alone; what is left of nothing is left out."""

    def step(values: Values) -> Values:
        return [Value(text) for value in values if (text := change(value.text))]

    return step


def _whole(text: str, least: int = 1, most: int = MOST) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise Unfit(f"takes a whole number from {least} to {most:,}, not “{text[:40]}”")
    return int(text)


def _only(arguments: Sequence[str], count: int, otherwise: str | None = None) -> list[str]:
    """So many arguments. The last may be left out where there is another in its place."""
    found = [*arguments]
    if len(found) == count - 1 and otherwise is not None:
        found.append(otherwise)
    if len(found) != count:
        raise Unfit(f"takes {count or 'no'} argument{'' if count == 1 else 's'}, not {len(arguments)}")
    return found


def _bare(change: Callable[[str], str]) -> Callable[[Sequence[str]], Step]:
    def make(arguments: Sequence[str]) -> Step:
        _only(arguments, 0)
        return _each(change)

    return make


# --- Words -----------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"<[^<>]*>")


def _plain(text: str) -> str:
    return one_line(html.unescape(_TAG.sub(" ", text)))


def _html(arguments: Sequence[str]) -> Step:
    _only(arguments, 0)
    return lambda values: [
        Value(value.raw if isinstance(value.raw, str) and value.raw else value.text) for value in values
    ]


def _cut(arguments: Sequence[str]) -> Step:
    limit = _whole(_only(arguments, 1)[0])
    return _each(lambda text: cut(text, limit))


def _replace(arguments: Sequence[str]) -> Step:
    old, new = _only(arguments, 2, "")
    if not old:
        raise Unfit("has to be told what to replace")
    return _each(lambda text: text.replace(old, new))


def _map(arguments: Sequence[str]) -> Step:
    """By what is read or, of facts with codes, the code. "*" stands for everything else."""
    pairs = dict(part.split("=", 1) for part in arguments if "=" in part)
    if len(pairs) != len(arguments) or not pairs:
        raise Unfit("takes pairs such as red=Rot, each once, with quotation marks around blanks")
    rest = pairs.pop("*", None)
    known = {old.casefold(): new for old, new in pairs.items()}

    def step(values: Values) -> Values:
        said = []
        for value in values:
            names = (value.text.casefold(), _code(value).casefold())
            said.append(next((known[name] for name in names if name in known), value.text if rest is None else rest))
        return [Value(text) for text in said if text]

    return step


# --- Several values --------------------------------------------------------------------------------------------------


def _join(arguments: Sequence[str]) -> Step:
    (between,) = _only(arguments, 1, ", ")
    return lambda values: [Value(between.join(value.text for value in values))] if values else []


def _first(arguments: Sequence[str]) -> Step:
    count = _whole(_only(arguments, 1, "1")[0])
    return lambda values: values[:count]


# --- Facts -----------------------------------------------------------------------------------------------------------


def _code(value: Value) -> str:
    """What machines read: an option's code, true or false, a number with a point, a date."""
    raw = value.raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict):
        return str(raw.get("amount", value.text))
    return str(raw) if isinstance(raw, (str, int)) else value.text


def _codes(arguments: Sequence[str]) -> Step:
    _only(arguments, 0)
    return lambda values: [Value(_code(value), value.raw) for value in values]


def _in(arguments: Sequence[str]) -> Step:
    """A measurement in another unit; a plain number is taken to be in it."""
    unit = _unit(_only(arguments, 1)[0])
    return lambda values: [
        Value(f"{text} {unit}", _said(text, unit)) for value in values if (text := _inside(value, unit))
    ]


def _amount(arguments: Sequence[str]) -> Step:
    """Without a unit, also of prices."""
    (unit,) = _only(arguments, 1, "")
    wanted = _unit(unit) if unit else ""
    return lambda values: [Value(text, text) for value in values if (text := _inside(value, wanted))]


def _said(amount: str, unit: str) -> dict[str, str]:
    return {"amount": amount, "unit": unit}


def _unit(text: str) -> str:
    try:
        return unit_called(text)
    except Invalid as error:
        raise Unfit(f"has to name a unit: {error}") from None


def _inside(value: Value, unit: str) -> str:
    """The number of a value in a unit, or as it is; empty where there is none or it cannot be converted."""
    raw = value.raw
    if isinstance(raw, dict):
        amount = decimal_of(raw.get("amount"))
        if "currency" in raw:
            return str(raw["amount"])
        if amount is None or not unit or "unit" not in raw:
            return "" if amount is None else written(amount)
        return _converted(amount, raw["unit"], unit)
    amount = decimal_of(raw if isinstance(raw, (str, int)) and not isinstance(raw, bool) else value.text)
    return "" if amount is None else written(amount)


@lru_cache(maxsize=10_000)
def _converted(amount: Decimal, old: str, new: str) -> str:
    if UNITS[old].family != UNITS[new].family:
        return ""
    return written(convert(amount, old, new))


def _currency(arguments: Sequence[str]) -> Step:
    _only(arguments, 0)
    return lambda values: [Value(value.raw["currency"]) for value in values if _is_money(value.raw)]


def _is_money(raw: Any) -> bool:
    return isinstance(raw, dict) and "currency" in raw


def _round(arguments: Sequence[str]) -> Step:
    places = _whole(_only(arguments, 1, "0")[0], 0, 12)
    exponent = Decimal(1).scaleb(-places)

    def step(values: Values) -> Values:
        rounded = []
        for value in values:
            head, blank, unit = value.text.partition(" ")
            amount = decimal_of(head)
            text = value.text if amount is None else f"{amount.quantize(exponent, ROUND_HALF_UP)}{blank}{unit}"
            rounded.append(Value(text))
        return rounded

    return step


def _minor(arguments: Sequence[str]) -> Step:
    """A price in the smallest unit of its currency (ISO 4217: JPY has none, KWD thousandths)."""
    _only(arguments, 0)
    return lambda values: [Value(str(found)) for value in values if (found := minor_units(value.raw)) is not None]


def minor_units(raw: Any) -> int | None:
    """Of an amount with its currency; None where it has more places than the currency."""
    if not _is_money(raw) or (amount := decimal_of(raw["amount"])) is None:
        return None
    scaled = amount.scaleb(get_currency_precision(raw["currency"]))
    return int(scaled) if scaled == scaled.to_integral_value() else None


def decimal_of(said: Any) -> Decimal | None:
    """A finite number as machines write it, or None."""
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def written(amount: Decimal) -> str:
    """Without an exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_LIST = (
    Kind("plain", "", "words alone: without markup and entities, in one line", _bare(_plain)),
    Kind("line", "", "line breaks and runs of blanks as one blank", _bare(one_line)),
    Kind("cut", "LENGTH", "at most so many characters, ending at a word, with an ellipsis", _cut),
    Kind("html", "", "a text of a slot with its markup", _html),
    Kind("lower", "", "small letters", _bare(str.lower)),
    Kind("upper", "", "capital letters", _bare(str.upper)),
    Kind("replace", "OLD NEW", "every OLD becomes NEW; without NEW it goes", _replace),
    Kind("map", "OLD=NEW …", "a whole value, or its code, becomes another; *=NEW for all others, *= drops them", _map),
    Kind("join", "BETWEEN", "several values become one, with a comma between them or something else", _join),
    Kind("first", "COUNT", "the first value, or so many", _first),
    Kind("code", "", "what machines read of a fact: an option's code, true or false, a number with a point", _codes),
    Kind("in", "UNIT", "a measurement in another unit, such as 1.2 kg", _in),
    Kind("amount", "UNIT", "the number alone of a price or, in a unit if one is named, of a measurement", _amount),
    Kind("currency", "", "the currency alone of a price", _currency),
    Kind("round", "PLACES", "a number rounded, halves up", _round),
    Kind("minor", "", "a price in cents, or what its currency has in their place", _minor),
)
STEPS: Mapping[str, Kind] = {kind.name: kind for kind in _LIST}
