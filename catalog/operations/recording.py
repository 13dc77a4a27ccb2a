"""The record of what was touched, written with the write itself; and the plain write of one row."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models, transaction
from mptt.models import MPTTModel

from catalog.actors import Actor
from catalog.models import Change
from catalog.operations.locking import lock_tree


def key_of(instance: models.Model) -> str:
    """What an object is known by: its SKU, code or, failing both, its name."""
    return str(getattr(instance, "sku", "") or getattr(instance, "code", "") or instance)[:300]


def record(actor: Actor, operation: str, instances: Iterable[models.Model]) -> None:
    """Note that an operation touched these objects. Call it inside the operation's transaction."""
    Change.objects.bulk_create(
        [
            Change(
                actor=actor.name,
                path=actor.path,
                operation=operation,
                kind=instance._meta.model_name or "",
                key=key_of(instance),
            )
            for instance in instances
        ],
        batch_size=500,
    )


@transaction.atomic
def store(actor: Actor, instance: models.Model) -> None:
    """Validate and save one row of the schema, the taxonomy or the channels. Raises ValidationError.

    Categories are saved with catalog.operations.trees.save_category.
    """
    instance.full_clean()
    operation = "change" if instance.pk and not instance._state.adding else "create"
    instance.save()
    record(actor, operation, [instance])


@transaction.atomic
def remove(actor: Actor, instance: models.Model) -> None:
    """Delete one row. Raises ProtectedError, naming what uses it, where something does."""
    if isinstance(instance, MPTTModel):
        lock_tree()
    record(actor, "delete", [instance])
    instance.delete()
