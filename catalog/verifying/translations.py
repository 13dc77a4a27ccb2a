"""What is said about translations: how far they are, and against which source."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.models.base import plain
from catalog.operations.translations import model_of, stale_states
from catalog.verifying.registry import Defect, check


@check("translations")
def translations() -> Iterator[Defect]:
    """A full recompute gives the stored states."""
    for stale in stale_states():
        row = plain(model_of(stale.kind)).filter(pk=stale.object_id).values_list("code", flat=True).first()
        name = f"{stale.kind} “{row or stale.object_id}” in {stale.language}"
        yield Defect(name, f"{stale.problem}.", "Run: manage.py translations --recompute")
