"""Exact numbers, measurements with a unit, prices, and yes or no."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_currency, format_decimal

from catalog.values.base import AttributeSpec, Invalid, Json, ValueType, quoted
from catalog.values.units import UNITS, units_of

MAX_DIGITS = 40
_YES_NO = {
    "en": ("Yes", "No"),
    "it": ("Sì", "No"),
    "ro": ("Da", "Nu"),
    "de": ("Ja", "Nein"),
    "fr": ("Oui", "Non"),
    "es": ("Sí", "No"),
}
_ANSWERS = {"1": True, "true": True, "0": False, "false": False}
_NO_BREAK = "\N{NO-BREAK SPACE}"


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
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def bounded(text: str, spec: AttributeSpec) -> str:
    """The number, if within the attribute's `min`, `max` and `decimals`. Raises Invalid."""
    number = Decimal(text)
    low, high, decimals = (spec.settings.get(name) for name in ("min", "max", "decimals"))
    if low is not None and number < Decimal(str(low)):
        raise Invalid(f"{text} is below the least allowed, {low}")
    if high is not None and number > Decimal(str(high)):
        raise Invalid(f"{text} is above the most allowed, {high}")
    if decimals is not None and -int(number.as_tuple().exponent) > int(decimals):
        raise Invalid(f"{text} has more than {decimals} decimals")
    return text


class Number(ValueType):
    """A decimal number, stored as text. Settings: `min`, `max`, `decimals`."""

    code = "number"
    label = "Number"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        return bounded(exact(raw), spec)

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return localized(value, chain)


def localized(text: str, chain: tuple[str, ...]) -> str:
    """A canonical number with the separators of a language."""
    return _localized(text, chain[0])


# The products of a channel share most of their numbers, and Babel takes a tenth of a millisecond for each.
@lru_cache(maxsize=20_000)
def _localized(text: str, language: str) -> str:
    return format_decimal(Decimal(text), locale=locale_of(language), decimal_quantization=False)


@lru_cache(maxsize=100)
def locale_of(language: str) -> Locale:
    return Locale.parse(language, sep="-")


class Measurement(ValueType):
    """An amount with a unit: `{"amount": "4.2", "unit": "kg"}`.

    Settings: `unit_family`, `unit` (used where none is given), and those of Number.
    """

    code = "measurement"
    label = "Measurement"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, dict) or not {"amount"} <= set(raw) <= {"amount", "unit"}:
            raise Invalid('expected an amount with its unit, such as {"amount": "4.2", "unit": "kg"}')
        unit = raw.get("unit") or spec.settings.get("unit")
        family = spec.settings.get("unit_family")
        if not isinstance(unit, str) or unit not in UNITS or (family and UNITS[unit].family != family):
            allowed = ", ".join(units_of(family) if family else UNITS)
            raise Invalid(f"{quoted(unit or '')} is no unit of “{spec.code}”; there are {allowed}")
        return {"amount": bounded(exact(raw["amount"]), spec), "unit": unit}

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return f"{localized(value['amount'], chain)}{_NO_BREAK}{value['unit']}"

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        return {**value, "unit_code": UNITS[value["unit"]].code}


class Price(ValueType):
    """One amount per currency: `[{"amount": "499.00", "currency": "EUR"}]`, at least two decimals, by currency."""

    code = "price"
    label = "Price"
    many = True

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, list) or not raw or not all(isinstance(item, dict) for item in raw):
            raise Invalid('expected a list of prices, such as [{"amount": "499.00", "currency": "EUR"}]')
        prices = {}
        for item in raw:
            given = item.get("currency", "")
            if not isinstance(given, str) or len(given) != 3 or not (given.isascii() and given.isalpha()):
                raise Invalid(f"{quoted(given)} is no currency; use its three letters, such as EUR")
            currency = given.upper()
            if currency in prices:
                raise Invalid(f"{currency} has two prices")
            prices[currency] = padded(bounded(exact(item.get("amount")), spec))
        return [{"amount": prices[currency], "currency": currency} for currency in sorted(prices)]

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return " / ".join(money(item["amount"], item["currency"], chain) for item in value)


def money(amount: str, currency: str, chain: tuple[str, ...]) -> str:
    """A price as people write it, with the currency's decimals; where there are more, nothing is rounded away."""
    exact_cents = len(amount.partition(".")[2]) <= 2
    return format_currency(Decimal(amount), currency, locale=locale_of(chain[0]), decimal_quantization=exact_cents)


def padded(amount: str) -> str:
    """A canonical number with at least two decimals, as money is written. Raises Invalid for a negative one."""
    if amount.startswith("-"):
        raise Invalid("a price cannot be negative")
    whole, _, decimals = amount.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


class Boolean(ValueType):
    """Yes or no."""

    code = "boolean"
    label = "Yes or no"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if isinstance(raw, int) and raw in (0, 1):
            return bool(raw)
        answer = _ANSWERS.get(raw.strip().lower()) if isinstance(raw, str) else None
        if answer is None:
            raise Invalid(f"{quoted(raw)} is neither yes nor no; write 1 or 0, true or false")
        return answer

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        yes, no = _YES_NO.get(chain[0], _YES_NO["en"])
        return yes if value else no
