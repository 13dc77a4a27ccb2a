"""What is touched is read once, whatever is committed in which order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from django.db import connection, transaction

from catalog.indexing import outbox
from catalog.models import Touched
from tests.threads import at_once, shared_database


class Enough(Exception):
    pass


@pytest.mark.django_db
def test_what_is_noted_is_there_once_it_has_a_number() -> None:
    outbox.note([3, 1, 3])
    first = outbox.number()
    outbox.note([2])
    second = outbox.number()
    assert (outbox.between(0, first), outbox.between(first, second)) == ({1, 3}, {2})
    assert outbox.number() == second


@pytest.mark.django_db
def test_what_is_rolled_back_was_never_noted() -> None:
    before = outbox.number()
    with transaction.atomic():
        outbox.note([1])
        transaction.set_rollback(True)
    assert outbox.number() == before


@pytest.mark.django_db
def test_what_all_have_read_is_forgotten() -> None:
    outbox.note([1])
    first = outbox.number()
    outbox.note([2])
    second = outbox.number()
    outbox.forget(first)
    assert list(Touched.objects.values_list("product", "batch")) == [(2, second)]


@pytest.mark.django_db(transaction=True)
def test_no_reader_misses_what_writers_commit_late(tmp_path: Path) -> None:
    """Writers take their ids early and commit late, some not at all; a reader goes on from the last number it saw."""
    committed: set[int] = set()
    read: list[int] = []

    def write(writer: int) -> None:
        random = Random(writer)
        for turn in range(15):
            products = {writer * 1_000 + turn * 10 + place for place in range(1, random.randint(2, 4))}
            try:
                with transaction.atomic():
                    outbox.note(products)
                    with connection.cursor() as cursor:
                        if connection.vendor == "postgresql":
                            cursor.execute("SELECT pg_sleep(%s)", [random.random() / 50])
                    if random.random() < 0.2:
                        raise Enough
            except Enough:
                continue
            committed.update(products)
        connection.close()

    def follow() -> None:
        last = 0
        for _ in range(40):
            now = outbox.number()
            read.extend(outbox.between(last, now))
            last = now
        connection.close()
        followed.append(last)

    followed: list[int] = []

    def rest() -> None:
        now = outbox.number()
        read.extend(outbox.between(followed[0], now))
        connection.close()

    with shared_database(tmp_path):
        at_once(*(lambda writer=writer: write(writer) for writer in range(1, 7)), follow)
        at_once(rest)
    assert sorted(read) == sorted(committed)
