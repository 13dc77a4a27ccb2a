"""Forget old states that nobody needs: a part at a time, each in a short transaction.

Kept are the current release, as many and as old ones as the channel says, what was current within a day (somebody may
be reading it), and every release that an edition was made from. Of the others the row stays, which says that and when
they were pruned; a version goes when no kept release holds it, a body when no version has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from catalog.many import among
from catalog.models import Channel
from exports.models import DocumentBody, DocumentVersion, Edition, Problem, Release
from exports.releasing import storing

BATCH = 500
Rows: TypeAlias = QuerySet[DocumentVersion] | QuerySet[Problem]
# What was current within this is not pruned, whatever a channel says: a reader may be in the middle of it.
GRACE = timedelta(days=1)


@dataclass(frozen=True)
class Pruned:
    """How much went. Bodies are counted once for all channels."""

    releases: int = 0
    versions: int = 0
    problems: int = 0
    bodies: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(
            self.releases + other.releases,
            self.versions + other.versions,
            self.problems + other.problems,
            self.bodies + other.bodies,
        )


def to_prune(channel: Channel, now: datetime | None = None) -> list[int]:
    """The numbers of the channel's releases that nothing needs any more; none where it keeps all. Two queries."""
    if channel.keep_releases is None and channel.keep_days is None:
        return []
    now = now or timezone.now()
    rows = list(
        Release.objects.filter(channel=channel)
        .order_by("-number")
        .values_list("pk", "number", "created_at", "pruned_at")
    )
    cited = set(
        Edition.objects.filter(release__channel=channel).order_by().values_list("release", flat=True).distinct()
    )
    since = now - max(timedelta(days=channel.keep_days or 0), GRACE)
    many = max(channel.keep_releases or 1, 1)
    # A release was current until the next one came.
    ended = [None, *(created for _, _, created, _ in rows)]
    return [
        number
        for place, (pk, number, _, pruned) in enumerate(rows)
        if place >= many and (ended[place] or now) < since and pk not in cited and pruned is None
    ]


def prune(channel: Channel, now: datetime | None = None) -> Pruned:
    """Prune one channel's releases. What is killed midway is gone on with the next time."""
    numbers = to_prune(channel, now)
    # First nobody may begin to read them, then what only they hold goes.
    _mark(channel, numbers)
    found = Pruned(releases=len(numbers))
    if not Release.objects.filter(channel=channel, pruned_at__isnull=False).exists():
        return found
    versions = _sweep(lambda: _unheld(DocumentVersion.objects.filter(channel=channel)), storing.remove)
    problems = _sweep(lambda: _unheld(Problem.objects.filter(channel=channel)), _remove_problems)
    return found + Pruned(versions=versions, problems=problems)


@transaction.atomic
def _mark(channel: Channel, numbers: list[int]) -> None:
    """Not while one of them is being put back, and not those that an edition was made from just now."""
    if numbers:
        Channel.objects.select_for_update().get(pk=channel.pk)
        cited = Edition.objects.filter(release=OuterRef("pk"))
        rows = Release.objects.filter(~Exists(cited), channel=channel, number__in=among(numbers))
        rows.update(pruned_at=timezone.now(), publications={})


def prune_bodies() -> int:
    """Delete the bodies that no version has any more; how many that were."""
    last, gone = "", 0
    while part := list(_unused(last)[:BATCH]):
        last = part[-1]
        with transaction.atomic():
            gone += _remove_bodies(part)
    return gone


def _sweep(
    rows: Callable[[], QuerySet[DocumentVersion] | QuerySet[Problem]], remove: Callable[[list[int]], None]
) -> int:
    """Delete what a query finds, a batch in a transaction, in the order of ids; how many that were."""
    last, gone = 0, 0
    while part := list(rows().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            remove(part)
        last, gone = part[-1], gone + len(part)
    return gone


def _unheld(rows: Rows) -> Rows:
    """Those that have ended, and that no kept release holds."""
    kept = Release.objects.filter(
        channel=OuterRef("channel"),
        number__gte=OuterRef("valid_from"),
        number__lt=OuterRef("valid_until"),
        pruned_at__isnull=True,
    )
    # What is staged ends with no release that there is.
    newest = Release.objects.filter(channel=OuterRef("channel"), number__gte=OuterRef("valid_until"))
    return rows.filter(Exists(newest), ~Exists(kept), valid_until__isnull=False)


def _remove_problems(ids: list[int]) -> None:
    rows = Problem.objects.filter(pk__in=ids)
    rows._raw_delete(rows.db)


def _unused(after: str) -> QuerySet[DocumentBody, str]:
    used = DocumentVersion.objects.filter(body=OuterRef("pk"))
    return DocumentBody.objects.filter(~Exists(used), pk__gt=after).order_by("pk").values_list("pk", flat=True)


def _remove_bodies(digests: list[str]) -> int:
    """A release may be about to use one again: it holds it (storing.store_bodies), and then it is left here."""
    rows = DocumentBody.objects.filter(pk__in=digests).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    held = list(rows.values_list("pk", flat=True))
    # Looked at again now that nobody can use them.
    gone = list(_unused("").filter(pk__in=held))
    unused = DocumentBody.objects.filter(pk__in=gone)
    unused._raw_delete(unused.db)
    return len(gone)
