"""Filters find what a person would find who looked at each product, with one query on either engine."""

from __future__ import annotations

import hypothesis
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from catalog.filters import And, Context, Filter, FilterError, Not, Or, Word, check, parse, products
from catalog.models import Attribute, Channel, CodeAlias, EntityType, Record
from tests import factories as make
from tests.catalog import filter_world
from tests.catalog.filter_world import Answer
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db

EMPTY = ["is empty", "is not empty"]
EQUAL = ["=", "!=", "in", "not in"]
ORDER = ["<", "<=", ">", ">=", "between"]
TEXT = ["contains", "starts with"]
SKUS = [f"P-{number}" for number in range(0, 40, 3)] + ["p-1", "no-such"]
# For each field the operators it takes and values to ask for.
ASKED: dict[str, tuple[list[str], list[str]]] = {
    "title": (EMPTY + EQUAL + TEXT, ["lira", "LIRA pro", "Ölkanne", "ÖL", "a_b%c", "_", "%", "pro"]),
    "name": (EMPTY + EQUAL + TEXT, ["lira", "LIRA", "l"]),
    "cups": (EMPTY + EQUAL + ORDER, ["-2", "-1.5", "0", "2.0", "2.25", "3", "100"]),
    "weight": (EMPTY + EQUAL + ORDER, ["2 g", "900 g", "0.9 kg", "1", "1000 g", "2.5 kg", "3"]),
    "color": (EMPTY + EQUAL, ["red", "BLUE", "black"]),
    "ports": (EMPTY + EQUAL, ["usb", "hdmi", "vga"]),
    "warm": (EMPTY + EQUAL, ["true", "false"]),
    "since": (EMPTY + EQUAL + ORDER, ["2027-01-01", "2027-01-15", "2027-02-03"]),
    "heat": (EMPTY + EQUAL + ORDER, ["0", "1", "2", "3", "3.5", "11"]),
    "sku": (EQUAL + TEXT, [*SKUS, "P-1", "-"]),
    "family": (EMPTY + EQUAL, ["machines", "Machines"]),
    "category": (EMPTY + EQUAL, ["top", "Middle", "low", "far"]),
    "tag": (EMPTY + EQUAL, ["topic:safety", "topic:fire"]),
    "status": (EQUAL, ["draft", "Enabled", "disabled"]),
    "parent": (EMPTY + EQUAL, SKUS),
    "root": (EQUAL, SKUS),
    "level": (EQUAL, ["product", "group", "variant"]),
    "complete": (EQUAL, ["shop", "shop/de", "Shop/EN"]),
    "quality": ([*EMPTY, "=", "!="], ["error", "warning", "hint"]),
    "finding": (EMPTY + EQUAL, ["identifier", "capitals"]),
    "changed": ([*ORDER, "=", "!="], ["2027-03-01", "2027-03-03", "2027-03-06"]),
    "association:spare": (EMPTY + EQUAL, SKUS),
    "association:set": (EMPTY + EQUAL, SKUS),
    "slot:teaser": (EMPTY, []),
    "slot:warning": (EMPTY, []),
    "asset:main": (EMPTY, []),
}


@st.composite
def conditions(draw: st.DrawFn) -> Filter:
    name = draw(st.sampled_from(sorted(ASKED)))
    operators, values = ASKED[name]
    operator = draw(st.sampled_from(operators))
    count = 0 if operator in EMPTY else {"between": 2, "in": 3, "not in": 3}.get(operator, 1)
    places = sorted(draw(st.integers(0, len(values) - 1)) for _ in range(count))
    said = [Word(values[place]).quoted() for place in places]
    return parse(f"{name} {operator} " + (f"({','.join(said)})" if count == 3 else " and ".join(said)))


