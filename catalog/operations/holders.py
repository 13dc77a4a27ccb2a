"""Writing the facts of what is no product: families, which hand them down, and records of entities."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.models import Attribute, Family, Record
from catalog.operations.products import Facts, merged
from catalog.operations.recording import store

Holder = TypeVar("Holder", bound=Family | Record)


@transaction.atomic
def save_with_facts(actor: Actor, holder: Holder, facts: Facts) -> Holder:
    """Create or change a family or a record together with some of its facts; facts not named stay.

    Raises ValidationError whose messages name the attribute's label, and writes nothing then.
    """
    values = holder.values
    if holder.pk is not None:
        # Somebody may have changed facts since the caller read them, which this caller does not name.
        rows = type(holder)._default_manager.select_for_update(of=("self",))
        values = rows.values_list("values", flat=True).get(pk=holder.pk)
    holder.values = merged(values, facts)
    if isinstance(holder, Family):
        _refuse_unique(holder)
    store(actor, holder)
    return holder


def _refuse_unique(family: Family) -> None:
    """All products of a family would share a value that no two may. Raises ValidationError."""
    for attribute in Attribute.objects.filter(unique=True, code__in=family.values):
        raise ValidationError(f"{attribute}: no two products may share a value, so a family cannot say one.")
