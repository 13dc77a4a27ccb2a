"""What stands on which page of an edition, as its map of pages says (exports.formats.base.Work.pages)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from catalog.models import Product
from exports import querysets
from exports.documents import Document, Publication, from_bytes
from exports.models import Edition, PageMap

ROWS = 50
FACTS = "facts-"

# By SKU and page number: the marks of what stands there.
Map = Mapping[str, Mapping[str, Sequence[str]]]


class Place(NamedTuple):
    """A page, and what of a product stands on it: labels of slots and of groups of facts."""

    page: int
    what: tuple[str, ...]


class Row(NamedTuple):
    sku: str
    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Standing:
    """A stretch of an edition's products in the order of their pages; `every` is how many were found."""

    rows: list[Row]
    every: int


class Printed(NamedTuple):
    """An edition that has a product, and on which pages."""

    edition: Edition
    pages: tuple[int, ...]


def map_of(edition: Edition) -> Map:
    """Nothing where none was made. One query."""
    found: Map = PageMap.objects.filter(edition=edition).values_list("pages", flat=True).first() or {}
    return found


def by_page(pages: Map) -> dict[int, list[str]]:
    """The SKUs that stand on each page."""
    found: dict[int, list[str]] = defaultdict(list)
    for sku, places in pages.items():
        for number in places:
            found[int(number)].append(sku)
    return found


def has_map(edition: Edition) -> bool:
    return PageMap.objects.filter(edition=edition).exists()


def on_page(edition: Edition, number: int) -> list[Row]:
    """The products on a page, with what of them stands there. Two queries."""
    pages = map_of(edition)
    here = {sku: {str(number): places[str(number)]} for sku, places in pages.items() if str(number) in places}
    documents = documents_of(edition, here)
    publication = querysets.publication_of(edition.release, language_of(edition))
    return [_row(sku, places, documents.get(sku), publication) for sku, places in here.items()]


def standing(edition: Edition, search: str = "", start: int = 0, limit: int = ROWS) -> Standing:
    """The products whose SKU has `search` in it, in whatever case. Two queries."""
    pages = map_of(edition)
    found = [sku for sku in pages if search.lower() in sku.lower()]
    found.sort(key=lambda sku: (min(map(int, pages[sku]), default=0), sku))
    shown = found[start : start + limit]
    publication = querysets.publication_of(edition.release, language_of(edition))
    documents = documents_of(edition, shown)
    return Standing([_row(sku, pages[sku], documents.get(sku), publication) for sku in shown], len(found))


def language_of(edition: Edition) -> str:
    """The one it was made in, whatever its output says today."""
    language: str = edition.made_with["output"][1] if edition.made_with else edition.output.language
    return language


def documents_of(edition: Edition, skus: Iterable[str]) -> dict[str, Document]:
    """The documents that it was made of, by SKU; none where the release keeps them no more. One query."""
    if edition.release.pruned_at:
        return {}
    rows = querysets.stored_called(edition.release, language_of(edition), skus)
    return {row.sku: from_bytes(row.body) for row in rows}


def pages_of(product: Product) -> list[Printed]:
    """Where the latest edition of each output has a product, itself or in the entry of its group. Two queries, and one
    for each level above it."""
    skus, above = [product.sku], product.parent
    while above is not None:
        skus.append(above.sku)
        above = above.parent
    later = Edition.objects.filter(output=OuterRef("edition__output"), pk__gt=OuterRef("edition"))
    maps = PageMap.objects.filter(~Exists(later), pages__has_any_keys=skus)
    rows = maps.select_related("edition__output", "edition__release__channel").order_by("edition__output__code")
    return [Printed(row.edition, _numbers(row.pages, skus)) for row in rows]


def _numbers(pages: Map, skus: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({int(number) for sku in skus for number in pages.get(sku, ())}))


def _row(sku: str, places: Mapping[str, Sequence[str]], document: Document | None, publication: Publication) -> Row:
    found = (
        Place(int(page), tuple(dict.fromkeys(label_of(mark, document, publication) for mark in marks)))
        for page, marks in places.items()
    )
    return Row(sku, document.name if document else "", tuple(sorted(found)))


def label_of(mark: str, document: Document | None, publication: Publication) -> str:
    """What a mark stands for, as readers of the edition call it."""
    if mark.startswith(FACTS):
        code = mark.removeprefix(FACTS)
        return publication.groups.get(code) or code
    slot = slot_of(mark, document)
    return publication.slots.get(slot) or slot


def slot_of(mark: str, document: Document | None) -> str:
    """The slot of the statement that a mark stands for."""
    if not mark.isdigit():
        return mark
    known = document is not None and int(mark) < len(document.statements)
    return document.statements[int(mark)].slot if known and document else f"text {int(mark) + 1}"
