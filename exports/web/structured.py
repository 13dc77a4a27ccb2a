"""schema.org as JSON-LD: the product, its variants and where it stands, for search engines (schema.org 30.0)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.utils.safestring import SafeString, mark_safe

from exports.addresses import absolute, product_path
from exports.documents import Document, Fact, Money, Publication
from exports.identifiers import compact, gtin_fault
from exports.mapping.commerce import brand_of, description_of
from exports.web.kin import Kin
from exports.web.site import Card, Site

Node = dict[str, Any]

_AVAILABILITY = {
    "in_stock": "https://schema.org/InStock",
    "out_of_stock": "https://schema.org/OutOfStock",
    "preorder": "https://schema.org/PreOrder",
    "backorder": "https://schema.org/BackOrder",
}
# Axes that schema.org has a property for, which is what `variesBy` wants.
_PROPERTIES = frozenset({"color", "material", "pattern", "size"})
_BREAKOUTS = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def embedded(nodes: Iterable[Node]) -> SafeString:
    """A graph to stand in a script element. No character is left that could end the element or begin markup."""
    text = orjson.dumps({"@context": "https://schema.org", "@graph": list(nodes)}).decode()
    return mark_safe(text.translate(_BREAKOUTS))


def breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> Node:
    """Labels with absolute addresses, from the site's first page down."""
    items = [
        {"@type": "ListItem", "position": position, "name": label, "item": url}
        for position, (label, url) in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def website(publication: Publication, url: str) -> Node:
    return {"@type": "WebSite", "name": publication.title, "url": url, "inLanguage": publication.language}


def product(document: Document, kin: Kin, publication: Publication, site: Site) -> Node:
    """A Product, or a ProductGroup with its variants where the document is a group."""
    node = _described(document, publication, site)
    if document.type == "group":
        node |= {"@type": "ProductGroup", "productGroupID": document.sku}
        node |= _present(variesBy=_varies_by(kin.variants))
        node["hasVariant"] = [_variant(card, publication, site) for card in kin.variants]
        return node
    node |= (
        _numbers(document) | _axes(kin.own) | _present(offers=_offer(document.price(publication.currency), node, site))
    )
    if kin.root:
        node["inProductGroupWithID"] = kin.root.sku
        node["isVariantOf"] = _group(kin, publication, site)
    return node


def _described(document: Document, publication: Publication, site: Site) -> Node:
    images = [absolute(site.base_url, asset.url) for asset in document.assets if asset.kind == "image"]
    brand = brand_of(document)
    return {"@type": "Product", "sku": document.sku, "name": document.name} | _present(
        url=_address(document.sku, publication, site),
        image=[url for url in dict.fromkeys(images) if url],
        description=description_of(document),
        brand={"@type": "Brand", "name": brand} if brand else None,
        additionalProperty=[_property(code, fact) for code, fact in document.listed()],
    )


def _present(**values: Any) -> Node:
    return {name: value for name, value in values.items() if value}


def _address(sku: str, publication: Publication, site: Site) -> str:
    return absolute(site.base_url, product_path(publication.channel, publication.language, sku))


def _numbers(document: Document) -> Node:
    gtin = document.identifiers.get("gtin", "")
    return _present(gtin="" if gtin_fault(gtin) else compact(gtin), mpn=document.identifiers.get("mpn"))


def _axes(card: Card) -> Node:
    return {axis.code: axis.text for axis in card.axes if axis.code in _PROPERTIES}


def _varies_by(variants: Iterable[Card]) -> list[str]:
    codes = dict.fromkeys(axis.code for card in variants for axis in card.axes)
    return [f"https://schema.org/{code}" if code in _PROPERTIES else code for code in codes]


def _offer(money: Money | None, node: Node, site: Site) -> Node | None:
    if money is None:
        return None
    return {
        "@type": "Offer",
        "url": node["url"],
        "price": float(money.amount),
        "priceCurrency": money.currency,
        "availability": _AVAILABILITY.get(site.availability, _AVAILABILITY["in_stock"]),
        "itemCondition": "https://schema.org/NewCondition",
    }


def _variant(card: Card, publication: Publication, site: Site) -> Node:
    node = {"@type": "Product", "sku": card.sku, "name": card.name, "url": _address(card.sku, publication, site)}
    node |= _present(image=absolute(site.base_url, card.picture.url) if card.picture else "")
    return node | _axes(card) | _present(offers=_offer(card.price, node, site))


def _group(kin: Kin, publication: Publication, site: Site) -> Node:
    root = kin.groups[-1]
    group = {"@type": "ProductGroup", "productGroupID": root.sku, "name": root.name}
    return group | {"url": _address(root.sku, publication, site)} | _present(variesBy=_varies_by(kin.variants))


# The parts of measurements and ranges as PropertyValue calls them.
_NUMBERS = {"amount": "value", "from": "minValue", "to": "maxValue"}


def _property(code: str, fact: Fact) -> Node:
    """A fact as PropertyValue; measurements with the unit's code of UN/ECE Recommendation 20."""
    node = {"@type": "PropertyValue", "propertyID": code, "name": fact.label}
    value = fact.value
    if isinstance(value, dict):
        numbers = {name: float(value[part]) for part, name in _NUMBERS.items() if part in value}
        return node | numbers | _present(unitCode=value.get("unit_code"), unitText=value.get("unit"))
    if fact.type in ("number", "integer"):
        return node | {"value": float(value)}
    return node | {"value": value if isinstance(value, bool) else fact.text}
