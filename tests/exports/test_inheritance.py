"""One order for facts, fragments and assets, at any depth, and what cuts it off, as documents show it."""

from __future__ import annotations

import io
import json
from itertools import combinations, product
from typing import Any

import pytest
from django.core.management import call_command

from catalog.models import Asset, Category, Channel, Family, Product
from catalog.models.base import set_texts
from catalog.operations.assets import attach, save_asset
from catalog.operations.associations import associate
from catalog.operations.fragments import place
from catalog.operations.inheriting import empty_here, reset_to_inherited, set_own_only
from catalog.operations.products import set_facts
from catalog.operations.recording import store
from catalog.operations.reviewing import approve
from exports.assembling.assemble import Assembled, assemble
from exports.gathering.loading import Loader, contexts
from exports.releasing.committing import release
from exports.releasing.drafting import draft
from tests import factories as make
from tests.exports.bundled import TODAY

pytestmark = pytest.mark.django_db

# The table of docs/inheritance.md: context first, then level, then language; whoever stands further up wins.
ORDER = list(product(("shop", ""), ("own", "parent"), ("de", "en")))


def assembled(channel: Channel, sku: str) -> Assembled:
    """What the channel gets of a product in its first language."""
    loader = Loader(channel)
    bundle = next(bundle for bundle in loader.bundles() if bundle.sku == sku)
    return assemble(bundle, contexts(channel, TODAY)[0], loader.library)


def name_of(row: tuple[str, str, str]) -> str:
    return "-".join(part or "all" for part in row)


@pytest.fixture
def shop() -> Channel:
    return make.make_channel("shop", {"de": "en", "en": ""})


@pytest.mark.parametrize(("better", "worse"), list(combinations(ORDER, 2)), ids=lambda row: name_of(row))
def test_the_order_is_the_same_for_facts_fragments_and_assets(
    shop: Channel, better: tuple[str, str, str], worse: tuple[str, str, str]
) -> None:
    make.make_attribute("text", "name", localizable=True, per_channel=True)
    parent = make.make_product("P")
    levels = {"parent": parent, "own": make.make_product("P-1", parent=parent)}
    slot = make.make_slot("teaser", rich=False)
    for row in (worse, better):
        context, level, language = row
        owner = Product.objects.get(pk=levels[level].pk)
        set_facts(make.ACTOR, owner, {"name": {f"{language}@{context}" if context else language: name_of(row)}})
        fragment = make.make_fragment(f"f-{name_of(row)}", {language: name_of(row)})
        fragment.channels.set([shop] if context else [])
        approve(make.ACTOR, fragment)
        place(make.ACTOR, fragment, slot, owner)
        code = f"{context}-{level}-front".strip("-")
        asset = Asset.objects.filter(code=code).first() or make.make_asset(code)
        setattr(asset, f"alt_{language}", name_of(row))
        save_asset(make.ACTOR, asset)
        attach(make.ACTOR, owner, asset, "main", channel=shop if context else None)
    document = assembled(shop, "P-1").document
    assert document.facts["name"].text == name_of(better)
    assert [statement.text for statement in document.statements] == [name_of(better)]
    # A file is the same in all languages: its words follow the chain.
    assert [asset.alt for asset in document.assets] == [name_of(better)]


# --- The whole line --------------------------------------------------------------------------------------------------


@pytest.fixture
def family() -> Family:
    attributes = [
        make.make_attribute("text", "material"),
        make.make_attribute("text", "origin", settings={"default": "Italy"}),
    ]
    return make.make_family("cups", attributes, values={"material": {"": "china"}})


def make_line(family: Family) -> list[Product]:
    """A product, a variant of it and a variant of that."""
    root = make.make_product("A", family)
    middle = make.make_product("A-1", parent=root)
    return [root, middle, make.make_product("A-1-1", parent=middle)]


def test_facts_come_from_the_nearest_level_then_the_family_then_the_default(shop: Channel, family: Family) -> None:
    root, middle, leaf = make_line(family)

    def material() -> tuple[str, Any]:
        found = assembled(shop, "A-1-1")
        fact = found.document.facts.get("material")
        return fact.text if fact else "", found.provenance["facts"].get("material", {}).get("from")

    assert assembled(shop, "A-1-1").document.facts["origin"].text == "Italy"
    assert assembled(shop, "A-1-1").provenance["facts"]["origin"]["from"] == "default:"
    assert material() == ("china", "family:cups")
    set_facts(make.ACTOR, root, {"material": {"": "glass"}})
    assert material() == ("glass", "A")
    empty_here(make.ACTOR, middle, "fact:material")
    assert material() == ("", None)
    assert assembled(shop, "A-1-1").provenance["emptied"]["material"] == {
        "from": "A-1",
        "level": 1,
        "scope": "",
        "beaten": [
            {"from": "A", "level": 2, "scope": "", "value": "glass"},
            {"from": "family:cups", "level": 3, "scope": "", "value": "china"},
        ],
    }
    set_facts(make.ACTOR, leaf, {"material": {"": "steel"}})
    assert material() == ("steel", "A-1-1")
    reset_to_inherited(make.ACTOR, Product.objects.get(sku="A-1-1"), "fact:material")
    reset_to_inherited(make.ACTOR, Product.objects.get(sku="A-1"), "fact:material:")
    assert material() == ("glass", "A")


