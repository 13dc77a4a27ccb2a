"""Reading ahead: the database gets the next piece ready while the one before is on its way to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each fetched by a thread with a connection of its own while the one before is used.

    Within a transaction one after the other: another connection does not see what it has written.
    """
    if connection.in_atomic_block:
        yield from items
        return
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            coming = thread.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item
        finally:
            thread.submit(lambda: connection.close())  # that of the thread, which only it can name
