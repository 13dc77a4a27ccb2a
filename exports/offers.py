"""A document as an offer on a marketplace: the attributes shopping feeds ask for, and what they would refuse.

Names, limits and rules are those of the product data specification of Google Merchant Center, edition 2026
(support.google.com/merchants/answer/7052112), which other receivers have taken over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from exports.addresses import absolute, product_path
from exports.documents import Document, DocumentAsset
from exports.formats.base import Problem, Work
from exports.identifiers import compact, gtin_fault
from exports.text import cut, one_line

AVAILABILITIES = {
    "in_stock": "In stock",
    "out_of_stock": "Out of stock",
    "preorder": "Can be pre-ordered",
    "backorder": "On back order",
}
_DATED = ("preorder", "backorder")
_MAX_ID = 50
_MAX_TITLE = 150
_MAX_DESCRIPTION = 5_000
_MAX_LINK = 2_000
_MAX_IDENTIFIER = 70
_MAX_PICTURES = 10
_MAX_DETAILS = 100
_HIGHLIGHTS = range(2, 101)
_MAX_HIGHLIGHT = 150
# Pictures smaller than this, in either direction, are refused from 31 January 2027.
_MIN_PIXELS = 500
_NO_BRANDS = ("n/a", "na", "none", "generic", "no brand", "unknown", "null")
_AMOUNT = re.compile(r"\d+(\.\d+)?")
_OWN_ATTRIBUTES = frozenset({"name", "brand", "gtin", "mpn", "color", "size", "material"})


class Attribute(NamedTuple):
    """`value` is text, or the pairs of an attribute that has parts."""

    name: str
    value: str | tuple[tuple[str, str], ...]


class Offer(NamedTuple):
    """`problems` say what would be refused (fatal) and what was changed or left out."""

    attributes: list[Attribute]
    problems: list[Problem]


class Draft:
    """An offer in the making: what the rules read, and where they report to."""

    def __init__(self, document: Document, work: Work, told: Mapping[str, Any]) -> None:
        self.document = document
        self.work = work
        self.told = told
        self.problems: list[Problem] = []

    def refuse(self, message: str) -> None:
        self.problems.append(Problem(self.document.sku, message))

    def note(self, message: str) -> None:
        self.problems.append(Problem(self.document.sku, message, fatal=False))


Rule = Callable[[Draft], Iterator[Attribute]]


def offer_of(document: Document, work: Work, told: Mapping[str, Any]) -> Offer:
    """What the document offers, but for what only the whole release knows: its group and its categories' labels.

    `told` has the options availability, availability_date and brand.
    """
    draft = Draft(document, work, told)
    attributes = [attribute for rule in RULES for attribute in rule(draft)]
    return Offer(attributes, draft.problems)


def availability_fault(told: Mapping[str, Any]) -> str:
    """What is wrong with the options `availability` and `availability_date` together; empty where nothing is."""
    if told["availability"] == "preorder" and not told["availability_date"]:
        return "A pre-order needs the option “availability_date”, such as 2027-02-01T09:00+01:00."
    return ""


# --- What every item has to have -------------------------------------------------------------------------------------


def _id(draft: Draft) -> Iterator[Attribute]:
    if not draft.document.sku.strip():
        draft.refuse("There is no SKU, so the item has no id.")
    if len(draft.document.sku) > _MAX_ID:
        draft.refuse(f"The SKU has {len(draft.document.sku)} characters; an id may have {_MAX_ID}.")
    yield Attribute("id", draft.document.sku)


def _title(draft: Draft) -> Iterator[Attribute]:
    title = one_line(draft.document.name)
    if not title:
        draft.refuse("The product has no name, so the item has no title.")
    if len(title) > _MAX_TITLE:
        draft.note(f"The name has {len(title)} characters; the title was cut to {_MAX_TITLE}.")
    yield Attribute("title", cut(title, _MAX_TITLE))


def _description(draft: Draft) -> Iterator[Attribute]:
    text = description_of(draft.document)
    if not text:
        draft.refuse("There is no description: write one, or a teaser or a headline.")
    if len(text) > _MAX_DESCRIPTION:
        draft.note(f"The description has {len(text)} characters; it was cut to {_MAX_DESCRIPTION}.")
    yield Attribute("description", cut(text, _MAX_DESCRIPTION))


def description_of(document: Document) -> str:
    """The plain description, else the teaser, else the headline, else nothing."""
    for slot in ("description", "teaser", "headline"):
        text = "\n".join(statement.text.strip() for statement in document.slot(slot)).strip()
        if text:
            return text
    return ""


def _link(draft: Draft) -> Iterator[Attribute]:
    publication = draft.work.publication
    path = product_path(publication.channel, publication.language, draft.document.sku)
    link = f"{draft.work.base_url}{path}"
    if not draft.work.base_url.startswith(("https://", "http://")):
        draft.refuse(f"The site's address “{draft.work.base_url}” has to begin with https://, or the item has no link.")
    if len(link) > _MAX_LINK:
        draft.refuse(f"The link has {len(link)} characters; it may have {_MAX_LINK}.")
    yield Attribute("link", link)


def _pictures(draft: Draft) -> Iterator[Attribute]:
    main = draft.document.picture()
    url = absolute(draft.work.base_url, main.url) if main else ""
    if main is None or not url:
        draft.refuse("There is no picture, so the item has no image_link.")
        return
    if _is_small(main):
        draft.note(f"The main picture is {main.width} × {main.height} pixels; from 31 January 2027 it needs 500 × 500.")
    yield Attribute("image_link", url)
    others = (absolute(draft.work.base_url, asset.url) for asset in draft.document.assets if asset.kind == "image")
    for other in [address for address in dict.fromkeys(others) if address and address != url][:_MAX_PICTURES]:
        yield Attribute("additional_image_link", other)


def _is_small(asset: DocumentAsset) -> bool:
    return any(pixels is not None and pixels < _MIN_PIXELS for pixels in (asset.width, asset.height))


def _availability(draft: Draft) -> Iterator[Attribute]:
    availability, since = draft.told["availability"], draft.told["availability_date"]
    yield Attribute("availability", availability)
    if availability in _DATED and since:
        yield Attribute("availability_date", since)


def _price_and_condition(draft: Draft) -> Iterator[Attribute]:
    currency = draft.work.publication.currency
    money = draft.document.price(currency)
    if money is None:
        draft.refuse(f"There is no price in {currency or 'the currency of the market, which has none'}.")
    elif not _AMOUNT.fullmatch(money.amount) or Decimal(money.amount) <= 0:
        draft.refuse(f"The price is “{money.amount} {currency}”; it has to be a number above zero.")
    else:
        yield Attribute("price", f"{money.amount} {currency}")
    yield Attribute("condition", "new")


# --- Who makes it, and under which number ----------------------------------------------------------------------------


def _identifiers(draft: Draft) -> Iterator[Attribute]:
    found = {
        "brand": _brand(draft),
        "gtin": _gtin(draft),
        "mpn": _short(draft.document.identifiers.get("mpn", ""), "part number", draft),
    }
    yield from (Attribute(name, value) for name, value in found.items() if value)
    if not found["gtin"] and not (found["brand"] and found["mpn"]):
        yield Attribute("identifier_exists", "no")


def brand_of(document: Document) -> str:
    """The brand as an identifier, else as a fact, else nothing."""
    fact = document.facts.get("brand")
    return one_line(document.identifiers.get("brand", "") or (fact.text if fact else ""))


def _brand(draft: Draft) -> str:
    brand = brand_of(draft.document) or one_line(draft.told["brand"])
    if brand.lower() in _NO_BRANDS:
        draft.note(f"“{brand}” is no brand; it was left out.")
        return ""
    return _short(brand, "brand", draft)


def _gtin(draft: Draft) -> str:
    gtin = draft.document.identifiers.get("gtin", "")
    fault = gtin_fault(gtin) if gtin else ""
    if fault:
        draft.note(f"The GTIN “{gtin}” {fault}; it was left out.")
        return ""
    return compact(gtin)


def _short(text: str, what: str, draft: Draft) -> str:
    if len(text) > _MAX_IDENTIFIER:
        draft.note(f"The {what} has {len(text)} characters; at most {_MAX_IDENTIFIER} are taken, so it was left out.")
        return ""
    return one_line(text)


# --- What tells variants apart ---------------------------------------------------------------------------------------


class Limit(NamedTuple):
    """How long a value and all values together may be, and a pattern that no value may have."""

    each: int
    together: int
    refused: str = "$^"


_VARIATION = {"color": Limit(40, 100, "[0-9#]"), "size": Limit(100, 100), "material": Limit(200, 200)}


def _variation(draft: Draft) -> Iterator[Attribute]:
    for name, limit in _VARIATION.items():
        parts = _values(draft.document, name)
        text = "/".join(parts)
        if len(text) > limit.together or any(len(part) > limit.each for part in parts):
            draft.note(f"The {name} “{cut(text, 60)}” is too long; it was left out.")
        elif any(re.search(limit.refused, part) for part in parts):
            draft.note(f"The {name} “{text}” has digits or signs, not only words; it was left out.")
        elif text:
            yield Attribute(name, text)


def _values(document: Document, code: str) -> list[str]:
    """The first three values of a fact, else of an axis, as people read them."""
    fact = document.facts.get(code)
    text = fact.text if fact else document.axes.get(code, "")
    several = fact is not None and isinstance(fact.value, list) and len(fact.value) > 1
    parts = text.split(", ") if several else [text]
    return [one_line(part).replace("/", "-") for part in parts if part.strip()][:3]


# --- What the product is like ----------------------------------------------------------------------------------------


def _details(draft: Draft) -> Iterator[Attribute]:
    told = [fact for code, fact in draft.document.listed() if code not in _OWN_ATTRIBUTES and fact.label.strip()]
    for fact in told[:_MAX_DETAILS]:
        section = one_line(draft.work.publication.groups.get(fact.group, ""))
        parts = [("section_name", cut(section, 140))] if section else []
        parts += [
            ("attribute_name", cut(one_line(fact.label), 140)),
            ("attribute_value", cut(one_line(fact.text), 1_000)),
        ]
        yield Attribute("product_detail", tuple(parts))


def _highlights(draft: Draft) -> Iterator[Attribute]:
    lines = [one_line(statement.text) for statement in draft.document.slot("feature")]
    fitting = [line for line in lines if line and len(line) <= _MAX_HIGHLIGHT][: _HIGHLIGHTS[-1]]
    if len(fitting) in _HIGHLIGHTS:
        yield from (Attribute("product_highlight", line) for line in fitting)


# A rule reads one or a few attributes; their order is that of the feed.
RULES: tuple[Rule, ...] = (
    _id,
    _title,
    _description,
    _link,
    _pictures,
    _availability,
    _price_and_condition,
    _identifiers,
    _variation,
    _details,
    _highlights,
)
