"""Products in a classification such as ETIM or ECLASS, as people map families, attributes and options to its codes.

The classifications are licensed: their codes come from whoever has them, and no list of them is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from exports.documents import Document, Fact
from exports.formats.options import Choice, Code, Table, Text
from exports.mapping.seeing import Seen

GROUP = "Classification"
CLASSES: Mapping[str, Any] = {
    "system": Text(
        label="System", help="Such as ETIM-9.0 or ECLASS-13.0.", group=GROUP, otherwise="ETIM-9.0", limit=80
    ),
    "classes": Table(
        label="Classes", help="A family's code and the class, such as: grinders EC000001.", what="family", group=GROUP
    ),
    "features": Table(
        label="Features",
        help="An attribute's code and the feature, such as: power EF000001.",
        what="attribute",
        group=GROUP,
    ),
    "values": Table(
        label="Values",
        help="An attribute, a slash, an option and the value, such as: color/black EV000001.",
        what="option",
        group=GROUP,
    ),
}


def catalog_options(prices: Mapping[str, str], most: int, references: str) -> dict[str, Any]:
    """What catalogues for wholesalers can be told; a supplier's name has at most so many characters."""
    return {
        "supplier": Text(label="Supplier", help="The channel's title if nothing is said.", limit=most),
        "catalog_id": Code(label="Catalog", help="Its number; the channel's code if nothing is said."),
        "price_type": Choice(label="Kind of price", choices=prices),
        "references": Table(
            label="Kinds of references",
            help=f"A type of association and what it is called there, such as: accessory {references}.",
            what="association",
        ),
        **CLASSES,
    }


class Feature(NamedTuple):
    """A code of the classification with what the product says.

    `kind` is "code" (of values), "number", "range" (two numbers) or "logical" (true or false).
    """

    code: str
    kind: str
    values: tuple[str, ...]
    unit: str


class Classified(NamedTuple):
    """`code` is the product's class, "" for none."""

    code: str
    features: tuple[Feature, ...] = ()


def classified(seen: Seen, told: Mapping[str, Any]) -> Classified:
    """`told` has the options of CLASSES."""
    lowered = {name: seen.around.lowered(name, told) for name in ("classes", "features", "values")}
    code = lowered["classes"].get(seen.document.family["code"].lower(), "")
    return Classified(code, tuple(_features(seen.document, lowered))) if code else Classified("")


def _features(document: Document, told: Mapping[str, Mapping[str, str]]) -> Iterator[Feature]:
    for code, fact in document.facts.items():
        if feature := told["features"].get(code.lower()):
            kind, values = _values(code, fact, told["values"])
            if values:
                unit = fact.value.get("unit_code", "") if isinstance(fact.value, dict) else ""
                yield Feature(feature, kind, values, unit)


def _values(code: str, fact: Fact, known: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    value = fact.value
    if isinstance(value, bool):
        return "logical", ("true" if value else "false",)
    if isinstance(value, dict) and "amount" in value:
        return "number", (str(value["amount"]),)
    if isinstance(value, dict) and "from" in value and "to" in value:
        return "range", (str(value["from"]), str(value["to"]))
    if fact.type in ("number", "integer"):
        return "number", (str(value),)
    options = value if isinstance(value, list) else [value]
    keys = (f"{code}/{option}".lower() for option in options)
    return "code", tuple(known[key] for key in keys if key in known)