def joined(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return parts.map(Not) | several.map(And) | several.map(Or)


filters = st.recursive(conditions(), joined, max_leaves=5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_filter_finds_what_looking_at_each_product_finds(seed: int) -> None:
    filter_world.build(seed)
    channel = Channel.objects.get(code="shop")
    contexts = [Context.in_language("en"), Context.of(channel), Context.of(channel, "en"), Context.in_language("de")]
    answers = {context: Answer(context) for context in contexts}

    @hypothesis.settings(max_examples=150, database=None)
    @hypothesis.seed(seed)
    @given(filters, st.sampled_from(contexts))
    def agree(tree: Filter, context: Context) -> None:
        found = products(tree, context).values_list("sku", flat=True)
        assert sorted(found) == sorted(answers[context].skus(tree)), tree.text()

    agree()


# --- What is not understood -------------------------------------------------------------------------------------------


def fault(text: str) -> str:
    with pytest.raises(FilterError) as error:
        check(parse(text))
    return str(error.value)


def make_shop() -> Channel:
    make.make_attribute("select", "color", label="Colour", options=["black", "Red"], filterable=True)
    make.make_attribute("measurement", "weight", settings={"unit_family": "mass"}, filterable=True)
    make.make_attribute("text", "title", localizable=True, filterable=True)
    make.make_attribute("price", "price", filterable=True)
    make.make_attribute("number", "plain", label="Plain number")
    make.make_attribute("table", "sizes", filterable=True, settings={"columns": [{"code": "a", "type": "text"}]})
    make.make_family("lamps")
    make.make_tag("topic", "safety")
    make.make_slot("teaser")
    make.make_association_type("spare")
    return make.make_channel("shop", {"de": "en", "en": ""})


made_shop = once(make_shop)


@pytest.fixture
def shop(made_shop: Made[Channel], db: None) -> Channel:
    return made_shop.again()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = black", "At character 1: there is no attribute or field “colour”; did you mean “color”?"),
        ("id = 1", "At character 1: there is no attribute or field “id”"),
        ("family__code = lamps", "At character 1: there is no attribute or field “family__code”"),
        ("product__changes__actor = x", "At character 1: there is no attribute or field"),
        ("color = blak", "At character 9: “blak” is no option of “color”; did you mean “black”?"),
        ("color in (black, x' or 1=1)", "At character 21: values of a list are parted by commas"),
        ('color = "x\' OR 1=1 --"', "At character 9: “x' OR 1=1 --” is no option of “color”; there are Red, black."),
        (
            "color > black",
            "At character 1: “color” (single choice) cannot be asked with “>”; use =, !=, in, not in, is",
        ),
        ("weight = 3", "At character 10: “3” needs a unit"),
        ("weight < 3 m", "At character 10: “m” is no unit here"),
        ("weight = heavy", "At character 10: "),
        ("weight > ٣ kg", "At character 10: "),
        ("weight > 1e400 kg", "At character 10: "),
        ("weight > NaN kg", "At character 10: "),
        ("weight between 3 kg and 200 g", "At character 25: the lower value must stand first."),
        ("price between 3 EUR and 4 USD", "At character 25: “4 USD” does not compare with the first value."),
        ("price > 3", "At character 9: “3” needs a currency"),
        (
            "plain = 3",
            "At character 1: “plain” cannot be filtered by; tick “filterable” on the attribute “plain” first.",
        ),
        ("sizes is empty", "At character 1: “sizes” is of a type that cannot be filtered by (table)."),
        ("title starts with " + "x" * 161, "At character 19: one to 160 characters can be looked for."),
        ('title contains ""', "At character 16: one to 160 characters can be looked for."),
        ("family = lamp", "At character 10: there is no family “lamp”; did you mean “lamps”?"),
        (
            "family > lamps",
            "At character 1: “family” cannot be asked with “>”; use =, !=, in, not in, is empty, is not",
        ),
        ("category = x", "At character 12: there is no category “x”."),
        ("tag = safety", "At character 7: there is no tag “safety”; did you mean “topic:safety”?"),
        ("status = active", "At character 10: there is no status “active”; there are disabled, draft, enabled."),
        ("level = root", "At character 9: there is no level “root”; there are group, product, variant."),
        ("complete = shop/it", "At character 12: there is no language “it”; there are de, en."),
        ("complete = print/de", "At character 12: there is no channel “print”; there are shop."),
        ("complete is empty", "At character 1: “complete” cannot be asked with “is empty”; use =, !=, in, not in."),
        ("quality = awful", "At character 11: there is no severity “awful”; there are error, hint, warning."),
        ("finding = gtins", "At character 11: there is no quality check “gtins”"),
        ("association:parts is empty", "At character 1: there is no association type “parts”; did you mean “spare”?"),
        ("slot:tease is empty", "At character 1: there is no slot “tease”; did you mean “teaser”?"),
        ("slot:teaser = x", "At character 1: “slot:teaser” cannot be asked with “=”; use is empty, is not empty."),
        ("changed > yesterday", "At character 11: “yesterday” is no date; write it as 2027-03-31."),
        ("changed > 0001-01-01", "At character 11: a day from 1900 to 2999 must stand here."),
        ("changed < 9999-12-31", "At character 11: a day from 1900 to 2999 must stand here."),
        ("color = black and (weight > 1 kg or slots = 3)", "At character 37: there is no attribute or field “slots”"),
    ],
)
def test_names_and_values_that_mean_nothing_are_told_with_their_place(shop: Channel, text: str, message: str) -> None:
    assert fault(text).startswith(message)


@pytest.mark.parametrize(
    "text", ['sku = "\' OR 1=1 --"', 'sku contains "%_\\\\"', "parent = __ and root = 💡", "sku = " + "x" * 9000]
)
def test_what_no_sku_can_be_finds_nothing(shop: Channel, text: str) -> None:
    make.make_product("A")
    assert list(products(parse(text))) == []


