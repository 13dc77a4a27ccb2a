"""Writing the controlled vocabulary."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.models import Tag
from catalog.operations.locking import lock_tree
from catalog.operations.recording import store


@transaction.atomic
def save_tag(actor: Actor, tag: Tag) -> Tag:
    """Create or change a tag. Raises ValidationError, also where it would stand below itself."""
    # Two moves that are harmless each could together make a circle.
    lock_tree()
    seen, above = {tag.pk}, tag.parent
    while above is not None:
        if above.pk in seen:
            raise ValidationError({"parent": "This tag, or one below it, cannot be its parent."})
        seen.add(above.pk)
        above = Tag.objects.select_related("parent").get(pk=above.pk).parent
    store(actor, tag)
    return tag
