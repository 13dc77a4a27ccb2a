"""The product feed of OpenAI (developers.openai.com/commerce/specs/file-upload/products.md), as JSON lines and CSV.

The older page wanted more fields than the newest; they are written, too, so that either takes the feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, ClassVar

import orjson

from exports.documents import Document
from exports.formats.base import Work
from exports.formats.feed import Feed, csv_into
from exports.formats.mapped import FieldMapping
from exports.formats.options import Address, Flag, Text
from exports.mapping.commerce import (
    GTIN,
    OPTIONS,
    availability_fault,
    brand,
    link,
    note_small,
    price,
    put_brand,
    put_others,
)
from exports.mapping.fields import Field, Row, matching
from exports.mapping.seeing import Seen, Value
from exports.mapping.sources import axes

_AVAILABILITIES = {
    "in_stock": "in_stock",
    "out_of_stock": "out_of_stock",
    "preorder": "pre_order",
    "backorder": "backorder",
}
_PLACEHOLDERS = frozenset({"null", "n/a", "na", "none", "undefined", "tbd", "-"})


def _meant(text: str) -> str:
    """Nothing for what only fills a gap, which the receiver refuses."""
    return "" if text.lower() in _PLACEHOLDERS else text


FIELDS: tuple[Field, ...] = (
    Field(name="item_id", default="sku", rule="always the same for a product", required=True, most=100),
    Field(name="title", default="name", required=True, most=150, cuts=True, tidy=_meant),
    Field(
        name="description",
        default='slot:description or slot:teaser or slot:headline | join " " | line',
        rule="plain text",
        required=True,
        most=5_000,
        cuts=True,
        tidy=_meant,
    ),
    link("url", default="link", required=True),
    brand(70),
    link("image_url", default="picture", required=True),
    link("additional_image_urls", default="pictures", many=31),
    link("video_url"),
    link("model_3d_url"),
    price(default="price", required=True),
    price("sale_price"),
    GTIN,
    Field(name="mpn", default="mpn", most=70, tidy=_meant),
    Field(name="condition", default='"new"', takes=frozenset({"new", "refurbished", "used"})),
    Field(name="product_category", default="category", rule="with > between the levels", most=750, cuts=True),
    Field(name="color", default="fact:color or axis:color | join /", most=40, tidy=_meant),
    Field(name="size", default="fact:size or axis:size", most=20, tidy=_meant),
    Field(name="material", default="fact:material or axis:material | join /", most=100, tidy=_meant),
    Field(name="gender", takes=frozenset({"male", "female", "unisex"})),
    Field(name="age_group", takes=frozenset({"newborn", "infant", "toddler", "kids", "adult"})),
    Field(name="weight", default="fact:weight | amount kg", check=matching(r"\d+(\.\d+)?", "a number")),
    Field(name="item_weight_unit", default='"kg"', takes=frozenset({"kg", "g", "lb", "oz"})),
    Field(
        name="dimensions", rule="such as 12x8x5", check=matching(r"\d+(\.\d+)?x\d+(\.\d+)?x\d+(\.\d+)?", "like 12x8x5")
    ),
    Field(name="dimensions_unit", takes=frozenset({"cm", "in", "mm", "m"})),
    Field(name="warning", rule="what a buyer has to know", most=1_000, cuts=True),
    Field(name="age_restriction", check=matching("[0-9]{1,2}", "a number of years")),
    Field(name="group_id", rule="the same for all variants of a product; their group's SKU", most=100),
    Field(name="related_product_id", many=30, most=100),
    Field(
        name="relationship_type",
        takes=frozenset(
            {"part_of_set", "required_part", "often_bought_with", "substitute", "different_brand", "accessory"}
        ),
    ),
)
NAMES = (
    *(field.name for field in FIELDS),
    *("availability", "availability_date", "seller_name", "seller_url", "return_policy", "target_countries"),
    *("store_country", "is_eligible_search", "is_eligible_checkout", "listing_has_variations", "variant_dict"),
)
_SEVERAL = ("additional_image_urls", "related_product_id", "target_countries")


class _OpenAi(Feed):
    fields: ClassVar = FIELDS
    options: ClassVar = {
        **OPTIONS,
        "seller": Text(label="Seller", help="The channel's title if nothing is said.", limit=70),
        "seller_url": Address(label="Seller's site"),
        "return_policy": Address(label="Return policy", help="The page with it."),
        "search": Flag(label="May be found", otherwise=True),
        "checkout": Flag(label="May be bought there"),
        "fields": FieldMapping(fields=FIELDS),
    }

    def fault(self, told: Mapping[str, Any]) -> str:
        return availability_fault(told)

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        publication = seen.around.publication
        put_brand(row, told)
        if "brand" not in row:
            row.refuse("brand is empty: say one in the product or in the output's options.", "identifier:brand")
        note_small(row, "image_url")
        put_others(row, "additional_image_urls", "image_url", 30)
        if "weight" not in row:
            row.pop("item_weight_unit", None)
        facts = {
            "availability": _AVAILABILITIES[told["availability"]],
            "availability_date": told["availability_date"] if told["availability"] == "preorder" else "",
            "seller_name": told["seller"] or publication.title[:70],
            "seller_url": told["seller_url"] or f"{seen.around.base_url}/",
            "return_policy": told["return_policy"],
            "target_countries": publication.country,
            "store_country": publication.country,
        }
        for name, text in facts.items():
            row[name] = [Value(text)] if text else []
        options = dict(value.raw for value in axes(seen))
        row["variant_dict"] = [Value("", options)] if options else []
        for name in ("search", "checkout"):
            row[f"is_eligible_{name}"] = [Value(str(told[name]).lower(), told[name])]
        row["listing_has_variations"] = [Value("false", False)]

    def grouped(self, row: Row, group: str, work: Work) -> None:
        row.setdefault("group_id", [Value(group[:100])])
        row["listing_has_variations"] = [Value("true", True)]


class OpenAiLines(_OpenAi):
    """An object a line; lists and yes and no as JSON has them."""

    code = "openai"
    label = "OpenAI product feed, JSON lines"
    extension = "jsonl"
    media_type = "application/x-ndjson"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        for _, row in self.items(documents, work):
            said = {name: _json(name, row[name]) for name in NAMES if row.get(name)}
            out.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))


def _json(name: str, values: list[Value]) -> Any:
    if name in _SEVERAL:
        return [value.text for value in values]
    raw = values[0].raw
    return raw if isinstance(raw, bool) or name == "variant_dict" else values[0].text


class OpenAiTable(_OpenAi):
    """CSV; several values stand with commas between them, variants' options as JSON."""

    code = "openai-csv"
    label = "OpenAI product feed, CSV"
    extension = "csv"
    media_type = "text/csv"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        with csv_into(out) as writer:
            writer.writerow(NAMES)
            for _, row in self.items(documents, work):
                writer.writerow([_cell(name, row.get(name, [])) for name in NAMES])


def _cell(name: str, values: list[Value]) -> str:
    if name == "variant_dict" and values:
        return orjson.dumps(values[0].raw).decode()
    return ",".join(value.text for value in values)
