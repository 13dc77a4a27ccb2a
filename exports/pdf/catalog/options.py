"""What a catalogue can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.formats.filters import Filter
from exports.formats.options import LONG, Choice, Code, Codes, Color, Flag, Number, Option, Text
from exports.pdf.catalog.look import ACCENT
from exports.pdf.envelope import PRICE_NOTE
from exports.pdf.press.room import LEAVE_OUT, REPLACE, STOP

CONTENT: Mapping[str, Option] = {
    "category": Code(
        label="Category", help="Only products of the category of this code and those below it.", group="Content"
    ),
    "filter": Filter(
        label="Filter",
        help="Only products that it finds, such as: family = grinders and price < 300. A group is printed with those "
        "of its variants that are found.",
        group="Content",
    ),
    "skus": Codes(
        label="Products", help="SKUs, in this order, with commas between them; all without it.", group="Content"
    ),
    "order": Choice(
        label="Order within a chapter",
        choices={"listed": "as listed above, else by SKU", "name": "by name", "sku": "by SKU", "price": "by price"},
        group="Content",
    ),
    "prices": Flag(label="Prices", otherwise=True, group="Content"),
    "price_note": PRICE_NOTE,
    "languages": Codes(
        label="Further languages",
        help="One or two others of the channel, printed beside the first: names, texts and facts.",
        group="Content",
    ),
}
LAYOUT: Mapping[str, Option] = {
    "layout": Choice(
        label="Entries",
        choices={
            "half": "two or more a page",
            "page": "a page each, with a large picture",
            "grid": "a table, with a row for each variant",
        },
        group="Entries",
    ),
    "columns": Codes(
        label="Columns of the table",
        help="Codes of facts; those in which products differ without it.",
        group="Entries",
    ),
    "comparison": Choice(
        label="Variants",
        choices={
            "axes": "are listed with what tells them apart",
            "rows": "are compared: a row for each, all facts that differ",
            "columns": "are compared: a column for each, all facts that differ",
        },
        group="Entries",
    ),
    "references": Flag(
        label="Page numbers of related products", help="Wherever an entry names another.", group="Entries"
    ),
}
STRUCTURE: Mapping[str, Option] = {
    "cover": Flag(label="Front cover", otherwise=True, group="Structure"),
    "contents": Flag(label="Table of contents", otherwise=True, group="Structure"),
    "foreword": Code(
        label="Foreword",
        help="The code of a slot: a text in it that all products have, since it is placed on all of them, is printed "
        "once before the chapters.",
        group="Structure",
    ),
    "openings": Code(
        label="Texts of chapters",
        help="The code of a slot: a text in it that all products of a category have, since it is placed on that, is "
        "printed once where the category begins.",
        group="Structure",
    ),
    "chapters": Choice(
        label="Chapters",
        choices={
            "openers": "of the categories, each with an opening page",
            "headings": "of the categories, each with a heading",
            "none": "none: one product after another",
        },
        group="Structure",
    ),
    "price_list": Flag(label="Price list at the end", group="Structure"),
    "index": Flag(label="Index by SKU", otherwise=True, group="Structure"),
    "name_index": Flag(label="Index by name", group="Structure"),
    "keywords": Code(
        label="Index by keyword",
        help="The code of the fact that has the keywords: a selection, or a text with commas between them.",
        group="Structure",
    ),
}
WORDS: Mapping[str, Option] = {
    "title": Text(label="Title", help="On the cover; the channel's name without it.", group="Front and back"),
    "subtitle": Text(label="Subtitle", help="A line below the title.", group="Front and back"),
    "year": Text(label="Year", help="On the cover; that of the release without it.", limit=20, group="Front and back"),
    "imprint": Text(label="Imprint", help="Publisher, address, contact.", limit=LONG, group="Front and back"),
    "back_cover": Text(
        label="Back cover",
        help="What it says, such as your address; none without it.",
        limit=600,
        group="Front and back",
    ),
}
LOOK: Mapping[str, Option] = {
    "paper": Choice(
        label="Paper",
        choices={"a4": "A4", "a5": "A5", "letter": "Letter", "square": "Square, 210 mm"},
        group="Look",
    ),
    "bleed": Number(label="Bleed", help="Printed beyond the edge, with crop marks.", most=10, group="Look"),
    "accent": Color(label="Colour", otherwise=ACCENT, group="Look"),
    "type": Choice(
        label="Type",
        choices={"both": "headings with serifs, text without", "sans": "without serifs", "serif": "with serifs"},
        group="Look",
    ),
    "density": Choice(
        label="Density", choices={"normal": "normal", "compact": "compact", "airy": "airy"}, group="Look"
    ),
    "logo": Code(label="Logo", help="The code of a picture in the asset library.", group="Look"),
}
FILE: Mapping[str, Option] = {
    "failures": Choice(
        label="What cannot be laid out",
        choices={LEAVE_OUT: "is left out and told", REPLACE: "is replaced by a note", STOP: "stops the edition"},
        group="File",
    ),
    "tagged": Flag(
        label="Accessible",
        help="Readable for programs that read aloud; all pages are then made anew for every edition.",
        group="File",
    ),
}
OPTIONS: Mapping[str, Option] = {**CONTENT, **LAYOUT, **STRUCTURE, **WORDS, **LOOK, **FILE}


def fault(told: Mapping[str, Any]) -> str:
    """What does not go together."""
    if len(told["languages"]) > 2:
        return f"The option “languages” names {len(told['languages'])}; beside the first there is room for two."
    if told["openings"] and told["chapters"] == "none":
        return "The option “openings” has texts of chapters, and “chapters” says that there are none."
    if told["columns"] and told["layout"] != "grid":
        return "The option “columns” is for the table that “layout” makes where it is grid."
    return ""
