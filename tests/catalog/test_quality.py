"""Findings: kept per product, found where they can be mended, and known until they say something else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.indexing import refresh
from catalog.models import Attribute, Change, Channel, Family, Finding, ForbiddenTerm, Product, ProductIndex
from catalog.operations.assets import attach
from catalog.operations.findings import acknowledge, reopen
from catalog.operations.fragments import place
from catalog.operations.products import INHERIT, set_facts
from catalog.operations.recording import store
from catalog.operations.reviewing import approve
from catalog.quality.rechecking import recheck, recheck_stale
from catalog.quality.schema import orphaned_options
from tests import factories as make
from tests.admin_pages import queries
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps() -> Family:
    power = {"en": "Power", "de": "Leistung"}
    attributes = [
        make.make_attribute("text", "name", label="Name", localizable=True),
        make.make_attribute("text", "gtin", label="GTIN", role="gtin"),
        make.make_attribute("text", "mpn", label="Part number", unique=True),
        make.make_attribute("select", "color", label="Colour", options=["red", "blue", "grey"]),
        make.make_attribute(
            "measurement", "power", label=power, per_channel=True, settings={"unit_family": "power", "unit": "W"}
        ),
        make.make_attribute("asset", "photo"),
    ]
    return make.make_family("lamps", attributes, label_attribute=attributes[0])


def found(*skus: str) -> list[tuple[str, str, str]]:
    """(SKU, check, message) of these products' findings, checked anew."""
    products = Product.objects.filter(sku__in=skus)
    refresh([product.pk for product in products])
    recheck([product.pk for product in products])
    rows = Finding.objects.filter(product__sku__in=skus).order_by("product__sku", "check_code", "key")
    return [(row.product.sku, row.check_code, row.message) for row in rows]


def write(sku: str, **facts: Any) -> None:
    """Change facts and keep the index, but leave the checks for later."""
    product = Product.objects.get(sku=sku)
    set_facts(
        ACTOR, product, {code: value if isinstance(value, dict) else {"": value} for code, value in facts.items()}
    )
    refresh([product.pk])


def speak(target: Any, body: str | dict[str, str], slot: str = "teaser") -> None:
    kind = make.make_slot(slot, slot.title())
    place(ACTOR, make.make_fragment("words", body, approved=True), kind, target)


# --- Where things are found -------------------------------------------------------------------------------------------


def test_a_wrong_value_is_found_once_where_it_is_said(lamps: Family) -> None:
    parent = make.make_product("L", lamps, {"gtin": "4006381333932"})
    make.make_product("L-1", parent=parent)
    assert [row[:2] for row in found("L", "L-1")] == [("L", "identifier")]


def test_a_familys_own_value_is_found_at_its_products_not_at_their_variants(lamps: Family) -> None:
    lamps.values = {"gtin": {"": "12"}}
    store(ACTOR, lamps)
    parent = make.make_product("L", lamps)
    make.make_product("L-1", parent=parent)
    assert [row[:2] for row in found("L", "L-1")] == [("L", "identifier")]


def test_a_text_is_found_where_it_is_placed_or_at_the_top_of_its_family(lamps: Family) -> None:
    ForbiddenTerm.objects.create(term="best")
    parent = make.make_product("L", lamps)
    make.make_product("L-1", parent=parent)
    speak(lamps, "<p>The best.</p>")
    assert found("L", "L-1") == [("L", "forbidden", "Teaser “words” (en) has the word “best”.")]


def test_a_text_on_a_category_that_only_a_variant_stands_in_is_found_there(lamps: Family) -> None:
    ForbiddenTerm.objects.create(term="best")
    category = make.make_category("sale")
    parent = make.make_product("L", lamps)
    make.make_product("L-1", parent=parent, categories=[make.make_category("summer", category)])
    speak(category, "<p>The best.</p>")
    assert [row[:2] for row in found("L", "L-1")] == [("L-1", "forbidden")]


def test_a_text_that_was_true_of_the_group_contradicts_a_variant(lamps: Family) -> None:
    parent = make.make_product("L", lamps, {"power": {"amount": "60", "unit": "W"}})
    make.make_product("L-1", parent=parent, facts={"power": {"amount": "40", "unit": "W"}})
    speak(parent, {"de": "<p>Leistung von 60 W.</p>", "en": "<p>60 W</p>"})
    assert found("L", "L-1") == [
        ("L-1", "prose", "Teaser “words” (de) says “60 W”; Power is 40\xa0W."),
        ("L-1", "prose", "Teaser “words” (en) says “60 W”; Power is 40\xa0W."),
    ]


