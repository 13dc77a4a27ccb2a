"""Who may bring derived rows up to date at the same time.

A product's derived rows are made of rows that other writers may be changing: those of its ancestors, its family, the
fragments placed on its categories. On PostgreSQL two writers would each miss what the other has not committed yet. So
writers of one tree of products wait for each other; whoever changes more than products waits for everybody. On SQLite
IMMEDIATE transactions are such a lock already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db import connection

# Any numbers will do, as long as nothing else in the database uses them.
_EVERYTHING = 7_306_203
_TREE = 730_620
# More locks than this are slower, and crowd PostgreSQL's table of them, so one for everything takes their place.
_MANY = 50


def lock_everything() -> None:
    """Keep all others from changing derived rows until the transaction ends."""
    _execute("SELECT pg_advisory_xact_lock(%s)", [_EVERYTHING])


def lock_trees(ids: Collection[int], roots_of: Callable[[Collection[int]], Iterable[int]]) -> None:
    """Keep others from changing derived rows of these products' trees until the transaction ends.

    Products are moved under the lock of everything only, so that the roots stay what they are once they are asked for.
    """
    if len(ids) > _MANY:
        lock_everything()
    elif connection.vendor == "postgresql":
        _execute("SELECT pg_advisory_xact_lock_shared(%s)", [_EVERYTHING])
        numbers = sorted({root % 2**31 for root in roots_of(ids)})
        _execute("SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) AS number", [_TREE, numbers])


def _execute(sql: str, parameters: list[Any]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
