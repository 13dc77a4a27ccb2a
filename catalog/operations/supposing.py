"""Asking what a write would do before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def supposed() -> Iterator[None]:
    """What is written within is read within, and gone afterwards: docs/decisions/0041-asking-by-writing.md."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
