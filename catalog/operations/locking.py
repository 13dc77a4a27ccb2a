"""The one lock that all writers of the category trees share."""

from __future__ import annotations

from django.db import connection

# Any number will do, as long as all tree writes agree on it.
_LOCK = 7_306_201


def lock_tree() -> None:
    """Keep other writers out of the category trees until the transaction ends.

    On PostgreSQL two concurrent moves corrupt nested sets beyond what a rebuild mends, so the lock is taken before the
    first read of the tree. On SQLite IMMEDIATE transactions are such a lock already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
