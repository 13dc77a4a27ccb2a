"""What a channel receives for one product in one language. Pure data: no database, no Django.

The same document always gives the same bytes, and its digest is the digest of those bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class CategoryLink:
    """A category of the product; `path` are the codes from the tree's root down to it."""

    code: str
    label: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is for machines (numbers as decimal strings), `text` for people; `position` orders facts for display.

    `role` says what the fact means to every receiver, if it has such a meaning: name, gtin, mpn, brand or price.
    """

    label: str
    group: str
    type: str
    value: Any
    text: str
    position: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A fragment's words in a slot; `language` is the one they stand in, which a fallback makes another than asked."""

    slot: str
    language: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentAsset:
    """`url` is relative to the site's origin; `digest` names the content; width and height are pixels or None."""

    role: str
    kind: str
    url: str
    alt: str
    media_type: str
    width: int | None
    height: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class AssociationLink:
    type: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` is a decimal string, `currency` an ISO 4217 code."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Document:
    """`type` is "product" (stands alone), "group" (has variants) or "variant" (is one, and has none).

    `tables` holds, by code, the facts of rows and columns as people read them: the columns' labels, then the rows.
    """

    sku: str
    name: str
    type: str
    family: Mapping[str, str]
    parent: str | None
    axes: Mapping[str, str]
    variants: tuple[str, ...]
    categories: tuple[CategoryLink, ...]
    identifiers: Mapping[str, str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    assets: tuple[DocumentAsset, ...] = ()
    associations: tuple[AssociationLink, ...] = ()
    prices: tuple[Money, ...] = ()
    tables: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def slot(self, *codes: str) -> tuple[Statement, ...]:
        """The statements in any of the slots named, in document order."""
        return tuple(statement for statement in self.statements if statement.slot in codes)

    def listed(self) -> list[tuple[str, Fact]]:
        """The facts that a list of facts shows, with their codes: not the name, prices and files, shown elsewhere."""
        return [
            (code, fact)
            for code, fact in self.facts.items()
            if fact.text.strip() and fact.type not in ("asset", "assets", "price") and fact.role != "name"
        ]

    def picture(self) -> DocumentAsset | None:
        """The main picture, else the first one."""
        pictures = [asset for asset in self.assets if asset.kind == "image"]
        return next((asset for asset in pictures if asset.role == "main"), pictures[0] if pictures else None)

    def price(self, currency: str) -> Money | None:
        return next((money for money in self.prices if money.currency == currency), None)


def to_bytes(document: Document) -> bytes:
    """Canonical JSON: fields in the order of their classes, other keys sorted, no white space, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def digest_of(body: bytes) -> str:
    """BLAKE2b-256 in hexadecimal."""
    return blake2b(body, digest_size=32).hexdigest()


def from_bytes(body: bytes) -> Document:
    """The document whose canonical JSON is `body`."""
    data = orjson.loads(body)
    return Document(
        sku=data["sku"],
        name=data["name"],
        type=data["type"],
        family=data["family"],
        parent=data["parent"],
        axes=data["axes"],
        variants=tuple(data["variants"]),
        categories=tuple(CategoryLink(row["code"], row["label"], tuple(row["path"])) for row in data["categories"]),
        identifiers=data["identifiers"],
        facts=dict(sorted(((code, Fact(**row)) for code, row in data["facts"].items()), key=lambda kv: kv[1].position)),
        statements=tuple(Statement(**row) for row in data["statements"]),
        assets=tuple(DocumentAsset(**row) for row in data["assets"]),
        associations=tuple(AssociationLink(**row) for row in data["associations"]),
        prices=tuple(Money(**row) for row in data["prices"]),
        # Documents released before there were tables have none.
        tables={code: tuple(map(tuple, rows)) for code, rows in data.get("tables", {}).items()},
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A category of a channel's navigation. `count` is how many documents stand in it or below it."""

    code: str
    label: str
    count: int
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """What is true of a whole release in one language: the envelope of its documents.

    `groups`, `slots` and `associations` map codes to labels, in the order in which to show them.
    `alternates` are the languages of the channel, this one included.
    """

    channel: str
    title: str
    medium: str
    language: str
    alternates: tuple[str, ...]
    release: int
    released_on: str
    country: str
    currency: str
    audience: str
    public: bool
    navigation: tuple[Node, ...]
    groups: Mapping[str, str]
    slots: Mapping[str, str]
    associations: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """For storage beside the release. `groups`, `slots` and `associations` keep their order as lists of pairs."""
        data: dict[str, Any] = orjson.loads(orjson.dumps(self))
        for name in ("groups", "slots", "associations"):
            data[name] = [list(pair) for pair in getattr(self, name).items()]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Publication:
        ordered = {name: dict(data[name]) for name in ("groups", "slots", "associations")}
        navigation = tuple(_node(row) for row in data["navigation"])
        return cls(**{**data, **ordered, "navigation": navigation, "alternates": tuple(data["alternates"])})


def _node(data: Mapping[str, Any]) -> Node:
    return Node(data["code"], data["label"], data["count"], tuple(_node(row) for row in data["children"]))
