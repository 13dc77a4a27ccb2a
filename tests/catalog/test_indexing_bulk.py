"""Facts said on many products at once: documents changed where they are, and all that is derived of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.indexing import differences
from catalog.models import Product, Requirement, SearchText
from catalog.operations.bulk import STATEMENTS, Report, set_fact_on
from catalog.operations.products import INHERIT
from catalog.operations.recording import store
from catalog.values.sortable import number_key
from tests.catalog.test_indexing import entries
from tests.factories import ACTOR, make_attribute, make_channel, make_family, make_product, require

pytestmark = pytest.mark.django_db


def test_many_documents_that_differ_are_changed_each_in_its_own_way() -> None:
    """More kinds of documents than get a statement each, with codes that mean something to a path."""
    make_attribute("text", "my.title-1", localizable=True, filterable=True)
    make_attribute("number", "weight", filterable=True)
    products = [make_product(facts={"weight": "3", "my.title-1": {"de": f"Stuhl {n}"}}) for n in range(STATEMENTS + 2)]
    assert set_fact_on(ACTOR, products, {"my.title-1": {"en": "Chair"}}) == Report(len(products), 0)
    assert [row.values for row in Product.objects.order_by("pk")] == [
        {"weight": {"": "3"}, "my.title-1": {"de": f"Stuhl {n}", "en": "Chair"}} for n in range(len(products))
    ]
    assert set_fact_on(ACTOR, products, {"my.title-1": {"en": INHERIT, "de": INHERIT}}).changed == len(products)
    assert {str(row.values) for row in Product.objects.all()} == {str({"weight": {"": "3"}})}
    assert differences() == {}


def test_a_fact_said_on_many_brings_along_what_is_computed_of_it_and_of_others() -> None:
    width = make_attribute("number", "width", filterable=True, settings={"default": "2"})
    depth = make_attribute("number", "depth")
    area = make_attribute(
        "computed", "area", filterable=True, settings={"expression": "width * depth", "result": "number"}
    )
    family = make_family("tables", [width, depth, area])
    group = make_product("G", family, {"depth": "5"})
    leaf, other = make_product("L", parent=group), make_product("O", parent=group, facts={"width": "9"})
    assert set_fact_on(ACTOR, [group], {"width": {"": "3"}}) == Report(1, 0)
    assert entries(leaf, "area") == {"": [number_key(Decimal(15))]}
    assert entries(other, "area") == {"": [number_key(Decimal(45))]}
    assert set_fact_on(ACTOR, Product.objects.all(), {"width": {"": None}}) == Report(3, 0)
    assert entries(leaf, "area") == {}
    assert differences() == {}


def test_a_choice_that_is_a_name_or_is_required_if_said_follows_where_it_is_said_on_many() -> None:
    color = make_attribute("select", "color", options=["red", "blue"], filterable=True)
    size = make_attribute("select", "size", options=["s", "m"], filterable=True, per_channel=True)
    family = make_family("shirts", [color, size], label_attribute=color)
    shop = make_channel("shop", ["en"])
    require(family, shop, "size")
    store(ACTOR, Requirement(family=family, channel=shop, asset_role="main", condition="color = red"))
    products = [make_product(family=family) for _ in range(3)]
    for facts in ({"color": {"": "red"}}, {"size": {"@shop": "m"}}, {"color": {"": "blue"}}, {"size": {"": "s"}}):
        set_fact_on(ACTOR, products, facts)
        assert differences() == {}
    assert SearchText.objects.filter(name__contains="blue").count() == 3


@pytest.mark.parametrize("value", ["red", "Größe 5", '5"', "back\\slash", "\N{PILE OF POO}"])
def test_a_product_that_says_it_already_is_left_alone_however_it_is_spelled(value: str) -> None:
    make_attribute("text", "note", filterable=True)
    products = [make_product(facts={"note": said}) for said in (value, "other")]
    assert set_fact_on(ACTOR, products, {"note": {"": value}}) == Report(1, 1)
    assert set_fact_on(ACTOR, products, {"note": {"": value}}) == Report(0, 2)
    assert {row.values["note"][""] for row in Product.objects.all()} == {value}
    assert differences() == {}


def test_who_is_known_to_have_the_value_may_still_have_to_say_it() -> None:
    """The index has it of those that inherit it, and of those that spell it otherwise."""
    make_attribute("text", "note", filterable=True)
    color = make_attribute("select", "color", options=["red", "blue"], filterable=True)
    top = make_product("top", make_family("shirts", [color]), {"note": "red", "color": "red"})
    make_product("below", parent=top)
    make_product("otherwise", top.family, {"note": "Red", "color": "red"})
    facts = {"note": {"": "red"}, "color": {"": "red"}}
    assert set_fact_on(ACTOR, Product.objects.all(), facts) == Report(2, 1)
    assert [row.values for row in Product.objects.all()] == [facts] * 3
    assert differences() == {}


def test_what_was_said_for_some_before_everybody_was_meant_is_kept() -> None:
    """An attribute that no longer differs by language still holds what was said in each."""
    attribute = make_attribute("text", "note", localizable=True, filterable=True)
    product = make_product(facts={"note": {"de": "rot"}})
    attribute.localizable = False
    store(ACTOR, attribute)
    assert set_fact_on(ACTOR, [product], {"note": {"": "red"}}) == Report(1, 0)
    assert Product.objects.get().values == {"note": {"de": "rot", "": "red"}}
    assert entries(product, "note") == {"": ["red"]}
    assert differences() == {}


def test_entries_are_exchanged_where_all_had_one_and_made_where_some_had_none_or_several() -> None:
    make_attribute("multiselect", "uses", options=["home", "work"], filterable=True)
    make_attribute("select", "color", options=["red", "blue"], filterable=True)
    products = [make_product(facts={"uses": uses}) for uses in (["home", "work"], ["work"], None)]
    for uses, color in ((["work"], "red"), (["home"], "blue"), (["home", "work"], "red"), (["work"], None)):
        assert set_fact_on(ACTOR, products, {"uses": {"": uses}, "color": {"": color}}) == Report(3, 0)
        assert differences() == {}
    assert set_fact_on(ACTOR, products, {"color": {"": "red"}}) == Report(3, 0)
    with CaptureQueriesContext(connection) as queries:
        set_fact_on(ACTOR, products, {"color": {"": "blue"}})
    assert not [query for query in queries if 'SELECT "catalog_factentry"."id"' in query["sql"]]
    assert [entries(product, "color") for product in products] == [{"": ["blue"]}] * 3
    assert differences() == {}


def test_where_nothing_is_said_nothing_changes() -> None:
    make_attribute("number", "width")
    products = [make_product(facts={"width": "3"})]
    assert set_fact_on(ACTOR, products, {}) == set_fact_on(ACTOR, products, {"width": {}}) == Report(0, 1)
