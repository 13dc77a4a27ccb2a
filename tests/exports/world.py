"""A small shop, made through the operations and released: what the tests of everything fetched look at.

The public channel `shop` speaks Italian and German, the private `service` English. The Lira is a group of two variants
with a picture, texts and an accessory, the tamper.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Asset, Category, Channel, Family, Fragment, Product
from catalog.operations.assets import attach
from catalog.operations.associations import associate
from catalog.operations.fragments import place
from catalog.operations.products import set_facts
from catalog.operations.tokens import note_use
from exports import tokens
from exports.models import ChannelToken, Release
from exports.releasing.committing import release
from tests import factories
from tests.factories import ACTOR
from tests.sharing import Made


@dataclass(frozen=True)
class World:
    shop: Channel
    service: Channel
    shop_token: str
    service_token: str
    machines: Family
    home: Category
    asset: Asset
    headline: Fragment

    def release(self, channel: Channel | None = None) -> Release:
        return release(ACTOR, channel or self.shop).release

    def rename(self, sku: str, name: str) -> None:
        """Another name in Italian; German falls back to it."""
        set_facts(ACTOR, Product.objects.get(sku=sku), {"name": {"it": name}})

    def add(self, *skus: str, **fields: Any) -> None:
        for sku in skus:
            factories.make_product(sku, self.machines, {"name": {"it": f"Modello {sku}"}}, [self.home], **fields)

    def reader(self, channel: Channel | None = None) -> Reader:
        return Reader(self.service_token if channel == self.service else self.shop_token)


class Reader:
    """A channel's machine: fetches with its token, follows addresses as they are given."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}"} if token else {})

    def get(self, address: str, **headers: str) -> Any:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers)

    def json(self, address: str) -> Any:
        answer = self.get(address)
        assert answer.status_code == 200, answer.content
        return orjson.loads(answer.content)

    def lines(self, address: str) -> list[Any]:
        answer = self.get(address, accept="application/x-ndjson")
        assert answer.status_code == 200
        return [orjson.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def content(answer: Any) -> bytes:
    """The whole body of an answer, one sent in pieces too. The client closes the file at the last piece."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@contextmanager
def counted(most: int) -> Iterator[CaptureQueriesContext]:
    """Exactly so many queries; a failure shows them."""
    with CaptureQueriesContext(connection) as queries:
        yield queries
    assert len(queries) == most, "\n".join(query["sql"] for query in queries.captured_queries)


def _family() -> Family:
    name = factories.make_attribute("text", "name", {"it": "Nome", "de": "Name"}, localizable=True)
    weight = factories.make_attribute("measurement", "weight", {"it": "Peso", "de": "Gewicht"})
    price = factories.make_attribute("price", "price", {"it": "Prezzo", "de": "Preis"}, role="price")
    color = factories.make_attribute(
        "select", "color", {"it": "Colore", "de": "Farbe"}, options=("black", "red"), filterable=True
    )
    return factories.make_family(
        "machines", [name, weight, price, color], {"it": "Macchine", "de": "Maschinen"}, label_attribute=name
    )


def _channels(tree: Category) -> tuple[Channel, Channel]:
    market = factories.make_market("italy", country="IT")
    titles = {"it": "Negozio", "de": "Laden"}
    shop = factories.make_channel(
        "shop", {"it": "", "de": "it"}, titles, tree=tree, market=market, currencies=["EUR"], public=True
    )
    return shop, factories.make_channel("service", {"en": "it"}, {"en": "Service"}, tree=tree)


def _lira(family: Family, home: Category, asset: Asset, tamper: Product) -> Product:
    facts = {
        "name": {"it": "Lira", "de": "Lira, die Kleine"},
        "weight": {"amount": "4.2", "unit": "kg"},
        "price": [{"amount": "449.00", "currency": "EUR"}],
    }
    lira = factories.make_product("BZ-LIRA", family, facts, [home])
    attach(ACTOR, lira, asset, "main")
    associate(ACTOR, lira, factories.make_association_type("accessory"), tamper)
    for color in ("black", "red"):
        sku = f"BZ-LIRA-{color[:1].upper()}"
        factories.make_product(sku, family, {"color": color, "name": {"it": f"Lira {color}"}}, parent=lira)
    return lira


def make_world() -> World:
    tree = factories.make_category("root")
    home = factories.make_category("home", tree, {"it": "Per la casa", "de": "Für zu Hause"})
    family = _family()
    shop, service = _channels(tree)
    asset = factories.make_asset("lira-front", factories.png(20, 10), alt_it="Lira di fronte")
    tamper = factories.make_product("BZ-TAMPER", family, {"name": {"it": "Pressino"}}, [home])
    lira = _lira(family, home, asset, tamper)
    slot = factories.make_slot("headline", rich=False)
    words = {"it": "Pesa {{ fact:weight }}.", "de": "Wiegt {{ fact:weight }}."}
    headline = factories.make_fragment("lira-headline", words, approved=True)
    place(ACTOR, headline, slot, lira)
    common = factories.make_fragment("machines-headline", {"it": "Espresso come al bar."}, approved=True)
    place(ACTOR, common, slot, family)
    keys = [_used(*tokens.issue(ACTOR, channel, "reader")) for channel in (shop, service)]
    for channel in (shop, service):
        release(ACTOR, channel)
    return World(shop, service, keys[0], keys[1], family, home, asset, headline)


def _used(token: ChannelToken, secret: str) -> str:
    """The key, used just now, so that the next use is not noted: queries are counted by many tests."""
    note_use(token)
    return secret


@pytest.fixture
def world(made_world: Made[World], db: None) -> World:
    """`made_world` is that of tests/exports/conftest.py."""
    return made_world.again()
