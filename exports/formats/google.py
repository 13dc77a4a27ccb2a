"""The product feed of Google Merchant Center: RSS 2.0 (support.google.com/merchants/answer/160589) and TSV.

Fields and limits: product data specification, edition 2026 (support.google.com/merchants/answer/7052112).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, ClassVar

from exports.documents import Document, Publication
from exports.formats.base import Work
from exports.formats.feed import Feed, group_id
from exports.formats.mapped import FieldMapping
from exports.formats.options import Choice
from exports.mapping.commerce import (
    DATED,
    GTIN,
    OPTIONS,
    TAXONOMY,
    apart,
    availability_fault,
    brand,
    link,
    note_small,
    price,
    put_brand,
    put_category,
    put_others,
)
from exports.mapping.fields import Field, Row, matching
from exports.mapping.seeing import Seen, Value
from exports.text import cut, one_line
from exports.xml import escape

_LENGTH = r"\d{1,4}(\.\d+)? (cm|in)"
_WEIGHT = r"\d{1,4}(\.\d+)? (lb|oz|g|kg)"
_UNITS = "oz|lb|mg|g|kg|floz|pt|qt|gal|ml|cl|l|cbm|in|ft|yd|cm|m|sqft|sqm|ct"
_YES_NO = frozenset({"yes", "no"})
_SIZE_SYSTEMS = frozenset(["US", "UK", "EU", "DE", "FR", "JP", "CN", "IT", "BR", "MEX", "AU"])


def _numbers(start: str, count: int, **more: Any) -> tuple[Field, ...]:
    return tuple(Field(name=f"{start}_{number}", **more) for number in range(count))


FIELDS: tuple[Field, ...] = (
    Field(name="id", default="sku", rule="always the same for a product", required=True, most=50),
    Field(
        name="title", default="name", rule="no capitals throughout, no advertising", required=True, most=150, cuts=True
    ),
    Field(
        name="description",
        default="slot:description or slot:teaser or slot:headline",
        rule="about the product alone, without links",
        required=True,
        many=20,
        most=5_000,
        cuts=True,
        lines=True,
    ),
    link("link", default="link", required=True),
    link("image_link", default="picture", required=True),
    link("additional_image_link", default="pictures", many=11),
    link("video_link", many=1),
    link("virtual_model_link"),
    link("document_link", many=5),
    price(default="price", required=True),
    price("sale_price"),
    Field(name="sale_price_effective_date", rule="START/END, as ISO 8601 writes times", most=51),
    Field(name="condition", default='"new"', takes=frozenset({"new", "refurbished", "used"})),
    brand(70),
    GTIN,
    Field(name="mpn", default="mpn", most=70),
    Field(name="google_product_category", rule="the number of Google's category", most=750),
    Field(name="product_type", default="category", rule="your own category", most=750, cuts=True),
    Field(name="item_group_id", rule="the same for all variants of a product; their group's SKU", most=50),
    Field(name="item_group_title", rule="the same for all variants of a product", most=150, cuts=True),
    Field(name="variant_option", default="axes", rule="NAME: VALUE", many=30, most=502),
    Field(
        name="color",
        default="fact:color or axis:color",
        rule="words, no number and no sign",
        many=3,
        most=40,
        tidy=apart,
        check=matching("[^0-9#]*", "a word without digits or signs"),
    ),
    Field(name="size", default="fact:size or axis:size", most=100),
    Field(name="material", default="fact:material or axis:material", many=3, most=200, tidy=apart),
    Field(name="pattern", default="fact:pattern or axis:pattern", most=100),
    Field(name="gender", takes=frozenset({"male", "female", "unisex"})),
    Field(name="age_group", takes=frozenset({"newborn", "infant", "toddler", "kids", "adult"})),
    Field(name="size_type", many=2, takes=frozenset({"regular", "petite", "maternity", "big", "tall", "plus"})),
    Field(name="size_system", takes=_SIZE_SYSTEMS),
    Field(
        name="unit_pricing_measure",
        rule="a number and a unit, such as 750 ml",
        check=matching(rf"\d+(\.\d+)? ?({_UNITS})", "a number and a unit"),
    ),
    Field(
        name="unit_pricing_base_measure",
        rule="such as 1 l or 100 g",
        check=matching(rf"(1|2|4|8|10|100|75|750|50|1000) ?({_UNITS})", "such as 1 l or 100 g"),
    ),
    Field(
        name="certification",
        rule="EC:EPREL:NUMBER, for products with an energy label",
        many=3,
        check=matching(r"[\w.\- ]{1,70}:[\w.\- ]{1,70}:[\w.\- ]{1,70}", "such as EC:EPREL:123456"),
    ),
    *(
        Field(name=f"product_{name}", rule="1 to 3000 cm or in", check=matching(_LENGTH, "a number of cm or in"))
        for name in ("length", "width", "height")
    ),
    Field(
        name="product_weight",
        default="fact:weight | in kg",
        rule="0 to 2000 lb, oz, g or kg",
        check=matching(_WEIGHT, "a number of lb, oz, g or kg"),
    ),
    Field(
        name="shipping",
        rule="COUNTRY:REGION:SERVICE:PRICE",
        many=100,
        check=matching(r"[A-Z]{2}:[^:]*:[^:]*:\d+(\.\d+)? [A-Z]{3}", "such as DE::Standard:4.90 EUR"),
    ),
    Field(name="shipping_weight", check=matching(_WEIGHT, "a number of lb, oz, g or kg")),
    Field(name="multipack", check=matching("[1-9][0-9]{0,3}", "a whole number")),
    Field(name="is_bundle", takes=_YES_NO),
    Field(name="adult", takes=_YES_NO),
    Field(name="expiration_date", rule="as ISO 8601 writes times", most=25),
    Field(name="short_title", rule="5 to 65 characters are best", most=150, cuts=True),
    *_numbers("custom_label", 5, most=100, rule="for campaigns"),
    Field(name="promotion_id", many=10, most=50),
    Field(name="product_detail", default="facts", rule="GROUP, LABEL and TEXT of facts", many=100),
    Field(name="product_highlight", default="slot:feature", rule="two or more short sentences", many=100, most=150),
)
# The parts of fields that have some, in order.
PARTS: Mapping[str, tuple[str, ...]] = {
    "structured_title": ("digital_source_type", "content"),
    "structured_description": ("digital_source_type", "content"),
    "certification": ("certification_authority", "certification_name", "certification_code"),
    "shipping": ("country", "region", "service", "price"),
    "variant_option": ("name", "value"),
    "product_detail": ("section_name", "attribute_name", "attribute_value"),
}
# Facts with a field of their own are no details.
_OWN = frozenset({"name", "brand", "gtin", "mpn", "color", "size", "material", "pattern"})
_JOINED = ("color", "material")
_MACHINE = "trained_algorithmic_media"
# These stand first, the others as FIELDS has them.
ORDER = ("id", "title", "structured_title", "description", "structured_description")


class _Google(Feed):
    fields: ClassVar = FIELDS
    options: ClassVar = {
        **OPTIONS,
        "machine": Choice(
            label="Written by a machine",
            help="What a language model wrote has to be called so, in fields of its own.",
            choices={"none": "Nothing", "title": "The titles", "description": "The descriptions", "both": "Both"},
        ),
        "categories": TAXONOMY,
        "fields": FieldMapping(fields=FIELDS),
    }

    def fault(self, told: Mapping[str, Any]) -> str:
        return availability_fault(told)

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        row["availability"] = [Value(told["availability"])]
        if told["availability"] in DATED and told["availability_date"]:
            row["availability_date"] = [Value(told["availability_date"])]
        note_small(row)
        _identifiers(row, told)
        put_others(row, "additional_image_link", "image_link", 10)
        row.put("product_detail", [_detail(value) for value in row.get("product_detail", ()) if _is_detail(value)])
        if len(row.get("product_highlight", ())) < 2:
            row.pop("product_highlight", None)
        for name in _JOINED:
            _join(row, name)
        put_category(row, seen, told)
        for name in ("title", "description"):
            row.put(name, [Value("\n".join(row.texts(name)))] if name in row else [])
            if told["machine"] in (name, "both") and name in row:
                row[f"structured_{name}"] = [Value("", (_MACHINE, row.pop(name)[0].text))]

    def grouped(self, row: Row, group: str, work: Work) -> None:
        group_id(row, "item_group_id", group, 50, work)


def _identifiers(row: Row, told: Mapping[str, Any]) -> None:
    put_brand(row, told)
    if "gtin" not in row and not ("brand" in row and "mpn" in row):
        row["identifier_exists"] = [Value("no")]


def _join(row: Row, name: str) -> None:
    """One value with slashes, in at most a hundred characters (of materials two hundred)."""
    text = "/".join(row.texts(name))
    if len(text) > (200 if name == "material" else 100):
        row.note(f"{name} “{cut(text, 60)}” is too long; it was left out.", f"fact:{name}")
        text = ""
    row.put(name, [Value(text)] if text else [])


def _is_detail(value: Value) -> bool:
    return not isinstance(value.raw, tuple) or value.raw[-1] not in _OWN


def _detail(value: Value) -> Value:
    section, label, text = value.raw[:3] if isinstance(value.raw, tuple) else ("", *_halves(value.text))
    return Value(value.text, (cut(one_line(section), 140), cut(one_line(label), 140), cut(one_line(text), 1_000)))


def _halves(text: str) -> tuple[str, str]:
    before, colon, after = text.partition(": ")
    return (before, after) if colon else ("", text)


def parts_of(name: str, value: Value) -> list[tuple[str, str]]:
    """The parts of a value that has some, each with its name; without those that are empty."""
    texts = value.raw if isinstance(value.raw, tuple) else value.text.split(":")
    return [(part, str(text).strip()) for part, text in zip(PARTS[name], texts, strict=False) if str(text).strip()]


def in_order(row: Row) -> Iterator[tuple[str, list[Value]]]:
    """Fields as they come in the feed."""
    for name in NAMES:
        if name in row:
            yield name, row[name]


def _names() -> tuple[str, ...]:
    names = [*dict.fromkeys((*ORDER, *(field.name for field in FIELDS)))]
    for name, before in (
        ("availability", "price"),
        ("availability_date", "price"),
        ("identifier_exists", "google_product_category"),
    ):
        names.insert(names.index(before), name)
    return tuple(names)


NAMES = _names()


class GoogleMerchant(_Google):
    """RSS 2.0; one item per product that can be bought."""

    code = "google"
    label = "Google Merchant Center"
    extension = "xml"
    media_type = "application/xml"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        out.write(opening(work))
        for _, row in self.items(documents, work):
            out.write(f"<item>\n{''.join(_element(name, values) for name, values in in_order(row))}</item>\n".encode())
        out.write(b"</channel>\n</rss>\n")


def opening(work: Work) -> bytes:
    publication = work.publication
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
        f"<title>{escape(publication.title)}</title>\n<link>{escape(work.base_url)}/</link>\n"
        f"<description>{escape(_summary(publication))}</description>\n"
    ).encode()


def _summary(publication: Publication) -> str:
    return f"{publication.title}, {publication.language}, {publication.release} ({publication.released_on})"


def _element(name: str, values: list[Value]) -> str:
    if name not in PARTS:
        return "".join(f"<g:{name}>{escape(value.text)}</g:{name}>\n" for value in values)
    found = (parts_of(name, value) for value in values)
    inside = ("".join(f"<g:{part}>{escape(text)}</g:{part}>" for part, text in parts) for parts in found)
    return "".join(f"<g:{name}>{text}</g:{name}>\n" for text in inside if text)


class GoogleTable(_Google):
    """The same items as lines with tabs between the columns."""

    code = "google-tsv"
    label = "Google Merchant Center, TSV"
    extension = "tsv"
    media_type = "text/tab-separated-values"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        out.write(("\t".join(_heading(name) for name in NAMES) + "\n").encode())
        for _, row in self.items(documents, work):
            out.write(("\t".join(_cell(name, row.get(name, [])) for name in NAMES) + "\n").encode())


def _heading(name: str) -> str:
    return f"{name}({':'.join(PARTS[name])})" if name in PARTS else name


def _cell(name: str, values: list[Value]) -> str:
    """Several values with commas between them; what has a comma, a colon or a quotation mark itself is quoted."""
    if name in PARTS:
        return ",".join(":".join(_quoted(text) for text in _all_parts(name, value)) for value in values)
    texts = [one_line(value.text) for value in values]
    return (
        ",".join(_quoted(text) if ":" not in text or "," in text else text for text in texts)
        if len(texts) > 1
        else "".join(texts)
    )


def _all_parts(name: str, value: Value) -> list[str]:
    texts = value.raw if isinstance(value.raw, tuple) else value.text.split(":")
    return [one_line(str(text)) for text in texts[: len(PARTS[name])]]


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if any(sign in text for sign in ',:"') else text