def test_categories_are_those_of_all_levels_until_one_takes_only_its_own(shop: Channel, family: Family) -> None:
    root, middle, leaf = make_line(family)
    for row, code in zip((root, middle, leaf), ("kitchen", "bar", "office"), strict=True):
        row.categories.set([make.make_category(code)])

    def codes(sku: str) -> set[str]:
        return {link.code for link in assembled(shop, sku).document.categories}

    assert codes("A-1-1") == {"kitchen", "bar", "office"}
    set_own_only(make.ACTOR, middle, add=["categories"])
    assert (codes("A"), codes("A-1"), codes("A-1-1")) == ({"kitchen"}, {"bar"}, {"bar", "office"})
    assert assembled(shop, "A-1-1").provenance["cut"] == [
        {"what": "categories", "at": "A-1", "level": 1, "left_out": ["category kitchen of A"]}
    ]
    empty_here(make.ACTOR, leaf, "categories")
    assert codes("A-1-1") == set()
    reset_to_inherited(make.ACTOR, leaf, "categories")
    reset_to_inherited(make.ACTOR, middle, "categories")
    assert codes("A-1-1") == {"kitchen"}


def test_a_slot_that_takes_only_its_own_has_nothing_from_categories_and_the_family_either(
    shop: Channel, family: Family
) -> None:
    root, middle, leaf = make_line(family)
    slot, other = make.make_slot("warning", multiple=True), make.make_slot("note")
    category = make.make_category("kitchen")
    root.categories.set([category])
    targets: dict[str, Product | Family | Category] = {
        "of-family": family,
        "of-category": category,
        "of-root": root,
        "of-leaf": leaf,
    }
    for code, target in targets.items():
        place(make.ACTOR, make.make_fragment(code, code, approved=True), slot, target)
    place(make.ACTOR, make.make_fragment("kept", "kept", approved=True), other, family)

    def texts(sku: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for statement in assembled(shop, sku).document.statements:
            found.setdefault(statement.slot, set()).add(statement.text)
        return found

    everything = {"of-family", "of-category", "of-root", "of-leaf"}
    assert texts("A-1-1") == {"warning": everything, "note": {"kept"}}
    set_own_only(make.ACTOR, middle, add=["slot:WARNING"])
    assert texts("A") == {"warning": everything - {"of-leaf"}, "note": {"kept"}}
    assert texts("A-1") == {"note": {"kept"}}
    assert texts("A-1-1") == {"warning": {"of-leaf"}, "note": {"kept"}}
    assert assembled(shop, "A-1-1").provenance["cut"][0]["left_out"] == [
        "fragment of-root, placed on product A",
        "fragment of-category, placed on category kitchen",
        "fragment of-family, placed on family cups",
    ]
    reset_to_inherited(make.ACTOR, middle, "slot:warning")
    assert texts("A-1-1") == {"warning": everything, "note": {"kept"}}


def test_a_role_that_is_emptied_shows_no_file_not_even_the_familys_picture_attribute(
    shop: Channel, family: Family
) -> None:
    picture = make.make_attribute("asset", "picture")
    family.image_attribute = picture
    store(make.ACTOR, family)
    root, middle, leaf = make_line(family)
    for code in ("named", "front", "plan"):
        make.make_asset(code)
    set_facts(make.ACTOR, root, {"picture": {"": "named"}})

    def roles(sku: str) -> list[tuple[str, str]]:
        found = assembled(shop, sku)
        alts = {asset.digest: asset.code for asset in Asset.objects.all()}
        return [(asset.role, alts[asset.digest]) for asset in found.document.assets]

    assert roles("A-1-1") == [("main", "named")]
    attach(make.ACTOR, root, Asset.objects.get(code="front"), "main")
    attach(make.ACTOR, root, Asset.objects.get(code="plan"), "drawing")
    assert roles("A-1-1") == [("main", "front"), ("drawing", "plan")]
    empty_here(make.ACTOR, middle, "asset:main")
    assert roles("A-1") == [("drawing", "plan")]
    assert roles("A-1-1") == [("drawing", "plan")]
    assert assembled(shop, "A-1-1").provenance["cut"][0]["left_out"] == ["asset front of A"]
    attach(make.ACTOR, leaf, Asset.objects.get(code="plan"), "main")
    assert roles("A-1-1") == [("main", "plan"), ("drawing", "plan")]


def test_an_asset_for_one_channel_is_not_seen_in_another(shop: Channel) -> None:
    market = make.make_channel("market", ("de",))
    item = make.make_product("A")
    for code, channel in (("front", None), ("front-white", market)):
        attach(make.ACTOR, item, make.make_asset(code, alt_de=code), "main", channel=channel)
    assert [asset.alt for asset in assembled(shop, "A").document.assets] == ["front"]
    found = assembled(market, "A")
    assert [asset.alt for asset in found.document.assets] == ["front-white"]
    assert found.provenance["assets"] == [
        {
            "role": "main",
            "asset": "front-white",
            "from": "A",
            "level": 0,
            "channel": "market",
            "beaten": [{"asset": "front", "from": "A", "level": 0, "channel": ""}],
        }
    ]


# --- Associations ----------------------------------------------------------------------------------------------------


def links(channel: Channel, sku: str) -> list[tuple[str, str, int]]:
    return [(link.type, link.sku, link.quantity) for link in assembled(channel, sku).document.associations]


def test_associations_are_inherited_until_a_level_takes_only_its_own(shop: Channel, family: Family) -> None:
    root, _, leaf = make_line(family)
    kind = make.make_association_type("accessory")
    for number, row in enumerate((root, leaf)):
        associate(make.ACTOR, row, kind, make.make_product(f"T-{number}"), quantity=number + 2)
    assert links(shop, "A-1-1") == [("accessory", "T-1", 3), ("accessory", "T-0", 2)]
    set_own_only(make.ACTOR, leaf, add=["association:accessory"])
    assert links(shop, "A-1-1") == [("accessory", "T-1", 3)]
    assert assembled(shop, "A-1-1").provenance["cut"][0]["left_out"] == ["1 accessory"]
    empty_here(make.ACTOR, leaf, "association:accessory")
    assert links(shop, "A-1-1") == []
    assert links(shop, "A-1") == [("accessory", "T-0", 2)]


def test_a_two_way_type_is_seen_from_both_sides_each_with_its_own_label(shop: Channel) -> None:
    kind = make.make_association_type("part")
    kind.two_way = True
    set_texts(kind, "label", {"de": "Ersatzteil"})
    set_texts(kind, "inverse_label", {"de": "Passt zu"})
    store(make.ACTOR, kind)
    machine, seal = make.make_product("M"), make.make_product("S")
    associate(make.ACTOR, machine, kind, seal, quantity=4)
    assert links(shop, "M") == [("part", "S", 4)]
    assert links(shop, "S") == [("part:inverse", "M", 1)]
    labels = draft(shop, TODAY).publish({})["de"]["associations"]
    assert labels == [["part", "Ersatzteil"], ["part:inverse", "Passt zu"]]


def test_a_two_way_type_that_reads_alike_from_both_sides_is_one_type(shop: Channel) -> None:
    kind = make.make_association_type("goes-with")
    kind.two_way = True
    store(make.ACTOR, kind)
    one, other = make.make_product("A"), make.make_product("B")
    associate(make.ACTOR, one, kind, other)
    associate(make.ACTOR, other, kind, one)
    assert links(shop, "A") == [("goes-with", "B", 1)]
    assert links(shop, "B") == [("goes-with", "A", 1)]


def test_a_one_way_type_is_seen_from_its_own_side_only(shop: Channel) -> None:
    associate(make.ACTOR, make.make_product("A"), make.make_association_type("accessory"), make.make_product("B"))
    assert links(shop, "B") == []


# --- explain ---------------------------------------------------------------------------------------------------------


def explained(*arguments: str) -> str:
    out = io.StringIO()
    call_command("explain", *arguments, stdout=out)
    return out.getvalue()


def test_explain_tells_the_level_what_was_beaten_and_what_is_cut_off(shop: Channel, family: Family) -> None:
    root, middle, _ = make_line(family)
    slot = make.make_slot("warning")
    place(make.ACTOR, make.make_fragment("hot", {"de": "Heiß"}, approved=True), slot, family)
    root.categories.set([make.make_category("kitchen")])
    attach(make.ACTOR, root, make.make_asset("front"), "main")
    attach(make.ACTOR, middle, make.make_asset("side"), "main", channel=shop)
    empty_here(make.ACTOR, middle, "slot:warning")
    empty_here(make.ACTOR, middle, "fact:material")
    release(make.ACTOR, shop)
    assert explained("A-1-1", "shop", "de").partition("\nFacts\n")[2] == (
        "  origin: Italy\n"
        "    from the attribute’s default, for all\n"
        "  material: said to be empty\n"
        "    by A-1 (1 above), for all\n"
        "    beat china, from family cups, for all\n"
        "\n"
        "Statements\n"
        "\n"
        "Assets\n"
        "  main: side, from A-1 (1 above), for shop\n"
        "    beat front, from A (2 above), for all\n"
        "\n"
        "Categories\n"
        "  kitchen: from A (2 above)\n"
        "\n"
        "Not inherited\n"
        "  slot:warning: only what A-1 and those below it say counts\n"
        "    left out: fragment hot, placed on family cups\n"
        "\n"
        "Empty slots\n"
        "  warning: fragment hot, placed on family cups: cut off at A-1\n"
    )
    found = json.loads(explained("A-1-1", "shop", "de", "--json"))
    assert found["cut"] == [
        {"what": "slot:warning", "at": "A-1", "level": 1, "left_out": ["fragment hot, placed on family cups"]}
    ]
    assert found["emptied"]["material"]["from"] == "A-1"
