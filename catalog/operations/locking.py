"""Locks that all writers of the category trees, or of product sets, share; and writing without waiting for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# Any number will do, as long as all tree writes agree on it.
_LOCK = 7_306_201
_SETS = 7_306_202


def lock_tree() -> None:
    """Keep other writers out of the category trees until the transaction ends.

    On PostgreSQL two concurrent moves corrupt nested sets beyond what a rebuild mends, so the lock is taken before the
    first read of the tree. On SQLite IMMEDIATE transactions are such a lock already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def lock_sets() -> None:
    """Keep other writers of product sets out: two that are harmless each could together make a set contain itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SETS])


@contextmanager
def without_waiting() -> Iterator[None]:
    """What is written within fails at once with OperationalError where SQLite has another writer."""
    if connection.vendor != "sqlite":
        yield
        return
    seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
    connection.ensure_connection()
    sqlite: Any = connection.connection
    sqlite.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
