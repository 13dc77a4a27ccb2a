"""Bringing derived rows up to date, building them anew, and telling what differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from catalog import rules
from catalog.indexing import outbox
from catalog.indexing.batch import Batch, Row
from catalog.indexing.keepers import KEEPERS
from catalog.indexing.keeping import Difference, differences_of
from catalog.indexing.locking import lock_everything, lock_trees
from catalog.indexing.schema import Schema
from catalog.indexing.writing import among, batches
from catalog.models import FactContext, FactEntry, Product, ProductIndex

# Products in one batch: their facts are in memory together.
BATCH = 1_000
# Told how many products are done, of how many.
Progress = Callable[[int, int], None]


def refresh(
    product_ids: Iterable[int],
    *,
    attributes: Collection[str] | None = None,
    links: bool = False,
    values: bool = False,
    known: Mapping[int, Row] | None = None,
    noted: bool = False,
) -> None:
    """Bring all derived rows of these products and of all below them up to date, in the caller's transaction.

    `attributes` are the codes of the facts that changed, if nothing else did: rows made of other facts are left alone.
    `links` says that what hangs on the products changed too: texts, files, categories; `values` that nothing changed
    but what products say of these facts. The queries do not grow with the products of a batch. Products that are
    `known` as they stand in the database, with these facts at least, are not read again. Releases look at all of them
    again, unless what they have to look at is `noted` already.
    """
    ids = set(product_ids)
    if ids:
        if not noted:
            outbox.note(ids)
        lock_trees(ids, _roots)
        refresh_exactly(_with_descendants(ids), attributes=attributes, links=links, values=values, known=known)


def refresh_exactly(
    ids: Collection[int],
    *,
    attributes: Collection[str] | None,
    links: bool,
    values: bool = False,
    known: Mapping[int, Row] | None = None,
) -> None:
    """The same for these products only. The caller holds the lock."""
    schema = Schema(attributes, values=values and not links)
    links = links or attributes is None or _moves_texts(schema)
    if links:
        schema.said = None
    if schema.said is None or not set(schema.said) <= set(attributes or ()):
        known = None
    for part in batches(sorted(ids), BATCH):
        batch = Batch(schema, part, links=links, known=known)
        for keeper in KEEPERS:
            if keeper.concerns(batch):
                keeper.bring(batch)
        ProductIndex.objects.filter(product__in=among(part), checked=True).update(checked=False, likeness="")


def _moves_texts(schema: Schema) -> bool:
    """Whether a rule by which fragments are placed asks for what changed, so that products may enter or leave it."""
    changed = schema.changed or ()
    return bool(changed) and any(rules.asks(text, changed, schema.aliases) for text in rules.placed())


def _roots(ids: Collection[int]) -> set[int]:
    """The products at the top of these products' trees."""
    roots: set[int] = set()
    seen: set[int] = set()
    open_ids = set(ids)
    while open_ids:
        seen |= open_ids
        above = _pairs("pk", open_ids)
        roots |= {pk for pk, parent in above if parent is None}
        open_ids = {parent for _, parent in above if parent} - seen
    return roots


def _with_descendants(ids: Collection[int]) -> set[int]:
    """These products and all below them."""
    found = set(ids)
    open_ids = set(ids)
    while open_ids:
        open_ids = {pk for pk, _ in _pairs("parent", open_ids)} - found
        found |= open_ids
    return found


def _pairs(column: str, ids: Collection[int]) -> list[tuple[int, int | None]]:
    """(id, parent's id) of the products with one of these ids in a column."""
    found: list[tuple[int, int | None]] = []
    for part in batches(sorted(ids)):
        found += Product.objects.filter(**{f"{column}__in": among(part)}).order_by().values_list("pk", "parent_id")
    return found


def _quiet(_done: int, _all: int) -> None:
    """For callers that show no progress."""


def rebuild(progress: Progress = _quiet) -> int:
    """Compare every derived row with what it should be and write what differs; returns how many rows that were.

    Each batch is a transaction of its own, so that nobody waits long and everything can be found meanwhile.
    """
    schema = Schema()
    written = 0
    for ids, total, done in _parts():
        with transaction.atomic():
            lock_everything()
            for difference in differences_of(KEEPERS, Batch(schema, ids)):
                difference.write()
                written += len(difference)
        progress(done, total)
    with transaction.atomic():
        lock_everything()
        _forget_unused()
    return written


def differences(progress: Progress = _quiet) -> dict[str, list[Difference]]:
    """What a rebuild would write, by the name of the table. Reads only, but for contexts and terms not yet known."""
    schema = Schema()
    found: dict[str, list[Difference]] = {}
    for ids, total, done in _parts():
        for difference in differences_of(KEEPERS, Batch(schema, ids)):
            found.setdefault(difference.keeper.model._meta.model_name or "", []).append(difference)
        progress(done, total)
    return found


def told(found: Mapping[str, Sequence[Difference]]) -> dict[str, int]:
    """How many rows differ, by the name of the table."""
    return {name: sum(map(len, parts)) for name, parts in found.items()}


def _parts() -> Iterator[tuple[Any, int, int]]:
    """The ids of all products in batches, with how many there are and how many are done after each."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    done = 0
    for part in batches(ids, BATCH):
        done += len(part)
        yield part, len(ids), done


def _forget_unused() -> None:
    """Take away contexts that no entry has. Terms stay: their ids must not come to mean something else."""
    FactContext.objects.exclude(pk__in=FactEntry.objects.values("context")).delete()
