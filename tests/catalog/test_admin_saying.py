"""A fact is said on all products chosen in the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, messages_of

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


def say(page: Client, *products: Product, **sent: Any) -> Any:
    """Press “Say a fact …” with these products chosen."""
    chosen = [product.pk for product in products]
    data = {"action": "say_selected", "_selected_action": chosen, **sent}
    return page.post(address(Product, "changelist"), data, follow=True)


def test_a_fact_is_said_on_many(page: Client) -> None:
    color = make.make_attribute("select", "color", options=["red", "blue"])
    make.make_attribute("gtin", "gtin", unique=True)
    family = make.make_family("shirts", [color])
    products = [make.make_product(sku, family) for sku in ("A", "B")]
    asked = messages_of(say(page, *products))
    assert "2 products: A, B" in asked
    assert "color (color)" in asked
    assert "gtin (gtin)" not in asked
    assert "This field is required." in messages_of(say(page, *products, apply="which"))
    assert "Say it on all of them" in messages_of(say(page, *products, apply="which", attribute="color"))
    fact = {"apply": "what", "attribute": "color", "wish": "say"}
    assert "Say what the fact is" in messages_of(say(page, *products, **fact))
    assert "no option of" in messages_of(say(page, *products, **fact, value="green"))
    assert "Changed: 2. Said so before: 0." in messages_of(say(page, *products, **fact, value="red"))
    assert "Changed: 0. Said so before: 2." in messages_of(say(page, *products, **fact, value="red"))
    say(page, products[0], **{**fact, "wish": "empty"})
    say(page, products[1], **{**fact, "wish": "reset"})
    assert [product.values for product in Product.objects.order_by("sku")] == [{"color": {"": None}}, {}]


def test_a_fact_is_said_on_many_in_one_language_for_one_channel(page: Client) -> None:
    make.make_attribute("text", "title", localizable=True, per_channel=True)
    make.make_channel("shop", ["en", "de"])
    product = make.make_product("A")
    asked = messages_of(say(page, product, apply="which", attribute="title"))
    assert "In which language?" in asked
    assert "For which channel?" in asked
    fact = {"apply": "what", "attribute": "title", "wish": "say", "value": "Stuhl", "language": "de", "channel": "shop"}
    say(page, product, **fact)
    assert Product.objects.get().values == {"title": {"de@shop": "Stuhl"}}


def test_who_may_only_look_says_nothing() -> None:
    make.make_attribute("text", "title")
    product = make.make_product("A")
    say(browser("reader", "view_product"), product, apply="what", attribute="title", wish="say", value="x")
    assert Product.objects.get().values == {}
