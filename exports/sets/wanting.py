"""Which whole sets are read, so that workers keep them before the next reader comes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.core.cache import cache
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.actors import Actor
from catalog.jobs import enqueue
from catalog.models import Channel
from catalog.operations.locking import without_waiting
from exports import querysets
from exports.models import Release, WantedSet
from exports.sets.codings import Coding

KIND = "keep_sets"
# Sets are kept until so long after they were last asked for.
WANTED = timedelta(days=7)
READER = Actor("whole sets", "job")
# Releases come first, and what follows each other quickly is kept once.
_PRIORITY, _PAUSE = -10, timedelta(seconds=1)
# How often it is noted that a set is asked for: seconds, where it is kept, and where it is not.
_GRAIN_KEPT, _GRAIN = 3_600, 60


def note_wanted(release: Release, language: str, coding: Coding, *, kept: bool) -> None:
    """Note that a set is asked for, and where it is not kept have that done. A busy database is not waited for.

    What is asked of an earlier release is read from the database, and noted nowhere.
    """
    if not _is_first_to_tell(release, language, coding, kept) or not _is_current(release):
        return
    with suppress(OperationalError), without_waiting(), transaction.atomic():
        WantedSet.objects.update_or_create(
            channel_id=release.channel_id,
            language=language,
            coding=coding.name,
            defaults={"asked_at": timezone.now()},
        )
        if not kept:
            enqueue(READER, KIND, {"channel": release.channel_id}, key=release.channel.code, priority=_PRIORITY)


def _is_current(release: Release) -> bool:
    return querysets.current_number(release.channel) == release.number


def _is_first_to_tell(release: Release, language: str, coding: Coding, kept: bool) -> bool:
    """Whether nobody did lately; not where the cache is away, so that not every request writes."""
    key = f"tessera.wanted:{release.channel_id}:{language}:{coding.name}:{int(kept)}"
    try:
        return cache.add(key, 1, _GRAIN_KEPT if kept else _GRAIN)
    except Exception:  # whatever a cache's client raises
        return False


def keep_later(actor: Actor, channel: Channel) -> None:
    """After a release, have what is still asked for kept, in the caller's transaction."""
    if wanted(channel).exists():
        due = timezone.now() + _PAUSE
        enqueue(actor, KIND, {"channel": channel.pk}, key=channel.code, priority=_PRIORITY, run_after=due)


def wanted(channel: Channel) -> QuerySet[WantedSet]:
    """The channel's sets that were asked for lately."""
    return WantedSet.objects.filter(channel=channel, asked_at__gt=timezone.now() - WANTED)
