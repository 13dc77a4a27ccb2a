"""What is derived follows writes of things that products only have to do with."""

from __future__ import annotations

import pytest

from catalog.indexing import differences
from catalog.indexing.search import search
from catalog.models import (
    Asset,
    Channel,
    Completeness,
    EntityType,
    Family,
    ForbiddenTerm,
    Market,
    Product,
    ProductIndex,
    Record,
    Requirement,
)
from catalog.models.base import set_texts
from catalog.operations import upkeep
from catalog.operations.assets import attach, save_asset, store_asset, store_link
from catalog.operations.channels import save_channel
from catalog.operations.fragments import place
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve
from tests.factories import (
    ACTOR,
    make_asset,
    make_attribute,
    make_channel,
    make_family,
    make_fragment,
    make_market,
    make_product,
    make_slot,
    png,
    require,
)

pytestmark = pytest.mark.django_db


def checked(product: Product) -> bool:
    return ProductIndex.objects.get(product=product).checked


def judged() -> None:
    """As after the checks have run over everything."""
    ProductIndex.objects.update(checked=True)


def missing() -> dict[str, list[str]]:
    """What products lack, by their SKU."""
    return dict(Completeness.objects.values_list("product__sku", "missing"))


def found(words: str, language: str = "en") -> list[str]:
    hits = [hit.product_id for hit in search(words, language)]
    return list(Product.objects.filter(pk__in=hits).values_list("sku", flat=True))


# --- Records ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def acme() -> Record:
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    record = Record(entity_type=brand, code="acme-7", label_en="Coyote Works", label_de="Kojotenwerke")
    store(ACTOR, record)
    return record


@pytest.mark.parametrize("filterable", [True, False])
def test_products_are_found_by_what_their_record_is_called(acme: Record, filterable: bool) -> None:
    maker = make_attribute("record", "maker", settings={"entity": "Brand"}, filterable=filterable)
    make_product("ANVIL", make_family("f", [maker]), {"maker": "acme-7"})
    assert found("coyote") == found("kojotenwerke", "de") == found("acme-7") == ["ANVIL"]
    assert found("kojotenwerke", "fr") == []
    set_texts(acme, "label", {"en": "Roadrunner Ltd"})
    store(ACTOR, acme)
    assert (found("coyote"), found("roadrunner")) == ([], ["ANVIL"])
    assert differences() == {}


def test_a_record_that_a_family_names_is_what_its_products_are_found_by(acme: Record) -> None:
    maker = make_attribute("record", "maker", settings={"entity": "brand"})
    family = make_family("f", [maker], values={"maker": {"": "acme-7"}})
    make_product("ANVIL", family)
    set_texts(acme, "label", {"en": "Roadrunner Ltd"})
    store(ACTOR, acme)
    assert found("roadrunner") == ["ANVIL"]
    upkeep.rename(ACTOR, acme, "meep")
    assert found("meep") == ["ANVIL"]
    assert differences() == {}


# --- Channels, markets ------------------------------------------------------------------------------------------------
@pytest.fixture
def shop() -> Channel:
    """A channel in Italy that demands a price and a hint of a lamp: the hint is for Italy, the price in euros."""
    market = make_market("it")
    channel = make_channel("shop", market=market, currencies=["EUR"])
    price = make_attribute("price", "price")
    family = make_family("lamps", [price])
    require(family, channel, "price")
    hint = make_slot("hint")
    store(ACTOR, Requirement(family=family, channel=channel, slot=hint))
    make_product("LAMP", family, {"price": [{"amount": "5", "currency": "EUR"}]})
    fragment = make_fragment("note")
    fragment.markets.set([market])
    approve(ACTOR, fragment)
    place(ACTOR, fragment, hint, family)
    assert missing() == {"LAMP": []}
    return channel


def test_a_channel_that_is_retired_demands_nothing_any_more(shop: Channel) -> None:
    upkeep.retire(ACTOR, shop)
    assert (missing(), differences()) == ({}, {})
    shop.retired = False
    save_channel(ACTOR, shop)
    assert (missing(), differences()) == ({"LAMP": []}, {})


