"""Celery carries ids: one that comes runs its job, one that is lost is sent again, a second one does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.jobs import enqueue
from catalog.models import Job
from tests.factories import ACTOR
from tests.jobs import fresh, kinds_of_tests, notes, processes_database

pytest.importorskip("celery", reason="Celery is not installed: pip install 'tessera-pim[celery]'")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def engine(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """Celery without a broker: what is sent runs at once."""
    from pim import celery

    celery.app.conf.task_always_eager = True
    settings.JOBS_CARRIER = "pim.celery.send"
    with kinds_of_tests(), processes_database(tmp_path):
        yield celery
    celery.app.conf.task_always_eager = False


def test_a_job_is_carried_when_it_is_committed(engine: Any) -> None:
    job = enqueue(ACTOR, "test_noting", {"steps": 2})
    assert (fresh(job).state, notes(job)) == ("done", ["0", "1"])
    engine.run.delay(job.pk)
    assert notes(job) == ["0", "1"]


def test_parts_are_carried_and_the_whole_after_them(engine: Any) -> None:
    job = enqueue(ACTOR, "test_joined", {"parts": [["test_noting", {}], ["test_noting", {}]]})
    for _ in range(5):  # without a broker nobody but the sweeper carries what the jobs' own processes wanted
        Job.objects.filter(state="waiting").update(run_after=timezone.now() - timedelta(minutes=1))
        engine.sweep.delay()
    assert fresh(job).state == "done"


def test_what_was_lost_on_the_way_is_sent_again(engine: Any, settings: Any) -> None:
    settings.JOBS_CARRIER = ""
    job = enqueue(ACTOR, "test_noting", {})
    engine.sweep.delay()
    assert fresh(job).state == "waiting"
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=30))
    engine.sweep.delay()
    assert fresh(job).state == "done"
