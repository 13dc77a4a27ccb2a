"""Processes that lay out chunks, some at a time. One that fails, hangs or wants too much is ended and told of."""

from __future__ import annotations

import atexit
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from exports.errors import ExportError
from exports.pdf import fonts
from exports.pdf.press import wire
from exports.pdf.press.wire import OUT_OF_MEMORY

ROOT = Path(__file__).parents[3]
PATIENCE = 20  # times the allowed processor time a process may take by the clock: the machine may be busy
AHEAD = 16  # tasks in hand for each process
T = TypeVar("T")
START = 120.0  # seconds the foundry has to begin


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one chunk: seconds of processor time, and megabytes over what a process takes anyway."""

    seconds: int = 20
    megabytes: int = 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """`failed` says why there is no `said`; `passing` that another try may do better."""

    said: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    failed: str = ""
    passing: bool = False


class Process:
    """A process of the press, seen from outside."""

    def __init__(self, foundry: Foundry, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.pid = foundry.ask({"do": "fork", "megabytes": limits.megabytes}, theirs.fileno())["pid"]
        self.channel = ours
        self._foundry, self._limits = foundry, limits
        self.deadline, self._seconds = 0.0, limits.seconds

    def begin(self, task: Mapping[str, Any]) -> None:
        self._seconds = task.get("seconds", self._limits.seconds)
        self.deadline = time.monotonic() + self._seconds * PATIENCE
        with suppress(wire.Gone):  # how it ended is found out when its answer is missing
            wire.send(self.channel, {**task, "seconds": self._seconds})

    def answer(self) -> Outcome | None:
        """None where it has ended."""
        self.channel.settimeout(START)
        try:
            said, body = wire.receive(self.channel)
        except (wire.Gone, TimeoutError):
            return None
        return Outcome(said, body, said.get("failed", ""))

    def end(self) -> int:
        self.channel.close()
        code: int = self._foundry.ask({"do": "end", "pid": self.pid})["code"]
        return code

    def post_mortem(self, *, late: bool = False, spent: bool = False) -> Outcome:
        """Why it ended. It was `late`, or the time of all was `spent`."""
        code = self.end()
        if spent:
            return Outcome(failed="there is no time left", passing=True)
        if late:
            return Outcome(failed=f"it takes more than {self._seconds * PATIENCE} s", passing=True)
        if code == -signal.SIGXCPU:
            return Outcome(failed=f"it takes more than {self._seconds} s of processor time")
        if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):
            return Outcome(failed=f"it needs more than {self._limits.megabytes} MB of memory")
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return Outcome(failed=f"the process that laid it out {how}", passing=True)


class Foundry:
    """The process that forks the others. Raises ExportError where it cannot begin."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START)
        with theirs, fonts.only_ours():
            path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "exports.pdf.press.foundry", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": path},
            )
        self._control = ours

    def ask(self, message: Mapping[str, Any], *handles: int) -> Any:
        try:
            socket.send_fds(self._control, [orjson.dumps(message)], handles)
            answer = self._control.recv(1 << 16)
        except OSError as error:
            reason = f"The processes that lay out pages cannot be reached: {error}."
            raise ExportError(reason, permanent=False) from error
        if not answer:
            raise ExportError("The process that begins those that lay out pages has ended.", permanent=False)
        return orjson.loads(answer)

    def close(self) -> None:
        self._control.close()
        self._process.wait()


class Ahead(Iterator[T]):
    """An iterator that can be told to have `count` in hand."""

    def __init__(self, things: Iterable[T], count: int) -> None:
        self._things, self._count = iter(things), count
        self._ready: deque[T] = deque()

    def prepare(self, *first: T) -> None:
        self._ready.extend(first)
        self._ready.extend(islice(self._things, max(0, self._count - len(self._ready))))

    def __next__(self) -> T:
        return self._ready.popleft() if self._ready else next(self._things)


