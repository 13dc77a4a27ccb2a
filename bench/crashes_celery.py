"""Celery's part in bench.crashes: workers, their pools and the beat, on a queue of their own in the broker."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import django

from bench.crashes import PROCESSES, WORKERS, children_of, kinds

BEAT = "beat"
_PATIENCE = 20.0  # seconds that workers have to stop


class Celery:
    """As bench.crashes.Workers has it: as many workers, each with as many processes in its pool, and one beat."""

    def __init__(self) -> None:
        from django.conf import settings

        self.queue = f"crashes-{os.getpid()}"
        self.folder = tempfile.TemporaryDirectory()
        self.environment = {**os.environ, "DATABASE_URL": _address(), "JOBS_BROKER_URL": settings.JOBS_BROKER_URL}
        self.there: dict[str, subprocess.Popen[bytes]] = {}
        self.begun: list[subprocess.Popen[bytes]] = []
        _set_up(self.queue)

    def tend(self) -> None:
        for name in (*(f"worker{number}" for number in range(WORKERS)), BEAT):
            if name not in self.there or self.there[name].poll() is not None:
                self.there[name] = self._start(name)

    def victim(self, dice: random.Random) -> tuple[str, int] | None:
        """Mostly a process that runs a job, also one of a pool that waits for such, a whole worker, or the beat.

        Nobody where no job runs: those that only just start are left to do so.
        """
        there = [worker.pid for name, worker in self.there.items() if name != BEAT]
        jobs = [(job, pool, worker) for worker in there for pool in children_of(worker) for job in children_of(pool)]
        if not jobs:
            return None
        job, pool, worker = dice.choice(jobs)
        rolled = dice.random()
        if rolled < 0.7:
            return "jobs", job
        if rolled < 0.9:
            return "pools", pool
        return ("workers", worker) if rolled < 0.98 else ("beats", self.there[BEAT].pid)

    def end(self) -> None:
        """Those killed have left processes of their pools behind, which end with the group."""
        from pim.celery import app

        for each in self.there.values():
            each.terminate()
        until = time.monotonic() + _PATIENCE
        for each in self.begun:
            with suppress(subprocess.TimeoutExpired):
                each.wait(max(0.0, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()
        with app.connection_for_write() as connection:
            connection.default_channel.queue_delete(self.queue)
        self.folder.cleanup()

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "bench.crashes_celery", name, self.queue, self.folder.name]
        with (Path(self.folder.name) / f"{name}.log").open("ab") as log:
            started = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.begun.append(started)
        return started


def _address() -> str:
    """The database of this process, which may be a scratch one, as DATABASE_URL."""
    from django.db import connection

    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    return f"postgres://{config['USER']}:{config['PASSWORD']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"


def _set_up(queue: str) -> None:
    from pim.celery import app

    app.conf.task_default_queue = queue
    # Leases are short here as well, and what is lost shall not be waited for.
    app.conf.beat_schedule["sweep"]["schedule"] = 1.0


def main() -> None:
    """What `celery -A pim.celery worker` and `beat` do, with the kinds of bench.crashes: name, queue, folder."""
    name, queue, folder = sys.argv[1:]
    django.setup()
    kinds()
    _set_up(queue)
    from pim.celery import app

    if name == BEAT:
        app.start(["beat", "--loglevel", "WARNING", "--schedule", f"{folder}/schedule"])
    else:
        host = f"{name}-{os.getpid()}@crashes"
        pool = ["--pool", "prefork", "--concurrency", str(PROCESSES)]
        app.worker_main(["worker", *pool, "--hostname", host, "--loglevel", "WARNING"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    main()
