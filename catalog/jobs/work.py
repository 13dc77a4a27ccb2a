"""What a running job has at hand: its payload, where it was, and the guarded transactions of its steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from catalog.actors import Actor
from catalog.jobs.base import Cancelled, GiveUp, Joining, Lost, Stopping
from catalog.jobs.claiming import Claim
from catalog.jobs.queue import enqueue
from catalog.models import Job

_NAMED = 5  # failed children in a message


class Work:
    """One run of a job."""

    def __init__(self, job: Job, claim: Claim, stopping: threading.Event | None = None) -> None:
        self.id = job.pk
        self.payload: dict[str, Any] = job.payload
        self.cursor: dict[str, Any] = job.cursor
        self.attempts = job.attempts
        self.actor = Actor(job.created_by, "job")
        self._claim = claim
        self._stopping = stopping or threading.Event()
        self._lines: list[str] = []

    def guard(self) -> Job:
        """Within a transaction: hold the job until it is committed. Raises Lost where another worker has the job.

        Called last, it makes sure that nothing of a late worker is committed. Raises Cancelled, too.
        """
        job = held_row(self._claim)
        if job.cancelling:
            raise Cancelled
        return job

    @contextmanager
    def step(
        self, cursor: dict[str, Any] | None = None, done: int | None = None, total: int | None = None, message: str = ""
    ) -> Iterator[None]:
        """A transaction in which a step is written, together with where to go on after it.

        Raises Lost or Cancelled at its end, and then nothing of it is written. Between steps a worker may stop.
        """
        with transaction.atomic():
            yield
            job = self.guard()
            if cursor is not None:
                job.cursor = cursor
                job.attempts = job.crashes = 0
            job.done = job.done if done is None else done
            job.total = job.total if total is None else total
            job.message = message[:300] or job.message
            job.note(*self._lines)
            job.save(update_fields=["cursor", "attempts", "crashes", "done", "total", "message", "log"])
        self.cursor = job.cursor
        self._lines = []
        if self._stopping.is_set():
            raise Stopping

    def save(self, cursor: dict[str, Any] | None = None, done: int | None = None, total: int | None = None) -> None:
        """A step that writes nothing but how far the job is."""
        with self.step(cursor, done, total):
            pass

    def log(self, line: str) -> None:
        """A line for the log, written with the next step or the end."""
        self._lines.append(line)

    def lines(self) -> list[str]:
        """The lines that no step has written."""
        return self._lines

    def spawn(self, kind: str, payload: dict[str, Any], key: str = "") -> Job:
        """A child, to be made within a step; `join` waits for all of them."""
        return enqueue(self.actor, kind, payload, key=key, parent=self.id)

    def join(self) -> list[Job]:
        """The children, in the order they were made. Until all have ended, the run ends here and is begun anew then.

        Raises GiveUp where one has not come to its end: tried again by hand, the job tries those again first.
        """
        children = list(Job.objects.filter(parent=self.id).order_by("pk"))
        if any(child.is_open for child in children):
            raise Joining
        failed = [child for child in children if child.state != Job.State.DONE]
        if failed:
            names = ", ".join(f"{child} ({child.state})" for child in failed[:_NAMED])
            raise GiveUp(f"{len(failed)} of {len(children)} parts did not come to their end: {names}.")
        return children


def held_row(claim: Claim) -> Job:
    """The job's row, locked, while this claim holds it. Raises Lost."""
    job = Job.objects.select_for_update().filter(pk=claim.job, fence=claim.fence, state=Job.State.RUNNING).first()
    if job is None:
        raise Lost(f"Job {claim.job} is not held under number {claim.fence} any more.")
    return job
