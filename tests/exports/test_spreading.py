"""A large release by several workers is the one that a single worker makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.jobs.claiming import sweep
from catalog.jobs.running import perform
from catalog.models import Job
from exports.jobs.releases import release_later
from exports.models import STAGED, DocumentVersion, Problem, Release, Staging
from exports.releasing import staging
from tests.exports.test_incremental import differing
from tests.exports.test_staging import Killed, after_parts, grown, kill, nothing_is_left
from tests.exports.world import World, world
from tests.factories import ACTOR
from tests.jobs import fresh, run_due, take

__all__ = ["world"]


@pytest.fixture(autouse=True)
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "SIZE", 2)


def told(world: World) -> dict[str, Any]:
    """All that a reader, and whoever asks why, gets of the channel's current release."""
    rows = DocumentVersion.objects.filter(channel=world.shop, valid_until=None).order_by("sku", "language")
    problems = Problem.objects.filter(channel=world.shop, valid_until=None).order_by("product", "kind", "message")
    release = world.shop.releases.latest("number")
    return {
        "documents": [(row.sku, row.language, row.valid_from, bytes(row.body.content)) for row in rows],
        "provenance": [row.provenance for row in rows.select_related("trace")],
        "problems": list(problems.values_list("product", "kind", "message", "languages", "effect", "valid_from")),
        "envelope": release.publications,
        "counts": (release.number, release.documents, release.added, release.changed, release.removed),
        "problems counted": release.problems,
    }


def shares() -> list[Job]:
    return list(Job.objects.filter(kind="release_share").order_by("pk"))


def first_run(world: World) -> Job:
    """The job of a release that has handed out its first round."""
    job = release_later(ACTOR, world.shop)
    perform(take(job))
    assert (fresh(job).state, fresh(job).log[-1]["text"]) == ("waiting", "Waits for its parts.")
    return job


def test_it_is_the_same_byte_for_byte(world: World) -> None:
    grown(world)
    with transaction.atomic():
        world.release()
        alone = told(world)
        transaction.set_rollback(True)
    job = release_later(ACTOR, world.shop)
    run_due()
    assert fresh(job).result == {"channel": "shop", "release": 2, "new": True}
    assert told(world) == alone
    assert len(shares()) >= 2
    assert {row.state for row in shares()} == {"done"}
    assert {row.parent_id for row in shares()} == {job.pk}
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_shares_cover_every_product_once(world: World) -> None:
    grown(world)
    first_run(world)
    bounds = [(row.payload["low"], row.payload["high"]) for row in shares()]
    assert bounds[0][0] == -1
    assert [high for _, high in bounds[:-1]] == [low for low, _ in bounds[1:]]
    assert bounds[-1][1] > max(DocumentVersion.objects.values_list("product", flat=True))


def test_what_is_too_little_to_be_shared_is_done_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(world)
    monkeypatch.setattr(staging, "SIZE", 7)  # more than one batch, less than two shares of two batches
    release_later(ACTOR, world.shop)
    run_due()
    assert shares() == []
    assert world.shop.releases.latest("number").number == 2


def test_a_share_whose_worker_is_killed_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(world)
    job = first_run(world)
    after_parts(monkeypatch, 2, kill)
    with pytest.raises(Killed):
        run_due()
    dead = Job.objects.get(state="running")
    assert dead.kind == "release_share"
    assert Release.objects.filter(channel=world.shop).count() == 1
    Job.objects.filter(pk=dead.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert sweep() == 1
    Job.objects.filter(pk=dead.pk).update(run_after=timezone.now())
    run_due()
    assert (fresh(job).state, fresh(dead).state) == ("done", "done")
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_somebody_who_releases_meanwhile_takes_part_and_what_is_left_of_the_shares_is_void(world: World) -> None:
    grown(world)
    job = first_run(world)
    made = world.release()
    run_due()
    assert [row.result for row in shares()] == [{"moved": True}] * len(shares())
    assert fresh(job).result == {"channel": "shop", "release": made.number, "new": False}
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_a_share_writes_nothing_into_a_staging_that_began_anew(world: World) -> None:
    grown(world)
    first_run(world)
    Staging.objects.update(abandoned=True)
    before = DocumentVersion.objects.filter(valid_until=STAGED).count()
    perform(take(shares()[0]))
    assert fresh(shares()[0]).result == {"moved": True}
    assert DocumentVersion.objects.filter(valid_until=STAGED).count() == before
    run_due()
    world.release(world.service)
    assert differing() == {}
    nothing_is_left()


def test_what_changes_meanwhile_is_for_the_next_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(world)
    after_parts(monkeypatch, 3, lambda: world.rename("BZ-0", "Ancora"))
    release_later(ACTOR, world.shop)
    run_due()
    assert world.shop.releases.latest("number").number == 2
    world.release(world.service)
    assert differing() == {}
    assert not world.release().number > 2
    nothing_is_left()
