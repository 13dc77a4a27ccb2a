"""What was made of the schema before, for as long as the schema stands: specifications, filters, facets' labels.

Lists, selections and writes need the same again and again, and making it takes longer than using it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings

from catalog import schema_token

T = TypeVar("T")

# Of each thread.
LIMIT = 256


class _Memory(threading.local):
    """By thread, since compiling a query changes it for the time being. Least recently used first."""

    def __init__(self) -> None:
        self.state: object = None
        self.found: dict[Hashable, Any] = {}


_memory = _Memory()


def remembered(key: Hashable, make: Callable[[], tuple[T, bool]], token: str | None = None) -> T:
    """What was made before under a key, and still holds; else what is made now, kept if it says so itself.

    It may be made of the tables in catalog.schema_token.WATCHED only, must not be changed by anybody, and be small.
    `token` is the present one, where the caller has asked for it already in its transaction.
    """
    token = schema_token.current() if token is None else token
    state = (token, settings.LANGUAGE_CODE, tuple(settings.LANGUAGES))
    if state != _memory.state:
        _memory.state, _memory.found = state, {}
    if key in _memory.found:
        value: T = _memory.found.pop(key)
        _memory.found[key] = value
        return value
    value, lasting = make()
    # Somebody may have written meanwhile: then it is made of what was before, or of both.
    if token and lasting and schema_token.current() == token and _memory.state == state:
        _memory.found[key] = value
        if len(_memory.found) > LIMIT:
            del _memory.found[next(iter(_memory.found))]
    return value


def forget() -> None:
    """Remember nothing in this thread, as a new process does."""
    _memory.state, _memory.found = None, {}
