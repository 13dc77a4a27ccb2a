"""Which products a catalogue has, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.values.sortable import text_key
from exports.documents import Document, Node
from exports.errors import ExportError
from exports.formats.base import Work
from exports.pdf.chapters import groups_above


def chosen(documents: Iterable[Document], told: Mapping[str, Any], work: Work) -> list[Document]:
    """What the options “skus”, “category” and “filter” ask for, in the order that is wanted.

    A variant comes with its group. A group comes with those of its variants that are asked for too, or else with all.
    Raises ExportError where they ask for what there is not.
    """
    by_sku = {document.sku: document for document in documents}
    above = {sku: groups_above(document, by_sku) for sku, document in by_sku.items()}
    picked = _picked(by_sku, told, work)
    with_variants = {group for sku in picked for group in above[sku]}
    kept = {
        sku
        for sku, groups in above.items()
        if sku in picked or sku in with_variants or any(group in picked - with_variants for group in groups)
    }
    return _ordered([document for sku, document in by_sku.items() if sku in kept], above, told, work)


def _picked(by_sku: Mapping[str, Document], told: Mapping[str, Any], work: Work) -> set[str]:
    skus, category = told["skus"], told["category"]
    problems = {problem.sku for problem in work.problems if problem.fatal}
    for sku in skus:
        if sku not in by_sku and sku not in problems:
            raise ExportError(f"The option “skus” names “{sku}”; this release has no such product.")
    tests: dict[str, Callable[[Document], bool]] = {}
    if skus:
        tests["skus"] = lambda document: document.sku in skus
    if category:
        tests["category"] = lambda document: any(category in (link.code, *link.path) for link in document.categories)
    if told["filter"]:
        tests["filter"] = work.selection(told["filter"])
    found = list(by_sku.values())
    for name, test in tests.items():
        found = [document for document in found if test(document)]
        if by_sku and not found:
            raise ExportError(f"The option “{name}” leaves no product of this release.")
    return {document.sku for document in found}


def _ordered(
    documents: list[Document], above: Mapping[str, Sequence[str]], told: Mapping[str, Any], work: Work
) -> list[Document]:
    order = told["order"]
    if order == "listed" and not told["skus"]:
        return documents
    if order == "price":
        prices = _prices(documents, above, work.publication.currency)
        return sorted(documents, key=lambda document: (prices.get(document.sku, Decimal("Infinity")), document.sku))
    if order == "listed":
        places = _places(told["skus"], above)
        return sorted(documents, key=lambda document: (places.get(document.sku, len(places)), document.sku))
    return sorted(documents, key=lambda document: (text_key(document.name) if order == "name" else "", document.sku))


def _prices(documents: Iterable[Document], above: Mapping[str, Sequence[str]], currency: str) -> dict[str, Decimal]:
    """Of each product; of a group the lowest of its own and its variants'."""
    prices: dict[str, Decimal] = {}
    for document in documents:
        if money := document.price(currency):
            for sku in (document.sku, *above[document.sku]):
                prices[sku] = min(prices.get(sku, Decimal("Infinity")), Decimal(money.amount))
    return prices


def _places(skus: Sequence[str], above: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each product is listed; a group where it or its first variant is."""
    places: dict[str, int] = {}
    for place, sku in enumerate(skus):
        for one in (sku, *above.get(sku, ())):
            places.setdefault(one, place)
    return places


def chapters_of(navigation: Sequence[Node], category: str) -> tuple[Sequence[Node], str]:
    """The categories that make the chapters, and what the chapter of all others is called ("" where nobody said).

    Of a category that is chosen the categories below it; its own products come last, under its name.
    """
    found = next((node for top in navigation for node in _walk(top) if node.code == category), None)
    if found is None:
        return navigation, ""
    return (found.children, found.label) if found.children else ((found,), "")


def _walk(node: Node) -> Iterable[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)
