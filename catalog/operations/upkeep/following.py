"""What follows when codes change: keys that tell variants apart, and the index."""

from __future__ import annotations

from django.db.models import Model

from catalog import rules
from catalog.indexing.touched import Touch, touched, touched_together
from catalog.models import Product
from catalog.operations.axes import renew_axis_keys
from catalog.operations.upkeep.rewriting import Rewritten
from catalog.usage import relations_to


def pointing_to(row: Model) -> Touch:
    """The products that have to do with a row or with what points to it."""
    touch = touched(row)
    for relation in relations_to(type(row)):
        rows = relation.rows(row)
        if relation.model is Product:
            touch |= Touch(products=frozenset(rows.values_list("pk", flat=True)), facts=None, links=True)
        elif found := list(rows) if relation.model._meta.app_label == "catalog" else []:
            touch |= touched_together(found)
    return touch


def bring_up_to_date(rewritten: Rewritten, touch: Touch) -> None:
    """After codes were written anew, and what `touch` names has changed besides. The caller holds all locks.

    Rules that said an old code may find others now: all that have the new one.
    """
    renew_axis_keys(rewritten.products)
    texts = Touch(
        products=rewritten.found.union(rewritten.products, rules.reached(rewritten.rules)),
        families=frozenset(rewritten.families),
        attributes=frozenset(rewritten.attributes),
        facts=None,
        links=True,
    )
    (texts | touch).refresh()
