"""The record of what was touched, written with the write itself; and the plain write of one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models, transaction
from django.utils import timezone
from mptt.models import MPTTModel

from catalog.actors import Actor
from catalog.aliases import forget, refuse_former, target_of
from catalog.indexing.shown import note_shown
from catalog.indexing.touched import indexed
from catalog.indexing.writing import insert_rows, insert_rows_like
from catalog.models import Change
from catalog.operations.locking import lock_tree
from catalog.operations.translations import forget_states
from catalog.usage import InUse, uses_of


def key_of(instance: models.Model) -> str:
    """What an object is known by: its SKU, code or, failing both, its name."""
    return str(getattr(instance, "sku", "") or getattr(instance, "code", "") or instance)[:300]


def record(actor: Actor, operation: str, instances: Iterable[models.Model]) -> None:
    """Note that an operation touched these objects. Call it inside the operation's transaction."""
    touched = list(instances)
    record_keys(actor, operation, ((instance._meta.model_name or "", key_of(instance)) for instance in touched))
    note_shown(operation, (instance for instance in touched if instance.pk))


def record_alike(actor: Actor, operation: str, kind: str, keys: Sequence[str]) -> None:
    """The same for many objects of one model."""
    shared = {"at": timezone.now(), "actor": actor.name, "path": actor.path, "operation": operation, "kind": kind}
    insert_rows_like(Change, shared, "key", keys)


def record_keys(actor: Actor, operation: str, keys: Iterable[tuple[str, str]]) -> None:
    """The same for objects by their model's name and what they are known by."""
    now = timezone.now()
    insert_rows(
        Change,
        ("at", "actor", "path", "operation", "kind", "key"),
        [(now, actor.name, actor.path, operation, kind, key) for kind, key in keys],
    )


@transaction.atomic
def store(actor: Actor, instance: models.Model) -> None:
    """Validate and save one row of the schema, the taxonomy or the channels. Raises ValidationError.

    Categories are saved with catalog.operations.trees.save_category.
    """
    instance.full_clean()
    refuse_former(instance)
    operation = "change" if instance.pk and not instance._state.adding else "create"
    with indexed(instance):
        instance.save()
    record(actor, operation, [instance])


@transaction.atomic
def remove(actor: Actor, instance: models.Model) -> None:
    """Delete one row that nothing uses. Raises InUse, which names what does."""
    if isinstance(instance, MPTTModel):
        lock_tree()
    if uses := uses_of(instance):
        raise InUse(instance, uses)
    if hasattr(instance, "code") or hasattr(instance, "sku"):
        forget(target_of(instance))
    record(actor, "delete", [instance])
    forget_states(instance)
    with indexed(instance, deleting=True):
        instance.delete()
