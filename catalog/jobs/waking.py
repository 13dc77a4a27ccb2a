"""Telling workers that there is something to do, once it is committed.

PostgreSQL says so itself (NOTIFY); on SQLite workers look twenty times a second whether anybody has written. An engine
that carries ids has its own way, which the setting JOBS_ENGINE chooses. What is lost on the way is found by looking, so
nothing depends on it.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from catalog.indexing.outbox import WAKING
from catalog.models import Job

POLL_SQLITE = 0.2  # seconds
STEP_SQLITE = 0.05  # between two looks at the number that says whether anybody has written
POLL_POSTGRESQL = 1.0  # for what was to be done later, and behind poolers that do not pass notifications on


def wake(job: Job) -> None:
    """Have somebody look at a job that waits, or at the one that waits for it, when the transaction is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [WAKING])
    pk = job.pk if job.is_open else job.parent_id
    if settings.JOBS_CARRIER and pk and job.run_after <= timezone.now():
        carry: Callable[[int], None] = import_string(settings.JOBS_CARRIER)
        # Robust: what cannot be carried now is a job all the same, and is sent again by the sweeper.
        transaction.on_commit(partial(carry, pk), robust=True)


class Listener:
    """Waits until there may be something to do, or one of `also` (file descriptors) can be read."""

    def __init__(self) -> None:
        self._listening: Any = None
        self._version = 0

    def wait(self, also: list[int], longest: float) -> bool:
        """At most `longest` seconds; whether it ended because something was written."""
        if connection.vendor == "sqlite":
            return self._wait_for_version(also, time.monotonic() + min(longest, POLL_SQLITE))
        heard = self._ear()
        ready, _, _ = select.select([*also, *heard], [], [], min(longest, POLL_POSTGRESQL))
        if heard and heard[0] in ready:
            self._drain()
            return True
        return False

    def _wait_for_version(self, also: list[int], end: float) -> bool:
        while time.monotonic() < end:
            if any(select.select(also, [], [], STEP_SQLITE)):
                return False
            if self._is_written():
                return True
        return False

    def _is_written(self) -> bool:
        """Whether another connection has written since the last time: a number that SQLite has at hand."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
        before, self._version = self._version, version
        return bool(version != before)

    def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def forget(self) -> Any:
        """In a forked process: leave the parent's connection alone. What is returned must be kept until the end."""
        kept, self._listening = self._listening, None
        return kept

    def _ear(self) -> list[int]:
        """The descriptor of a connection that listens, if the engine has such."""
        if connection.vendor != "postgresql":
            return []
        if self._listening is None:
            ear = connection.copy()
            with ear.cursor() as cursor:
                cursor.execute(f"LISTEN {WAKING}")
            self._listening = ear
        return [self._listening.connection.fileno()]

    def _drain(self) -> None:
        try:
            for _ in self._listening.connection.notifies(timeout=0):
                pass
        except Exception as error:
            self.close()
            raise DatabaseError(str(error)) from error
