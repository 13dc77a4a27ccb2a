"""Going back to an earlier release: its state comes out again as a new one, and stays until somebody lets it go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Channel, Product
from catalog.operations import upkeep
from catalog.operations.recording import remove
from catalog.verifying import registry
from exports.jobs.releases import release_later
from exports.models import DocumentVersion, Release, Staging
from exports.policies.refusing import Held, Retired
from exports.releasing import staging
from exports.releasing.drafting import draft_part
from exports.releasing.forecasting import forecast
from exports.releasing.problems import report_of
from exports.releasing.restoring import CannotRestore, let_go, roll_back
from tests.exports.test_changes import Copy, documents
from tests.exports.test_incremental import differing, released
from tests.exports.world import World, world
from tests.factories import ACTOR, switch
from tests.jobs import fresh, run_due

__all__ = ["world"]


def state(channel: Channel) -> dict[str, Any]:
    """All that is kept of the current release, but for the name of what says it."""
    return released(channel)


def change_much(world: World) -> None:
    world.rename("BZ-TAMPER", "Pressino 2")
    world.add("BZ-NEW")
    remove(ACTOR, Product.objects.get(sku="BZ-LIRA-B"))


def sound() -> None:
    assert [str(defect) for check in registry.CHECKS.values() for defect in check()] == []


def test_the_old_state_comes_out_under_the_next_number_with_all_that_hangs_on_it(world: World) -> None:
    first = world.release()
    before, reader = state(world.shop), world.reader()
    old = documents(reader)
    change_much(world)
    world.release()
    assert documents(reader) != old
    made = roll_back(ACTOR, world.shop, first.number)
    assert (made.number, made.restores, made.created_by) == (3, 1, ACTOR.name)
    assert (made.documents, made.problems) == (first.documents, first.problems)
    assert (documents(reader), state(world.shop)) == (old, before)
    assert [row["release"] for row in made.publications.values()] == [3, 3]
    assert report_of(made) == report_of(first)
    # What was between is still what it was.
    assert documents(reader, 2) != old
    sound()


def test_a_copy_follows_there_and_on(world: World) -> None:
    world.release()
    copy = Copy(world.reader(), limit=1)
    copy.catch_up()
    change_much(world)
    world.release()
    copy.catch_up()
    roll_back(ACTOR, world.shop, 1)
    assert copy.catch_up() == documents(world.reader())
    let_go(ACTOR, world.shop)
    world.release()
    assert copy.catch_up() == documents(world.reader())
    assert copy.release == 4


def test_the_channel_is_held_until_it_is_let_go_and_then_says_what_is_true(world: World) -> None:
    world.release()
    change_much(world)
    second = world.release()
    then = documents(world.reader())
    roll_back(ACTOR, world.shop, 1)
    world.rename("BZ-LIRA", "Lira 3")
    with pytest.raises(Held, match="is held at release 3, which says release 1 again"):
        world.release()
    job = release_later(ACTOR, world.shop)
    run_due()
    assert fresh(job).state == "failed"
    # What letting it go would bring is told before.
    coming = forecast(world.shop)
    assert let_go(ACTOR, world.shop)
    made = world.release()
    assert (made.added, made.changed, made.removed) == (coming.added, coming.changed, coming.removed)
    world.release(world.service)
    assert differing() == {}
    assert documents(world.reader(), second.number) == then
    assert not let_go(ACTOR, world.shop)
    sound()


def test_going_back_twice_and_to_what_was_itself_restored(world: World) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Due")
    world.release()
    roll_back(ACTOR, world.shop, 1)
    assert roll_back(ACTOR, world.shop, 2).restores == 2
    made = roll_back(ACTOR, world.shop, 3)
    assert (made.number, made.restores) == (5, 1)
    assert documents(world.reader()) == documents(world.reader(), 1)
    sound()


def test_what_was_being_put_together_is_thrown_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Due")
    world.release()
    monkeypatch.setattr(staging, "SIZE", 1)
    world.add("BZ-1", "BZ-2", "BZ-3")
    stop_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        world.release()
    assert Staging.objects.exists()
    roll_back(ACTOR, world.shop, 1)
    assert not Staging.objects.exists()
    assert documents(world.reader()) == documents(world.reader(), 1)
    sound()


def stop_after(monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    real: Callable[..., Any] = draft_part
    done: list[int] = []

    def stopping(*args: Any) -> Any:
        done.append(1)
        if len(done) > parts:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(staging, "draft_part", stopping)


@pytest.mark.parametrize(("number", "why"), [(7, "has no release 7"), (2, "is the current one")])
def test_there_must_be_such_a_state(world: World, number: int, why: str) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Due")
    world.release()
    with pytest.raises(CannotRestore, match=why):
        roll_back(ACTOR, world.shop, number)
    assert Release.objects.filter(channel=world.shop).count() == 2


def test_a_retired_channel_stays_as_it_is(world: World) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Due")
    world.release()
    upkeep.retire(ACTOR, world.shop)
    with pytest.raises(Retired):
        roll_back(ACTOR, Channel.objects.get(pk=world.shop.pk), 1)


def test_it_takes_as_many_queries_however_much_it_is(world: World) -> None:
    taken, queries = [], []
    for many in (1, 9):
        world.release()
        number = Release.objects.filter(channel=world.shop).count()
        world.add(*(f"BZ-{many}-{each}" for each in range(many)))
        switch("BZ-TAMPER", "disabled" if many == 1 else "enabled")
        world.release()
        with CaptureQueriesContext(connection) as captured:
            taken.append(roll_back(ACTOR, world.shop, number))
        queries.append(len(captured))
        let_go(ACTOR, world.shop)
    assert queries[0] == queries[1] <= 31, queries
    assert [made.removed for made in taken] == [2, 20]
    assert DocumentVersion.objects.filter(valid_from=taken[-1].number).count() == taken[-1].added + taken[-1].changed


def test_the_command_goes_back_and_on(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Due")
    world.release()
    call_command("roll_back", "shop", "1")
    assert "shop: release 3 says release 1 again" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--let-go"):
        call_command("release", "shop")
    call_command("roll_back", "shop", "--let-go")
    assert "shop goes on" in capsys.readouterr().out
    call_command("release", "shop")
    for words in (["shop"], ["shop", "1", "--let-go"], ["shop", "9"]):
        with pytest.raises(CommandError):
            call_command("roll_back", *words)
