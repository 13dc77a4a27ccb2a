"""Celery carries ids: one that comes runs its job, one that is lost is sent again, a second one does nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.utils import timezone

from catalog.jobs import enqueue
from catalog.models import Job
from tests.factories import ACTOR
from tests.jobs import fresh, kinds_of_tests, notes, processes_database

pytest.importorskip(
    "celery", reason="Celery is not installed; it is in .ci/requirements.lock, which make test installs"
)
pytestmark = pytest.mark.django_db(transaction=True)


def broker_answers() -> bool:
    broker = urlsplit(configured.JOBS_BROKER_URL)
    try:
        socket.create_connection((broker.hostname, broker.port or 6379), timeout=2).close()
    except OSError:
        return False
    return True


# A gate that lacks a broker fails, elsewhere one may do without.
needs_broker = pytest.mark.skipif(
    "CI" not in os.environ and not broker_answers(),
    reason=f"needs Redis, and none answers at {configured.JOBS_BROKER_URL} (JOBS_BROKER_URL names another)",
)


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


@needs_broker
def test_every_job_ends_exactly_once_whoever_is_killed(tmp_path: Path) -> None:
    """A short run of bench/crashes.py with real workers, a beat and a broker."""
    with processes_database(tmp_path) as environment:
        chaos = subprocess.run(
            [sys.executable, "-m", "bench.crashes", "--here", "--engine", "celery", "--kills", "6"],
            env=environment,
            cwd=configured.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=430,
            check=False,
        )
        assert chaos.returncode == 0, chaos.stderr[-2_000:]
        report = json.loads(chaos.stdout)
        assert report["carried_by"] == "celery"
        assert report["runs"] > report["jobs"]
        assert sum(report["kills"].values()) >= 6
