"""Where the pages of a channel stand and what they may show of one another: served live, or as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple, Protocol

from exports.addresses import absolute, category_path, index_path, picture_path, product_path
from exports.documents import Document, DocumentAsset, Money, Publication
from exports.text import one_line

_MAX_NAME = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Axis(NamedTuple):
    """What a variant differs in: `label` and `text` as people read them."""

    code: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """As much of a product as other pages show."""

    sku: str
    name: str
    type: str
    parent: str | None
    variants: tuple[str, ...]
    axes: tuple[Axis, ...]
    headline: str
    picture: DocumentAsset | None
    price: Money | None
    # Of a group: some variants cost more than `price`.
    is_lowest_price: bool = False


def card_of(document: Document, currency: str) -> Card:
    return Card(
        sku=document.sku,
        name=document.name,
        type=document.type,
        parent=document.parent,
        variants=document.variants,
        axes=tuple(_axis(document, code, value) for code, value in document.axes.items()),
        headline=next((one_line(statement.text) for statement in document.slot("headline")), ""),
        picture=document.picture(),
        price=document.price(currency),
    )


def _axis(document: Document, code: str, value: str) -> Axis:
    fact = document.facts.get(code)
    return Axis(code, fact.label, fact.text) if fact else Axis(code, code, value)


class Site(Protocol):
    """Answers with the addresses that a page links to."""

    @property
    def base_url(self) -> str:
        """The origin under which the live pages stand, without a trailing slash."""

    @property
    def stylesheet(self) -> str:
        """The address of the stylesheet; empty to have it in every page."""

    @property
    def availability(self) -> str:
        """What the offers say: in_stock, out_of_stock, preorder or backorder."""

    def index(self) -> str: ...

    def category(self, code: str, page: int = 1) -> str: ...

    def product(self, sku: str) -> str: ...

    def linked(self, sku: str) -> str:
        """Where a link in a text leads; empty where the product has no page here."""

    def picture(self, asset: DocumentAsset, size: str) -> str:
        """`size` is a key of addresses.SIZES."""

    def file(self, asset: DocumentAsset) -> str:
        """A document to read or download; empty where there is no safe address."""

    def elsewhere(self, path: str) -> str:
        """A page of the live site that this one may not have, such as another language's."""

    def cards(self, skus: Sequence[str]) -> Mapping[str, Card]:
        """Those of the products that are in the release."""


@dataclass(frozen=True)
class LiveSite:
    """Pages answered by the server. `find` gives the cards of many products at once."""

    publication: Publication
    base_url: str
    find: Callable[[Sequence[str]], Mapping[str, Card]]
    availability: str = "in_stock"
    stylesheet: str = ""

    def index(self) -> str:
        return index_path(self.publication.channel, self.publication.language)

    def category(self, code: str, page: int = 1) -> str:
        return category_path(self.publication.channel, self.publication.language, code, page)

    def product(self, sku: str) -> str:
        return product_path(self.publication.channel, self.publication.language, sku)

    def linked(self, sku: str) -> str:
        return self.product(sku)

    def picture(self, asset: DocumentAsset, size: str) -> str:
        return picture_path(asset.digest, size)

    def file(self, asset: DocumentAsset) -> str:
        return asset.url if absolute(self.base_url, asset.url) else ""

    def elsewhere(self, path: str) -> str:
        return path

    def cards(self, skus: Sequence[str]) -> Mapping[str, Card]:
        return self.find(skus) if skus else {}


@dataclass(frozen=True)
class StaticSite:
    """Pages as files, `up` leading from the folder of the page being made to the site's own.

    There are two renditions of a picture; documents stay where the live site has them.
    """

    base_url: str
    all_cards: Mapping[str, Card]
    up: str = ""
    availability: str = "in_stock"

    @property
    def stylesheet(self) -> str:
        return f"{self.up}site.css"

    def index(self) -> str:
        return f"{self.up}index.html"

    def category(self, code: str, page: int = 1) -> str:
        return f"{self.up}{category_file(code, page)}"

    def product(self, sku: str) -> str:
        return f"{self.up}{product_file(sku)}"

    def linked(self, sku: str) -> str:
        return self.product(sku) if sku in self.all_cards else ""

    def picture(self, asset: DocumentAsset, size: str) -> str:
        return f"{self.up}{picture_file(asset, size)}"

    def file(self, asset: DocumentAsset) -> str:
        return absolute(self.base_url, asset.url)

    def elsewhere(self, path: str) -> str:
        return absolute(self.base_url, path)

    def cards(self, skus: Sequence[str]) -> Mapping[str, Card]:
        return {sku: self.all_cards[sku] for sku in skus if sku in self.all_cards}


def category_file(code: str, page: int = 1) -> str:
    return f"categories/{file_name(code)}{f'~p{page}' if page > 1 else ''}.html"


def product_file(sku: str) -> str:
    return f"products/{file_name(sku)}.html"


def picture_file(asset: DocumentAsset, size: str) -> str:
    return f"pictures/{file_name(asset.digest)}-{'large' if size == 'large' else 'medium'}.jpg"


def file_name(code: str) -> str:
    """A name that every file system takes, the same for the same code and another for another."""
    name = _UNSAFE.sub(lambda match: "".join(f"~{byte:02x}" for byte in match[0].encode()), code)
    if 0 < len(name) <= _MAX_NAME and not name.startswith("."):
        return name
    return f"{name.lstrip('.')[:_MAX_NAME]}~{blake2b(code.encode(), digest_size=8).hexdigest()}"
