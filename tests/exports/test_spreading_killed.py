"""Of two workers that share a release one is killed: these processes see only what is committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Job
from exports.jobs.releases import release_later
from tests.exports.test_incremental import differing
from tests.exports.test_spreading import shares
from tests.exports.test_staging import grown, nothing_is_left
from tests.exports.world import make_world
from tests.factories import ACTOR
from tests.jobs import fresh, kinds_of_tests, processes_database, start_worker, until


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_a_release_and_one_of_them_is_killed(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment, kinds_of_tests():
        world = make_world()
        grown(world)
        slow = {**environment, "TEST_BATCHES": "0.3"}
        job = release_later(ACTOR, world.shop)
        workers = [start_worker(slow, "--kinds", "release", "release_share", "--processes", "1") for _ in range(2)]
        until(lambda: Job.objects.filter(kind="release_share", state="running").count() == 2)
        workers[0].kill()
        until(lambda: fresh(job).state == "done")
        assert fresh(job).result == {"channel": "shop", "release": 2, "new": True}
        assert {row.state for row in shares()} == {"done"}
        assert sum(row.crashes for row in shares()) or any(row.fence > 1 for row in shares())
        world.release(world.service)
        assert differing() == {}
        nothing_is_left()
