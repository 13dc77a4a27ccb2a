"""A worker: claims jobs and runs each in a process forked for it, so that one that dies takes nothing else along.

The worker itself does little and holds little. It keeps the leases of its jobs, ends those that take too long or shall
be cancelled, and sweeps up after workers that died. When it dies, its jobs' processes end with it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from catalog.jobs import ending, watching
from catalog.jobs.base import Lost
from catalog.jobs.claiming import Claim, claim, held, prune, sweep
from catalog.jobs.process import Running, begin
from catalog.jobs.registry import KINDS, kind_called
from catalog.jobs.running import settle
from catalog.jobs.waking import Listener
from catalog.jobs.watching import look

logger = logging.getLogger(__name__)

GRACE = 30.0  # seconds a job has to come to the end of its step when it shall stop
_PRUNE_EVERY = 600.0
_AFTER_ERROR = 1.0


@dataclass
class Timer:
    """Something that is due every so many seconds."""

    every: float
    last: float = field(default_factory=time.monotonic)

    def due(self, every: float | None = None) -> bool:
        now = time.monotonic()
        if now - self.last < (self.every if every is None else every):
            return False
        self.last = now
        return True


class Worker:
    """Runs jobs of these kinds (by default all), at most `processes` at once, until it is told to stop.

    `beside` is the id of the process that began it, with which it stops as well.
    """

    def __init__(
        self,
        processes: int = 1,
        kinds: Collection[str] = (),
        *,
        once: bool = False,
        beside: int | None = None,
        grace: float = GRACE,
    ) -> None:
        for kind in kinds:
            kind_called(kind)
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}"
        self.processes = processes
        self.kinds = list(kinds) or list(KINDS)
        self.once = once
        self.grace = grace
        self.running: dict[int, Running] = {}
        self._listener = Listener()
        self._parent = beside
        self._stop_at: float | None = None
        self._idle = False
        self._told = False
        self._life = os.pipe()  # its end tells the processes of jobs that their worker is gone
        self._wakeup = os.pipe()
        self._heartbeat = Timer(settings.JOB_LEASE / 5)
        self._sweep = Timer(settings.JOB_LEASE / 4)
        self._prune = Timer(_PRUNE_EVERY)
        self._look = Timer(watching.EVERY, last=0.0)

    # --- Its life ----------------------------------------------------------------------------------------------------
    def run(self) -> None:
        """Until SIGTERM or SIGINT; with `once`, until there is nothing to do."""
        with self._signals():
            self._guarded(lambda: sweep())
            while not self._over():
                self._guarded(self._turn)
                if not self._over():
                    self._guarded(self._wait)
        self.close()

    def carry(self, job: int) -> bool:
        """Run just this job, if it is due, and see it to its end; whether it ran. For engines that bring ids."""
        with self._signals():
            taken = claim(self.name, self.kinds, job)
            if taken:
                self._begin(taken)
            while self.running:
                self._guarded(self._keep)
                self._guarded(self._wait)
        self.close()
        return taken is not None

    def close(self) -> None:
        self._listener.close()
        for descriptor in (*self._life, *self._wakeup):
            os.close(descriptor)

    def stop(self, *_: Any) -> None:
        """Begin nothing any more; let what runs come to the end of its step."""
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self.grace
            for process in self.running.values():
                process.ask_to_stop()

    def _over(self) -> bool:
        if self.running:
            return False
        return self._stop_at is not None or (self.once and self._idle)

    def _signals(self) -> Signals:
        def wake_only(_number: int, _frame: FrameType | None) -> None:
            """The descriptor that Python writes to for it ends the wait."""

        return Signals(
            self._wakeup[1], {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGCHLD: wake_only}
        )

    def _guarded(self, act: Callable[[], object]) -> None:
        """Go on when the database refuses or is gone: it may be restarted. What is held then its lease gives up."""
        try:
            act()
        except DatabaseError as error:
            logger.warning("Worker %s: the database says: %s", self.name, str(error).strip())
            self._listener.close()
            connection.close()
            time.sleep(_AFTER_ERROR)

    # --- One turn ----------------------------------------------------------------------------------------------------
    def _turn(self) -> None:
        self._keep()
        if self._parent is not None and os.getppid() != self._parent:
            self.stop()
        if self._sweep.due():
            sweep()
        if self._prune.due():
            prune()
        if self._stop_at is None and (self._look.due() or (self._told and self._look.due(watching.SOONEST))):
            self._told = False
            look(self.kinds)
        while self._stop_at is None and len(self.running) < self.processes:
            taken = claim(self.name, self.kinds)
            self._idle = taken is None
            if taken is None:
                break
            self._begin(taken)

    def _wait(self) -> None:
        pause = watching.SOONEST if self._told else watching.EVERY
        self._told |= self._listener.wait([self._wakeup[0]], min(self._heartbeat.every / 2, pause))
        os.set_blocking(self._wakeup[0], False)
        with suppress(BlockingIOError):
            os.read(self._wakeup[0], 4096)

    def _begin(self, taken: Claim) -> None:
        process = begin(taken, self._life, [self._listener.forget])
        self.running[process.pid] = process

    def _keep(self) -> None:
        """Look after what runs: who has ended, who takes too long, whose lease is to be prolonged."""
        for process in list(self.running.values()):
            if process.has_ended():
                self._after(process)
                del self.running[process.pid]
        self._end_overdue()
        if self._heartbeat.due() and self.running:
            still = held(process.claim for process in self.running.values())
            for process in self.running.values():
                if process.claim not in still:
                    process.kill("lost")
                elif still[process.claim]:
                    process.ask_to_cancel(self.grace)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for process in self.running.values():
            if now > process.deadline:
                process.kill(process.at_deadline)
            elif self._stop_at is not None and now > self._stop_at:
                process.kill("stopped")

    def _after(self, process: Running) -> None:
        """Record the end of a process that could not do so itself."""
        if process.ended_well:
            return
        seconds = f"{process.seconds():.0f} s"
        try:
            if process.killed_for == "time":
                limit = f"It took longer than {kind_called(process.claim.kind).timeout:.0f} s and was ended."
                settle(process.claim, lambda job: ending.failed(job, limit))
            elif process.killed_for == "stopped":
                settle(process.claim, lambda job: ending.put_back(job, "Its worker stopped; it goes on elsewhere."))
            elif process.killed_for == "cancelled":
                settle(process.claim, ending.cancelled)
            else:
                settle(process.claim, lambda job: ending.crashed(job, f"Its process {process.how()} after {seconds}."))
        except Lost:
            logger.info(
                "Job %s had ended, or was somebody else's, when its process %s.", process.claim.job, process.how()
            )


class Signals:
    """Handlers for signals while a block runs, each of which ends a wait on a descriptor."""

    def __init__(self, wakeup: int, handlers: dict[signal.Signals, Callable[[int, FrameType | None], Any]]) -> None:
        self._wakeup = wakeup
        self._handlers = handlers
        self._before: dict[signal.Signals, Any] = {}
        self._wakeup_before = -1

    def __enter__(self) -> None:
        os.set_blocking(self._wakeup, False)
        self._wakeup_before = signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, handler) for number, handler in self._handlers.items()}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
