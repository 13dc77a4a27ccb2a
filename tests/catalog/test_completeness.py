"""Completeness: what channels demand, what products lack of it, and that the stored rows are what a recount gives."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.indexing import differences, refresh
from catalog.indexing.batch import Batch
from catalog.indexing.completeness import CompletenessRows
from catalog.indexing.schema import Schema
from catalog.models import Attribute, Channel, Completeness, Family, Product, Requirement
from catalog.operations.assets import attach
from catalog.operations.fragments import place
from catalog.operations.inheriting import set_own_only
from catalog.operations.products import INHERIT, save_product, set_facts
from catalog.operations.recording import store
from catalog.operations.requirements import save_requirement
from catalog.operations.reviewing import retire
from exports.releasing.committing import release
from exports.releasing.problems import report_of
from tests import factories as make
from tests.admin_pages import queries
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def demand(family: Family, channel: Channel, condition: str = "", **what: Any) -> Requirement:
    requirement = Requirement(family=family, channel=channel, condition=condition, **what)
    save_requirement(ACTOR, requirement)
    return requirement


def lamps(*codes: str, **fields: Any) -> Family:
    """A family with a name in each language, a weight, a colour and a price by channel."""
    attributes = [
        make.make_attribute("text", "name", label="Name", localizable=True),
        make.make_attribute("measurement", "weight", settings={"unit_family": "mass", "unit": "kg"}),
        make.make_attribute("select", "color", options=["red", "blue"], filterable=True),
        make.make_attribute("price", "price", per_channel=True),
        make.make_attribute("asset", "photo"),
    ]
    return make.make_family("lamps", attributes, label_attribute=attributes[0], **fields)


def fact(code: str) -> Attribute:
    return Attribute.objects.get(code=code)


def missing(sku: str, channel: str = "shop") -> dict[str, list[str]]:
    """What a product lacks, by language; refreshed first, as every operation does."""
    product = Product.objects.get(sku=sku)
    refresh([product.pk])
    rows = Completeness.objects.filter(product=product, channel__code=channel).order_by("language")
    return {row.language: row.missing for row in rows}


# --- Files that facts name ------------------------------------------------------------------------------------------


def test_a_picture_fact_from_above_fills_no_role_below_a_level_that_takes_only_its_own() -> None:
    family, shop = lamps(), make.make_channel("shop")
    demand(family, shop, asset_role="main")
    family.image_attribute = fact("photo")
    store(ACTOR, family)
    make.make_asset("picture")
    make.make_product("L", family, {"photo": "picture"})
    make.make_product("L-1", parent=Product.objects.get(sku="L"))
    make.make_product("L-2", parent=Product.objects.get(sku="L"), facts={"photo": "picture"})
    for sku in ("L-1", "L-2"):
        set_own_only(ACTOR, Product.objects.get(sku=sku), add=["asset:main"])
    assert (missing("L-1"), missing("L-2")) == ({"en": ["asset:main"]}, {"en": []})
    assert {row["sku"] for row in report_of(release(ACTOR, shop).release)} == {"L-1"}
    set_own_only(ACTOR, Product.objects.get(sku="L-1"), remove=["asset:main"])
    assert missing("L-1") == {"en": []}
    assert not report_of(release(ACTOR, shop).release)


def test_a_role_that_is_cut_off_leaves_the_files_of_a_fact_in_other_roles() -> None:
    family, shop = lamps(), make.make_channel("shop")
    for role in ("photo", "main"):
        demand(family, shop, asset_role=role)
    make.make_asset("picture")
    make.make_product("L", family, {"photo": "picture"})
    make.make_product("L-1", parent=Product.objects.get(sku="L"))
    set_own_only(ACTOR, Product.objects.get(sku="L-1"), add=["asset:main"])
    assert missing("L-1") == {"en": ["asset:main"]}
    set_own_only(ACTOR, Product.objects.get(sku="L-1"), add=["asset:photo"])
    assert missing("L-1") == {"en": ["asset:photo", "asset:main"]}


def test_of_several_files_the_first_is_the_main_picture_and_the_others_have_the_role_of_their_fact() -> None:
    photos = make.make_attribute("assets", "photos")
    family, shop = make.make_family("f", [photos], image_attribute=photos), make.make_channel("shop")
    for role in ("main", "photos"):
        demand(family, shop, asset_role=role)
    for code in ("one", "two"):
        make.make_asset(code)
    make.make_product("A", family, {"photos": ["one"]})
    make.make_product("B", family, {"photos": ["one", "two"]})
    assert (missing("A"), missing("B")) == ({"en": ["asset:photos"]}, {"en": []})


# --- What counts ------------------------------------------------------------------------------------------------------


def test_a_fact_is_missing_in_the_languages_whose_chain_does_not_say_it() -> None:
    family, channel = lamps(), make.make_channel("shop", {"de": "en", "en": "", "it": ""})
    demand(family, channel, attribute=fact("name"))
    make.make_product("L", family, {"name": {"en": "Lamp"}})
    assert missing("L") == {"de": [], "en": [], "it": ["fact:name"]}
    row = Completeness.objects.get(language="it")
    assert (row.required, row.filled, row.complete) == (1, 0, False)


def test_variants_count_what_they_inherit_and_groups_are_not_asked() -> None:
    family, channel = lamps(), make.make_channel("shop")
    for code in ("name", "weight"):
        demand(family, channel, attribute=fact(code))
    make.make_product("L", family, {"name": {"en": "Lamp"}})
    assert missing("L") == {"en": ["fact:weight"]}
    make.make_product("L-1", parent=Product.objects.get(sku="L"))
    assert missing("L-1") == {"en": ["fact:weight"]}
    assert missing("L") == {}


def test_a_fact_emptied_below_is_missing_there() -> None:
    family, channel = lamps(), make.make_channel("shop")
    demand(family, channel, attribute=fact("color"))
    parent = make.make_product("L", family, {"color": "red"})
    make.make_product("L-1", parent=parent)
    make.make_product("L-2", parent=parent, facts={"color": {"": None}})
    assert (missing("L-1"), missing("L-2")) == ({"en": []}, {"en": ["fact:color"]})


def test_a_price_counts_in_the_channels_currency_only() -> None:
    family = lamps()
    shop, outlet = make.make_channel("shop", currencies=["RON"]), make.make_channel("outlet", currencies=["EUR"])
    for channel in (shop, outlet):
        demand(family, channel, attribute=fact("price"))
    make.make_product("L", family, {"price": [{"amount": "9.00", "currency": "EUR"}]})
    assert (missing("L"), missing("L", "outlet")) == ({"en": ["fact:price"]}, {"en": []})


def test_a_text_counts_if_it_is_approved_for_the_channel_in_one_of_the_languages() -> None:
    family, shop = lamps(), make.make_channel("shop", ["en", "it"])
    slot = make.make_slot("teaser")
    demand(family, shop, slot=slot)
    product = make.make_product("L", family)
    draft = make.make_fragment(body={"en": "Light."})
    place(ACTOR, draft, slot, product)
    assert missing("L") == {"en": ["slot:teaser"], "it": ["slot:teaser"]}
    fragment = make.make_fragment(body={"en": "Light."}, approved=True, media=["print"])
    place(ACTOR, fragment, slot, family)
    assert missing("L") == {"en": ["slot:teaser"], "it": ["slot:teaser"]}
    spoken = make.make_fragment(body={"en": "Light."}, approved=True, media=["web"])
    place(ACTOR, spoken, slot, product)
    assert missing("L") == {"en": [], "it": ["slot:teaser"]}
    retire(ACTOR, spoken)
    assert missing("L") == {"en": ["slot:teaser"], "it": ["slot:teaser"]}


def test_a_file_counts_where_it_is_attached_inherited_or_named_by_the_familys_picture() -> None:
    family, channel = lamps(), make.make_channel("shop")
    for role in ("main", "manual", "photo"):
        demand(family, channel, asset_role=role)
    asset = make.make_asset("pic")
    parent = make.make_product("L", family)
    make.make_product("L-1", parent=parent)
    assert missing("L-1") == {"en": ["asset:main", "asset:manual", "asset:photo"]}
    attach(ACTOR, parent, asset, "Manual")
    set_facts(ACTOR, parent, {"photo": {"": "pic"}})
    assert missing("L-1") == {"en": ["asset:main"]}
    family.image_attribute = fact("photo")
    store(ACTOR, family)
    assert missing("L-1") == {"en": ["asset:photo"]}


def test_retired_channels_demand_nothing() -> None:
    family, channel = lamps(), make.make_channel("shop", retired=True)
    demand(family, channel, attribute=fact("weight"))
    make.make_product("L", family)
    assert missing("L") == {}


def test_a_channel_that_retires_takes_its_demands_with_it() -> None:
    family, channel = lamps(), make.make_channel("shop")
    for code in ("weight", "color"):
        demand(family, channel, attribute=fact(code))
    product = make.make_product("L", family)
    assert missing("L") == {"en": ["fact:weight", "fact:color"]}
    Channel.objects.update(retired=True)
    set_facts(ACTOR, product, {"color": {"": "red"}})
    refresh([product.pk], attributes=["color"])
    assert missing("L") == {}


# --- Conditions -------------------------------------------------------------------------------------------------------


def test_only_products_that_meet_the_condition_are_asked() -> None:
    family, channel = lamps(), make.make_channel("shop")
    demand(family, channel, "color = red", attribute=fact("weight"))
    make.make_product("RED", family, {"color": "red"})
    make.make_product("BLUE", family, {"color": "blue"})
    assert (missing("RED"), missing("BLUE")) == ({"en": ["fact:weight"]}, {"en": []})
    assert Completeness.objects.get(product__sku="BLUE").required == 0


def test_a_change_of_the_fact_a_condition_asks_for_counts_at_once() -> None:
    family, channel = lamps(), make.make_channel("shop")
    demand(family, channel, "color = red", attribute=fact("weight"))
    product = make.make_product("L", family, {"color": "blue"})
    assert missing("L") == {"en": []}
    set_facts(ACTOR, product, {"color": {"": "red"}})
    refresh([product.pk], attributes=["color"])
    assert Completeness.objects.get().missing == ["fact:weight"]


def test_a_condition_on_a_category_counts_for_those_below_it() -> None:
    family, channel = lamps(), make.make_channel("shop")
    root = make.make_category("lighting")
    demand(family, channel, "category = lighting", attribute=fact("weight"))
    make.make_product("IN", family, categories=[make.make_category("indoor", root)])
    make.make_product("OUT", family)
    assert (missing("IN"), missing("OUT")) == ({"en": ["fact:weight"]}, {"en": []})


def test_a_condition_that_cannot_be_understood_any_more_lets_nothing_through() -> None:
    family, channel = lamps(), make.make_channel("shop")
    row = demand(family, channel, attribute=fact("weight"))
    Requirement.objects.filter(pk=row.pk).update(condition="voltage = 230")
    make.make_product("L", family)
    assert missing("L") == {"en": ["fact:weight"]}


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("colour = red", "no attribute"),
        ("color = ", "At character"),
        ("color = mauve", "mauve"),
        ("(" * 50 + "color = red" + ")" * 50, "At character"),
        ("quality = error", "a condition cannot ask for “quality”"),
        ("not (color = red or complete = shop)", "a condition cannot ask for “complete”"),
        ("changed >= 2027-01-01", "a condition cannot ask for “changed”"),
    ],
)
def test_a_condition_is_refused_with_its_place(condition: str, reason: str) -> None:
    family, channel = lamps(), make.make_channel("shop")
    with pytest.raises(ValidationError, match=reason) as refused:
        demand(family, channel, condition, attribute=fact("weight"))
    assert list(refused.value.error_dict) == ["condition"]
    assert not Requirement.objects.exists()


# --- Kept -------------------------------------------------------------------------------------------------------------


def test_where_one_fact_changed_the_rest_of_what_is_missing_stays() -> None:
    family, channel = lamps(), make.make_channel("shop", ["en", "it"])
    for code in ("name", "weight", "color"):
        demand(family, channel, attribute=fact(code))
    product = make.make_product("L", family, {"weight": {"amount": "1", "unit": "kg"}})
    refresh([product.pk])
    set_facts(ACTOR, product, {"weight": {"": None}, "name": {"it": "Lampada"}})
    refresh([product.pk], attributes=["weight", "name"])
    rows = {row.language: (row.filled, row.missing) for row in Completeness.objects.all()}
    assert rows == {
        "en": (0, ["fact:name", "fact:weight", "fact:color"]),
        "it": (1, ["fact:weight", "fact:color"]),
    }


def test_the_queries_do_not_grow_with_the_products() -> None:
    family, channel = lamps(), make.make_channel("shop")
    demand(family, channel, "color = red", attribute=fact("weight"))
    demand(family, channel, attribute=fact("name"))
    demand(family, channel, slot=make.make_slot("teaser"))
    demand(family, channel, asset_role="main")
    ids = [make.make_product(f"L-{number}", family, {"color": "red"}).pk for number in range(22)]
    refresh(ids)

    def cost(some: list[int]) -> int:
        Product.objects.filter(pk__in=some).update(values={})
        return queries(lambda: CompletenessRows().difference(Batch(Schema(), some)).write())

    assert cost(ids[:2]) == cost(ids[2:])


WORDS = st.sampled_from(["name", "weight", "color", "move", "leave", "lose"])
SCOPED: dict[str, list[dict[str, Any]]] = {
    "name": [{"en": "Lamp"}, {"it": "Lampada"}, {"en": None}, {"en": INHERIT, "it": INHERIT}],
    "weight": [{"": {"amount": "1", "unit": "kg"}}, {"": None}, {"": INHERIT}],
    "color": [{"": "red"}, {"": "blue"}, {"": INHERIT}],
}


class KeptCompleteness(TestCase):
    """After any writes, the stored rows are those of a recount."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(WORDS, st.integers(0, 3), st.integers(0, 3)), max_size=8))
    def test_stored_rows_equal_a_recount(self, steps: list[tuple[str, int, int]]) -> None:
        family, channel = lamps(), make.make_channel("shop", {"en": "", "it": "en", "de": ""})
        demand(family, channel, attribute=fact("name"))
        demand(family, channel, "color = red", attribute=fact("weight"))
        demand(family, channel, attribute=fact("color"))
        root = make.make_product("L", family)
        middle = make.make_product("L-1", parent=root)
        products = [root, middle, make.make_product("L-1-1", parent=middle), make.make_product("M", family)]
        refresh([product.pk for product in products])
        for what, which, choice in steps:
            product = Product.objects.get(pk=products[which].pk)
            self.write(product, what, choice)
        assert differences().get("completeness", []) == []

    def write(self, product: Product, what: str, choice: int) -> None:
        if what in SCOPED:
            set_facts(ACTOR, product, {what: SCOPED[what][choice % len(SCOPED[what])]})
            refresh([product.pk], attributes=[what])
            return
        above = product.parent_id
        if what == "leave" and above:
            product.parent = None
        elif what == "move" and product.sku == "M":
            product.parent = Product.objects.get(sku="L")
        elif what == "lose":
            product.status = Product.Status.DISABLED
        save_product(ACTOR, product, {})
        refresh({product.pk, above or product.pk})
