"""Moving and adding categories, one writer at a time."""

from __future__ import annotations

from django.db import connection, transaction

from catalog.actors import Actor
from catalog.models import Category
from catalog.operations.recording import record

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


@transaction.atomic
def save_category(actor: Actor, category: Category) -> Category:
    """Create or change a category, as the last child of its parent if that is new. Raises ValidationError."""
    lock_tree()
    adding = category.pk is None
    category.full_clean()
    category.save()
    record(actor, "create" if adding else "change", [category])
    return category


@transaction.atomic
def move_category(actor: Actor, category: Category, target: Category, position: str) -> None:
    """Move a category with its descendants: `position` is "left", "right", "first-child" or "last-child" of target.

    Raises mptt.exceptions.InvalidMove, for instance below itself.
    """
    lock_tree()
    fresh = Category.objects.get(pk=category.pk)
    fresh.move_to(Category.objects.get(pk=target.pk), position)
    record(actor, "move", [fresh])
