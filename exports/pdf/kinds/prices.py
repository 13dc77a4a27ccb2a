"""Prices as printed: of a product, and per unit of what is in it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from catalog.values.units import UNITS, convert
from exports.documents import Document, Money, Publication
from exports.formats.options import Code
from exports.web.locales import money_text

# What unit prices refer to (Directive 98/6/EC, article 2 b), by family of units.
REFERENCES = {"mass": "kg", "volume": "l", "length": "m", "area": "m²"}


UNIT_PRICE = Code(
    label="Fact for unit prices",
    help="The code of the one that says how much is in it, such as capacity: prints the price per litre, kilogram or "
    "metre.",
    group="Content",
)


def price_text(document: Document, publication: Publication) -> str:
    money = document.price(publication.currency)
    return money_text(money, publication.language) if money else ""


def unit_price(document: Document, publication: Publication, code: str) -> str:
    """The price per kilogram, litre, metre or square metre, by the measurement that the fact `code` says; else ""."""
    fact, money = document.facts.get(code), document.price(publication.currency)
    if fact is None or money is None or fact.type != "measurement":
        return ""
    reference = REFERENCES.get(UNITS[fact.value["unit"]].family)
    content = convert(Decimal(fact.value["amount"]), fact.value["unit"], reference) if reference else Decimal(0)
    if content <= 0:
        return ""
    amount = (Decimal(money.amount) / content).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{money_text(Money(str(amount), money.currency), publication.language)} / {reference}"


def reduction(old: str, new: str) -> int:
    """By how many per cent the new price is below the old one, rounded down; 0 where it is not."""
    try:
        before, after = Decimal(old), Decimal(new)
    except InvalidOperation:
        return 0
    return int((before - after) / before * 100) if 0 < after < before else 0
