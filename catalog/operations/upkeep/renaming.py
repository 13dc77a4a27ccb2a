"""Giving something another code, with everything that says the old one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model

from catalog.actors import Actor
from catalog.aliases import check_free, leave, target_of
from catalog.indexing.touched import touched
from catalog.models import Product
from catalog.operations.recording import record
from catalog.operations.upkeep.following import bring_up_to_date
from catalog.operations.upkeep.rewriting import Rewriting, lock_all, plain

# The fields that tell things apart, a code alone or with what it is the code within.
IDENTITY = {"sku", "code", "facet", "attribute", "entity_type"}


@transaction.atomic
def rename(actor: Actor, instance: Model, new_code: str) -> list[int]:
    """Give a thing another code; returns the ids of the products whose facts were written anew.

    What stands in facts, filters, texts and expressions follows at once; what is frozen in revisions, and what others
    send under the old code, is understood by the alias that is left. Raises ValidationError.
    """
    lock_all()
    row: Any = plain(type(instance)).select_for_update(of=("self",)).get(pk=instance.pk)
    old, column = target_of(row), "sku" if isinstance(row, Product) else "code"
    setattr(row, column, new_code.strip())
    fields = {field.name for field in row._meta.fields}
    row.clean_fields(exclude=fields - {column})
    row.validate_constraints(exclude=fields - IDENTITY)
    setattr(instance, column, getattr(row, column))
    new = target_of(row)
    if new == old:
        return []
    check_free(new, owner=old)
    rewriting = Rewriting(actor, old, new.code)
    plain(type(row)).filter(pk=row.pk).update(**{column: getattr(row, column)})
    rewritten = rewriting.run()
    leave(old, new)
    record(actor, "rename", [row])
    bring_up_to_date(rewritten, touched(row))
    return rewritten.products
