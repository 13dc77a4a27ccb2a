"""A release in one language as a web site of plain files, to be unpacked on any server or opened from a disk."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, ClassVar

from django.template.loader import render_to_string

from exports.addresses import SIZES
from exports.assembling.prose import pictures_of, with_pictures
from exports.documents import Document, DocumentAsset, Node, from_bytes, to_bytes
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work
from exports.formats.options import Choice
from exports.mapping.commerce import AVAILABILITIES
from exports.web.pages import HIGHLIGHTS, PER_PAGE, category_page, index_page, path_to, product_page
from exports.web.site import Card, StaticSite, card_of, category_file, picture_file, product_file

_MEMORY = 8_000_000
# Zip cannot say anything earlier; a real time would make equal sites unequal.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


class WebSite(Format):
    """A first page, a page per category and product, the pictures in two widths, and one stylesheet."""

    code = "web"
    label = "Web site"
    extension = "zip"
    media_type = "application/zip"
    options: ClassVar = {"availability": Choice(label="Availability", help="Of every product.", choices=AVAILABILITIES)}

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        availability = self.told(work)["availability"]
        with SpooledTemporaryFile(max_size=_MEMORY) as store, zipfile.ZipFile(out, "w") as archive:
            builder = _Builder(archive, store, work)
            builder.gather(documents)
            builder.write_pages(StaticSite(work.base_url, builder.cards, availability=availability))


class _Builder:
    """Goes through the documents twice: for what other pages show of them, and for their own pages.

    Between the two they are kept on disk; memory holds a card of each product and the digests of the pictures.
    """

    def __init__(self, archive: zipfile.ZipFile, store: IO[bytes], work: Work) -> None:
        self.archive = archive
        self.store = store
        self.work = work
        self.cards: dict[str, Card] = {}
        self.shelves: dict[str, list[str]] = {}
        # Whether the picture of a digest could be had.
        self.pictures: dict[str, bool] = {}

    def gather(self, documents: Iterable[Document]) -> None:
        for document in documents:
            assets = tuple(
                asset for asset in document.assets if asset.kind != "image" or self._has(asset, document.sku)
            )
            document = self._with_pictures(replace(document, assets=assets))
            self.cards[document.sku] = card_of(document, self.work.publication.currency)
            for code in self._categories(document):
                self.shelves.setdefault(code, []).append(document.sku)
            self.store.write(to_bytes(document) + b"\n")

    def _with_pictures(self, document: Document) -> Document:
        """The document without the pictures in its texts that cannot be had; their alternative texts stay."""
        missing = {asset.digest for asset in pictures_of(document) if not self._has(asset, document.sku)}
        if not missing:
            return document
        statements = tuple(
            replace(row, html=with_pictures(row.html, lambda asset: _kept(asset, missing)))
            for row in document.statements
        )
        return replace(document, statements=statements)

    def _has(self, asset: DocumentAsset, sku: str) -> bool:
        """Whether the picture is in the archive, where it is put the first time it is asked for."""
        if asset.digest not in self.pictures:
            try:
                renditions = {size: self.work.files.picture(asset, SIZES[size]) for size in ("large", "medium")}
            except ExportError as error:
                self.work.problems.append(Problem(sku, f"A picture was left out: {error}", fatal=False))
                renditions = {}
            for size, body in renditions.items():
                self._add(picture_file(asset, size), body, zipfile.ZIP_STORED)
            self.pictures[asset.digest] = bool(renditions)
        return self.pictures[asset.digest]

    def _categories(self, document: Document) -> set[str]:
        """The categories of the navigation in which the product is listed: its own and those above them."""
        paths = (path_to(category.code, self.work.publication.navigation) for category in document.categories)
        return {node.code for path in paths for node in path}

    def write_pages(self, site: StaticSite) -> None:
        publication = self.work.publication
        inside = replace(site, up="../")
        self._add("site.css", render_to_string("exports/web/site.css").encode())
        highlights = {node.code: self._listed(node)[:HIGHLIGHTS] for node in publication.navigation}
        self._add("index.html", index_page(publication, site, highlights).encode())
        for path in _paths(publication.navigation):
            self._write_category(path, inside)
        self.store.seek(0)
        for line in self.store:
            document = from_bytes(line)
            self._add(product_file(document.sku), product_page(document, publication, inside).encode())

    def _write_category(self, path: Sequence[Node], site: StaticSite) -> None:
        listed = self._listed(path[-1])
        count = max(1, -(-len(listed) // PER_PAGE))
        for number in range(1, count + 1):
            cards = listed[(number - 1) * PER_PAGE : number * PER_PAGE]
            body = category_page(path, cards, self.work.publication, site, number, count)
            self._add(category_file(path[-1].code, number), body.encode())

    def _listed(self, node: Node) -> list[Card]:
        """The products of a category; a variant is listed by its group, if that is in the release."""
        cards = [self.cards[sku] for sku in self.shelves.get(node.code, ())]
        return [card for card in cards if card.parent not in self.cards]

    def _add(self, name: str, body: bytes, compression: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.compress_type = compression
        info.create_system = 3
        info.external_attr = _READABLE
        self.archive.writestr(info, body)


def _kept(asset: DocumentAsset, missing: Collection[str]) -> tuple[str, int, int]:
    return "" if asset.digest in missing else asset.url, asset.width or 0, asset.height or 0


def _paths(nodes: Iterable[Node], above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    for node in nodes:
        yield (*above, node)
        yield from _paths(node.children, (*above, node))