class Pool:
    """A context. `processes` at most work at once; they are begun when there is work for them."""

    def __init__(self, limits: Limits, processes: int) -> None:
        self.limits, self.processes = limits, processes
        self.until = float("inf")  # by time.monotonic(): what is not there by then is given up
        self._foundry: Foundry | None = None
        self._idle: list[Process] = []
        self._busy: dict[Process, Any] = {}

    def run(self, tasks: Iterable[tuple[Any, Mapping[str, Any]]]) -> Generator[tuple[Any, Outcome], None, None]:
        """The outcome of each task by its name, in the order in which they end.

        Tasks are taken a few ahead of those that are due, so that no process waits until one is written.
        """
        waiting = Ahead(tasks, self.processes * AHEAD)
        first = next(waiting, None)
        if first is None:
            return
        self._load()
        waiting.prepare(first)
        with selectors.DefaultSelector() as selector:
            try:
                while self._feed(waiting, selector) or self._busy:
                    waiting.prepare()
                    heard = list(self._heard(selector))
                    self._feed(waiting, selector)  # nor until somebody has done something with what was heard
                    yield from heard
            finally:
                for process in list(self._busy):  # the caller goes away in the middle
                    self._forget(process, selector)
                    process.end()

    def take(self) -> Process:
        """One of its processes, to be asked for one thing after the other; `give` it back, or end it."""
        return self._idle.pop() if self._idle else self._begun()

    def give(self, process: Process) -> None:
        self._idle.append(process)

    def _feed(self, waiting: Iterator[tuple[Any, Mapping[str, Any]]], selector: selectors.BaseSelector) -> bool:
        """Whether a process was given something to do, as long as there is one to spare."""
        while len(self._busy) < self.processes:
            task = next(waiting, None)
            if task is None:
                return False
            process = self._idle.pop() if self._idle else self._begun()
            self._busy[process] = task[0]
            selector.register(process.channel, selectors.EVENT_READ, process)
            process.begin(task[1])
        return True

    def _load(self) -> Foundry:
        """It takes a second until the foundry answers; there is no need to wait for that before it is asked."""
        if self._foundry is None:
            self._foundry = Foundry()
        return self._foundry

    def _begun(self) -> Process:
        return Process(self._load(), self.limits)

    def _heard(self, selector: selectors.BaseSelector) -> Iterator[tuple[Any, Outcome]]:
        ready = {key.data for key, _ in selector.select(timeout=1.0)}
        now = time.monotonic()
        for process in [one for one in self._busy if one in ready or now > min(one.deadline, self.until)]:
            name = self._busy[process]
            outcome = process.answer() if process in ready else None
            self._forget(process, selector)
            if outcome is None:
                yield name, process.post_mortem(late=process not in ready, spent=now > self.until)
            else:
                self._idle.append(process)
                yield name, outcome

    def _forget(self, process: Process, selector: selectors.BaseSelector) -> None:
        selector.unregister(process.channel)
        del self._busy[process]

    def close(self) -> None:
        for process in self._idle:
            process.channel.close()
        self._idle.clear()
        if self._foundry is not None:
            self._foundry.close()


# Those that have nothing to do, by the process they are of: a fork's are its parent's.
_spare: dict[int, list[Pool]] = {}
_choosing = threading.Lock()


@contextmanager
def borrowed(limits: Limits, processes: int, until: float = float("inf")) -> Iterator[Pool]:
    """A pool, warm where this process has had one before: the next edition need not wait for the renderer to load."""
    spare = _spare.setdefault(os.getpid(), [])
    with _choosing:
        found = next((pool for pool in spare if (pool.limits, pool.processes) == (limits, processes)), None)
        if found is not None:
            spare.remove(found)
    pool = found or Pool(limits, processes)
    pool.until = until
    try:
        yield pool
    except BaseException:
        pool.close()
        raise
    spare.append(pool)


@atexit.register
def close_spare() -> None:
    """End the processes that wait for more work."""
    for pool in _spare.pop(os.getpid(), []):
        pool.close()