def test_the_largest_filters_are_answered(shop: Channel) -> None:
    product = make.make_product("A", facts={"color": "black"})
    many = " or ".join(f"(color = black and weight is empty and sku != X{number})" for number in range(33))
    assert list(products(parse(many))) == [product]
    deep = "not " * 20 + "color in (" + ",".join(["black"] * 500) + ")"
    assert list(products(parse(deep))) == [product]


# --- What is understood -----------------------------------------------------------------------------------------------


def found(text: str, context: Context | None = None) -> list[str]:
    return sorted(products(parse(text), context).values_list("sku", flat=True))


def test_not_equal_holds_where_there_is_no_value(shop: Channel) -> None:
    make.make_product("A", facts={"color": "black"})
    make.make_product("B", facts={"color": "Red"})
    make.make_product("C")
    assert found("color != black") == found("not color = black") == found("color not in (black)") == ["B", "C"]
    assert found("color is not empty and color != black") == ["B"]
    assert found("") == ["A", "B", "C"]


def test_units_and_currencies_are_converted_or_told_apart(shop: Channel) -> None:
    make.make_product("A", facts={"weight": {"amount": "1500", "unit": "g"}})
    make.make_product("B", facts={"weight": {"amount": "1.6", "unit": "kg"}})
    make.make_product(
        "C", facts={"price": {"": [{"amount": "9", "currency": "EUR"}, {"amount": "40", "currency": "RON"}]}}
    )
    assert found("weight between 1.5 kg and 1550 g") == ["A"]
    assert found("price > 10 EUR") == []
    assert found("price > 10 RON") == found("price <= 9 eur") == ["C"]


def test_a_long_text_is_found_by_its_whole_or_its_beginning(shop: Channel) -> None:
    Attribute.objects.filter(code="title").update(type="longtext")
    text = "Über " + "lang " * 100
    make.make_product("A", facts={"title": {"en": text}})
    make.make_product("B", facts={"title": {"en": text + "!"}})
    assert found(f'title = "{text.strip()}"') == ["A"]
    assert found("title starts with über lang") == ["A", "B"]


def test_the_end_of_a_range_belongs_to_it_and_an_open_end_does_not_end() -> None:
    make.make_attribute("number_range", "heat", filterable=True)
    make.make_product("A", facts={"heat": {"": {"from": "1", "to": "3"}}})
    make.make_product("B", facts={"heat": {"": {"from": "3"}}})
    assert found("heat = 3") == found("heat in (3, 0)") == ["A", "B"]
    assert found("heat = 1") == ["A"]
    assert found("heat > 3") == found("heat = 1000000") == ["B"]
    assert found("heat < 3") == ["A"]
    assert found("heat between 0 and 1") == ["A"]


def test_what_was_renamed_is_understood_by_its_former_code(shop: Channel) -> None:
    make.make_product("A", facts={"color": "black"})
    CodeAlias.objects.create(kind="attribute", alias="farbe", code="color")
    CodeAlias.objects.create(kind="attributeoption", scope="color", alias="schwarz", code="black")
    CodeAlias.objects.create(kind="product", alias="a-old", code="A")
    assert found("farbe = schwarz") == found("sku = A-old") == ["A"]


def test_a_record_is_asked_for_by_its_code(shop: Channel) -> None:
    brand = EntityType.objects.create(code="brand")
    Record.objects.create(entity_type=brand, code="Acme")
    make.make_attribute("record", "maker", settings={"entity": "brand"}, filterable=True)
    make.make_product("A", facts={"maker": "Acme"})
    assert found("maker = acme") == ["A"]
    assert fault("maker = acne") == "At character 9: there is no brand “acne”; did you mean “Acme”?"


def test_a_channel_and_a_language_see_their_own_values(shop: Channel) -> None:
    make.make_product("A", facts={"title": {"en": "Lamp"}})
    make.make_product("B", facts={"title": {"en": "Lamp", "de": "Leuchte"}})
    assert found("title = lamp", Context.of(shop)) == ["A"]
    assert found("title = lamp", Context.of(shop, "en")) == ["A", "B"]


def queries_of(text: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        list(products(parse(text)))
    return len(queries)


def test_the_queries_do_not_grow_with_conditions_or_products(shop: Channel) -> None:
    make.make_category("top")
    text = "color = black and weight < 1 kg and category = top and slot:teaser is empty and complete = shop/de"
    make.make_product("A", facts={"color": "black"})
    few = queries_of(text)
    for number in range(20):
        make.make_product(f"A-{number}", facts={"color": "black"})
    assert queries_of(f"({text}) or not ({text} and color != Red and complete = shop/en)") == few
