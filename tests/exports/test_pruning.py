"""Old states go when nothing needs them; what is left is whole, and who asks for what went is told so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog.models import Channel, Product
from catalog.operations.recording import remove, store
from catalog.verifying import registry
from exports.editions import build
from exports.jobs.pruning import prune_later
from exports.models import DocumentBody, DocumentVersion, Release
from exports.outputs import define
from exports.releasing import pruning, storing
from exports.releasing.pruning import Pruned, prune, prune_bodies, to_prune
from exports.releasing.restoring import CannotRestore, roll_back
from tests.exports.test_changes import Copy, documents
from tests.exports.world import World, counted, world
from tests.factories import ACTOR
from tests.jobs import fresh, run_due

__all__ = ["world"]
DOCUMENTS = "/api/v1/channels/shop/documents/"
LATER = timezone.now() + timedelta(days=400)


def keep(world: World, releases: int | None = None, days: int | None = None) -> Channel:
    world.shop.keep_releases, world.shop.keep_days = releases, days
    store(ACTOR, world.shop)
    return world.shop


def history(world: World, many: int = 6) -> None:
    """Releases in which the tamper changes each time, and another product comes and goes."""
    for turn in range(2, many + 1):
        world.rename("BZ-TAMPER", f"Pressino {turn}")
        if turn == 3:
            world.add("BZ-SHORT")
        if turn == 4:
            remove(ACTOR, Product.objects.get(sku="BZ-SHORT"))
        assert world.release().number == turn


def sound() -> None:
    assert [str(defect) for check in registry.CHECKS.values() for defect in check()] == []


def test_nothing_is_pruned_unless_a_channel_says_so(world: World) -> None:
    history(world)
    assert (to_prune(world.shop, LATER), prune(world.shop, LATER)) == ([], Pruned())


@pytest.mark.parametrize(
    ("releases", "days", "gone"), [(2, None, [4, 3, 2, 1]), (1, 0, [5, 4, 3, 2, 1]), (99, None, []), (None, 500, [])]
)
def test_a_channel_keeps_so_many_and_so_long(
    world: World, releases: int | None, days: int | None, gone: list[int]
) -> None:
    history(world)
    with counted(2):
        assert to_prune(keep_quietly(world, releases, days), LATER) == gone


def keep_quietly(world: World, releases: int | None, days: int | None) -> Channel:
    world.shop.keep_releases, world.shop.keep_days = releases, days
    return world.shop


def test_what_was_current_within_a_day_is_kept_whatever_is_said(world: World) -> None:
    history(world)
    assert to_prune(keep(world, 1)) == []


def test_what_is_kept_is_what_it_was_and_the_rest_is_gone(world: World) -> None:
    history(world)
    reader = world.reader()
    before = {number: documents(reader, number) for number in (5, 6)}
    bodies = DocumentBody.objects.count()
    found = prune(keep(world, 2), LATER)
    found += Pruned(bodies=prune_bodies())
    # Of the tamper four states in both languages; of what came and went one. The same in both is one body.
    assert (found.releases, found.versions, found.bodies) == (4, 10, bodies - DocumentBody.objects.count())
    assert found.bodies == 9
    assert {number: documents(reader, number) for number in (5, 6)} == before
    held = DocumentVersion.objects.filter(channel=world.shop, valid_until__lte=5)
    assert not held.exists()
    assert prune(world.shop, LATER) == Pruned()
    assert prune_bodies() == 0
    sound()


def test_a_release_that_an_edition_was_made_from_is_kept(world: World) -> None:
    history(world, 3)
    output, _ = define(ACTOR, "feed", world.shop, "it", "json", {})
    assert build(ACTOR, output).edition.release.number == 3
    history_on(world, 4, 6)
    reader = world.reader()
    before = documents(reader, 3)
    prune(keep(world, 1), LATER)
    prune_bodies()
    assert list(Release.objects.filter(channel=world.shop, pruned_at=None).values_list("number", flat=True)) == [6, 3]
    assert documents(reader, 3) == before
    sound()


def history_on(world: World, first: int, last: int) -> None:
    for turn in range(first, last + 1):
        world.rename("BZ-TAMPER", f"Pressino {turn}")
        world.release()


def test_who_asks_for_what_went_is_told_so(world: World) -> None:
    reader = world.reader()
    copy = Copy(reader)
    copy.catch_up()
    listing = reader.json(f"{DOCUMENTS}?limit=1")["next"]
    history(world)
    prune(keep(world, 1), LATER)
    for address in (f"{DOCUMENTS}?release=1", f"{DOCUMENTS}BZ-TAMPER/?release=2&language=it", listing):
        answer = reader.get(address)
        assert answer.status_code == 410, address
        assert "kept no more" in orjson.loads(answer.content)["detail"]
    answer = reader.get(f"/api/v1/channels/shop/changes/?cursor={copy.cursor}")
    assert answer.status_code == 410
    assert "Read all documents again" in orjson.loads(answer.content)["detail"]
    assert reader.get(f"{DOCUMENTS}?release=7").status_code == 404
    again = Copy(reader)
    assert again.catch_up() == documents(reader)
    with pytest.raises(CannotRestore, match="kept no more"):
        roll_back(ACTOR, world.shop, 2)


def test_what_was_killed_midway_is_gone_on_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    history(world)
    monkeypatch.setattr(pruning, "BATCH", 2)
    real = storing.remove
    done: list[Any] = []

    def killed(ids: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(ids)
        real(ids)

    monkeypatch.setattr(storing, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        prune(keep(world, 1), LATER)
    monkeypatch.setattr(storing, "remove", real)
    assert prune(world.shop, LATER).versions == 12 - 2
    sound()


def test_the_job_and_the_command_prune(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history(world)
    monkeypatch.setattr(pruning, "GRACE", timedelta(0))
    keep(world, 2)
    call_command("prune", "shop", "--dry-run", "--json")
    assert orjson.loads(capsys.readouterr().out) == {"shop": [4, 3, 2, 1]}
    job = prune_later(ACTOR)
    run_due()
    assert fresh(job).result == {"releases": 4, "versions": 10, "problems": 0, "bodies": 9}
    keep(world, 1)
    call_command("prune", "shop")
    assert "1 releases, 2 versions" in capsys.readouterr().out
