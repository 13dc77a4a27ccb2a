"""Writing many rows of one model in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db.models import Model

from catalog.importing.known import rows_of

BATCH = 1_000


def insert(model: type[Model], rows: Sequence[Model], parent: str = "") -> None:
    """Make new rows; where they form a tree, those on top first, since a row needs its parent's primary key."""
    for wave in _waves(rows, parent) if parent else [rows]:
        rows_of(model).bulk_create(wave, batch_size=BATCH)


def update(model: type[Model], rows: Sequence[Model], columns: set[str]) -> None:
    """Write these columns of rows that are there.

    An upsert by primary key: the same statement on both engines, and twice as fast as bulk_update.
    """
    if rows and columns:
        rows_of(model).bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=sorted(columns | _following(model, columns)),
        )


def _following(model: type[Model], columns: set[str]) -> set[str]:
    """Columns that follow others: when a row was changed, and a translated field's own column."""
    names = {column.name for column in model._meta.fields}
    suffix = f"_{settings.MODELTRANSLATION_DEFAULT_LANGUAGE}"
    return {"updated_at"} & names | {name.removesuffix(suffix) for name in columns if name.endswith(suffix)} & names


def _waves(rows: Sequence[Model], parent: str) -> Iterator[list[Model]]:
    """Those whose parent is written, then those whose parent was written by then, and so on."""
    rest = list(rows)
    while rest:
        ready = [row for row in rest if getattr(row, parent) is None or getattr(row, parent).pk is not None]
        if not ready:
            raise ValueError("These rows are each other's parents.")
        later = [row for row in rest if getattr(row, parent) is not None and getattr(row, parent).pk is None]
        yield ready
        rest = later
