"""What tests of jobs share: kinds that do what a test says, running what is due, a database for several processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from catalog.jobs import GiveUp, Kind, TryAgain, Work, register
from catalog.jobs.claiming import Claim, claim
from catalog.jobs.registry import KINDS
from catalog.jobs.running import perform
from catalog.models import Change, Job


class Quick(Kind):
    """Fails and pauses not at all."""

    first_pause = 0.0


class Noting(Quick):
    """Writes a row in each of `steps` steps; takes `seconds` for each."""

    code, label = "test_noting", "Noting"

    def run(self, work: Work) -> Any:
        steps = work.payload.get("steps", 1)
        for step in range(work.cursor.get("next", 0), steps):
            time.sleep(work.payload.get("seconds", 0))
            work.log(f"step {step}")
            with work.step({"next": step + 1}, step + 1, steps, f"{step + 1} of {steps}"):
                note(work, str(step))
        return {"steps": steps}


class Failing(Quick):
    """Raises what `how` says."""

    code, label, attempts = "test_failing", "Failing", 3

    def run(self, work: Work) -> Any:
        match work.payload["how"]:
            case "for good":
                raise GiveUp("there is no such thing")
            case "later":
                raise TryAgain("not yet", after=600)
            case "no json":
                return {1, 2}
        raise RuntimeError("out of luck")


class Dying(Quick):
    """Takes its process down, as `how` says."""

    code, label, timeout = "test_dying", "Dying", 1.0

    def run(self, work: Work) -> Any:
        match work.payload["how"]:
            case "leaves":
                raise SystemExit
            case "sleeps":
                time.sleep(30)
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
        return None


class Joined(Quick):
    """Has `parts` done by others, which do what `payload` says, and notes when all of them are."""

    code, label = "test_joined", "Joined"

    def run(self, work: Work) -> Any:
        if not work.cursor:
            with work.step({"spawned": True}):
                for payload in work.payload["parts"]:
                    work.spawn(*payload)
        return {"parts": [child.result for child in work.join()]}


KINDS_OF_TESTS = (Noting, Failing, Dying, Joined)


def note(work: Work, text: str) -> None:
    Change.objects.create(actor="test", path="job", operation="note", kind="test", key=f"{work.id}:{text}")


def notes(job: Job) -> list[str]:
    """What a job's runs have written."""
    keys = Change.objects.filter(operation="note", key__startswith=f"{job.pk}:").order_by("pk")
    return [key.split(":")[1] for key in keys.values_list("key", flat=True)]


@contextmanager
def kinds_of_tests() -> Iterator[None]:
    register(*KINDS_OF_TESTS)
    try:
        yield
    finally:
        for kind in KINDS_OF_TESTS:
            KINDS.pop(kind.code, None)


def take(job: Job | None = None, worker: str = "here:1") -> Claim:
    """Claim a job, which must be due."""
    taken = claim(worker, list(KINDS), job.pk if job else None)
    assert taken, "nothing is due"
    return taken


def run_due(most: int = 100) -> int:
    """Run all that is due, in this process; how many runs that took."""
    for count in range(most):
        taken = claim("here:1", list(KINDS))
        if taken is None:
            return count
        perform(taken)
    raise AssertionError(f"More than {most} runs.")


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def log_of(job: Job) -> list[str]:
    return [line["text"] for line in fresh(job).log]


STARTED: list[subprocess.Popen[str]] = []
WORKER = "import django; django.setup(); from tests.jobs import main; main()"


# --- Several processes -----------------------------------------------------------------------------------------------
@contextmanager
def processes_database(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which another process has the test's database; for a test with `transaction=True`.

    Tests on SQLite run in memory; within the block, this process too has a copy in a file.
    """
    config = connection.settings_dict
    common = {**os.environ, "JOB_LEASE_SECONDS": "1", "DEBUG": "1"}
    if connection.vendor != "sqlite":
        address = f"{config['USER']}:{config['PASSWORD']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
        try:
            yield {**common, "DATABASE_URL": f"postgres://{address}"}
        finally:
            end_workers()
        return
    file = folder / "processes.sqlite3"
    connection.ensure_connection()
    in_memory, name = connection.connection, config["NAME"]
    with closing(sqlite3.connect(file)) as copy:
        in_memory.backup(copy)
    connection.connection, config["NAME"] = None, str(file)
    try:
        yield {**common, "DATABASE_URL": f"sqlite:///{file}"}
    finally:
        end_workers()
        connection.close()
        connection.connection, config["NAME"] = in_memory, name


def start_worker(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """A worker that knows the kinds of this module as well."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, *words],
        env=environment,
        cwd=settings.BASE_DIR,
        stderr=subprocess.PIPE,
        text=True,
    )
    STARTED.append(worker)
    return worker


def end_workers() -> None:
    """A test that failed leaves no worker behind, which would keep its database."""
    while STARTED:
        worker = STARTED.pop()
        worker.kill()
        worker.communicate()


def until(condition: Any, seconds: float = 90.0) -> None:
    """Wait until something is so. Raises AssertionError where it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not come to that in time."
        time.sleep(0.02)


def small_batches(size: int, pause: float) -> None:
    """Releases of this process stage so few products at once, and take so many seconds for them."""
    from exports.releasing import drafting, staging

    def slowly(*args: Any) -> drafting.Draft:
        time.sleep(pause)
        return drafting.draft_part(*args)

    staging.SIZE = size
    setattr(staging, "draft_part", slowly)  # noqa: B010 - what is put in is no module's own


def main() -> None:
    from django.core.management import call_command

    if said := os.environ.get("TEST_BATCHES"):
        small_batches(2, float(said))
    with kinds_of_tests():
        call_command("worker", *sys.argv[1:])
