"""Which other objects a thing names in lists of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Model


@transaction.atomic
def set_links(instance: Model, links: Mapping[str, Sequence[Model]]) -> None:
    """Let the many-to-many fields named have these objects and no others. Part of the operation that wrote the row."""
    for name, rows in links.items():
        getattr(instance, name).set(rows)
