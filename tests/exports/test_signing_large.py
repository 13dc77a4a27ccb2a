"""A large release that was signed is put together in batches, and comes out as it was signed or not at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from catalog.actors import Actor
from exports.models import ChannelPolicy, DocumentVersion, SignOff, Staging
from exports.policies import signing
from exports.policies.refusing import Lapsed
from exports.policies.saving import save_policy
from exports.releasing import committing, staging
from exports.releasing.drafting import Draft, draft
from tests.exports.test_incremental import differing
from tests.exports.test_staging import Killed, after_parts, batches_of_two, grown, kill, nothing_is_left, visible
from tests.exports.world import World, world
from tests.factories import ACTOR

__all__ = ["batches_of_two", "world"]
BOSS = Actor("boss", "admin")


@pytest.fixture(autouse=True)
def signed(world: World) -> None:
    save_policy(ACTOR, ChannelPolicy(channel=world.shop, mode="signed"))


def prepared(world: World) -> SignOff:
    grown(world)
    return signing.prepare(ACTOR, world.shop)


def test_what_is_signed_is_staged_and_says_what_was_prepared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = prepared(world)

    def in_memory(*_args: object) -> Draft:
        raise AssertionError("It was made in memory.")

    monkeypatch.setattr(committing, "draft", in_memory)
    made = signing.sign(BOSS, row).release
    monkeypatch.setattr(committing, "draft", draft)
    row.refresh_from_db()
    assert (row.state, row.signed_by, row.release, made.created_by) == ("released", "boss", 2, "boss")
    assert (row.added, row.changed, row.removed) == (made.added, made.changed, made.removed) == (12, 6, 2)
    assert (row.documents, row.problems) == (made.documents, made.problems)
    assert len(row.changes) == 20
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_the_same_is_signed_however_it_is_put_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts = prepared(world)
    monkeypatch.setattr(staging, "SIZE", 1_000)
    at_once = signing.prepare(ACTOR, world.shop)
    told = ("digest", "added", "changed", "removed", "documents", "problems", "changes")
    assert [getattr(in_parts, name) for name in told] == [getattr(at_once, name) for name in told]
    assert signing.sign(BOSS, at_once).release.added == 12


@pytest.mark.parametrize("parts", range(1, 7))
def test_what_is_killed_waits_and_is_signed_again(world: World, monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    row = prepared(world)
    before = visible(world)
    after_parts(monkeypatch, parts, kill)
    with pytest.raises(Killed):
        signing.sign(BOSS, row)
    row.refresh_from_db()
    assert (row.state, visible(world), Staging.objects.exists()) == ("waiting", before, True)
    assert signing.sign(BOSS, row).release.number == 2
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_what_is_killed_before_it_comes_out_is_released_as_it_was_signed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = prepared(world)
    monkeypatch.setattr(committing, "come_out", lambda *_args: kill())
    with pytest.raises(Killed):
        signing.sign(BOSS, row)
    monkeypatch.setattr(committing, "come_out", staging.come_out)
    world.rename("BZ-TAMPER", "Più tardi")
    assert signing.sign(BOSS, row).release.changed == row.changed
    assert signing.prepare(ACTOR, world.shop).changes == [
        ["BZ-TAMPER", "de", "changed"],
        ["BZ-TAMPER", "it", "changed"],
    ]


def test_what_changes_meanwhile_lapses_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = prepared(world)
    before = visible(world)
    after_parts(monkeypatch, 2, lambda: world.rename("BZ-TAMPER", "Più tardi"))
    with pytest.raises(Lapsed, match="The same documents would change, but otherwise"):
        signing.sign(BOSS, row)
    row.refresh_from_db()
    assert (row.state, row.signed_by, visible(world)) == ("lapsed", "", before)
    nothing_is_left()
    assert signing.sign(BOSS, signing.prepare(ACTOR, world.shop)).new


def test_what_is_taken_back_meanwhile_is_not_released(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = prepared(world)
    before = visible(world)
    after_parts(monkeypatch, 2, lambda: signing.withdraw(ACTOR, row))
    with pytest.raises(ValidationError, match="factory took it back"):
        signing.sign(BOSS, row)
    assert visible(world) == before
    assert signing.prepare(ACTOR, world.shop).state == "waiting"
    assert not DocumentVersion.objects.filter(valid_from=2).exists()
    nothing_is_left()
