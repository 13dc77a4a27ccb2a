"""The feed of the Agentic Commerce Protocol, version 2026-04-17 (schema.feed.json): products with their variants.

Amounts are in the smallest unit of their currency. A product that has no variants is the only one of itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, BinaryIO, ClassVar

import orjson

from exports.addresses import absolute, product_path
from exports.documents import Document, DocumentAsset
from exports.formats.base import Work
from exports.formats.feed import Feed
from exports.formats.mapped import FieldMapping
from exports.formats.options import Text
from exports.mapping.commerce import GTIN, OPTIONS, availability_fault, description_of, link, price
from exports.mapping.fields import Field, Row
from exports.mapping.seeing import Seen, Value
from exports.mapping.steps import minor_units

FIELDS: tuple[Field, ...] = (
    Field(name="id", default="sku", required=True, most=200),
    Field(name="title", default="name", required=True, most=500, cuts=True),
    Field(
        name="description", default="slot:description or slot:teaser or slot:headline", many=20, most=20_000, lines=True
    ),
    link("url", default="link", required=True),
    GTIN,
    price(default="price", required=True),
    Field(name="category", default="category", most=750, cuts=True),
    Field(name="condition", default='"new"', takes=frozenset({"new", "refurbished", "used"})),
    Field(name="option", default="axes", rule="NAME: VALUE", many=30),
)


class AgenticCommerce(Feed):
    """{"products": [...]}, a product a line. Variants are gathered on disk, wherever in the release they come."""

    code = "acp"
    label = "Agentic Commerce Protocol"
    extension = "json"
    media_type = "application/json"
    fields: ClassVar = FIELDS
    options: ClassVar = {
        **{name: OPTIONS[name] for name in ("availability", "availability_date")},
        "seller": Text(label="Seller", help="The channel's title if nothing is said."),
        "fields": FieldMapping(fields=FIELDS),
    }

    def fault(self, told: Mapping[str, Any]) -> str:
        return availability_fault(told)

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        if "price" in row and minor_units(row["price"][0].raw) is None:
            row.refuse(f"price “{row.text('price')}” has more decimal places than its currency.", "price")

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        with closing(sqlite3.connect("")) as kept:  # a file that the system takes away
            kept.execute("CREATE TABLE product (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
            kept.execute("CREATE TABLE variant (product TEXT, id TEXT, body BLOB)")
            for document, row in self.items(_noted(documents, kept, work), work):
                group = row.text("group") or document.sku
                body = orjson.dumps(_variant(document, row, self.told(work), work))
                kept.execute("INSERT INTO variant VALUES (?, ?, ?)", (group, document.sku, body))
            kept.execute("CREATE INDEX of_product ON variant (product, id)")
            self._write(kept, out)

    def grouped(self, row: Row, group: str, work: Work) -> None:
        row["group"] = [Value(group)]

    def _write(self, kept: sqlite3.Connection, out: BinaryIO) -> None:
        out.write(b'{"products":[')
        separator = b"\n"
        rows = kept.execute(
            "SELECT variant.product, product.body, variant.body FROM variant LEFT JOIN product "
            "ON product.id = variant.product ORDER BY variant.product, variant.id"
        )
        last: str | None = None
        for group, product, variant in rows:
            if group != last:
                out.write(b"%b%b%b" % (b"]}" if last is not None else b"", separator, _head(group, product, variant)))
                separator, last = b",\n", group
            else:
                out.write(b",")
            out.write(variant)
        out.write(b"]}\n]}\n" if last is not None else b"\n]}\n")


def _noted(documents: Iterable[Document], kept: sqlite3.Connection, work: Work) -> Iterator[Document]:
    """The documents, with what the groups among them say of all their variants kept aside."""
    for document in documents:
        if document.type == "group":
            kept.execute(
                "INSERT OR REPLACE INTO product VALUES (?, ?)", (document.sku, orjson.dumps(_group(document, work)))
            )
        yield document


def _head(group: str, product: bytes | None, variant: bytes) -> bytes:
    """The product up to the bracket that opens its variants. Without a group it is as its variant is."""
    if product is None:
        said = orjson.loads(variant)
        product = orjson.dumps(
            {"id": group, **{name: said[name] for name in ("title", "description", "url", "media") if name in said}}
        )
    return product[:-1] + b',"variants":['


def _group(document: Document, work: Work) -> dict[str, Any]:
    publication = work.publication
    text = description_of(document)
    url = absolute(work.base_url, product_path(publication.channel, publication.language, document.sku))
    return {"id": document.sku, "title": document.name} | _present(
        description={"plain": text} if text else None, url=url, media=_media(document, work)
    )


def _variant(document: Document, row: Row, told: Mapping[str, Any], work: Work) -> dict[str, Any]:
    availability = told["availability"]
    markup = "".join(statement.html for statement in document.slot("description"))
    description = _present(plain="\n".join(row.texts("description")), html=markup)
    return {"id": row.text("id"), "title": row.text("title")} | _present(
        description=description,
        url=row.text("url"),
        barcodes=[{"type": "GTIN", "value": text} for text in row.texts("gtin")],
        price=_price(row["price"][0].raw),
        availability={"available": availability in ("in_stock", "backorder"), "status": availability},
        categories=[{"value": text, "taxonomy": "merchant"} for text in row.texts("category")],
        condition=row.texts("condition"),
        variant_options=[{"name": name, "value": text} for name, text in map(_pair, row.get("option", ()))],
        media=_media(document, work),
        seller={"name": told["seller"] or work.publication.title},
    )


def _pair(value: Value) -> tuple[str, str]:
    if isinstance(value.raw, tuple):
        return value.raw[0], value.raw[1]
    name, _, text = value.text.partition(": ")
    return name, text


def _price(raw: Mapping[str, str]) -> dict[str, Any]:
    return {"amount": minor_units(raw), "currency": raw["currency"]}


def _media(document: Document, work: Work) -> list[dict[str, Any]]:
    pictures = (asset for asset in document.assets if asset.kind == "image")
    return [found for asset in pictures if (found := _medium(asset, work))]


def _medium(asset: DocumentAsset, work: Work) -> dict[str, Any]:
    url = absolute(work.base_url, asset.url)
    if not url:
        return {}
    return {"type": "image", "url": url} | _present(alt_text=asset.alt, width=asset.width, height=asset.height)


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
