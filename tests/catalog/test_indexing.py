"""Derived rows: which there are, and that writes keep them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.indexing import differences, rebuild, refresh
from catalog.indexing.batch import Batch
from catalog.indexing.schema import Schema
from catalog.indexing.touched import gathering
from catalog.models import (
    Attribute,
    ChannelLanguage,
    FacetTerm,
    FactContext,
    FactEntry,
    Product,
    ProductIndex,
    SearchText,
)
from catalog.operations.bulk import Report, set_fact_on
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import INHERIT, save_product, set_facts
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve
from catalog.terms import packed, unpacked
from catalog.values.contexts import MAX_KEY, context_key
from catalog.values.effective import effective
from tests.factories import (
    ACTOR,
    make_attribute,
    make_category,
    make_channel,
    make_family,
    make_family_variant,
    make_fragment,
    make_product,
    make_slot,
)

pytestmark = pytest.mark.django_db


def entries(product: Product, code: str) -> dict[str, list[str]]:
    """The keys of a fact by context."""
    rows = FactEntry.objects.filter(product=product, attribute__code=code).order_by("context__key", "key")
    found: dict[str, list[str]] = {}
    for context, key in rows.values_list("context__key", "key"):
        found.setdefault(context, []).append(key)
    return found


def terms(product: Product) -> set[str]:
    """The facet terms of a product."""
    ids = unpacked(bytes(ProductIndex.objects.get(product=product).terms))
    return set(FacetTerm.objects.filter(pk__in=ids).values_list("key", flat=True))


# --- What is refused, and what is not there --------------------------------------------------------------------------
def test_products_that_are_gone_are_nothing_to_refresh() -> None:
    refresh([4711])
    refresh([])
    assert FactEntry.objects.count() == ProductIndex.objects.count() == 0


def test_a_circle_of_parents_is_walked_once() -> None:
    one = make_product("ONE")
    two = make_product("TWO", parent=one)
    Product.objects.filter(pk=one.pk).update(parent=two)
    refresh([one.pk])
    assert sorted(row.pk for row in Batch(Schema(), [one.pk, two.pk]).lines[one.pk]) == sorted([one.pk, two.pk])


def test_values_of_attributes_that_are_none_are_left_alone() -> None:
    product = make_product("ONE")
    Product.objects.filter(pk=product.pk).update(values={"no/code": {"": "x"}, "gone": {"": "y"}, "x" * 300: {"": 1}})
    refresh([product.pk])
    assert FactEntry.objects.count() == 0


def test_a_fact_that_is_wrong_is_said_on_no_product_at_all() -> None:
    make_attribute("number", "power", filterable=True)
    products = [make_product(), make_product()]
    with pytest.raises(ValidationError, match="power"):
        set_fact_on(ACTOR, products, {"power": {"": "many"}})
    with pytest.raises(ValidationError, match="There is no attribute"):
        set_fact_on(ACTOR, products, {"pow\x00er": {"": "1"}})
    assert [product.values for product in Product.objects.all()] == [{}, {}]


def test_what_tells_products_apart_is_not_said_on_many() -> None:
    serial = make_attribute("text", "serial", unique=True)
    size = make_attribute("select", "size", options=["s"])
    make_family_variant(make_family("shirts", [serial, size]), [size])
    for code, value in (("serial", "1"), ("size", "s")):
        with pytest.raises(ValidationError, match="tells products apart"):
            set_fact_on(ACTOR, [make_product()], {code: {"": value}})


# --- The fact index --------------------------------------------------------------------------------------------------
def test_only_what_is_filterable_or_unique_is_indexed() -> None:
    make_attribute("text", "plain")
    make_attribute("text", "listed", filterable=True)
    make_attribute("text", "single", unique=True)
    product = make_product(facts={"plain": "a", "listed": "B", "single": "c"})
    assert [entries(product, code) for code in ("plain", "listed", "single")] == [{}, {"": ["b"]}, {"": ["c"]}]


def test_an_own_value_an_inherited_one_and_an_emptied_one() -> None:
    make_attribute("select", "color", options=["Red", "Blue"], filterable=True)
    root = make_product("ROOT", facts={"color": "red"})
    middle = make_product("MIDDLE", parent=root)
    leaf = make_product("LEAF", parent=middle, facts={"color": None})
    assert [entries(row, "color") for row in (root, middle, leaf)] == [{"": ["red"]}, {"": ["red"]}, {}]
    set_facts(ACTOR, root, {"color": {"": "blue"}})
    set_facts(ACTOR, leaf, {"color": {"": INHERIT}})
    assert [entries(row, "color") for row in (root, middle, leaf)] == [{"": ["blue"]}] * 3
    assert [terms(row) for row in (root, middle, leaf)] == [{"blue"}] * 3


def test_a_familys_own_facts_and_defaults_are_indexed() -> None:
    color = make_attribute("select", "color", options=["red"], filterable=True)
    power = make_attribute("number", "power", filterable=True, settings={"default": "5"})
    family = make_family("lamps", [color, power])
    product = make_product(family=family)
    assert entries(product, "color") == {}
    assert len(entries(product, "power")[""]) == 1
    family.values = {"color": {"": "red"}}
    store(ACTOR, family)
    assert entries(product, "color") == {"": ["red"]}


def test_a_value_per_language_counts_for_every_chain_that_reaches_it() -> None:
    make_channel("print", {"de": "fr", "fr": ""})
    make_attribute("text", "name", localizable=True, filterable=True)
    product = make_product(facts={"name": {"en": "Lamp", "fr": "Lampe"}})
    found = entries(product, "name")
    assert found["en"] == found["de>en"] == ["lamp"]
    assert found["fr"] == found["fr>en"] == found["de>fr"] == ["lampe"]


def test_a_value_per_channel_counts_there_and_the_general_one_elsewhere() -> None:
    for code in ("print", "web"):
        make_channel(code)
    make_attribute("select", "tone", options=["warm", "cold"], per_channel=True, filterable=True)
    product = make_product(facts={"tone": {"": "warm", "@print": "cold"}})
    assert entries(product, "tone") == {"": ["warm"], "@print": ["cold"], "@web": ["warm"]}
    assert terms(product) == {"warm"}
    make_channel("shop")
    assert entries(product, "tone")["@shop"] == ["warm"]


def test_a_language_added_to_a_channel_and_taken_away_again() -> None:
    channel = make_channel("print", ["de"])
    make_attribute("text", "name", localizable=True, filterable=True)
    product = make_product(facts={"name": {"es": "Lámpara"}})
    assert "it>es" not in entries(product, "name")
    with gathering():
        for language, fallback in (("it", "es"), ("es", "")):
            store(ACTOR, ChannelLanguage(channel=channel, language=language, fallback=fallback))
        assert "it>es" not in entries(product, "name")
    assert entries(product, "name")["it>es"] == ["lámpara"]
    remove(ACTOR, channel.languages.get(language="it"))
    assert "it>es" not in entries(product, "name")


def test_an_attribute_made_filterable_and_no_longer() -> None:
    attribute = make_attribute("select", "color", options=["red"])
    product = make_product(facts={"color": "red"})
    for filterable, expected in ((True, {"red"}), (False, set())):
        attribute.filterable = filterable
        store(ACTOR, attribute)
        assert set(entries(product, "color").get("", [])) == terms(product) == expected


def test_the_quick_way_for_plain_facts_agrees_with_the_full_one() -> None:
    for code in ("one", "two", "three"):
        make_attribute("text", code, filterable=True)
    root = make_product("ROOT", facts={"one": "a", "two": "b", "three": "c"})
    leaf = make_product("LEAF", parent=root, facts={"one": None, "two": "d"})
    batch = Batch(Schema(), [leaf.pk])
    (row,) = batch.rows
    choice = batch.choice(row, "all", lambda _: True)
    full = effective(choice.specs, batch.levels(row, choice), "", ("en",))
    expected = {code: found.winner.value for code, found in full.items() if found.winner.value is not None}
    assert choice.plain
    assert {each.spec.code: value for each, value in batch.values(row, choice, "", ())} == expected


def test_keys_of_contexts_have_a_length() -> None:
    assert [context_key("", ()), context_key("print", ()), context_key("print", ("de", "en"))] == [
        "",
        "@print",
        "de>en@print",
    ]
    long = context_key("c" * 100, ["xx-YY"] * 40)
    assert len(long) == MAX_KEY
    assert long != context_key("d" * 100, ["xx-YY"] * 40)


def test_terms_are_packed_in_order() -> None:
    assert packed([258, 1]) == b"\x01\x00\x00\x00\x02\x01\x00\x00"
    assert list(unpacked(packed([258, 1]))) == [1, 258]


# --- Keeping ---------------------------------------------------------------------------------------------------------
def test_a_change_makes_findings_out_of_date() -> None:
    make_attribute("number", "power")
    product = make_product()
    ProductIndex.objects.update(checked=True, likeness="same")
    set_facts(ACTOR, product, {"power": {"": "1"}})
    assert ProductIndex.objects.values_list("checked", "likeness").get() == (False, "")


def test_a_deleted_product_leaves_nothing() -> None:
    make_attribute("select", "color", options=["red"], filterable=True)
    remove(ACTOR, make_product(facts={"color": "red"}))
    assert FactEntry.objects.count() == ProductIndex.objects.count() == SearchText.objects.count() == 0


def test_a_fact_said_on_many_products_is_theirs_and_of_those_below() -> None:
    make_attribute("select", "color", options=["red", "blue"], filterable=True)
    parents = [make_product(facts={"color": "red"}) for _ in range(3)]
    child = make_product(parent=parents[0])
    assert set_fact_on(ACTOR, Product.objects.filter(parent=None), {"COLOR": {"": "Blue"}}) == Report(3, 0)
    assert entries(child, "color") == {"": ["blue"]}
    assert set_fact_on(ACTOR, [row.pk for row in parents], {"color": {"": "blue"}}) == Report(0, 3)
    assert set_fact_on(ACTOR, parents, {"color": {"": INHERIT}}) == Report(3, 0)
    assert entries(child, "color") == {}
    assert Product.objects.get(pk=parents[0].pk).values == {}
    assert differences() == {}


@pytest.mark.parametrize("others", [{}, {"de": "Stuhl"}], ids=["all the same", "each its own"])
def test_the_rest_of_a_document_stays_as_it_is_when_a_fact_is_said_on_many(others: dict[str, str]) -> None:
    make_attribute("text", "title", localizable=True, filterable=True)
    make_attribute("text", "note")
    note = 'a "quoted" \\ word, Ärger, \N{GRINNING FACE}, 1.0'
    products = [make_product(facts={"note": note}), make_product(facts={"note": note})]
    set_facts(ACTOR, products[0], {"title": others})
    assert set_fact_on(ACTOR, products, {"title": {"en": "Chair", "it": None}}) == Report(2, 0)
    title = {"en": "Chair", "it": None}
    assert Product.objects.get(pk=products[1].pk).values == {"note": {"": note}, "title": title}
    assert Product.objects.get(pk=products[0].pk).values == {"note": {"": note}, "title": {**title, **others}}
    assert differences() == {}


def _save(product: Product) -> None:
    save_product(ACTOR, product, {"power": {"": str(Product.objects.count())}})


def _say_on_all(_: Product) -> None:
    set_fact_on(ACTOR, Product.objects.all(), {"power": {"": str(Product.objects.count() + 1)}})


def _make_searchable(_: Product) -> None:
    attribute = Attribute.objects.get(code="power")
    attribute.unique = not attribute.unique
    store(ACTOR, attribute)


@pytest.mark.parametrize("write", [_save, _say_on_all, _make_searchable], ids=["one", "many", "schema"])
def test_the_queries_do_not_grow_with_the_products(write: Callable[[Product], Any]) -> None:
    power = make_attribute("number", "power", filterable=True)
    family = make_family("lamps", [power])
    roof = make_category("roof")
    root = make_product("ROOT", family, {"power": "1"}, [roof])
    counts = []
    for size in (2, 20):
        for _ in range(size):
            make_product(parent=root, categories=[roof], facts={"power": "7"})
        write(root)
        with CaptureQueriesContext(connection) as queries:
            write(root)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_approving_a_fragment_costs_the_same_for_many_products() -> None:
    roof = make_category("roof")
    fragment = make_fragment("hot", "Steam", approved=True)
    place(ACTOR, fragment, make_slot("warning"), roof)
    counts = []
    for size in (2, 20):
        for _ in range(size):
            make_product(categories=[roof])
        write_fragment(ACTOR, fragment, title={}, body={"en": f"<p>Steam {size}</p>"})
        with CaptureQueriesContext(connection) as queries:
            approve(ACTOR, fragment)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Commands --------------------------------------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("reindex", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_what_differs_is_counted_then_mended() -> None:
    make_attribute("select", "color", options=["red"], filterable=True)
    make_product(facts={"color": "red"})
    assert run("--check") == "Everything is up to date."
    FactEntry.objects.all().delete()
    SearchText.objects.update(name="wrong")
    ProductIndex.objects.update(terms=b"")
    with pytest.raises(CommandError, match=r"Run manage\.py reindex"):
        run("--check")
    assert run() == "3 rows were brought up to date."
    assert json.loads(run("--check", "--json")) == {}
    assert json.loads(run("--json")) == {"written": 0}


def test_a_rebuild_tells_how_far_it_is_and_forgets_contexts_of_nobody() -> None:
    make_product()
    FactContext.objects.create(key="@gone")
    said: list[tuple[int, int]] = []
    rebuild(lambda done, total: said.append((done, total)))
    assert said == [(1, 1)]
    assert not FactContext.objects.filter(key="@gone").exists()
