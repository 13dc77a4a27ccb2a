"""Prices: one amount per currency."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency

from catalog.values.base import HIGHEST, LOWEST, AttributeSpec, Entry, Invalid, Json, ValueType, quoted
from catalog.values.decimals import WIDE, bounded, exact, locale_of
from catalog.values.settings import DECIMALS, DEFAULT, MAX, MIN, check_order
from catalog.values.sortable import number_key


class Price(ValueType):
    """One amount per currency: `[{"amount": "499.00", "currency": "EUR"}]`, at least two decimals, by currency."""

    code = "price"
    label = "Price"
    many = True
    operators = frozenset(["=", "<"])
    settings = (MIN, MAX, DECIMALS, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, list) or not raw or not all(isinstance(item, dict) for item in raw):
            raise Invalid('expected a list of prices, such as [{"amount": "499.00", "currency": "EUR"}]')
        prices = {}
        for item in raw:
            currency = currency_code(item.get("currency", ""))
            if currency in prices:
                raise Invalid(f"{currency} has two prices")
            prices[currency] = padded(bounded(exact(item.get("amount")), spec))
        return [{"amount": prices[currency], "currency": currency} for currency in sorted(prices)]

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return " / ".join(money(item["amount"], item["currency"], chain) for item in value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return tuple(Entry(_key(item["amount"], item["currency"])) for item in value)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        amount, _, currency = raw.strip().rpartition(" ")
        if not amount:
            raise Invalid(f"{quoted(raw)} needs a currency, such as 499 EUR")
        return Entry(_key(exact(amount), currency_code(currency)))

    def span(self, key: str) -> tuple[str, str]:
        """Prices of one currency compare with each other only."""
        return key[:3] + LOWEST, key[:3] + HIGHEST

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        amount = {"type": "string", "pattern": r"^[0-9]+\.[0-9]{2,}$"}
        currency = {"type": "string", "pattern": "^[A-Z]{3}$"}
        price = {
            "type": "object",
            "properties": {"amount": amount, "currency": currency},
            "required": ["amount", "currency"],
            "additionalProperties": False,
        }
        return {"type": "array", "minItems": 1, "items": price}

    def check_together(self, spec: AttributeSpec) -> None:
        check_order(spec, "min", "max")


def currency_code(raw: Any) -> str:
    """Three capital letters (ISO 4217). Raises Invalid."""
    if not isinstance(raw, str) or len(raw) != 3 or not (raw.isascii() and raw.isalpha()):
        raise Invalid(f"{quoted(raw)} is no currency; use its three letters, such as EUR")
    return raw.upper()


def _key(amount: str, currency: str) -> str:
    return f"{currency} {number_key(Decimal(amount))}"


@lru_cache(maxsize=20_000)
def money(amount: str, currency: str, chain: tuple[str, ...]) -> str:
    """A price as people write it, with the currency's decimals; where there are more, nothing is rounded away."""
    exact_cents = len(amount.partition(".")[2]) <= 2
    with localcontext(WIDE):
        return format_currency(Decimal(amount), currency, locale=locale_of(chain[0]), decimal_quantization=exact_cents)


def padded(amount: str) -> str:
    """A canonical number with at least two decimals, as money is written. Raises Invalid for a negative one."""
    if amount.startswith("-"):
        raise Invalid("a price cannot be negative")
    whole, _, decimals = amount.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"
