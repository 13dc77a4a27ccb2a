"""What channels' languages are used for here."""

from __future__ import annotations

from catalog.models import ChannelLanguage
from catalog.usage import FINDERS, Use
from exports.models import Output


def outputs_in(row: ChannelLanguage) -> list[Use]:
    outputs = Output.objects.filter(channel=row.channel_id, language=row.language).order_by("pk")
    return [Use("output", "Outputs", outputs.count(), tuple(outputs[:5]))]


FINDERS[ChannelLanguage].append(outputs_in)