def test_a_reference_never_contradicts_the_fact_it_shows(lamps: Family) -> None:
    make.make_product("L", lamps, {"power": {"amount": "1400.5", "unit": "W"}, "name": {"de": "Lampe", "en": "Lamp"}})
    make.make_fragment("other", {"de": "Leistung von 60 W."}, approved=True)
    said = "{{ product:name }}: Leistung {{ fact:power }} ({{ fact:power unit=kW decimals=1 }}), {{ fragment:other }}"
    speak(Product.objects.get(), {"de": f"<p>{said}</p>"})
    assert found("L") == []


def test_a_text_is_measured_as_readers_get_it_on_the_channels_it_is_for(lamps: Family) -> None:
    for code in ("shop", "print"):
        make.make_channel(code, text_limits={"slot:teaser": 6, "name": 3, "odd": "x"}, medium="web")
    product = make.make_product("L", lamps, {"name": {"en": "Lamp"}})
    speak(product, "<p><strong>Eight &amp;</strong> <em>.</em></p>")
    fragment = product.placements.get().fragment
    fragment.channels.set([Channel.objects.get(code="print")])
    approve(ACTOR, fragment)
    assert found("L") == [
        ("L", "too_long", "Name (en) has 4 characters; at most 3 fit in print."),
        ("L", "too_long", "Name (en) has 4 characters; at most 3 fit in shop."),
        ("L", "too_long", "Teaser “words” (en) has 9 characters; at most 6 fit in print."),
    ]


def test_a_small_main_picture_is_found_on_the_channels_of_the_products_family(lamps: Family) -> None:
    shop, other = make.make_channel("shop", min_picture=500), make.make_channel("other", min_picture=500)
    other.families.set([make.make_family("chairs")])
    product = make.make_product("L", lamps)
    attach(ACTOR, product, make.make_asset("big", make.png(600, 600)), "main")
    assert found("L") == []
    shop.min_picture = 601
    store(ACTOR, shop)
    assert found("L") == [
        ("L", "picture", "The main picture big has 600 × 600 pixels; shop needs 601 on the shorter side.")
    ]


def test_the_picture_a_fact_names_is_the_main_one_where_none_is_attached(lamps: Family) -> None:
    make.make_channel("shop", min_picture=500)
    lamps.image_attribute = Attribute.objects.get(code="photo")
    store(ACTOR, lamps)
    make.make_asset("Tiny")
    make.make_product("L", lamps, {"photo": "tiny"})
    assert [row[:2] for row in found("L")] == [("L", "picture")]


# --- Findings that two products share ---------------------------------------------------------------------------------


def test_a_unique_value_said_twice_is_found_at_both(lamps: Family) -> None:
    make.make_product("L", lamps, {"mpn": "X-1"})
    make.make_product("M", lamps)
    Product.objects.filter(sku="M").update(values={"mpn": {"": "x-1"}})
    assert [row[:2] for row in found("L", "M")] == [("L", "duplicate"), ("M", "duplicate")]


def test_variants_that_inherit_a_unique_value_do_not_duplicate_it(lamps: Family) -> None:
    parent = make.make_product("L", lamps, {"mpn": "X-1"})
    for sku in ("L-1", "L-2"):
        make.make_product(sku, parent=parent)
    assert found("L", "L-1", "L-2") == []


def test_the_other_product_hears_of_a_duplicate_made_and_of_one_mended(lamps: Family) -> None:
    make.make_product("L", lamps, {"mpn": "X-1"})
    make.make_product("M", lamps)
    found("L", "M")
    recheck_stale()
    Product.objects.filter(sku="M").update(values={"mpn": {"": "X-1"}})
    assert [row[:2] for row in found("M")] == [("M", "duplicate")]
    assert not ProductIndex.objects.get(product__sku="L").checked
    recheck_stale()
    assert Finding.objects.count() == 2
    write("M", mpn=INHERIT)
    found("M")
    assert not ProductIndex.objects.get(product__sku="L").checked
    assert recheck_stale() == 1
    assert Finding.objects.count() == 0
    assert recheck_stale() == 0


def test_near_duplicates_name_each_other_until_a_fact_tells_them_apart(lamps: Family) -> None:
    make.make_product("L", lamps, {"name": {"en": "Desk lamp"}, "color": "red", "gtin": "96385074"})
    make.make_product("M", lamps, {"name": {"en": "Lamp, desk"}, "color": "red"})
    make.make_product("N", make.make_family(label_attribute=Attribute.objects.get(code="name")))
    assert [row[:2] for row in found("L", "M", "N")] == [("L", "lookalike"), ("M", "lookalike")]
    write("M", color="blue")
    assert found("M") == []
    recheck_stale()
    assert Finding.objects.count() == 0


