"""The process a job has to itself: forked from its worker, ended with it, killed without harm to anything else."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn

from django.db import connection, connections

from catalog.jobs.claiming import Claim
from catalog.jobs.registry import kind_called
from catalog.jobs.running import perform

logger = logging.getLogger(__name__)

Reason = Literal["", "time", "stopped", "cancelled", "lost"]
# Connections that a fork has inherited: to close them would end what the parent says on them.
_INHERITED: list[Any] = []


class Running:
    """A process at work on a job, as its worker sees it."""

    def __init__(self, pid: int, claim: Claim) -> None:
        self.pid = pid
        self.claim = claim
        self.begun = time.monotonic()
        self.deadline = self.begun + kind_called(claim.kind).timeout
        self.at_deadline: Reason = "time"
        self.killed_for: Reason = ""
        self._status: int | None = None

    def has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is not None

    @property
    def ended_well(self) -> bool:
        """Whether it has recorded its end itself."""
        return self._status == 0

    def how(self) -> str:
        """How it ended, in words."""
        code = os.waitstatus_to_exitcode(self._status or 0)
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def ask_to_stop(self) -> None:
        """Its run ends after the step it is in."""
        self._signal(signal.SIGTERM)

    def ask_to_cancel(self, grace: float) -> None:
        """It finds out itself at the end of its step; if that does not come in time, it is killed."""
        if self.at_deadline != "cancelled":
            self.at_deadline = "cancelled"
            self.deadline = min(self.deadline, time.monotonic() + grace)

    def kill(self, reason: Reason) -> None:
        if not self.killed_for:
            self.killed_for = reason
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._status is None:  # until it is waited for, its id is no other's
            os.kill(self.pid, number)


def begin(claim: Claim, life: tuple[int, int], inherited: Sequence[Callable[[], Any]]) -> Running:
    """Fork a process for a claimed job. `life` is a pipe that nobody writes to: its end is that of the worker.

    `inherited` are called in the new process, to let go of what it must leave alone.
    """
    if connection.vendor == "sqlite":
        # A connection of SQLite must not be carried over a fork: closing it there undoes the parent's locks.
        connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    # Until the new process has its own handlers, a signal to it would be answered by those of the worker.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
    pid = os.fork()
    if not pid:
        _live(claim, life, inherited)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Running(pid, claim)


def _live(claim: Claim, life: tuple[int, int], inherited: Sequence[Callable[[], Any]]) -> NoReturn:
    """All that the new process does. It never returns to what its parent was doing."""
    code = 1
    try:
        _let_go(inherited)
        stopping = threading.Event()
        _heed(stopping)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
        os.close(life[1])
        threading.Thread(target=_die_with, args=(life[0],), daemon=True).start()
        perform(claim, stopping)
        connections.close_all()
        code = 0
    except BaseException:
        # SystemExit, too: a job that leaves in its middle has not ended well.
        logger.exception("The process of job %s ends early", claim.job)
    finally:
        logging.shutdown()
        os._exit(code)


def _let_go(inherited: Sequence[Callable[[], Any]]) -> None:
    _INHERITED.extend(release() for release in inherited)
    for each in connections.all(initialized_only=True):
        _INHERITED.append(each.connection)
        each.connection = None


def _heed(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the worker decides
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(OSError):
        # Where memory runs out, Linux shall end a job rather than the worker or the database.
        Path("/proc/self/oom_score_adj").write_text("500")


def _die_with(life: int) -> NoReturn:
    """Ends this process with its worker: whoever runs the job next must not have it running here as well."""
    os.read(life, 1)
    os._exit(1)
