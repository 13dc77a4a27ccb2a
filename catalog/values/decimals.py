"""Exact numbers as text: one way of writing each, and the limits an attribute sets."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from catalog.values.base import AttributeSpec, Invalid, quoted

MAX_DIGITS = 40
# Two numbers of forty digits before and forty after the point, divided without loss of a digit before it.
WIDE = Context(prec=4 * MAX_DIGITS)


def exact(raw: Any) -> str:
    """A number's canonical decimal notation: no exponent, no superfluous zeros, no negative zero.

    Raises Invalid for binary floats, what is not finite, and more than 40 digits, zeros before and after included.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise Invalid(f"expected a number, written as text to stay exact, not {type(raw).__name__}")
    if isinstance(raw, str) and (len(raw) > 2 * MAX_DIGITS or not raw.isascii() or "_" in raw):
        raise Invalid("this is no number, or one with too many digits")
    try:
        number = Decimal(raw) if not isinstance(raw, str) else Decimal(raw.strip())
    except InvalidOperation:
        hint = "; write decimals with a point" if isinstance(raw, str) and "," in raw else ""
        raise Invalid(f"{quoted(raw)} is no number{hint}") from None
    if not number.is_finite():
        raise Invalid("a number must be finite")
    _, digits, exponent = number.as_tuple()
    if len(digits) > MAX_DIGITS or number.adjusted() >= MAX_DIGITS or int(exponent) < -MAX_DIGITS:
        raise Invalid(f"a number may have at most {MAX_DIGITS} digits")
    return plain(number)


def plain(number: Decimal) -> str:
    """A finite number without exponent, superfluous zeros and negative zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def bounded(text: str, spec: AttributeSpec) -> str:
    """The number, if within the attribute's `min`, `max`, `step` and `decimals`. Raises Invalid."""
    check_limits(Decimal(text), text, spec)
    check_decimals(text, spec)
    return text


def check_limits(number: Decimal, shown: str, spec: AttributeSpec, unit: str = "") -> None:
    """Raises Invalid where a number is outside `min` and `max`, or between two of the attribute's steps.

    `unit` is the one those are said in, `shown` what was typed.
    """
    low, high, step = (limit(spec, name) for name in ("min", "max", "step"))
    if low is not None and number < low:
        raise Invalid(f"{shown} is below the least allowed, {plain(low)}{unit}")
    if high is not None and number > high:
        raise Invalid(f"{shown} is above the most allowed, {plain(high)}{unit}")
    if step and WIDE.remainder(WIDE.subtract(number, low or Decimal(0)), step):
        start = f", counted from {plain(low)}{unit}" if low else ""
        raise Invalid(f"{shown} is no multiple of {plain(step)}{unit}{start}")


def check_decimals(text: str, spec: AttributeSpec) -> None:
    """Raises Invalid where a canonical number has more `decimals` than the attribute allows."""
    decimals = spec.settings.get("decimals")
    if decimals is not None and len(text.partition(".")[2]) > int(decimals):
        raise Invalid(f"{text} has more than {decimals} decimals")


def limit(spec: AttributeSpec, name: str) -> Decimal | None:
    """A setting that is a number."""
    raw = spec.settings.get(name)
    return None if raw is None else Decimal(str(raw))


def localized(text: str, chain: tuple[str, ...], decimals: int | None = None) -> str:
    """A canonical number with the separators of a language; rounded (half up) to `decimals`, where they are said."""
    return _localized(text, chain[0], decimals)


# The products of a channel share most of their numbers.
@lru_cache(maxsize=20_000)
def _localized(text: str, language: str, decimals: int | None) -> str:
    if decimals is not None:
        rounded = Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, WIDE)
        text = format(rounded if rounded else abs(rounded), "f")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    marks = marks_of(language)
    return f"{sign}{_grouped(whole, marks)}{marks.decimal}{part}" if part else sign + _grouped(whole, marks)


def _grouped(whole: str, marks: Marks) -> str:
    """1234567 as 1,234,567, or 12,34,567 where the groups after the last are smaller."""
    if len(whole) <= marks.last:
        return whole
    groups = [whole[-marks.last :]]
    rest = whole[: -marks.last]
    while rest:
        groups.append(rest[-marks.others :])
        rest = rest[: -marks.others]
    return marks.group.join(reversed(groups))


class Marks(NamedTuple):
    """How a language writes numbers with Western digits: what stands before the decimals and between groups of digits.

    `last` and `others` are the sizes of the group before the decimals and of all others.
    """

    decimal: str
    group: str
    last: int
    others: int


@lru_cache(maxsize=100)
def marks_of(language: str) -> Marks:
    """From CLDR (Number Symbols, Number Patterns), as Babel has it: its own writer takes fifty times as long."""
    locale = locale_of(language)
    return Marks(get_decimal_symbol(locale), get_group_symbol(locale), *locale.decimal_formats[None].grouping)


@lru_cache(maxsize=100)
def locale_of(language: str) -> Locale:
    return Locale.parse(language, sep="-")
