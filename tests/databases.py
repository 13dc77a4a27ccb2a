"""Which tests a database can matter to, and how one is emptied after a test that commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import SimpleTestCase

_ASKING = {"db", "transactional_db", "django_db_setup", "live_server"}
_truncating = DatabaseOperations.sql_flush


def may_differ(item: pytest.Item) -> bool:
    """Whether a test can come out differently on another database.

    Tests of the knowledge base and of exports that ask for no database are kept from it by pytest-django. The others
    start processes and servers, which have one.
    """
    if not item.nodeid.startswith(("tests/catalog/", "tests/exports/")):
        return True
    return (
        item.get_closest_marker("django_db") is not None
        or not _ASKING.isdisjoint(getattr(item, "fixturenames", ()))
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


def deleting(
    self: DatabaseOperations,
    style: Any,
    tables: Sequence[str],
    *,
    reset_sequences: bool = False,
    allow_cascade: bool = False,
) -> list[str]:
    """As on SQLite. PostgreSQL makes a new file for every table and index that it truncates, however few rows it had.

    Foreign keys are looked at when all is deleted: Django declares them so.
    """
    if reset_sequences or allow_cascade:
        return _truncating(self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
    return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608
