"""Writing channels."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.filters import FilterError, check, parse
from catalog.models import Channel
from catalog.operations.recording import store


@transaction.atomic
def save_channel(actor: Actor, channel: Channel) -> None:
    """Create or change a channel. Raises ValidationError, for a selection that is no filter too."""
    channel.selection = channel.selection.strip()
    try:
        check(parse(channel.selection))
    except FilterError as error:
        raise ValidationError({"selection": str(error)}) from error
    store(actor, channel)
