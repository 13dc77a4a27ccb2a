"""Meta's catalog, as CSV and RSS (developers.facebook.com/documentation/ads-commerce/catalog/reference, 2026-04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Work
from exports.formats.feed import Feed, csv_into, group_id
from exports.formats.google import opening
from exports.formats.mapped import FieldMapping
from exports.mapping.commerce import (
    GTIN,
    OPTIONS,
    TAXONOMY,
    availability_fault,
    brand,
    link,
    note_small,
    price,
    put_brand,
    put_category,
    put_others,
)
from exports.mapping.fields import Field, Row
from exports.mapping.seeing import Seen, Value
from exports.xml import escape

# What Google calls so; Meta writes blanks.
_AVAILABILITIES = {
    "in_stock": "in stock",
    "out_of_stock": "out of stock",
    "preorder": "preorder",
    "backorder": "available for order",
}
_VARYING = ("color", "size", "material", "pattern")

FIELDS: tuple[Field, ...] = (
    Field(name="id", default="sku", rule="each once, or none of them is taken", required=True, most=100),
    Field(name="title", default="name", rule="65 characters are best", required=True, most=200, cuts=True),
    Field(
        name="description",
        default='slot:description or slot:teaser or slot:headline | join " " | line',
        required=True,
        most=9_999,
        cuts=True,
    ),
    Field(name="rich_text_description", rule="simple markup", most=9_999),
    Field(name="condition", default='"new"', required=True, takes=frozenset({"new", "refurbished", "used"})),
    price(default="price", required=True),
    price("sale_price"),
    Field(name="sale_price_effective_date", rule="START/END, as ISO 8601 writes times", most=51),
    link("link", default="link", required=True),
    link("image_link", default="picture", required=True),
    link("additional_image_link", default="pictures", many=21),
    link("video_link"),
    brand(100),
    GTIN,
    Field(name="mpn", default="mpn", most=100),
    Field(name="google_product_category", rule="the number of Google's category", most=250),
    Field(name="product_type", default="category", most=750, cuts=True),
    Field(name="item_group_id", rule="the same for all variants of a product; their group's SKU", most=100),
    *(Field(name=name, default=f"fact:{name} or axis:{name} | join /", most=200) for name in _VARYING),
    Field(name="gender", takes=frozenset({"male", "female", "unisex"})),
    Field(name="age_group", takes=frozenset({"newborn", "infant", "toddler", "kids", "adult", "teen", "all ages"})),
    Field(name="shipping_weight", default="fact:weight | in kg", most=50),
    *(Field(name=f"custom_label_{number}", most=100) for number in range(5)),
)
NAMES = tuple(field.name for field in FIELDS)
NAMES = (*NAMES[:5], "availability", *NAMES[5:])


class _Meta(Feed):
    fields: ClassVar = FIELDS
    options: ClassVar = {**OPTIONS, "categories": TAXONOMY, "fields": FieldMapping(fields=FIELDS)}

    def fault(self, told: Mapping[str, Any]) -> str:
        return availability_fault(told)

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        row["availability"] = [Value(_AVAILABILITIES[told["availability"]])]
        note_small(row)
        put_brand(row, told)
        if not {"brand", "gtin", "mpn"} & row.keys():
            row.refuse("One of brand, gtin and mpn has to be there.", "identifier:gtin")
        put_others(row, "additional_image_link", "image_link", 20)
        put_category(row, seen, told)

    def grouped(self, row: Row, group: str, work: Work) -> None:
        group_id(row, "item_group_id", group, 100, work)


class MetaTable(_Meta):
    """CSV; several pictures stand with commas between them in one column."""

    code = "meta"
    label = "Meta catalog, CSV"
    extension = "csv"
    media_type = "text/csv"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        with csv_into(out) as writer:
            writer.writerow(NAMES)
            for _, row in self.items(documents, work):
                writer.writerow([",".join(row.texts(name)) for name in NAMES])


class MetaRss(_Meta):
    """RSS 2.0 with Google's names."""

    code = "meta-xml"
    label = "Meta catalog, RSS"
    extension = "xml"
    media_type = "application/xml"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        out.write(opening(work))
        for _, row in self.items(documents, work):
            inside = (f"<g:{name}>{escape(text)}</g:{name}>\n" for name in NAMES for text in row.texts(name) if text)
            out.write(f"<item>\n{''.join(inside)}</item>\n".encode())
        out.write(b"</channel>\n</rss>\n")