def test_a_group_is_not_like_its_variant(lamps: Family) -> None:
    parent = make.make_product("L", lamps, {"name": {"en": "Lamp"}})
    make.make_product("L-1", parent=parent)
    assert found("L", "L-1") == []


# --- Kept -------------------------------------------------------------------------------------------------------------


def test_a_finding_goes_with_what_it_was_about(lamps: Family) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    assert len(found("L")) == 1
    write("L", gtin="96385074")
    assert found("L") == []


def test_checking_twice_writes_nothing_anew(lamps: Family) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    found("L")
    before = Finding.objects.get()
    found("L")
    after = Finding.objects.get()
    assert (after.pk, after.found_at) == (before.pk, before.found_at)


def test_an_acknowledged_finding_stays_known_until_it_says_something_else(lamps: Family) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    found("L")
    assert acknowledge(ACTOR, Finding.objects.all(), "  Asked\nthe maker. ") == 1
    found("L")
    known = Finding.objects.get()
    assert (known.acknowledged_by, known.reason, known.acknowledged_at is not None) == (
        "factory",
        "Asked the maker.",
        True,
    )
    write("L", gtin="2")
    found("L")
    fresh = Finding.objects.get()
    assert (fresh.pk, fresh.acknowledged_by, fresh.reason, fresh.acknowledged_at) == (known.pk, "", "", None)


def test_a_known_finding_can_be_opened_again(lamps: Family) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    found("L")
    acknowledge(ACTOR, Finding.objects.all(), "Known.")
    assert reopen(ACTOR, Finding.objects.all()) == 1
    assert Finding.objects.get().acknowledged_at is None
    assert [row.operation for row in Change.objects.order_by("id")][-2:] == ["acknowledge", "reopen"]


@pytest.mark.parametrize("reason", ["", "  \n ", "\x00", "\ud800", "x" * 501])
def test_a_reason_that_nobody_can_read_is_refused(lamps: Family, reason: str) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    found("L")
    with pytest.raises(ValidationError):
        acknowledge(ACTOR, Finding.objects.all(), reason)
    assert Finding.objects.get().acknowledged_at is None


def test_a_finding_gone_meanwhile_is_not_acknowledged(lamps: Family) -> None:
    make.make_product("L", lamps, {"gtin": "1"})
    found("L")
    seen = list(Finding.objects.all())
    Finding.objects.all().delete()
    assert acknowledge(ACTOR, seen, "Known.") == 0


def test_only_what_changed_is_checked_again_unless_all_is_wanted(lamps: Family) -> None:
    for sku in ("L", "M"):
        make.make_product(sku, lamps)
    refresh(Product.objects.values_list("pk", flat=True))
    assert (recheck_stale(), recheck_stale()) == (2, 0)
    write("L", gtin="1")
    assert recheck_stale() == 1
    steps: list[tuple[int, int]] = []
    assert recheck_stale(everything=True, progress=lambda done, total: steps.append((done, total))) == 2
    assert steps == [(2, 2)]


def test_the_queries_do_not_grow_with_the_products_nor_with_their_findings(lamps: Family) -> None:
    make.make_channel("shop", min_picture=500, text_limits={"name": 2})
    ForbiddenTerm.objects.create(term="lamp")
    speak(lamps, "<p>The best &amp;nbsp; lamp.</p>")
    asset = make.make_asset()
    ids = []
    for number in range(24):
        product = make.make_product(f"L-{number}", lamps, {"gtin": "1", "name": {"en": "Lamp"}, "color": "red"})
        Product.objects.filter(pk=product.pk).update(values={**product.values, "mpn": {"": "x"}})
        attach(ACTOR, product, asset, "main")
        ids.append(product.pk)
    refresh(ids)
    few = queries(lambda: recheck(ids[:2]))
    many = queries(lambda: recheck(ids[2:]))
    assert Finding.objects.count() > 24 * 5
    # The first time also tells those it found duplicates of.
    assert many <= few


# --- The schema -------------------------------------------------------------------------------------------------------


def test_an_option_nobody_uses_is_an_orphan(lamps: Family) -> None:
    make.make_attribute("multiselect", "material", options=["wood", "steel", "glass", "paper"])
    make.make_product("L", lamps, {"color": "red", "material": ["steel"]})
    lamps.values = {"material": {"": ["glass"]}}
    store(ACTOR, lamps)
    Attribute.objects.filter(code="color").update(settings={"default": "blue"})
    option = Attribute.objects.get(code="material").options.get(code="paper")
    option.retired = True
    store(ACTOR, option)
    assert [tuple(orphan) for orphan in orphaned_options()] == [("color", "grey"), ("material", "wood")]
