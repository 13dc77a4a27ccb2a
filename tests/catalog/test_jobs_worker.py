"""Workers as processes: killed, stopped, several at once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from catalog.jobs import cancel, enqueue
from catalog.jobs.claiming import claim, held, sweep
from catalog.jobs.registry import KINDS
from catalog.models import Change, Job
from tests.factories import ACTOR
from tests.jobs import fresh, kinds_of_tests, log_of, notes, processes_database, run_due, start_worker, take, until
from tests.threads import at_once, shared_database

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 90


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with kinds_of_tests():
        yield


def noting(steps: int = 1, seconds: float = 0, key: str = "") -> Job:
    return enqueue(ACTOR, "test_noting", {"steps": steps, "seconds": seconds}, key=key)


def ended(worker: subprocess.Popen[str]) -> str:
    """What a worker that comes to its end has said."""
    _, said = worker.communicate(timeout=WAIT)
    assert worker.returncode == 0, said
    return said


def test_jobs_that_die_are_told_apart_and_harm_no_others(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        good = noting(3)
        killed, leaves, sleeps = (enqueue(ACTOR, "test_dying", {"how": how}) for how in ("killed", "leaves", "sleeps"))
        Job.objects.filter(pk=sleeps.pk).update(max_attempts=1)
        joined = enqueue(ACTOR, "test_joined", {"parts": [["test_noting", {}], ["test_noting", {}]]})
        ended(start_worker(environment, "--once", "--processes", "2"))
        assert (fresh(good).state, notes(good)) == ("done", ["0", "1", "2"])
        assert fresh(joined).state == "done"
        assert fresh(killed).state == fresh(leaves).state == "quarantined"
        assert "SIGKILL" in fresh(killed).error
        assert "code 1" in fresh(leaves).error
        assert (fresh(sleeps).state, fresh(sleeps).error) == ("failed", "It took longer than 1 s and was ended.")


def test_a_worker_that_is_told_to_stop_lets_the_step_end_and_another_goes_on(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        job = noting(50, 0.1)
        worker = start_worker(environment, "--processes", "1")
        until(lambda: notes(job))
        worker.send_signal(signal.SIGTERM)
        ended(worker)
        done = len(notes(job))
        assert (fresh(job).state, fresh(job).attempts, fresh(job).crashes) == ("waiting", 0, 0)
        assert done < 50
        Job.objects.update(payload={"steps": done + 2})
        assert run_due() == 1
        assert notes(job) == [str(step) for step in range(done + 2)]


def test_when_a_worker_is_killed_its_jobs_die_with_it_and_another_worker_takes_over(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        job = noting(30, 0.05)
        worker = start_worker(environment)
        until(lambda: notes(job))
        worker.kill()
        worker.communicate(timeout=WAIT)
        time.sleep(1)
        before = len(notes(job))
        time.sleep(0.3)
        assert len(notes(job)) == before, "the job's process went on"
        until(sweep)  # the lease of a second runs out
        assert fresh(job).state == "waiting"
        run_due()
        assert notes(job) == [str(step) for step in range(30)]
        assert "Nothing was heard of" in " ".join(log_of(job))


def test_a_running_job_is_cancelled_in_earnest_and_a_new_one_does_not_wait_for_its_end(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        long, worker = noting(1_000, 0.05), start_worker(environment, "--processes", "2")
        until(lambda: notes(long))
        cancel(ACTOR, long)
        quick = noting()
        until(lambda: fresh(quick).state == "done")
        until(lambda: fresh(long).state == "cancelled")
        assert len(notes(long)) < 1_000, "it ran to its end"
        worker.terminate()
        ended(worker)


def test_a_worker_that_lost_its_lease_kills_its_process(tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        job = noting(1, 600)
        worker = start_worker(environment)
        until(lambda: fresh(job).state == "running")
        Job.objects.update(fence=7)  # as if another worker had it
        worker.terminate()
        worker.communicate(timeout=WAIT)
        assert (fresh(job).state, fresh(job).fence, notes(job)) == ("running", 7, [])


def test_every_job_ends_exactly_once_whoever_is_killed(tmp_path: Path) -> None:
    """A short run of bench/crashes.py, which tells what must be."""
    with processes_database(tmp_path) as environment:
        chaos = subprocess.run(
            [sys.executable, "-m", "bench.crashes", "--here", "--kills", "20"],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        assert chaos.returncode == 0, chaos.stderr[-2_000:]
        report = json.loads(chaos.stdout)
        assert report["runs"] > report["jobs"]
        assert sum(report["kills"].values()) >= 20


# --- At once ---------------------------------------------------------------------------------------------------------
def test_two_workers_never_get_the_same_job_and_no_writer_finds_the_database_locked(tmp_path: Path) -> None:
    for _ in range(40):
        noting()
    got: list[int] = []

    def work_off(name: str) -> None:
        while taken := claim(name, ["test_noting"]):
            got.append(taken.job)
            enqueue(ACTOR, "check_quality", {}, key="q")
            assert held([taken]) == {taken: False}

    with shared_database(tmp_path):
        at_once(*[partial(work_off, f"w:{number}") for number in range(4)])
    assert len(got) == len(set(got)) == 40


def test_work_wanted_while_the_same_is_in_line_does_not_begin_before_the_write_is_there(tmp_path: Path) -> None:
    first = noting(key="a")
    seen: list[bool] = []

    def want() -> None:
        with transaction.atomic():
            assert enqueue(ACTOR, "test_noting", {}, key="a").pk == first.pk
            seen.append(True)
            time.sleep(0.5)
            Change.objects.create(actor="x", path="job", operation="wanted", kind="test", key="x")

    def begin() -> None:
        until(lambda: seen)
        while not (taken := claim("w:1", list(KINDS))):
            time.sleep(0.01)
        seen.append(Change.objects.filter(operation="wanted").exists())
        assert taken.job == first.pk

    with shared_database(tmp_path):
        at_once(want, begin)
    assert seen == [True, True]


def test_a_step_that_overlaps_with_another_workers_is_written_by_one_of_them_only(tmp_path: Path) -> None:
    from catalog.jobs import Lost, Work

    job = noting()
    late = Work(job, take(job))
    lost: list[bool] = []

    def lag() -> None:
        try:
            with late.step({"next": 1}):
                Change.objects.create(actor="late", path="job", operation="note", kind="test", key=f"{job.pk}:late")
        except Lost:
            lost.append(True)

    def overtake() -> None:
        Job.objects.filter(pk=job.pk).update(state="waiting", lease_until=None)
        with (again := Work(job, take(job))).step({"next": 1}):
            assert again.id == job.pk
            Change.objects.create(actor="again", path="job", operation="note", kind="test", key=f"{job.pk}:again")

    with shared_database(tmp_path):
        at_once(overtake)
        at_once(lag)
        found: list[str] = []
        at_once(lambda: found.extend(notes(job)))
    assert (found, lost) == (["again"], [True])


def test_the_command_names_the_kinds_there_are() -> None:
    with pytest.raises(CommandError, match=r"There are: .*check_quality"):
        call_command("worker", "--kinds", "nope", "--once")
    with pytest.raises(CommandError, match="from 1"):
        call_command("worker", "--processes", "0")
