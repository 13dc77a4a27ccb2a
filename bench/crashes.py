"""Workers and the processes of their jobs are killed at random moments; every job must still end exactly once.

`python -m bench.crashes --kills 200` in a scratch database on the engine that DATABASE_URL names; `--here` uses that
database itself. `--engine celery` has Celery carry the jobs, with the broker that JOBS_BROKER_URL names. Ends with exit
code 1 and a line for each thing that must not be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import django

WORKERS = 2
PROCESSES = 2
STEPS = 5
IN_LINE = 12  # jobs that are kept waiting while the killing goes on
LONGEST = 420.0  # seconds until all must have ended


def kinds() -> None:
    """Two kinds of jobs whose every step can be counted: one in steps, and one that fans out to such and joins them."""
    from catalog.jobs import Kind, Work, register
    from catalog.models import Change

    def write(work: Work, step: int) -> None:
        """Two rows that belong together, with time in between to be killed in."""
        for half in ("one", "two"):
            Change.objects.create(actor="crash", path="job", operation=half, kind="crash", key=f"{work.id}:{step}")
            time.sleep(random.uniform(0, 0.02))

    class Steps(Kind):
        code, label, first_pause, longest_pause = "crash_steps", "Steps", 0.05, 0.2

        def run(self, work: Work) -> Any:
            for step in range(work.cursor.get("next", 0), STEPS):
                time.sleep(random.uniform(0, 0.02))
                with work.step({"next": step + 1}, step + 1, STEPS):
                    write(work, step)
            return {"steps": STEPS}

    class Parts(Kind):
        code, label, first_pause, longest_pause = "crash_parts", "Parts", 0.05, 0.2

        def run(self, work: Work) -> Any:
            if not work.cursor:
                with work.step({"spawned": 3}):
                    write(work, 0)
                    for _ in range(3):
                        work.spawn("crash_steps", {})
            parts = work.join()
            if not work.cursor.get("joined"):
                with work.step({"spawned": 3, "joined": True}):
                    write(work, 1)
            return {"parts": len(parts)}

    register(Steps, Parts)


class Workers(Protocol):
    """Some workers as processes."""

    def tend(self) -> None:
        """Start those that are not there, or not any more."""

    def victim(self, dice: random.Random) -> tuple[str, int] | None:
        """Somebody to be killed: as what he counts, and the process; None where there is nobody just now."""

    def end(self) -> None:
        """Stop them all and wait until they are gone."""


class Chaos:
    """Workers, and somebody who kills them."""

    def __init__(self, kills: int, dice: random.Random, workers: Workers) -> None:
        self.kills = kills
        self.dice = dice
        self.workers = workers
        self.killed: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self) -> dict[str, Any]:
        from django.db import connection

        started = time.monotonic()
        try:
            while self.killed.total() < self.kills and time.monotonic() - started < LONGEST:
                self.workers.tend()
                self.want()
                time.sleep(self.dice.uniform(0, 0.08))
                self.kill()
                self.look()
            self.finish(started + LONGEST)
        finally:
            self.workers.end()
        self.judge()
        return {
            "engine": connection.vendor,
            "kills": dict(self.killed),
            "seconds": round(time.monotonic() - started, 1),
            **self.figures(),
        }

    def want(self) -> None:
        from catalog.actors import Actor
        from catalog.jobs import enqueue
        from catalog.models import Job

        if Job.objects.filter(state="waiting").count() < IN_LINE:
            for kind in ("crash_steps", "crash_steps", "crash_parts"):
                enqueue(Actor("crash", "command"), kind, {})

    def kill(self) -> None:
        what, pid = self.workers.victim(self.dice) or ("", 0)
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[what] += 1

    def look(self) -> None:
        """As any reader: both halves of a step are there, or neither."""
        from catalog.models import Change

        halves = Counter(Change.objects.filter(kind="crash").order_by().values_list("key", flat=True))
        self.wrong += [f"Half of step {key} was visible." for key, count in halves.items() if count % 2]

    def finish(self, until: float) -> None:
        """Let what is in line come to its end; what was quarantined is tried again by hand."""
        from catalog.actors import Actor
        from catalog.jobs import retry
        from catalog.models import Job

        while Job.objects.exclude(state="done").exists():
            self.workers.tend()
            for job in Job.objects.filter(state__in=["quarantined", "failed"], parent=None):
                retry(Actor("crash", "command"), job)
            for job in Job.objects.filter(state="quarantined").exclude(parent=None):
                retry(Actor("crash", "command"), job)
            if time.monotonic() > until:
                self.wrong += [
                    f"{job} is still {job.state}: {job.log[-3:]}" for job in Job.objects.exclude(state="done")
                ]
                return
            time.sleep(0.1)

    def judge(self) -> None:
        from catalog.models import Change, Job

        wanted: Counter[tuple[str, str]] = Counter()
        for pk, kind, log in Job.objects.values_list("pk", "kind", "log"):
            steps = STEPS if kind == "crash_steps" else 2
            wanted.update((half, f"{pk}:{step}") for step in range(steps) for half in ("one", "two"))
            ends = sum(line["text"] == "Done." for line in log)
            if ends != 1:
                self.wrong.append(f"Job {pk} ended {ends} times.")
        there = Counter(Change.objects.filter(kind="crash").order_by().values_list("operation", "key"))
        self.wrong += [
            f"{key} is there {there[key]} times, not {wanted[key]}."
            for key in {*wanted, *there}
            if there[key] != wanted[key]
        ]

    def figures(self) -> dict[str, Any]:
        from catalog.models import Job

        runs = list(Job.objects.values_list("fence", flat=True))
        return {"jobs": len(runs), "runs": sum(runs), "wrong": len(self.wrong)}


class Forked:
    """The workers of the database engine, forked from here."""

    def __init__(self) -> None:
        self.there: set[int] = set()

    def tend(self) -> None:
        while (gone := os.waitpid(-1, os.WNOHANG) if self.there else (0, 0))[0]:
            self.there.discard(gone[0])
        while len(self.there) < WORKERS:
            self.there.add(start_worker())

    def victim(self, dice: random.Random) -> tuple[str, int] | None:
        worker = dice.choice(sorted(self.there))
        if dice.random() < 0.15:
            return "workers", worker
        processes = children_of(worker)
        return ("jobs", dice.choice(processes)) if processes else None

    def end(self) -> None:
        for worker in self.there:
            os.kill(worker, signal.SIGTERM)
        for worker in self.there:
            os.waitpid(worker, 0)


def start_worker() -> int:
    from django.db import connections

    from catalog.jobs.worker import Worker

    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            Worker(PROCESSES, ["crash_steps", "crash_parts"], grace=5.0).run()
        finally:
            os._exit(0)
    return pid


def children_of(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def scratch() -> Iterator[None]:
    """A database of its own, in a file where that is how the engine keeps it."""
    from django.db import connection

    from bench.measuring import scratch_database

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/crashes.sqlite3"
        with scratch_database():
            yield


def workers_of(engine: str) -> Workers:
    if engine == "celery":
        from bench.crashes_celery import Celery

        return Celery()
    return Forked()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--here", action="store_true")
    parser.add_argument("--engine", choices=["database", "celery"], default="database")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    os.environ |= {"JOB_LEASE_SECONDS": "1", "JOBS_ENGINE": options.engine}
    django.setup()
    kinds()
    for _ in [None] if options.here else scratch():
        chaos = Chaos(options.kills, random.Random(options.seed), workers_of(options.engine))
        report = chaos.run()
    print(json.dumps({"seed": options.seed, "carried_by": options.engine, **report}))
    for line in chaos.wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if chaos.wrong else 0)


if __name__ == "__main__":
    main()
