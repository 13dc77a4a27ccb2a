"""A large release is put together in batches, comes out at once, and is picked up where it was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from catalog.models import Product
from catalog.operations.products import set_facts
from catalog.operations.recording import remove, store
from catalog.verifying import registry
from exports.models import STAGED, DocumentVersion, Problem, Release, StagedEnd, Staging
from exports.releasing import staging
from exports.releasing.drafting import Draft, draft_part
from tests.exports.test_incremental import differing
from tests.exports.world import World, counted, world
from tests.factories import ACTOR

__all__ = ["world"]
LEFT: tuple[type[Model], ...] = (Staging, StagedEnd)


class Killed(BaseException):
    """As a process that ends there; what it has committed stays."""


@pytest.fixture(autouse=True)
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "SIZE", 2)


def after_parts(monkeypatch: pytest.MonkeyPatch, most: int, then: Callable[[], None]) -> None:
    """Something happens once, when so many batches are assembled and the last of them is not written yet."""
    seen: list[Draft] = []

    def watched(*args: Any) -> Draft:
        seen.append(draft_part(*args))
        if len(seen) == most:
            then()
        return seen[-1]

    monkeypatch.setattr(staging, "draft_part", watched)


def kill() -> None:
    raise Killed


def grown(world: World) -> None:
    """Many changes of every kind: what stays, differs, comes and goes."""
    world.add(*(f"BZ-{number}" for number in range(6)))
    for sku in ("BZ-LIRA", "BZ-LIRA-R", "BZ-TAMPER"):
        world.rename(sku, f"Nuovo {sku}")
    remove(ACTOR, Product.objects.get(sku="BZ-LIRA-B"))


def visible(world: World) -> list[tuple[str, str, str]]:
    rows = DocumentVersion.objects.filter(channel=world.shop, valid_until=None).order_by("sku", "language")
    return list(rows.values_list("sku", "language", "body_id"))


def nothing_is_left() -> None:
    assert not any(model._base_manager.exists() for model in LEFT)
    assert not DocumentVersion.objects.filter(valid_until=STAGED).exists()
    assert not Problem.objects.filter(valid_until=STAGED).exists()
    assert [str(defect) for check in registry.CHECKS.values() for defect in check()] == []


def test_a_staged_release_is_what_one_in_memory_would_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(world)
    monkeypatch.setattr(staging, "SIZE", 1_000)
    service = world.release(world.service)
    monkeypatch.setattr(staging, "SIZE", 2)
    made = world.release()
    assert (made.number, made.added, made.changed, made.removed) == (2, 12, 6, 2)
    assert (service.added, service.removed) == (6, 1)
    assert differing() == {}
    nothing_is_left()


def test_what_is_killed_leaves_the_release_before_and_the_next_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(world)
    before = visible(world)
    after_parts(monkeypatch, 3, kill)
    with pytest.raises(Killed):
        world.release()
    assert (visible(world), Release.objects.filter(channel=world.shop).count()) == (before, 1)
    assert DocumentVersion.objects.filter(valid_until=STAGED).exists()
    again: list[frozenset[int]] = []

    def noting(*args: Any) -> Draft:
        again.append(args[3])
        return draft_part(*args)

    monkeypatch.setattr(staging, "draft_part", noting)
    world.release()
    assert max(map(len, again)) <= 2
    assert sum(map(len, again)) < Product.objects.count(), "what was staged was assembled again"
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_what_changes_meanwhile_is_assembled_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(world)

    def meanwhile() -> None:
        product = Product.objects.get(sku="BZ-0")
        set_facts(ACTOR, product, {"name": {"it": "Ancora"}})
        remove(ACTOR, Product.objects.get(sku="BZ-5"))
        world.add("BZ-LATE")

    after_parts(monkeypatch, 4, meanwhile)
    made = world.release()
    assert made.number == 2
    world.release(world.service)
    assert differing() == {}
    assert world.release() == made, "the next release would have found something"
    nothing_is_left()


def test_a_channel_that_asks_for_something_else_meanwhile_begins_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(world)
    after_parts(monkeypatch, 3, kill)
    with pytest.raises(Killed):
        world.release()
    world.shop.selection = "sku = BZ-TAMPER"
    store(ACTOR, world.shop)
    world.release()
    assert {sku for sku, _, _ in visible(world)} == {"BZ-TAMPER"}
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_readers_see_nothing_of_what_is_staged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = world.reader()
    before = reader.lines("/api/v1/channels/shop/documents/")
    cursor = reader.json("/api/v1/channels/shop/changes/?limit=500")["cursor"]
    grown(world)
    after_parts(monkeypatch, 4, kill)
    with pytest.raises(Killed):
        world.release()
    assert reader.lines("/api/v1/channels/shop/documents/") == before
    assert reader.json(f"/api/v1/channels/shop/changes/?cursor={cursor}")["changes"] == []
    assert reader.get("/api/v1/channels/shop/documents/BZ-0/").status_code == 404


def test_coming_out_takes_as_many_queries_however_much_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for many in (3, 9):
        world.add(*(f"BZ-{many}-{number}" for number in range(many)))
        real = staging.come_out

        def counting(*args: Any) -> Any:
            with counted(12):
                result = real(*args)  # noqa: B023 - it is called within this turn
            counts.append(many)  # noqa: B023
            return result

        monkeypatch.setattr("exports.releasing.committing.come_out", counting)
        world.release()
    assert counts == [3, 9]
