"""From the database to bundles: what is inherited, placed and selected."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog import querysets
from catalog.indexing import refresh
from catalog.models import Channel, Completeness, FamilyVariantAttribute, Product, ProductIndex, Requirement
from catalog.operations.assets import attach
from catalog.operations.associations import associate
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import set_facts
from catalog.operations.requirements import save_requirement
from catalog.operations.reviewing import approve, retire
from exports.assembling.assemble import assemble
from exports.gathering.bundles import Association, Context, Labelled, ProductBundle, Required, SlotInfo
from exports.gathering.loading import Loader, contexts
from exports.gathering.placing import Placements
from exports.gathering.selection import SelectionError
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
)

pytestmark = pytest.mark.django_db


def bundles(channel: Channel) -> dict[str, ProductBundle]:
    return {bundle.sku: bundle for bundle in Loader(channel).bundles()}


def released(channel: Channel) -> list[str]:
    return list(bundles(channel))


def make_line() -> list[Product]:
    """A group, a group below it, and a variant below that."""
    root = make_product("A")
    middle = make_product("A-1", parent=root)
    return [root, middle, make_product("A-1-1", parent=middle)]


# --- Contexts ---------------------------------------------------------------------------------------------------------


def test_a_channel_has_a_context_per_language() -> None:
    channel = make_channel(
        "Shop",
        {"de": "en", "en": ""},
        medium="print",
        market=make_market("DE"),
        audience=make_audience("Pro"),
        currencies=["EUR"],
    )
    day = datetime.date(2027, 3, 1)
    assert contexts(channel, day) == [
        Context("Shop", chain, "print", "DE", "Pro", ("EUR",), day) for chain in (("de", "en"), ("en",))
    ]
    plain = make_channel("plain")
    assert contexts(plain, day) == [Context("plain", ("en",), "web", "", "", (), day)]


# --- Selection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "disabled"])
@pytest.mark.parametrize(("sku", "left"), [("A", []), ("A-1", []), ("A-1-1", [])])
def test_a_product_needs_all_above_it_enabled_and_a_group_a_variant(status: str, sku: str, left: list[str]) -> None:
    make_line()
    channel = make_channel()
    assert released(channel) == ["A", "A-1", "A-1-1"]
    Product.objects.filter(sku=sku).update(status=status)
    assert released(channel) == left


def test_a_group_stays_for_the_variants_it_has_left() -> None:
    root = make_line()[0]
    make_product("A-2", parent=root)
    Product.objects.filter(sku="A-1-1").update(status="draft")
    assert released(make_channel()) == ["A", "A-2"]


def test_a_channel_takes_its_families_and_without_any_all() -> None:
    one, other = make_family("one"), make_family("other")
    root = make_product("A", one)
    make_product("A-1", parent=root)
    make_product("B", other)
    make_product("C")
    channel = make_channel()
    assert released(channel) == ["A", "A-1", "B", "C"]
    channel.families.set([one])
    assert released(channel) == ["A", "A-1"]


def test_a_selection_keeps_out_what_does_not_meet_it() -> None:
    make_attribute("select", "Voltage", options=["v110", "v230"], filterable=True)
    make_attribute("multiselect", "regions", options=["eu", "us"], filterable=True)
    make_product("A", facts={"voltage": "v110"})
    make_product("B", facts={"voltage": "v230", "regions": ["us"]})
    make_product("C", facts={"voltage": "v230", "regions": ["us", "eu"]})
    make_product("D")
    emptied = make_product("E", facts={"voltage": "v110"})
    set_facts(ACTOR, emptied, {"voltage": {"": None}})
    assert released(make_channel(selection="voltage = v230 and regions = eu")) == ["C"]
    said_or_not = "(voltage is empty or voltage = v230) and (regions is empty or regions = eu)"
    assert released(make_channel(selection=said_or_not)) == ["C", "D", "E"]
    assert released(make_channel(selection="not sku = A")) == ["B", "C", "D", "E"]


@pytest.mark.parametrize("selection", ["voltage = v230", "color = blue", "sku = ", "weight = 3", "family = none"])
def test_a_selection_that_is_not_understood_releases_nothing_and_never_everything(selection: str) -> None:
    make_attribute("select", "color", options=["red"], filterable=True)
    make_attribute("number", "weight")
    make_product("A")
    with pytest.raises(SelectionError, match="The selection of channel “shop” cannot be used, so it releases nothing"):
        released(make_channel("shop", selection=selection))


def test_a_selection_is_not_trusted_while_products_are_not_indexed() -> None:
    make_attribute("select", "color", options=["red"], filterable=True)
    product = make_product("A", facts={"color": "red"})
    ProductIndex.objects.filter(product=product).delete()
    assert released(make_channel()) == ["A"]
    with pytest.raises(SelectionError, match="run: manage\\.py reindex"):
        released(make_channel(selection="color is empty"))


def test_a_selection_looks_at_the_effective_value_for_the_channel() -> None:
    make_attribute("select", "voltage", options=["v110", "v230"], per_channel=True, filterable=True)
    channel = make_channel("shop", selection="voltage = v230")
    root = make_product("A", facts={"voltage": {"": "v110", "@shop": "v230"}})
    make_product("A-1", parent=root)
    make_product("A-2", parent=root, facts={"voltage": {"@shop": "v110"}})
    assert released(channel) == ["A", "A-1"]


def test_a_selection_reads_texts_in_the_first_language_of_the_channel() -> None:
    make_attribute("text", "title", localizable=True, filterable=True)
    channel = make_channel("shop", {"de": "en", "en": ""}, selection="title = Lampe")
    make_product("A", facts={"title": {"de": "Lampe", "en": "Lamp"}})
    make_product("B", facts={"title": {"en": "Lampe"}})
    make_product("C", facts={"title": {"de": "Leuchte", "en": "Lampe"}})
    assert released(channel) == ["A", "B"]


def test_a_group_is_there_for_a_variant_that_is_selected_though_it_says_otherwise_itself() -> None:
    make_attribute("select", "voltage", options=["v110", "v230"], filterable=True)
    root = make_product("A", facts={"voltage": "v110"})
    middle = make_product("A-1", parent=root)
    make_product("A-1-1", parent=middle, facts={"voltage": "v230"})
    make_product("A-1-2", parent=middle)
    found = bundles(make_channel(selection="voltage is empty or voltage = v230"))
    assert {sku: bundle.variants for sku, bundle in found.items()} == {
        "A": ("A-1",),
        "A-1": ("A-1-1",),
        "A-1-1": (),
    }


def test_products_that_are_their_own_ancestors_release_nothing_and_hang_nothing() -> None:
    """Operations refuse it; two at once might still do it."""
    root, middle, _ = make_line()
    Product.objects.filter(pk=root.pk).update(parent=middle)
    make_product("B")
    channel = make_channel()
    assert set(released(channel)) >= {"B"}


# --- What a product has -----------------------------------------------------------------------------------------------


def test_types_parents_and_axes() -> None:
    color, size = make_attribute("select", "color", options=["red"]), make_attribute("number", "size")
    family = make_family("fam", [color, size])
    split = make_family_variant(family, [color])
    FamilyVariantAttribute.objects.create(family_variant=split, attribute=size, level=2, axis=True)
    root = make_product("A", family, family_variant=split)
    middle = make_product("A-1", parent=root, facts={"color": "red"})
    make_product("A-1-1", parent=middle, facts={"size": "42"})
    make_product("B", family)
    assert {
        sku: (bundle.type, bundle.parent, bundle.variants, bundle.axes)
        for sku, bundle in bundles(make_channel()).items()
    } == {
        "A": ("group", None, ("A-1",), ()),
        "A-1": ("group", "A", ("A-1-1",), ("color",)),
        "A-1-1": ("variant", "A-1", (), ("color", "size")),
        "B": ("product", None, (), ()),
    }


def test_the_family_says_order_name_picture_and_what_is_required() -> None:
    shop, other = make_channel("shop"), make_channel("other")
    name, picture, extra = (
        make_attribute(kind, code) for kind, code in [("text", "Name"), ("asset", "pic"), ("text", "x")]
    )
    family = make_family(
        "fam", [picture, name], {"de": "Familie"}, required_by=[shop], label_attribute=name, image_attribute=picture
    )
    make_product("A", family, {"x": "more"})
    bundle = bundles(shop)["A"]
    assert [spec.code for spec in bundle.attributes] == ["pic", "Name", extra.code]
    assert (bundle.family, bundle.label_attribute, bundle.image_attribute, bundle.required) == (
        Labelled("fam", {"de": "Familie"}),
        "Name",
        "pic",
        (Required("fact", "pic"), Required("fact", "Name")),
    )
    assert bundles(other)["A"].required == ()


def test_a_condition_is_asked_for_each_language_of_the_channel() -> None:
    shop = make_channel("shop", {"de": "en", "en": "", "it": ""})
    title = make_attribute("text", "title", localizable=True, filterable=True)
    family = make_family("fam", [title])
    for condition in ("title = Lamp", "sku = A", "sku = B"):
        slot = make_slot()
        save_requirement(ACTOR, Requirement(family=family, channel=shop, slot=slot, condition=condition))
    make_product("A", family, {"title": {"en": "Lamp"}})
    refresh(Product.objects.values_list("pk", flat=True))
    first, second = bundles(shop)["A"].required
    assert (first.kind, first.languages) == ("slot", frozenset({"de", "en"}))
    assert second.languages == frozenset({"de", "en", "it"})


def test_what_a_release_says_is_missing_is_what_completeness_says() -> None:
    shop = make_channel("shop", {"de": "en", "en": "", "it": ""}, currencies=["EUR"])
    name, price = make_attribute("text", "name", localizable=True, filterable=True), make_attribute("price", "price")
    family = make_family("fam", [name, price], required_by=[shop])
    slot = make_slot("teaser")
    save_requirement(ACTOR, Requirement(family=family, channel=shop, slot=slot, condition="name is not empty"))
    save_requirement(ACTOR, Requirement(family=family, channel=shop, asset_role="main"))
    product = make_product("A", family, {"name": {"en": "Lamp"}, "price": [{"amount": "1.00", "currency": "RON"}]})
    make_product("B", family, {"price": [{"amount": "1.00", "currency": "EUR"}]})
    place(ACTOR, make_fragment("text", {"de": "Licht."}, approved=True), slot, product)
    refresh(Product.objects.values_list("pk", flat=True))
    loader = Loader(shop)
    released = {
        (bundle.sku, context.language): message
        for bundle in loader.bundles()
        for context in contexts(shop, datetime.date(2027, 3, 1))
        for kind, message in assemble(bundle, context, loader.library).problems
        if kind == "incomplete"
    }
    stored = {
        (row.product.sku, row.language): "Required, but empty: "
        + ", ".join(each.removeprefix("fact:").replace(":", " ") for each in row.missing)
        + "."
        for row in Completeness.objects.filter(complete=False)
    }
    assert len(stored) == 6
    assert released == stored


def test_levels_run_up_to_the_root() -> None:
    make_attribute("text", "x")
    root, _, leaf = make_line()
    set_facts(ACTOR, root, {"x": {"": "root"}})
    set_facts(ACTOR, leaf, {"x": {"": "leaf"}})
    assert bundles(make_channel())["A-1-1"].levels == (
        ("A-1-1", {"x": {"": "leaf"}}),
        ("A-1", {}),
        ("A", {"x": {"": "root"}}),
    )


def codes(bundle: ProductBundle) -> list[list[str]]:
    return [[node.code for node in path] for path in bundle.categories]


def test_categories_are_own_and_inherited_of_the_channels_tree_in_tree_order() -> None:
    tree, other = make_category("tree"), make_category("other")
    first, second = make_category("first", tree), make_category("second", tree)
    deep = make_category("deep", first)
    root = make_product("A", categories=[second, other])
    make_product("A-1", parent=root, categories=[deep])
    everywhere, inside = make_channel("all"), make_channel("tree", tree=tree)
    assert codes(bundles(everywhere)["A-1"]) == [["tree", "first", "deep"], ["tree", "second"], ["other"]]
    assert codes(bundles(inside)["A-1"]) == [["tree", "first", "deep"], ["tree", "second"]]
    assert codes(bundles(inside)["A"]) == [["tree", "second"]]


def test_assets_are_those_of_the_nearest_level_that_fills_a_role() -> None:
    front, side, manual = make_asset("front"), make_asset("side"), make_asset("manual")
    root, middle, leaf = make_line()
    for product, asset, role, position in [
        (root, front, "main", 0),
        (root, manual, "manual", 0),
        (middle, side, "gallery", 2),
        (middle, front, "gallery", 1),
        (leaf, side, "main", 0),
    ]:
        attach(ACTOR, product, asset, role, position)
    assert [(role, asset.code) for role, asset in bundles(make_channel())["A-1-1"].assets] == [
        ("main", "side"),
        ("gallery", "front"),
        ("gallery", "side"),
        ("manual", "manual"),
    ]


def test_associations_are_own_then_inherited_and_only_to_what_is_released() -> None:
    spare, accessory = make_association_type("spare"), make_association_type("accessory")
    root, _, leaf = make_line()
    one, two, three = (make_product(sku) for sku in ("X1", "X2", "X3"))
    gone = make_product("X4", status="disabled")
    for source, kind, target, quantity in [
        (root, accessory, one, 1),
        (root, spare, two, 1),
        (root, accessory, gone, 1),
        (leaf, accessory, three, 2),
        (leaf, accessory, one, 5),
    ]:
        associate(ACTOR, source, kind, target, quantity, position=target.pk)
    assert bundles(make_channel())["A-1-1"].associations == (
        Association("accessory", "X1", 5),
        Association("accessory", "X3", 2),
        Association("spare", "X2", 1),
    )


# --- Placements -------------------------------------------------------------------------------------------------------


def test_placements_come_from_the_line_the_categories_and_the_family() -> None:
    family = make_family("fam")
    tree = make_category("tree")
    shelf = make_category("shelf", tree)
    deep = make_category("deep", shelf)
    root = make_product("A", family, categories=[deep])
    leaf = make_product("A-1", parent=root, categories=[shelf])
    slot = make_slot("teaser", multiple=True, rich=False, position=3)
    targets: list[Any] = [root, leaf, family, tree, shelf, deep, make_product("B")]
    for number, target in enumerate(targets):
        place(ACTOR, make_fragment(f"f{number}", approved=True), slot, target, position=number)
    placed = bundles(make_channel())["A-1"].placements
    assert sorted((row.fragment.code, row.kind, row.owner, row.distance, row.position) for row in placed) == [
        ("f0", "product", "A", 1, 0),
        ("f1", "product", "A-1", 0, 1),
        ("f2", "family", "fam", 0, 2),
        ("f3", "category", "tree", 1, 3),
        ("f4", "category", "shelf", 0, 4),
        ("f5", "category", "deep", 0, 5),
    ]
    assert {row.slot for row in placed} == {SlotInfo("teaser", True, False, 3)}


def test_only_the_latest_revision_of_an_approved_fragment_is_out() -> None:
    edited, draft, withdrawn = (
        make_fragment("Edited", "one", approved=True),
        make_fragment("draft"),
        make_fragment("w", approved=True),
    )
    write_fragment(ACTOR, edited, title={}, body={"en": "two"})
    approve(ACTOR, edited)
    write_fragment(ACTOR, edited, title={}, body={"en": "three"})
    retire(ACTOR, withdrawn)
    slot, product = make_slot(), make_product("A")
    for fragment in (edited, draft, withdrawn):
        place(ACTOR, fragment, slot, product)
    assert [(row.fragment, row.number) for row in querysets.current_revisions()] == [(edited, 2)]
    placements = Placements()
    assert {code: (row.code, row.revision, row.content["body"]) for code, row in placements.fragments.items()} == {
        "edited": ("Edited", 2, {"en": "<p>two</p>"})
    }
    assert [row.fragment.code for row in placements.on("product", product.pk, "A", 0)] == ["Edited"]
