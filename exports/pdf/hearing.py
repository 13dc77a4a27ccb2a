"""What WeasyPrint logs while a PDF is made belongs to its edition, not to the machine's log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from exports.formats.base import Problem

TOLD_ALREADY = "Failed to load image"  # Pictures tells it better, with the product
LONGEST = 300  # characters of a message

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class Listener:
    """Turns messages into problems of the edition as a whole, each once."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._heard: set[str] = set()

    def hear(self, message: str) -> None:
        message = message[:LONGEST]
        if message not in self._heard and not message.startswith(TOLD_ALREADY):
            self._heard.add(message)
            self._problems.append(Problem("", message, fatal=False))


class Router(logging.Filter):
    """Hands a record to whoever listens in its thread, and only otherwise on to the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        listener = _listener.get()
        if listener is None:
            return True
        listener.hear(record.getMessage())
        return False


@contextmanager
def listening(problems: list[Problem]) -> Iterator[None]:
    """While this is open, what WeasyPrint logs in this thread goes to `problems`."""
    token = _listener.set(Listener(problems))
    try:
        yield
    finally:
        _listener.reset(token)
