"""Keeping whole sets outside a request."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from catalog.jobs import GiveUp, Kind, Work
from catalog.models import Channel
from exports import querysets
from exports.sets.codings import BY_NAME, Coding
from exports.sets.reading import keep_set
from exports.sets.wanting import KIND, wanted


class KeepSets(Kind):
    """Payload: `channel`, the id. What was kept is not made again, so it may be begun anew at any time."""

    code = KIND
    label = "Keeping of whole sets"
    attempts = 2

    def run(self, work: Work) -> Any:
        channel = Channel.objects.filter(pk=work.payload["channel"]).first()
        if channel is None:
            raise GiveUp("The channel is not there any more.")
        release = querysets.current_release(channel)
        if release is None:
            raise GiveUp("The channel has no release.")
        codings: defaultdict[str, set[Coding]] = defaultdict(set)
        for row in wanted(channel):
            codings[row.language].add(BY_NAME[row.coding])
        languages = [language for language in querysets.languages_of(release) if language in codings]
        for done, language in enumerate(languages, 1):
            keep_set(release, language, [coding for coding in codings[language] if coding.name])
            work.save({}, done=done, total=len(languages))
        return {"channel": channel.code, "release": release.number, "languages": languages}
