"""A copy that is kept by what the feed of changes says is what the channel has, at every release."""

from __future__ import annotations

import datetime
import threading
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from catalog.models import Product
from catalog.operations.products import save_product
from catalog.operations.recording import remove
from exports.api import changes
from exports.models import Release
from exports.querysets import stored_batches
from tests.exports.world import Reader, World, counted, world
from tests.factories import ACTOR

__all__ = ["world"]
CHANGES = "/api/v1/channels/shop/changes/"
DOCUMENTS = "/api/v1/channels/shop/documents/"


class Copy:
    """What a shop keeps: documents by SKU, and where it is."""

    def __init__(self, reader: Reader, cursor: str = "", limit: int = 100) -> None:
        self.reader = reader
        self.cursor = cursor
        self.limit = limit
        self.documents: dict[str, Any] = {}
        self.release = 0

    def page(self, **query: object) -> dict[str, Any]:
        asked = {"limit": self.limit, **({"cursor": self.cursor} if self.cursor else {}), **query}
        page: dict[str, Any] = self.reader.json(
            f"{CHANGES}?{'&'.join(f'{name}={quote(str(said))}' for name, said in asked.items())}"
        )
        return page

    def step(self) -> bool:
        """Put in one page; whether there are more on the way."""
        page = self.page()
        for change in page["changes"]:
            if change["type"] == "delete":
                del self.documents[change["sku"]]
            else:
                self.documents[change["sku"]] = change["document"]
        self.cursor, self.release = page["cursor"], page["release"]
        return bool(page["more"])

    def catch_up(self) -> dict[str, Any]:
        while self.step():
            pass
        return self.documents


def documents(reader: Reader, number: int | None = None) -> dict[str, Any]:
    """What the channel has, by SKU."""
    query = f"?release={number}" if number else ""
    return {line["sku"]: line["document"] for line in reader.lines(f"{DOCUMENTS}{query}")}


def test_an_empty_copy_gets_everything(world: World) -> None:
    copy = Copy(world.reader())
    assert copy.catch_up() == documents(world.reader())
    page = copy.page()
    assert (page["since"], page["release"], page["more"], page["changes"]) == (1, 1, False, [])


