"""What receivers of offers have in common: options, and the rules of single fields.

Limits and rules are those of the product data specification of Google Merchant Center, edition 2026
(support.google.com/merchants/answer/7052112), which other receivers have taken over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from exports.documents import Document
from exports.formats.options import Choice, Moment, Table, Text
from exports.identifiers import compact, gtin_fault
from exports.mapping.fields import Field, Row
from exports.mapping.seeing import Seen, Value
from exports.text import one_line

AVAILABILITIES = {
    "in_stock": "In stock",
    "out_of_stock": "Out of stock",
    "preorder": "Can be pre-ordered",
    "backorder": "On back order",
}
DATED = ("preorder", "backorder")
OPTIONS: Mapping[str, Any] = {
    "availability": Choice(label="Availability", help="Of every item.", choices=AVAILABILITIES),
    "availability_date": Moment(
        label="Ships from", help="Pre-ordered or back-ordered items, such as 2027-02-01T09:00+01:00."
    ),
    "brand": Text(label="Brand", help="Of products that name none."),
}
TAXONOMY = Table(
    label="Google's categories",
    help="A category's code and the number of Google's category, a line for each; those below it inherit it.",
    what="category",
)
_NO_BRANDS = ("n/a", "na", "none", "generic", "no brand", "unknown", "null")
_PRICE = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
MAX_LINK = 2_000
# Pictures smaller than this, in either direction, are refused from 31 January 2027.
_MIN_PIXELS = 500


def availability_fault(told: Mapping[str, Any]) -> str:
    """What is wrong with the options `availability` and `availability_date` together; empty where nothing is."""
    if told["availability"] == "preorder" and not told["availability_date"]:
        return "A pre-order needs the option “availability_date”, such as 2027-02-01T09:00+01:00."
    return ""


# --- Single fields ---------------------------------------------------------------------------------------------------


def price_fault(text: str) -> str:
    found = _PRICE.fullmatch(text)
    return "" if found and Decimal(found[1]) > 0 else f"“{text[:60]}” has to be a number above zero and a currency"


def link_fault(text: str) -> str:
    return "" if text.startswith(("https://", "http://")) else f"“{text[:60]}” has to begin with https://"


def brand_fault(text: str) -> str:
    return f"“{text}” is no brand" if text.lower() in _NO_BRANDS else ""


def digits_fault(text: str) -> str:
    fault = gtin_fault(text)
    return f"“{text}” {fault}" if fault else ""


def apart(text: str) -> str:
    """A value that stands beside others with a slash between."""
    return text.replace("/", "-")


def price(name: str = "price", **more: Any) -> Field:
    return Field(name=name, rule="a number and a currency, such as 15.00 EUR", check=price_fault, **more)


def link(name: str, **more: Any) -> Field:
    return Field(name=name, rule="a web address", most=MAX_LINK, check=link_fault, **more)


GTIN = Field(
    name="gtin", default="identifier:gtin", rule="8, 12, 13 or 14 digits, right", tidy=compact, check=digits_fault
)


def brand(most: int) -> Field:
    return Field(name="brand", default="brand", most=most, check=brand_fault)


# --- Several together ------------------------------------------------------------------------------------------------


def note_small(row: Row, name: str = "image_link") -> None:
    pixels = row[name][0].raw if row.get(name) else None
    sizes = [pixels.get("width"), pixels.get("height")] if isinstance(pixels, dict) else []
    if any(size is not None and size < _MIN_PIXELS for size in sizes):
        row.note(f"{name} has {sizes[0]} × {sizes[1]} pixels; from 31 January 2027 it needs 500 × 500.", "picture")


def put_brand(row: Row, told: Mapping[str, Any]) -> None:
    """That of the output where the product names none."""
    if "brand" not in row and told["brand"]:
        row["brand"] = [Value(told["brand"])]


def put_others(row: Row, name: str, main: str, most: int) -> None:
    """Of the pictures in a field at most so many, and not the one that stands in the field `main`."""
    row.put(name, [value for value in row.get(name, ()) if value.text != row.text(main)][:most])


def put_category(row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
    """What the option TAXONOMY says, where nothing is mapped."""
    if "google_product_category" not in row:
        found = seen.around.taxonomy(seen.document, seen.around.lowered("categories", told))
        row.put("google_product_category", [Value(found)] if found else [])


# --- Of a document alone ---------------------------------------------------------------------------------------------


def description_of(document: Document) -> str:
    """The plain description, else the teaser, else the headline, else nothing."""
    for slot in ("description", "teaser", "headline"):
        text = "\n".join(statement.text.strip() for statement in document.slot(slot)).strip()
        if text:
            return text
    return ""


def brand_of(document: Document) -> str:
    """The brand as an identifier, else as a fact, else nothing."""
    fact = document.facts.get("brand")
    return one_line(document.identifiers.get("brand", "") or (fact.text if fact else ""))
