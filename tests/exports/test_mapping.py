"""The language of mappings: what is read, what is done to it, and what is said where it is wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.documents import Document, Fact, Money, Statement
from exports.formats.mapped import Columns, FieldMapping
from exports.formats.options import Wrong, WrongPart
from exports.mapping.expression import WrongExpression, parse
from exports.mapping.fields import Field, Mapped, Row, matching
from exports.mapping.seeing import Around, Seen
from exports.mapping.sources import SOURCES
from exports.mapping.steps import STEPS
from exports.text import cut
from tests.exports import samples

BLACK = samples.DOCUMENTS[1]


def seen(document: Document = BLACK) -> Seen:
    return Seen(document, Around(samples.work()))


def texts(expression: str, document: Document = BLACK) -> list[str]:
    return [value.text for value in parse(expression).values(seen(document))]


def with_fact(value: Any, text: str, kind: str) -> Document:
    return replace(BLACK, facts={"x": Fact("X", "general", kind, value, text, 1)})


def measured(amount: str, unit: str) -> Document:
    return with_fact({"amount": amount, "unit": unit}, f"{amount} {unit}", "measurement")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sku", ["BZ-LIRA-BK"]),
        ("parent", ["BZ-LIRA"]),
        ("FACT:color", None),
        ("fact:Color", ["schwarz"]),
        ("label:color", ["Farbe"]),
        ("fact:title or name", ["Lira, schwarz"]),
        ("fact:title or fact:nothing", []),
        ('fact:title or "none"', ["none"]),
        ('"{brand} {name}"', ["Bordanza Lira, schwarz"]),
        ('"{brand} {fact:nothing}"', []),
        (r'"say \"yes\""', ['say "yes"']),
        ("axes", ["Farbe: schwarz"]),
        ("axis:COLOR", ["schwarz"]),
        ("slot:teaser", ["Klein im Stellmaß & groß im Geschmack."]),
        ("slot:description | line", ["Die Lira ist in drei Minuten bereit. – 9 bar am Kaffee – 1,6 l Tank"]),
        ("slot:feature | html", ["<p>Präinfusion für gleichmäßigen Durchlauf.</p>"]),
        ("slot:feature | html | plain", ["Präinfusion für gleichmäßigen Durchlauf."]),
        ("facts:brewing", ["Tassenwärmer: Nein"]),
        ("gtin", ["9521234567899"]),
        ("price", ["449.00 EUR"]),
        ("price:usd", []),
        ("price | amount", ["449.00"]),
        ("price | currency", ["EUR"]),
        ("name | currency", []),
        ("price | minor", ["44900"]),
        ("category", ["Maschinen > Für zu Hause"]),
        ("category | replace > / | lower", ["maschinen / für zu hause"]),
        ("associated:accessory", ["BZ-TAMPER"]),
        ("associated:spare", []),
        ("link", ["https://shop.example/p/shop-de/de/BZ-LIRA-BK/"]),
        ("fact:weight | in g", ["5200 g"]),
        ("fact:weight | in lb | round 2", ["11.46 lb"]),
        ("fact:weight | amount g", ["5200"]),
        ("fact:weight | amount m", []),
        ("fact:weight | amount", ["5.2"]),
        ("fact:cup_warmer | code", ["false"]),
        ("fact:cup_warmer | map false=no true=yes", ["no"]),
        ('fact:color | map schwarz="jet black"', ["jet black"]),
        ("fact:color | map rot=red *=", []),
        ("fact:color | upper", ["SCHWARZ"]),
        ("name | cut 6", ["Lira…"]),
        ("language", ["de"]),
        ("country | lower", ["de"]),
    ],
)
def test_what_an_expression_comes_to(expression: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(WrongExpression, match="no source"):
            parse(expression)
    else:
        assert texts(expression) == expected


def test_several_values_stay_several_until_they_are_joined() -> None:
    document = with_fact(["steel", "wood"], "Stahl, Holz", "multiselect")
    assert texts("fact:x", document) == ["Stahl", "Holz"]
    assert texts("fact:x | map steel=S", document) == ["S", "Holz"]
    assert texts("fact:x | first", document) == ["Stahl"]
    assert texts('fact:x | join " + "', document) == ["Stahl + Holz"]


def test_pictures_come_with_the_main_one_first_and_each_once() -> None:
    gallery = replace(samples.picture("gallery"), url="/assets/2.jpg")
    document = replace(BLACK, assets=(gallery, samples.picture(), gallery))
    assert texts("pictures", document)[1:] == ["https://shop.example/assets/2.jpg"]
    assert texts("picture:gallery", document) == ["https://shop.example/assets/2.jpg"]
    manual = replace(gallery, kind="document", url="/assets/m.pdf", role="manual")
    assert texts("files:manual", replace(BLACK, assets=(manual,))) == ["https://shop.example/assets/m.pdf"]


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("12.50", "EUR", ["1250"]), ("1200", "JPY", ["1200"]), ("1.5", "KWD", ["1500"]), ("0.005", "EUR", [])],
)
def test_the_smallest_unit_is_that_of_the_currency(amount: str, currency: str, expected: list[str]) -> None:
    assert texts(f"price:{currency} | minor", replace(BLACK, prices=(Money(amount, currency),))) == expected


def test_a_number_keeps_its_places_and_rounds_halves_up() -> None:
    assert texts("fact:x | in kg", measured("1250", "g")) == ["1.25 kg"]
    assert texts("fact:x | amount kg | round 1", measured("1250", "g")) == ["1.3"]
    assert texts("fact:x | in m", measured("1E+3", "mm")) == ["1 m"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("", "Nothing stands before"),
        ("| cut 5", "Nothing stands before"),
        ("nam", "There is no source “nam”. There are sku, name"),
        ("fact", "needs a code: fact:ATTRIBUTE"),
        ("name:x", "takes no code"),
        ("fact:a(b", "cannot be a code"),
        ("name sku", "“sku” is not expected"),
        ("name or", "“or” is not expected"),
        ('"open', "left open"),
        ('"{nam}"', "no source “nam”"),
        ('"a"b', "a blank is missing"),
        ("name |", "Nothing stands after"),
        ("name | shout", "There is no step “shout”. There are plain"),
        ("name | cut", "takes 1 argument, not 0"),
        ("name | cut many", "a whole number from 1 to 100,000, not “many”"),
        ("name | upper 2", "takes no arguments"),
        ("name | map a", "pairs such as red=Rot"),
        ("name | map a=b a=c", "each once"),
        ("fact:x | in parsec", "has to name a unit"),
        ("name | cut 5" + " " * 1_000, "at most 1,000 characters"),
    ],
)
def test_what_is_wrong_is_named_with_what_may_stand_there(wrong: str, reason: str) -> None:
    with pytest.raises(WrongExpression, match=reason.replace("(", r"\(").replace("|", r"\|")):
        parse(wrong)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_expression_or_told(text: str) -> None:
    with suppress(WrongExpression):
        parse(text).values(seen())


@given(st.sampled_from(sorted(SOURCES)), st.text(max_size=200))
def test_steps_take_any_words(source: str, words: str) -> None:
    document = replace(BLACK, name=words, statements=(Statement("teaser", "de", words, words),))
    for step in (
        "plain",
        "line",
        "cut 7",
        "upper",
        "lower",
        "code",
        "amount",
        "round 2",
        "first",
        "join",
        "minor",
        "html",
    ):
        assert step.split()[0] in STEPS
        for expression in (f"name | {step}", f"slot:teaser | {step}", f"fact:price | {step}"):
            for text in texts(expression, document):
                assert isinstance(text, str)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("👨‍👩‍👧👨‍👩‍👧", 7, "👨‍👩‍👧…"),
        ("👍🏽👍🏽👍🏽", 4, "👍🏽…"),
        ("🇩🇪🇮🇹🇫🇷", 4, "🇩🇪…"),
    ],
)
def test_nothing_is_cut_within_a_character(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


# --- Fields ----------------------------------------------------------------------------------------------------------


def filled(*fields: Field, **said: str) -> Row:
    return Mapped(fields, said).row(seen())


def messages(row: Row) -> list[tuple[str, bool, str]]:
    return [(problem.message, problem.fatal, problem.about) for problem in row.problems]


def test_a_field_has_what_it_is_told_instead_of_the_usual() -> None:
    field = Field(name="title", default="name")
    assert filled(field).texts("title") == ["Lira, schwarz"]
    assert filled(field, title="sku").texts("title") == ["BZ-LIRA-BK"]
    assert "title" not in filled(field, title="")


def test_without_a_required_field_the_item_stays_out_and_what_to_mend_is_named() -> None:
    field = Field(name="title", default="fact:headline or slot:none", required=True)
    assert messages(filled(field)) == [
        ("title is empty: it is taken from fact:headline or slot:none.", True, "fact:headline")
    ]
    unmapped = Field(name="title", required=True)
    assert messages(filled(unmapped)) == [("title is required, and nothing is mapped to it.", True, "")]


def test_what_does_not_fit_is_left_out_or_cut_and_told() -> None:
    row = filled(
        Field(name="short", default="name", most=6, cuts=True),
        Field(name="id", default="sku", most=5),
        Field(name="kind", default="type", takes=frozenset({"product"})),
        Field(name="size", default="fact:color", check=matching("[0-9]+", "a number")),
        Field(name="one", default="pictures", most=5_000),
    )
    assert row.texts("short") == ["Lira…"]
    assert {"id", "kind", "size"}.isdisjoint(row)
    assert messages(row) == [
        ("short has 13 characters, cut to 6.", False, "name"),
        ("id has 10 characters, at most 5 are taken: left out.", False, "sku"),
        ("kind “variant” has to be one of product: left out.", False, "type"),
        ("size “schwarz” has to be a number: left out.", False, "fact:color"),
    ]


def test_too_many_values_are_told() -> None:
    document = with_fact(["a", "b", "c"], "A, B, C", "multiselect")
    row = Mapped([Field(name="of", default="fact:x", many=2)], {}).row(seen(document))
    assert row.texts("of") == ["A", "B"]
    assert messages(row) == [("of has 3 values, of which the first 2 are taken.", False, "fact:x")]


# --- Options ---------------------------------------------------------------------------------------------------------

OPTION = FieldMapping(fields=(Field(name="title", default="name", required=True), Field(name="color")))


def test_a_mapping_is_an_object_or_lines_and_the_usual_is_not_kept() -> None:
    assert OPTION.read("title = name\ncolor = fact:color | lower") == {"color": "fact:color | lower"}
    assert OPTION.read({"title": "sku"}) == {"title": "sku"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("titel = name", "There is no field “titel”. There are title, color."),
        ("title", "“title” is no line such as title = name"),
        ({"title": 5}, "“title” takes an expression as text"),
        ({"title": "nam"}, "“title”: There is no source “nam”"),
        ({"title": " "}, "“title” is required"),
        (["title"], "fields with an expression each"),
    ],
)
def test_a_wrong_mapping_is_told(said: Any, reason: str) -> None:
    with pytest.raises((Wrong, WrongPart), match=reason):
        OPTION.read(said)


COLUMNS = Columns(label="Columns")


def test_columns_are_pairs_or_lines_in_their_order() -> None:
    assert COLUMNS.read("B = sku\n\nA = name | cut 5\nC =") == (("B", "sku"), ("A", "name | cut 5"), ("C", ""))
    assert COLUMNS.read([["A", "sku"]]) == (("A", "sku"),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("A sku", "“A sku” is no line"),
        ("= sku", "“= sku” is no line"),
        ("A = sku\nA = name", "The column “A” is there twice"),
        ([["A"]], "columns with an expression each"),
        ([["A" * 201, "sku"]], "at most 200 characters"),
        ([["A", "nam"]], "“A”: There is no source"),
        ([["A", "sku"]] * 501, "between one and 500"),
        ({"A": "sku"}, "columns with an expression each"),
    ],
)
def test_wrong_columns_are_told(said: Any, reason: str) -> None:
    with pytest.raises((Wrong, WrongPart), match=reason):
        COLUMNS.read(said)