def test_a_copy_gets_what_differs_and_what_is_gone_once(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    world.rename("BZ-TAMPER", "Pressino 2")
    world.release()
    world.rename("BZ-TAMPER", "Pressino 3")
    world.add("BZ-NEW")
    world.release()
    remove(ACTOR, Product.objects.get(sku="BZ-LIRA-B"))
    world.release()
    page = copy.page()
    said = [(change["type"], change["sku"], change["release"]) for change in page["changes"]]
    assert said == [
        ("upsert", "BZ-LIRA", 4),
        ("upsert", "BZ-NEW", 3),
        ("upsert", "BZ-TAMPER", 3),
        ("delete", "BZ-LIRA-B", 4),
    ]
    assert (page["since"], page["release"]) == (1, 4)
    assert copy.catch_up() == documents(world.reader())


def test_what_came_and_went_meanwhile_is_not_told(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    world.add("BZ-NEW")
    world.release()
    remove(ACTOR, Product.objects.get(sku="BZ-NEW"))
    world.release()
    assert copy.page()["changes"] == []


def test_a_copy_may_begin_with_all_documents(world: World) -> None:
    page = world.reader().json(f"{DOCUMENTS}?limit=1")
    lines = world.reader().get(DOCUMENTS, accept="application/x-ndjson")
    assert page["changes"] == lines.headers["Tessera-Changes"]
    world.rename("BZ-LIRA", "Lira 2")
    world.release()
    copy = Copy(world.reader(), page["changes"])
    copy.documents = documents(world.reader(), 1)
    assert copy.catch_up() == documents(world.reader())


def test_pages_lead_to_one_release_though_others_come(world: World) -> None:
    copy = Copy(world.reader(), limit=1)
    assert copy.step()
    world.add("AA-FIRST")
    world.rename("BZ-TAMPER", "Pressino 2")
    world.release()
    while copy.step():
        pass
    assert (copy.release, copy.documents) == (1, documents(world.reader(), 1))
    assert (copy.catch_up(), copy.release) == (documents(world.reader()), 2)


@pytest.mark.parametrize("seed", range(3))
def test_any_copy_is_the_channel_at_every_release(world: World, seed: int) -> None:
    """Copies that ask at other times and in other portions."""
    random = Random(seed)
    copies = [Copy(world.reader(), limit=limit) for limit in (1, 2, 500)]
    for turn in range(8):
        for _ in range(random.randint(0, 3)):
            sku = random.choice(["BZ-LIRA", "BZ-TAMPER", "BZ-LIRA-R", f"BZ-{turn}"])
            product = Product.objects.filter(sku=sku).first()
            if product is None:
                world.add(sku)
            elif random.random() < 0.5:
                world.rename(sku, f"Nome {turn}")
            else:
                product.status = random.choice(["enabled", "disabled"])
                save_product(ACTOR, product, {})
        world.release()
        for copy in copies:
            if random.random() < 0.7:
                assert copy.catch_up() == documents(world.reader(), copy.release)
            else:
                copy.step()
    for copy in copies:
        copy.catch_up()
        assert copy.catch_up() == documents(world.reader())


def test_a_page_takes_the_same_queries_however_much_differs(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    world.rename("BZ-LIRA", "Lira 2")
    world.release()
    with counted(5):
        copy.page()
    world.add(*(f"N-{number}" for number in range(20)))
    world.release()
    with counted(5):
        copy.page()


# --- What is not understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["cursor=nope", "cursor=", "wait=26", "wait=-1", "limit=0", "limit=501", "language=xx", "release=1"]
)
def test_what_is_not_understood_is_named(world: World, query: str) -> None:
    answer = world.reader().get(f"{CHANGES}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.content.decode()


def test_a_cursor_is_good_for_its_own_channel_language_and_kind_of_listing_only(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    other = "/api/v1/channels/service/changes/"
    assert world.reader(world.service).get(f"{other}?cursor={copy.cursor}").status_code == 400
    assert world.reader().get(f"{CHANGES}?cursor={copy.cursor}&language=de").status_code == 400
    assert world.reader().get(f"{DOCUMENTS}?cursor={copy.cursor}").status_code == 400
    listing = world.reader().json(f"{DOCUMENTS}?limit=1")["next"].partition("cursor=")[2].partition("&")[0]
    assert world.reader().get(f"{CHANGES}?cursor={listing}").status_code == 400


def test_a_release_that_is_kept_no_more_is_gone(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    world.rename("BZ-LIRA", "Lira 2")
    world.release()
    Release.objects.filter(channel=world.shop, number=1).delete()
    answer = world.reader().get(f"{CHANGES}?cursor={copy.cursor}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert b"Read all documents again" in answer.content


def test_after_a_backup_was_restored_a_cursor_of_the_lost_time_is_gone(world: World) -> None:
    """Its release's number is there again, but it is another release."""
    copy = Copy(world.reader())
    copy.catch_up()
    earlier = Release.objects.get(channel=world.shop).created_at - datetime.timedelta(seconds=1)
    Release.objects.filter(channel=world.shop).update(created_at=earlier)
    assert world.reader().get(f"{CHANGES}?cursor={copy.cursor}").status_code == 410


# --- Waiting ----------------------------------------------------------------------------------------------------------


def test_waiting_ends_without_anything_new(world: World) -> None:
    copy = Copy(world.reader())
    copy.catch_up()
    assert copy.page(wait=1)["changes"] == []


def test_where_too_many_wait_the_next_is_answered_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_WAITING", threading.BoundedSemaphore(1))
    changes._WAITING.acquire()
    copy = Copy(world.reader())
    copy.catch_up()
    assert copy.page(wait=25)["changes"] == []


def test_a_new_release_ends_no_listing_of_an_old_one(world: World) -> None:
    first = Release.objects.get(channel=world.shop)
    before = [row for batch in stored_batches(first, "it") for row in batch]
    world.rename("BZ-LIRA", "Lira 2")
    world.release()
    assert [row for batch in stored_batches(first, "it") for row in batch] == before
