"""Which products have been touched since: noted with every write, numbered once it is committed, read by releases.

Whatever a reader remembers as its place must be an order of commits. Ids are none, since a transaction may take its
ids early and commit late; so rows are committed without a number, and whoever reads gives numbers to those that are
there, one at a time. A row that comes later gets a later number, however low its id is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from catalog.indexing.writing import delete_rows
from catalog.many import among
from catalog.models import Touched, TouchedBatch

EVERYTHING = 0
# From here on a number stands for a fragment, by its id, of which other words are out, and nothing else is other.
WORDS = 2**62
# Where PostgreSQL tells workers that something was written, once it is committed.
WAKING = "tessera_jobs"
# Up to whatever there is.
LATEST = 2**62
# Rows that one statement reads or deletes.
SIZE = 10_000


def note(products: Iterable[int]) -> None:
    """Note products by their ids, in the caller's transaction: one statement, which takes them as one parameter."""
    if ids := sorted(set(products)):
        named = among(ids)
        table, column = map(connection.ops.quote_name, (Touched._meta.db_table, "product"))
        with connection.cursor() as cursor:
            insert = f"INSERT INTO {table} ({column}) {named.sql}"
            if connection.vendor == "postgresql":
                insert = f"WITH noted AS ({insert}) SELECT pg_notify('{WAKING}', '')"
            cursor.execute(insert, named.params)


def note_words(fragment: int) -> None:
    """Note that a fragment says something else in the languages it spoke, and that this is all: one row."""
    note([WORDS + fragment])


class Noted(NamedTuple):
    """What is noted, told apart: products, EVERYTHING among them where that was noted, and fragments' words."""

    products: set[int]
    words: set[int]

    @classmethod
    def of(cls, found: set[int]) -> Noted:
        words = {noted for noted in found if noted >= WORDS}
        return cls(found - words, {noted - WORDS for noted in words})


@transaction.atomic
def number() -> int:
    """Give all that is committed a number; returns the last one given. What is noted from now on gets a later one."""
    batch, _ = TouchedBatch.objects.select_for_update().get_or_create(pk=1)
    if Touched.objects.filter(batch__isnull=True).exists():
        batch.number += 1
        if Touched.objects.filter(batch__isnull=True).update(batch=batch.number):
            batch.save()
    return batch.number


def last() -> int:
    """The last number given; one more where something waits for its number. Two small queries, and nothing written."""
    given = TouchedBatch.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    return given + Touched.objects.filter(batch__isnull=True).exists()


def between(after: int, until: int) -> set[int]:
    """The products of the batches after one and up to another; EVERYTHING among them, where that was noted.

    Up to LATEST: all that is committed, with a number or without. Numbers from WORDS on are no products: see Noted.
    """
    wanted = Q(batch__gt=after, batch__lte=until)
    rows = Touched.objects.filter(wanted | Q(batch__isnull=True) if until == LATEST else wanted).order_by()
    return set(rows.values_list("product", flat=True).distinct().iterator(chunk_size=SIZE))


def forget(until: int) -> None:
    """Delete what all readers have read, a part at a time, each in a transaction of its own."""
    rows = Touched.objects.filter(batch__lte=until).order_by("batch", "product").values_list("pk", flat=True)
    while part := list(rows[:SIZE]):
        delete_rows(Touched, part)