def test_a_price_in_a_currency_that_a_channel_does_not_show_any_more_is_missing(shop: Channel) -> None:
    shop.currencies = ["CHF"]
    save_channel(ACTOR, shop)
    assert (missing(), differences()) == ({"LAMP": ["fact:price"]}, {})


def test_a_text_for_another_market_is_missing(shop: Channel) -> None:
    shop.market = make_market("at")
    save_channel(ACTOR, shop)
    assert (missing(), differences()) == ({"LAMP": ["slot:hint"]}, {})


def test_a_text_is_still_for_a_market_that_is_called_otherwise_now(shop: Channel) -> None:
    upkeep.rename(ACTOR, Market.objects.get(), "italy")
    assert (missing(), differences()) == ({"LAMP": []}, {})
    # Without an alias it is another market to what was approved.
    market = Market.objects.get()
    market.code = "it-2"
    store(ACTOR, market)
    assert (missing(), differences()) == ({"LAMP": ["slot:hint"]}, {})


def test_texts_for_a_market_that_another_takes_the_place_of_are_for_that_one(shop: Channel) -> None:
    upkeep.merge(ACTOR, Market.objects.get(), make_market("eu"))
    assert (missing(), differences()) == ({"LAMP": []}, {})


# --- Files ------------------------------------------------------------------------------------------------------------
def test_a_changed_file_is_judged_anew_where_it_is_shown() -> None:
    photo = make_attribute("asset", "photo")
    family = make_family("f", [photo], image_attribute=photo)
    asset, other = make_asset("one"), make_asset("two")
    named = make_product("NAMED", family, {"photo": "one"})
    attached, below = make_product("ATTACHED"), make_product("BELOW", parent=make_product("GROUP"))
    attach(ACTOR, attached, asset, "main")
    assert below.parent is not None
    attach(ACTOR, below.parent, asset, "main")
    apart = make_product("APART", family, {"photo": "two"})
    judged()
    store_asset(ACTOR, asset, png(90, 90))
    assert [checked(each) for each in (named, attached, below, apart)] == [False, False, False, True]
    judged()
    store_asset(ACTOR, asset, png(90, 90))
    set_texts(asset, "title", {"en": "Another title"})
    save_asset(ACTOR, asset)
    store_asset(ACTOR, make_asset("new"), png(7, 7))
    assert all(checked(each) for each in (named, attached, below, apart))
    store_link(ACTOR, asset, Asset.Kind.VIDEO, "https://example.org/film")
    assert not checked(named)
    assert checked(apart)
    assert other.kind == Asset.Kind.IMAGE
    assert differences() == {}


def test_a_file_that_a_family_names_or_that_stands_by_default_is_followed() -> None:
    asset = make_asset("one")
    photo, sheet = make_attribute("asset", "photo"), make_attribute("asset", "sheet", settings={"default": "one"})
    families = [make_family("said", [photo], values={"photo": {"": "one"}}), make_family("default", [sheet])]
    products = [make_product(family=family) for family in families]
    judged()
    store_asset(ACTOR, asset, png(90, 90))
    assert [checked(each) for each in products] == [False, False]


# --- What the checks go by --------------------------------------------------------------------------------------------
def test_new_rules_of_the_checks_hold_for_all_products() -> None:
    product, channel = make_product(), make_channel("shop")
    term = ForbiddenTerm(term="cheap")
    judged()
    store(ACTOR, term)
    assert not checked(product)
    judged()
    remove(ACTOR, term)
    assert not checked(product)
    judged()
    channel.text_limits = {"slot:hint": 3}
    store(ACTOR, make_slot("hint"))
    save_channel(ACTOR, channel)
    assert not checked(product)
    judged()
    set_texts(channel, "label", {"en": "Another title"})
    save_channel(ACTOR, channel)
    assert checked(product)
    upkeep.retire(ACTOR, channel)
    assert not checked(product)


def test_a_family_that_goes_on_as_it_is_costs_no_check() -> None:
    product = make_product(family=make_family("f"))
    judged()
    family = Family.objects.get()
    set_texts(family, "label", {"en": "Lamps"})
    store(ACTOR, family)
    assert checked(product)
