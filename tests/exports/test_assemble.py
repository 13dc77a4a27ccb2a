"""From a bundle to a document: facts, identifiers, prices, pictures and what is missing."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from exports.assembling.assemble import Assembled, assemble
from exports.documents import AssociationLink, CategoryLink, DocumentAsset, Fact, Money, to_bytes
from exports.gathering.bundles import Association, Labelled, Library, ProductBundle, Required
from tests.exports.bundled import (
    TODAY,
    make_asset,
    make_bundle,
    make_context,
    make_fragment,
    make_placed,
    make_slot,
    make_spec,
)

NAME = make_spec("name", localizable=True)
WEIGHT = make_spec("weight", "measurement", group="technical")
COLORS = {"black": ("Black", {"de": "Schwarz", "en": "Black"}), "red": ("Red", {})}
COLOR = make_spec("color", "select", options=COLORS)
GTIN = make_spec("ean", role="gtin")
PRICE = make_spec("price", "price", role="price")
GOOD_GTIN = "9521234567899"


def demanded(*codes: str, kind: str = "fact", languages: frozenset[str] | None = None) -> tuple[Required, ...]:
    return tuple(Required(kind, code, languages) for code in codes)


def assembled(bundle: ProductBundle, library: Library | None = None, **context: Any) -> Assembled:
    return assemble(bundle, make_context(**context), library or Library())


def test_a_document_is_all_that_is_known_of_the_product() -> None:
    bundle = make_bundle(
        [NAME, WEIGHT],
        {"name": {"de": "Lira"}, "weight": {"amount": "4.2", "unit": "kg"}},
        label_attribute="name",
        type="group",
        parent="P-up1",
        variants=("P-1", "P-2"),
        categories=((Labelled("root", {}), Labelled("home", {"de": "Zu Hause"})), (Labelled("shelf", {}),)),
        associations=(Association("accessory", "Q", 2),),
    )
    done = assembled(bundle)
    document = done.document
    assert document.facts == {
        "name": Fact("Name (de)", "general", "text", "Lira", "Lira", 0, "name"),
        "weight": Fact(
            "Weight (de)",
            "technical",
            "measurement",
            {"amount": "4.2", "unit": "kg", "unit_code": "KGM"},
            "4,2\u00a0kg",
            1,
        ),
    }
    assert (document.sku, document.name, document.type, document.parent, document.variants) == (
        "P",
        "Lira",
        "group",
        "P-up1",
        ("P-1", "P-2"),
    )
    assert document.family == {"code": "machines", "label": "Maschinen"}
    assert document.categories == (
        CategoryLink("home", "Zu Hause", ("root", "home")),
        CategoryLink("shelf", "shelf", ("shelf",)),
    )
    assert document.associations == (AssociationLink("accessory", "Q", 2),)
    assert done.problems == ()


def test_where_a_fact_comes_from_is_kept_beside_the_document() -> None:
    bundle = make_bundle([NAME], {"name": {"en": "Lyre"}}, above=[{}, {"name": {"de": "Alt"}}])
    assert assembled(bundle).provenance == {
        "facts": {
            "name": {
                "from": "P",
                "level": 0,
                "scope": "en",
                "beaten": [{"from": "P-up2", "level": 2, "scope": "de", "value": "Alt"}],
            }
        },
        "emptied": {},
        "statements": [],
        "absent": [],
        "shown": [],
    }


def test_facts_are_inherited_and_a_null_takes_one_away() -> None:
    bundle = make_bundle(
        [NAME, WEIGHT],
        {"name": {"de": None}},
        above=[{"name": {"de": "Lira"}, "weight": {"amount": "1", "unit": "kg"}}],
    )
    assert [fact.text for fact in assembled(bundle).document.facts.values()] == ["1\u00a0kg"]


def test_facts_stand_in_the_order_of_the_family_and_keep_their_place() -> None:
    specs = [make_spec(code) for code in ("c", "a", "b")]
    facts = assembled(make_bundle(specs, {"a": "1", "b": "2"})).document.facts
    assert [(code, fact.position) for code, fact in facts.items()] == [("a", 1), ("b", 2)]


def test_a_product_without_a_name_is_called_by_its_sku() -> None:
    assert assembled(make_bundle([NAME], label_attribute="name")).document.name == "P"
    assert assembled(make_bundle([NAME], {"name": {"fr": "Lyre"}}, label_attribute="name")).document.name == "P"


def test_a_fact_in_a_fallback_language_keeps_the_formats_of_that_language() -> None:
    number = make_spec("n", "number", localizable=True)
    facts = assembled(
        make_bundle([number, make_spec("m", "number")], {"n": {"en": "1234.5"}, "m": "1234.5"})
    ).document.facts
    assert [fact.text for fact in facts.values()] == ["1,234.5", "1.234,5"]


def test_axes_are_told_by_the_option_and_else_by_the_text() -> None:
    size = make_spec("size", "measurement")
    bundle = make_bundle(
        [COLOR, size],
        {"color": "Black", "size": {"amount": "3", "unit": "mm"}},
        axes=("color", "size", "gone"),
        type="variant",
    )
    assert assembled(bundle).document.axes == {"color": "Black", "size": "3\u00a0mm"}


def test_options_are_codes_for_machines_and_labels_for_people() -> None:
    many = make_spec("colors", "multiselect", options=COLORS)
    facts = assembled(make_bundle([COLOR, many], {"color": "Red", "colors": ["Red", "Black"]})).document.facts
    assert [(fact.value, fact.text) for fact in facts.values()] == [("Red", "Red"), (["Red", "Black"], "Red, Schwarz")]


def test_a_product_without_a_family_is_fine() -> None:
    assert assembled(make_bundle(family=None)).document.family == {}
    assert assembled(make_bundle(family=Labelled("x", {}))).document.family == {"code": "x", "label": "x"}


# --- Identifiers and prices -------------------------------------------------------------------------------------------


def test_identifiers_go_by_their_role() -> None:
    specs = [GTIN, make_spec("part", role="mpn"), make_spec("maker", "select", role="brand", options=COLORS)]
    document = assembled(make_bundle(specs, {"ean": "952-1234 567899", "part": "X-1", "maker": "Black"})).document
    assert document.identifiers == {"gtin": GOOD_GTIN, "mpn": "X-1", "brand": "Black"}
    assert [fact.role for fact in document.facts.values()] == ["gtin", "mpn", "brand"]


def test_the_first_attribute_with_a_role_counts() -> None:
    specs = [make_spec("a", role="mpn"), make_spec("b", role="mpn")]
    assert assembled(make_bundle(specs, {"a": "1", "b": "2"})).document.identifiers == {"mpn": "1"}


@pytest.mark.parametrize("number", ["9521234567898", "123", "abc", "95212345678999"])
def test_what_is_no_gtin_is_reported_and_not_told(number: str) -> None:
    done = assembled(make_bundle([GTIN], {"ean": number}))
    assert done.document.identifiers == {}
    ((kind, message),) = done.problems
    assert (kind, message.startswith(f"“{number}” is no GTIN: ")) == ("identifier", True)


def test_a_channel_shows_the_prices_in_its_currencies() -> None:
    prices = [{"amount": "499.00", "currency": "EUR"}, {"amount": "549.00", "currency": "USD"}]
    bundle = make_bundle([PRICE], {"price": prices})
    document = assembled(bundle).document
    assert document.prices == (Money("499.00", "EUR"),)
    assert document.facts["price"].value == prices[:1]
    assert document.facts["price"].text == "499,00\u00a0€"
    everything = assembled(bundle, currencies=()).document
    assert everything.prices == (Money("499.00", "EUR"), Money("549.00", "USD"))
    swiss = assembled(replace(bundle, required=demanded("price")), currencies=("CHF",))
    assert (swiss.document.prices, swiss.document.facts) == ((), {})
    assert swiss.problems == (("incomplete", "Required, but empty: price."),)


def test_only_a_price_is_a_price() -> None:
    assert assembled(make_bundle([make_spec("price", role="price")], {"price": "cheap"})).document.prices == ()


# --- Pictures and files -----------------------------------------------------------------------------------------------


def roles(done: Assembled) -> list[tuple[str, str]]:
    return [(asset.role, asset.digest.removeprefix("digest-of-")) for asset in done.document.assets]


def test_an_asset_is_told_with_its_address_and_alternative_text() -> None:
    front = make_asset("front", alt={"en": "From the front"})
    manual = make_asset("manual", "document")
    assert assembled(make_bundle(assets=(("gallery", front), ("manual", manual)))).document.assets == (
        DocumentAsset(
            "gallery",
            "image",
            "/assets/digest-of-front/large.jpg",
            "From the front",
            "image/png",
            20,
            10,
            "digest-of-front",
        ),
        DocumentAsset(
            "manual",
            "document",
            "/assets/digest-of-manual/original",
            "",
            "application/pdf",
            None,
            None,
            "digest-of-manual",
        ),
    )


PICTURE = make_spec("picture", "asset")
SHELF = Library(assets={"front": make_asset("front"), "side": make_asset("side")})


def test_the_picture_of_the_family_is_the_main_one_where_none_is_attached() -> None:
    bundle = make_bundle(
        [PICTURE, make_spec("drawing", "asset"), make_spec("lost", "asset")],
        {"picture": "Front", "drawing": "side", "lost": "gone"},
        image_attribute="picture",
        assets=(("gallery", make_asset("g")),),
    )
    assert roles(assembled(bundle, SHELF)) == [("main", "front"), ("gallery", "g"), ("drawing", "side")]
    attached = replace(bundle, assets=(("gallery", make_asset("g")), ("main", make_asset("m"))))
    assert roles(assembled(attached, SHELF)) == [("main", "m"), ("gallery", "g"), ("drawing", "side")]


def test_the_same_picture_shows_once_in_a_role() -> None:
    front = make_asset("front")
    bundle = make_bundle(
        [PICTURE], {"picture": "front"}, image_attribute="picture", assets=(("main", front), ("gallery", front))
    )
    assert roles(assembled(bundle, SHELF)) == [("main", "front"), ("gallery", "front")]


@pytest.mark.parametrize(("days", "shown"), [(-1, False), (0, True), (1, True)])
def test_an_asset_shows_until_its_rights_end(days: int, shown: bool) -> None:
    expires = TODAY + datetime.timedelta(days=days)
    done = assembled(make_bundle(assets=(("main", make_asset("front", expires=expires)),)))
    assert roles(done) == ([("main", "front")] if shown else [])
    assert done.problems == (() if shown else (("asset", "The rights to “front” ended on 2027-02-28."),))


# --- What is missing --------------------------------------------------------------------------------------------------


def test_required_facts_that_are_missing_are_reported_but_not_of_groups() -> None:
    bundle = make_bundle([NAME, WEIGHT, COLOR], {"color": "Red"}, required=demanded("name", "Color", "weight"))
    assert assembled(bundle).problems == (("incomplete", "Required, but empty: name, weight."),)
    assert assembled(replace(bundle, type="group")).problems == ()


def test_a_fact_in_a_fallback_language_is_not_missing() -> None:
    bundle = make_bundle([NAME], {"name": {"en": "Lyre"}}, required=demanded("name"))
    assert assembled(bundle).problems == ()
    assert assembled(bundle, chain=("de",)).problems == (("incomplete", "Required, but empty: name."),)


def test_required_texts_and_files_are_missing_where_the_document_has_none() -> None:
    required = (*demanded("Teaser", "legal", kind="slot"), *demanded("MAIN", "manual", kind="asset"))
    teaser = make_placed(make_fragment("f", "<p>Light.</p>"), make_slot("teaser"))
    bundle = make_bundle([], {}, required=required, placements=(teaser,), assets=(("main", make_asset("a")),))
    assert assembled(bundle).problems == (("incomplete", "Required, but empty: slot legal, asset manual."),)


def test_an_expired_file_is_missing() -> None:
    asset = make_asset("a", expires=datetime.date(2027, 2, 28))
    bundle = make_bundle([], {}, required=demanded("main", kind="asset"), assets=(("main", asset),))
    assert [kind for kind, _ in assembled(bundle).problems] == ["incomplete", "asset"]


def test_a_demand_with_a_condition_holds_in_its_languages_only() -> None:
    bundle = make_bundle([NAME], {}, required=demanded("name", languages=frozenset({"en"})))
    assert assembled(bundle).problems == ()
    assert assembled(bundle, chain=("en",)).problems == (("incomplete", "Required, but empty: name."),)


def test_all_problems_come_together() -> None:
    headline = make_placed(make_fragment("f", "{{ fact:gone }}"), make_slot("headline", rich=False))
    bundle = make_bundle([GTIN, NAME], {"ean": "1"}, required=demanded("name"), placements=(headline,))
    assert [kind for kind, _ in assembled(bundle).problems] == ["incomplete", "identifier", "reference"]


def test_statements_name_the_facts_of_the_document() -> None:
    headline = make_placed(
        make_fragment("f", "<p>{{ product:name }} weighs {{ fact:WEIGHT }}.</p>"), make_slot("headline", rich=False)
    )
    bundle = make_bundle(
        [NAME, WEIGHT],
        {"name": {"de": "Lira"}, "weight": {"amount": "4.2", "unit": "kg"}},
        label_attribute="name",
        placements=(headline,),
    )
    done = assembled(bundle)
    assert [statement.text for statement in done.document.statements] == ["Lira weighs 4,2\u00a0kg."]
    assert done.provenance["statements"][0]["fragment"] == "f"


def test_the_same_bundle_gives_the_same_bytes() -> None:
    bundle = make_bundle([COLOR, NAME], {"name": {"de": "x"}, "color": "Red"})
    assert to_bytes(assembled(bundle).document) == to_bytes(assembled(bundle).document)
    levels = tuple(level._replace(values=dict(reversed(list(level.values.items())))) for level in bundle.levels)
    assert to_bytes(assembled(replace(bundle, levels=levels)).document) == to_bytes(assembled(bundle).document)
