"""Renaming, replacing, merging and retiring keep every fact, and nothing dangles afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from catalog import indexing
from catalog.aliases import present_codes
from catalog.importing.apply import apply
from catalog.importing.plan import OptionRecord, Plan, ProductRecord
from catalog.models import (
    AttributeOption,
    Category,
    Change,
    Channel,
    CodeAlias,
    EntityType,
    Family,
    Fragment,
    Product,
    Record,
)
from catalog.models.base import texts_of
from catalog.operations.fragments import place
from catalog.operations.products import set_facts
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve
from catalog.operations.upkeep import change_unit, merge, rename, replace, retire
from catalog.operations.upkeep.units import units_said
from catalog.usage import InUse, uses_of
from exports.gathering.placing import Placements
from tests.factories import (
    ACTOR,
    make_asset,
    make_attribute,
    make_category,
    make_channel,
    make_family,
    make_family_variant,
    make_fragment,
    make_product,
    make_slot,
    make_tag,
    require,
)

pytestmark = pytest.mark.django_db


def values(sku: str) -> Any:
    return Product.objects.get(sku=sku).values


def aliases() -> set[tuple[str, str, str, str]]:
    return set(CodeAlias.objects.values_list("kind", "scope", "alias", "code"))


def assert_index_is_up_to_date() -> None:
    assert {name: rows for name, rows in indexing.differences().items() if any(map(len, rows))} == {}


# --- Renaming: what is refused ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["", " ", "no blanks", "\x00", "\ud800", "../up", "x" * 101, "{{x}}", "Grösse"])
def test_a_code_that_is_none_is_refused_and_nothing_changes(code: str) -> None:
    color = make_attribute("text", "color")
    make_product("A", make_family("f", [color]), {"color": "x"})
    with pytest.raises(ValidationError):
        rename(ACTOR, color, code)
    assert values("A") == {"color": {"": "x"}}
    assert not aliases()


def test_a_taken_code_is_refused_whatever_its_case() -> None:
    color = make_attribute("text", "color")
    make_attribute("text", "size")
    with pytest.raises(ValidationError, match="taken already"):
        rename(ACTOR, color, "SIZE")


def test_an_option_may_have_the_code_of_another_attributes_option_only() -> None:
    color = make_attribute("select", "color", options=["black", "white"])
    make_attribute("select", "frame", options=["red"])
    with pytest.raises(ValidationError):
        rename(ACTOR, color.options.get(code="black"), "White")
    rename(ACTOR, color.options.get(code="black"), "red")
    assert color.options.filter(code="red").exists()


def test_a_new_thing_cannot_take_a_former_code_until_it_is_given_up() -> None:
    color = make_attribute("text", "color")
    rename(ACTOR, color, "colour")
    with pytest.raises(ValidationError, match="former code of “colour”") as refused:
        make_attribute("text", "Color")
    assert list(refused.value.message_dict) == ["code"]
    rename(ACTOR, make_category("tools"), "gear")
    rename(ACTOR, make_product("A"), "B")
    rename(ACTOR, make_fragment("text"), "prose")
    rename(ACTOR, make_asset("photo"), "picture")
    for make, code in ((make_category, "tools"), (make_product, "a"), (make_fragment, "text"), (make_asset, "photo")):
        with pytest.raises(ValidationError, match="former code"):
            make(code)
    CodeAlias.objects.get(alias="color").delete()
    assert make_attribute("text", "color").pk


def test_a_thing_cannot_be_renamed_to_the_former_code_of_another_but_to_its_own() -> None:
    color, size = make_attribute("text", "color"), make_attribute("text", "size")
    rename(ACTOR, color, "colour")
    with pytest.raises(ValidationError, match="former code"):
        rename(ACTOR, size, "color")
    rename(ACTOR, color, "color")
    assert aliases() == {("attribute", "", "colour", "color")}


# --- Renaming: what follows ------------------------------------------------------------------------------------------
def test_a_renamed_attribute_keeps_its_facts_and_everything_that_names_it() -> None:
    web = make_channel("web", text_limits={"color": 9})
    color = make_attribute("text", "color", localizable=True, per_channel=True, filterable=True)
    web.selection = "color = black or not color is empty"
    store(ACTOR, web)
    family = make_family("f", [color], label_attribute=color)
    family.values = {"color": {"en": "any"}}
    store(ACTOR, family)
    require(family, web, "color")
    make_product("A", family, {"color": {"de": "schwarz", "de@web": "pechschwarz"}})
    make_attribute("text", "colors")
    fragment = make_fragment("claim", {"en": "In {{ fact:Color }}, not {{fact:colors}}."}, approved=True)
    rename(ACTOR, color, "colour")
    assert color.code == "colour"
    assert values("A") == {"colour": {"de": "schwarz", "de@web": "pechschwarz"}}
    assert Family.objects.get().values == {"colour": {"en": "any"}}
    web.refresh_from_db()
    assert (web.selection, web.text_limits) == ("colour = black or not colour is empty", {"colour": 9})
    fragment.refresh_from_db()
    assert texts_of(fragment, "body")["en"] == "<p>In {{ fact:colour }}, not {{ fact:colors }}.</p>"
    assert "Color" in fragment.revisions.get().content["body"]["en"]
    assert aliases() == {("attribute", "", "color", "colour")}
    assert Change.objects.filter(operation="rename", key="colour").count() == 1
    assert_index_is_up_to_date()


def test_facts_are_taken_under_a_former_code() -> None:
    color = make_attribute("select", "color", options=["black", "white"])
    product = make_product("A", make_family("f", [color]))
    rename(ACTOR, color.options.get(code="black"), "jet")
    rename(ACTOR, color, "colour")
    set_facts(ACTOR, product, {"Color": {"": "BLACK"}})
    assert values("A") == {"colour": {"": "jet"}}
    many = make_attribute("multiselect", "colors", options=["a", "b"])
    rename(ACTOR, many.options.get(code="a"), "c")
    set_facts(ACTOR, product, {"colors": {"": ["b", "A"]}})
    assert values("A")["colors"] == {"": ["b", "c"]}


def test_a_renamed_option_is_renamed_in_its_own_attribute_only() -> None:
    color = make_attribute("select", "color", options=["black"], filterable=True)
    others = make_attribute("multiselect", "others", options=["black", "white"])
    name = make_attribute("text", "name")
    make_channel("web", selection="color = BLACK and others = black and name = black")
    make_product("A", make_family("f", [color, others, name]), {"color": "black", "others": ["black"], "name": "black"})
    rename(ACTOR, color.options.get(), "jet")
    assert values("A") == {"color": {"": "jet"}, "others": {"": ["black"]}, "name": {"": "black"}}
    assert Channel.objects.get().selection == "color = jet and others = black and name = black"
    assert aliases() == {("attributeoption", "color", "black", "jet")}
    assert_index_is_up_to_date()


def test_former_codes_of_options_follow_their_attribute() -> None:
    color = make_attribute("select", "color", options=["black"])
    rename(ACTOR, color.options.get(), "jet")
    rename(ACTOR, color, "colour")
    assert aliases() == {("attribute", "", "color", "colour"), ("attributeoption", "colour", "black", "jet")}


def test_chains_of_renames_are_flattened() -> None:
    color = make_attribute("text", "a")
    for code in ("b", "c", "d", "C"):
        rename(ACTOR, color, code)
    assert aliases() == {("attribute", "", code, "C") for code in ("a", "b", "d")}
    assert present_codes("attribute", ["A", "b", "x"]) == {"a": "C", "b": "C"}


def test_another_spelling_leaves_no_alias_and_changes_every_document() -> None:
    color = make_attribute("text", "color")
    make_product("A", make_family("f", [color]), {"color": "x"})
    rename(ACTOR, color, "Color")
    assert values("A") == {"Color": {"": "x"}}
    assert not aliases()


def test_a_renamed_axis_still_tells_variants_apart() -> None:
    color = make_attribute("select", "color", options=["black", "white"])
    family = make_family("f", [color])
    group = make_product("G", family, family_variant=make_family_variant(family, [color]))
    for option in ("black", "white"):
        make_product(f"G-{option}", family, {"color": option}, parent=group)
    rename(ACTOR, color.options.get(code="black"), "jet")
    rename(ACTOR, color, "colour")
    with pytest.raises(ValidationError, match="G-black"):
        make_product("G-jet", family, {"colour": "jet"}, parent=group)
    assert_index_is_up_to_date()


def test_other_things_keep_what_names_them() -> None:
    teaser = make_slot("teaser")
    machines = make_category("machines")
    photo = make_asset("photo")
    battery = make_fragment("battery", approved=True)
    tag = make_tag("topic", "safety")
    image = make_attribute("asset", "image")
    related = make_attribute("reference", "related")
    claim = make_attribute("text", "claim", per_channel=True)
    family = make_family("f", [image, related, claim])
    web = make_channel("web", selection="category = machines and family = f and sku != A and tag = topic:safety")
    make_product("A", family, {"image": "photo"}, own_only=["slot:teaser", "categories"])
    make_product("B", family, {"related": "A", "claim": {"@web": "x", "": "y"}}, categories=[machines])
    make_fragment("whole", "See {{ fragment:battery }}.")
    renamed = ((teaser, "lead"), (machines, "engines"), (photo, "picture"), (battery, "cells"), (tag, "risk"))
    for thing, code in (*renamed, (web, "shop"), (family, "g"), (Product.objects.get(sku="A"), "Z")):
        rename(ACTOR, thing, code)
    product = Product.objects.get(sku="Z")
    assert (product.values, product.own_only) == ({"image": {"": "picture"}}, ["slot:lead", "categories"])
    assert values("B") == {"related": {"": "Z"}, "claim": {"@shop": "x", "": "y"}}
    assert Channel.objects.get().selection == "category = engines and family = g and sku != Z and tag = topic:risk"
    assert texts_of(Fragment.objects.get(code="whole"), "body")["en"] == "<p>See {{ fragment:cells }}.</p>"
    assert ("tag", "", "topic:safety", "topic:risk") in aliases()
    assert_index_is_up_to_date()


def test_a_renamed_record_and_its_kind_are_followed() -> None:
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    acme = Record(entity_type=brand, code="acme")
    store(ACTOR, acme)
    maker = make_attribute("record", "maker", settings={"entity": "brand"})
    make_product("A", make_family("f", [maker]), {"maker": "acme"})
    rename(ACTOR, acme, "acme-inc")
    rename(ACTOR, brand, "make")
    assert values("A") == {"maker": {"": "acme-inc"}}
    maker.refresh_from_db()
    assert maker.settings == {"entity": "make"}
    assert aliases() == {("entitytype", "", "brand", "make"), ("record", "make", "acme", "acme-inc")}


# --- Replacing and merging -------------------------------------------------------------------------------------------
def test_what_is_in_use_is_not_deleted_and_the_reason_is_told() -> None:
    color = make_attribute("select", "color", options=["black", "white"])
    make_product("A", make_family("f", [color]), {"color": "black"})
    with pytest.raises(InUse) as refused:
        remove(ACTOR, color.options.get(code="black"))
    assert refused.value.messages == [
        "“color: black” cannot be deleted, because it is in use. Facts of products: 1 (A)."
    ]
    remove(ACTOR, color.options.get(code="white"))
    assert color.options.count() == 1


def test_deleting_gives_up_former_codes() -> None:
    color = make_attribute("select", "color", options=["black"])
    rename(ACTOR, color.options.get(), "jet")
    rename(ACTOR, color, "colour")
    remove(ACTOR, color)
    assert not aliases()


def test_a_replaced_option_is_gone_and_the_other_stands_everywhere() -> None:
    color = make_attribute("multiselect", "color", options=["black", "jet", "white"], filterable=True)
    make_product("A", make_family("f", [color]), {"color": ["white", "jet", "black"]})
    make_channel("web", selection="color in (jet, white)")
    replace(ACTOR, color.options.get(code="jet"), color.options.get(code="black"))
    assert values("A") == {"color": {"": ["white", "black"]}}
    assert Channel.objects.get().selection == "color in (black, white)"
    assert [option.code for option in color.options.all()] == ["black", "white"]
    assert not aliases()
    assert_index_is_up_to_date()


def test_a_merged_attribute_gives_its_facts_where_the_other_has_none() -> None:
    color = make_attribute("select", "color", options=["black", "red"], filterable=True)
    farbe = make_attribute("select", "farbe", options=["black", "blue"], filterable=True)
    family, other = make_family("f", [color, farbe]), make_family("g", [farbe])
    make_product("A", family, {"color": "red", "farbe": "blue"})
    make_product("B", other, {"farbe": "blue"})
    merge(ACTOR, farbe, color)
    assert (values("A"), values("B")) == ({"color": {"": "red"}}, {"color": {"": "blue"}})
    assert sorted(color.options.values_list("code", flat=True)) == ["black", "blue", "red"]
    assert [list(row.attributes.values_list("code", flat=True)) for row in (family, other)] == [["color"], ["color"]]
    assert aliases() == {("attribute", "", "farbe", "color")}
    assert_index_is_up_to_date()


def test_an_attribute_whose_values_the_other_cannot_take_is_not_replaced() -> None:
    long, short = make_attribute("text", "long"), make_attribute("text", "short", settings={"max_length": 3})
    make_product("A", make_family("f", [long]), {"long": "too long"})
    with pytest.raises(ValidationError, match="cannot take the value of “A”"):
        replace(ACTOR, long, short)
    with pytest.raises(ValidationError, match="differs from “long” in: type"):
        replace(ACTOR, long, make_attribute("number", "number"))
    assert values("A") == {"long": {"": "too long"}}


def test_what_frozen_texts_say_can_be_merged_and_not_just_replaced() -> None:
    old, new = make_fragment("old"), make_fragment("new")
    make_fragment("whole", "{{ fragment:old }}", approved=True)
    with pytest.raises(ValidationError, match="Merge the two"):
        replace(ACTOR, old, new)
    merge(ACTOR, old, new)
    assert texts_of(Fragment.objects.get(code="whole"), "body")["en"] == "<p>{{ fragment:new }}</p>"


def test_a_replaced_category_gives_its_products_children_and_placements() -> None:
    root = make_category("root")
    old, new = make_category("old", root), make_category("new", root)
    child = make_category("child", old)
    both = make_product("A", categories=[old, new])
    make_product("B", categories=[old])
    fragment, slot = make_fragment("f", approved=True), make_slot("s")
    for category in (old, new):
        place(ACTOR, fragment, slot, category)
    make_channel("web", tree=old, selection="category = old")
    with pytest.raises(ValidationError, match="stands below"):
        replace(ACTOR, old, child)
    replace(ACTOR, old, new)
    assert [category.code for category in both.categories.all()] == ["new"]
    assert Category.objects.get(code="child").parent == new
    assert new.placements.count() == 1
    channel = Channel.objects.get()
    assert (channel.tree, channel.selection) == (new, "category = new")
    before = list(Category.objects.values_list("code", "lft", "rght", "level"))
    Category.objects.rebuild()
    assert list(Category.objects.values_list("code", "lft", "rght", "level")) == before
    assert_index_is_up_to_date()


def test_a_merged_family_gives_its_products_attributes_and_variants() -> None:
    color, size = make_attribute("text", "color"), make_attribute("text", "size")
    old, new = make_family("old", [color, size]), make_family("new", [size])
    split = make_family_variant(old, [color])
    make_product("G", old, family_variant=split)
    merge(ACTOR, old, new)
    assert Product.objects.get().family == new
    assert {row.code for row in new.attributes.all()} == {"color", "size"}
    split.refresh_from_db()
    assert split.family == new
    assert_index_is_up_to_date()


def test_a_channel_that_has_given_away_nothing_is_replaced_with_what_is_said_to_it() -> None:
    old, new = make_channel("old"), make_channel("new")
    claim = make_attribute("text", "claim", per_channel=True)
    make_product("A", make_family("f", [claim]), {"claim": {"@old": "x"}})
    make_product("B", make_family("g", [claim]), {"claim": {"@old": "x", "@new": "y"}})
    replace(ACTOR, old, new)
    assert (values("A"), values("B")) == ({"claim": {"@new": "x"}}, {"claim": {"@new": "y"}})


@pytest.mark.parametrize("make", [make_attribute, make_family, make_category, make_channel, make_asset])
def test_nothing_takes_its_own_place_or_that_of_another_kind(make: Any) -> None:
    thing, slot = make(), make_slot()
    for other in (thing, slot):
        with pytest.raises(ValidationError):
            replace(ACTOR, thing, other)


def test_products_are_not_replaced() -> None:
    with pytest.raises(ValidationError):
        merge(ACTOR, make_product(), make_product())


# --- Retiring --------------------------------------------------------------------------------------------------------
def test_a_retired_thing_stays_with_what_uses_it() -> None:
    color = make_attribute("select", "color", options=["black"])
    product = make_product("A", make_family("f", [color]), {"color": "black"})
    option = color.options.get()
    retire(ACTOR, option)
    assert AttributeOption.objects.get().retired
    with pytest.raises(ValidationError, match="retired"):
        make_product("B", product.family, {"color": "black"})
    fragment = make_fragment(approved=True)
    retire(ACTOR, fragment)
    assert Fragment.objects.get().state == "retired"
    with pytest.raises(ValidationError, match="slot cannot be retired"):
        retire(ACTOR, make_slot())


# --- Units -----------------------------------------------------------------------------------------------------------
def test_amounts_are_written_in_another_unit_exactly() -> None:
    weight = make_attribute("measurement", "weight", filterable=True, settings={"unit_family": "mass", "unit": "g"})
    family = make_family("f", [weight])
    make_product("A", family, {"weight": {"": {"amount": "1500", "unit": "g"}}})
    make_product("B", family, {"weight": {"": {"amount": "1", "unit": "kg"}}})
    make_product("C", family, {"weight": {"": None}})
    assert list(units_said(weight)) == [("g", 1), ("kg", 1)]
    assert change_unit(ACTOR, weight, "g", "kg") == 1
    assert values("A") == {"weight": {"": {"amount": "1.5", "unit": "kg"}}}
    assert list(units_said(weight)) == [("kg", 2)]
    assert_index_is_up_to_date()


def test_units_of_another_kind_and_forbidden_amounts_change_nothing() -> None:
    weight = make_attribute("measurement", "weight", settings={"unit_family": "mass", "unit": "g", "decimals": 0})
    make_product("A", make_family("f", [weight]), {"weight": {"": {"amount": "1500", "unit": "g"}}})
    for unit in ("m", "furlong", "kg"):
        with pytest.raises(ValidationError, match=f"value of “A” cannot be written in {unit}"):
            change_unit(ACTOR, weight, "g", unit)
    assert values("A") == {"weight": {"": {"amount": "1500", "unit": "g"}}}


def test_nothing_is_left_to_say_of_what_was_merged() -> None:
    color = make_attribute("select", "color", options=["black", "jet"])
    make_product("A", make_family("f", [color]), {"color": "jet"})
    jet, black = color.options.get(code="jet"), color.options.get(code="black")
    merge(ACTOR, jet, black)
    assert [use.label for use in uses_of(black)] == ["Facts of products"]
    assert not AttributeOption.objects.filter(code="jet").exists()


# --- From the command line -------------------------------------------------------------------------------------------
def test_the_command_renames_what_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    color = make_attribute("select", "color", options=["black"])
    make_product("A", make_family("f", [color]), {"color": "black"})
    make_tag("topic", "safety")
    call_command("rename", "attributeoption", "Color:black", "jet")
    call_command("rename", "attribute", "COLOR", "colour")
    call_command("rename", "tag", "topic:safety", "risk")
    call_command("rename", "product", "a", "B")
    assert values("B") == {"colour": {"": "jet"}}
    assert "The product a is called B now; 0 products were written anew." in capsys.readouterr().out


@pytest.mark.parametrize("named", ["gone", "gone:x", ":", "\ud800"])
def test_the_command_says_what_there_is_not(named: str) -> None:
    for kind in ("attribute", "attributeoption", "product"):
        with pytest.raises(CommandError, match=f"There is no {kind}"):
            call_command("rename", kind, named, "new")


def test_the_command_says_why_a_code_cannot_be() -> None:
    make_attribute("text", "color")
    with pytest.raises(CommandError, match="A code starts with a letter or digit"):
        call_command("rename", "attribute", "color", "no code")


# --- Imports, and what is frozen -------------------------------------------------------------------------------------
def test_an_import_under_former_codes_writes_what_they_are_called_now() -> None:
    color = make_attribute("select", "color", options=["black", "white"])
    product = make_product("A", make_family("f", [color]), {"color": "white"})
    option = color.options.get(code="black")
    for thing, code in ((option, "jet"), (color, "colour"), (product, "Z")):
        rename(ACTOR, thing, code)
    plan = Plan(
        "test",
        options=[OptionRecord(attribute="color", code="black", label={"en": "Jet black"})],
        products=[ProductRecord(sku="a", values={"color": {"": "black"}})],
    )
    apply(plan, ACTOR)
    assert values("Z") == {"colour": {"": "jet"}}
    assert Product.objects.count() == 1
    assert AttributeOption.objects.get(code="jet").label == "Jet black"
    assert AttributeOption.objects.count() == 2


def test_approved_texts_understand_former_codes() -> None:
    name = make_attribute("text", "name")
    web = make_channel("web")
    fragment = make_fragment("claim", "The {{ fact:name }}.")
    fragment.channels.add(web)
    approve(ACTOR, fragment)
    rename(ACTOR, name, "title")
    rename(ACTOR, web, "site")
    [content] = Placements().fragments.values()
    assert content.content["body"] == {"en": "<p>The {{ fact:title }}.</p>"}
    assert content.content["applies"]["channels"] == ["site"]
    assert fragment.revisions.get().content["applies"]["channels"] == ["web"]
