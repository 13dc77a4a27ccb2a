"""Where something is used is told before it goes: rows, facts, filters, references."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from catalog.models import EntityType, Family, FamilyVariantAttribute, Product, Record
from catalog.operations.associations import associate
from catalog.operations.fragments import place, write_fragment
from catalog.operations.recording import store
from catalog.usage import uses_of
from tests.factories import (
    ACTOR,
    make_asset,
    make_association_type,
    make_attribute,
    make_audience,
    make_category,
    make_channel,
    make_family,
    make_family_variant,
    make_fragment,
    make_market,
    make_product,
    make_slot,
    make_tag,
    require,
)

pytestmark = pytest.mark.django_db


def told(instance: Model) -> dict[str, tuple[int, list[str]]]:
    return {use.label: (use.count, [str(row) for row in use.examples]) for use in uses_of(instance)}


def test_what_nothing_uses_has_no_uses() -> None:
    make_product("A", make_family("f", [make_attribute("text", "name")]), {"name": "x"})
    unused: list[Model] = [
        make_attribute("text", "color"),
        make_attribute("select", "size", options=["s"]).options.get(),
        make_family("g"),
        make_category("c"),
        make_tag(),
        make_slot("teaser"),
        make_channel("web"),
        make_asset("picture"),
        make_fragment("claim", approved=True),
        make_market(),
        make_audience(),
        make_association_type(),
    ]
    assert [uses_of(instance) for instance in unused] == [[]] * len(unused)


def test_an_attribute_is_used_by_families_facts_filters_and_texts() -> None:
    color = make_attribute("text", "color")
    web = make_channel("web", selection="color = black and not name is empty", text_limits={"color": 10})
    family = make_family("f", [color, make_attribute("text", "name")], label_attribute=color)
    family.values = {"color": {"": "white"}}
    store(ACTOR, family)
    requirement = require(family, web, "name")
    requirement.condition = "color = black"
    store(ACTOR, requirement)
    make_product("A", family, {"color": "black"})
    make_product("B", family, {"name": "color"})
    fragment = make_fragment("claim", {"de": "In {{ fact:Color }}."}, approved=True)
    assert told(color) == {
        "Facts of products": (1, ["A"]),
        "Facts of families": (1, ["f"]),
        "Family attributes": (1, ["f: color"]),
        "Families (label attribute)": (1, ["f"]),
        "Selections of channels": (1, ["web"]),
        "Conditions of requirements": (1, [str(requirement)]),
        "References in fragments": (1, [fragment.code]),
        "Approved texts": (1, [fragment.code]),
        "Limits of channels' texts": (1, ["web"]),
    }


def test_an_option_is_used_where_it_is_chosen_and_not_where_its_code_is_a_text() -> None:
    color = make_attribute("select", "color", options=["black", "white", "black-matt"])
    colors = make_attribute("multiselect", "colors", options=["black", "white"])
    name = make_attribute("text", "name")
    family = make_family("f", [color, colors, name])
    make_product("A", family, {"color": "black"})
    make_product("B", family, {"name": "black", "color": "black-matt"})
    make_product("C", family, {"colors": ["white", "black"]})
    make_channel("web", selection="color in (black, white)")
    assert told(color.options.get(code="black")) == {
        "Facts of products": (1, ["A"]),
        "Selections of channels": (1, ["web"]),
    }
    assert told(colors.options.get(code="black")) == {"Facts of products": (1, ["C"])}


def test_an_asset_is_used_by_products_facts_and_options() -> None:
    asset = make_asset("photo")
    image = make_attribute("asset", "image")
    color = make_attribute("select", "color", options=["black"])
    option = color.options.get()
    option.picture = asset
    store(ACTOR, option)
    make_product("A", make_family("f", [image]), {"image": "photo"})
    assert told(asset) == {"Facts of products": (1, ["A"]), "Attribute options": (1, ["color: black"])}


def test_a_fragment_is_used_where_it_is_placed_and_in_other_fragments() -> None:
    fragment = make_fragment("battery", approved=True)
    product = make_product("A")
    place(ACTOR, fragment, make_slot("safety"), product)
    make_fragment("whole", "See {{ fragment:battery }}.")
    assert told(fragment) == {
        "Placements": (1, ["battery as safety on A"]),
        "References in fragments": (1, ["whole"]),
    }


def test_a_channel_is_used_where_facts_and_fragments_speak_to_it() -> None:
    channel = make_channel("print")
    claim = make_attribute("text", "claim", per_channel=True, localizable=True)
    make_product("A", make_family("f", [claim]), {"claim": {"de@print": "Ja"}})
    make_product("B", make_family("g", [claim]), {"claim": {"de": "x@print"}})
    fragment = make_fragment("only")
    fragment.channels.add(channel)
    write_fragment(ACTOR, fragment, title={}, body={})
    assert told(channel) == {"Facts of products": (1, ["A"]), "Fragments": (1, ["only"])}


def test_the_rest_of_the_structure_knows_its_users() -> None:
    color = make_attribute("select", "color", options=["black"])
    family = make_family("f", [color])
    split = make_family_variant(family, [color])
    category = make_category("machines")
    tag = make_tag("topic", "safety")
    slot, kind = make_slot("teaser"), make_association_type("spare")
    market, audience = make_market("eu"), make_audience("pros")
    make_channel("web", market=market, audience=audience, tree=category, selection="category = machines")
    group = make_product("A", family, family_variant=split, own_only=["slot:teaser"])
    other = make_product("B", family, categories=[category])
    associate(ACTOR, group, kind, other)
    fragment = make_fragment()
    fragment.tags.add(tag)
    place(ACTOR, fragment, slot, family)
    assert told(family) == {
        "Products": (2, ["A", "B"]),
        "Family variants": (1, [str(split)]),
        "Placements": (1, [f"{fragment.code} as teaser on f"]),
    }
    assert told(split) == {"Products": (1, ["A"])}
    assert told(category) == {
        "Channels": (1, ["web"]),
        "Products": (1, ["B"]),
        "Selections of channels": (1, ["web"]),
    }
    assert told(tag) == {"Fragments": (1, [fragment.code])}
    assert told(slot)["Products that do not inherit it"] == (1, ["A"])
    assert told(kind) == {"Associations": (1, ["A spare B"])}
    assert told(market) == told(audience) == {"Channels": (1, ["web"])}
    assert FamilyVariantAttribute._meta.verbose_name_plural is not None
    assert told(color)["Family variant attributes"] == (1, [f"{split.code} 1: color"])


def test_records_and_their_kinds_know_the_facts_that_name_them() -> None:
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    acme = Record(entity_type=brand, code="acme")
    store(ACTOR, acme)
    maker = make_attribute("record", "maker", settings={"entity": "brand"})
    product = Product.objects.create(sku="A", values={"maker": {"": "acme"}})
    assert told(acme) == {"Facts of products": (1, [product.sku])}
    assert told(brand) == {"Records": (1, ["acme"]), "Settings of attributes": (1, [str(maker)])}


@pytest.mark.parametrize("code", ["a.b", "a_b", "a-b", "values", "0"])
def test_codes_that_mean_something_to_a_database_are_found_like_others(code: str) -> None:
    color = make_attribute("select", code, options=["x_y", "x.y", "xzy"])
    family = make_family("f", [color])
    make_product("A", family, {code: "x_y"})
    make_product("B", family, {code: "xzy"})
    assert told(color)["Facts of products"] == (2, ["A", "B"])
    assert told(color.options.get(code="x_y")) == {"Facts of products": (1, ["A"])}


def test_it_costs_as_many_queries_for_many_users_as_for_few() -> None:
    color = make_attribute("select", "color", options=["black"])
    family = make_family("f", [color])

    def count(instance: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            uses_of(instance)
        return len(queries)

    def grow(start: int, stop: int) -> None:
        for number in range(start, stop):
            make_product(f"P{number}", family, {"color": "black"})
            make_channel(f"c{number}", selection="color = black")
            make_fragment(f"f{number}", "{{ fact:color }}", approved=True)

    grow(0, 2)
    things = [color, color.options.get(), family, Family.objects.get(), make_slot("s"), make_channel("print")]
    before = [count(thing) for thing in things]
    grow(2, 22)
    assert [count(thing) for thing in things] == before
    assert max(before) < 45
