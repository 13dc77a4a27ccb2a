"""Who runs what: claiming a job, keeping it, and taking it back from a worker that died.

Times are the database's, so that the clocks of several machines need not agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, When
from django.db.models.functions import Now

from catalog.jobs.ending import crashed
from catalog.jobs.registry import KINDS
from catalog.models import Job

KEPT_DAYS = 30  # what ended longer ago is forgotten, with its log
_PRUNED_AT_ONCE = 500
_OVERDUE = 10.0  # seconds
_CARRIED_AT_ONCE = 100
_TICK = 0.001  # seconds: SQLite's clock tells no less, and what is due now shall not look as if it were later


class Claim(NamedTuple):
    """A job, and the number that shows who holds it."""

    job: int
    fence: int
    kind: str


def due(kinds: Collection[str]) -> QuerySet[Job]:
    """Jobs of these kinds that may run now, in their order. One with children at work waits for them."""
    at_work = Job.objects.filter(parent=OuterRef("pk"), state__in=Job.OPEN)
    waiting = Job.objects.filter(state=Job.State.WAITING, run_after__lte=_in(_TICK), kind__in=kinds)
    return waiting.filter(~Exists(at_work)).order_by("-priority", "run_after", "pk")


def claim(worker: str, kinds: Collection[str], job: int | None = None) -> Claim | None:
    """Take the next job, or the one named if it is due; None where there is none. No two workers get the same one."""
    wanted = due(kinds) if job is None else due(kinds).filter(pk=job)
    # A look costs no lock. On SQLite a transaction keeps all writers out, and workers look four times a second.
    if not wanted.exists():
        return None
    with transaction.atomic():
        row = wanted.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.state, row.worker, row.fence = Job.State.RUNNING, worker, row.fence + 1
        row.note(f"Run {row.fence} begins on {worker}.")
        Job.objects.filter(pk=row.pk).update(
            state=row.state,
            worker=worker,
            fence=row.fence,
            log=row.log,
            lease_until=_in(settings.JOB_LEASE),
            heartbeat_at=Now(),
            started_at=Case(When(started_at=None, then=Now()), default=F("started_at")),
        )
        _take_along(row)
    return Claim(row.pk, row.fence, row.kind)


def _take_along(row: Job) -> None:
    """The same work that is in line as well is done by this run: what wanted it is in the database before it begins."""
    if not row.key or row.fence > 1:
        return
    same = Job.objects.filter(kind=row.kind, key=row.key, state=Job.State.WAITING, fence=0, parent=None)
    others = list(same.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Job.objects.filter(pk__in=others).update(
        state=Job.State.DONE, ended_at=Now(), message=f"Done by job {row.pk}.", result={"done_by": row.pk}
    )


def _in(seconds: float) -> Any:
    """So many seconds from now, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def held(claims: Iterable[Claim]) -> dict[Claim, bool]:
    """Prolong the leases of these claims. Those that still hold, each with whether its job shall be cancelled."""
    found = {}
    for each in claims:
        mine = Job.objects.filter(pk=each.job, fence=each.fence, state=Job.State.RUNNING)
        if mine.update(lease_until=_in(settings.JOB_LEASE), heartbeat_at=Now()):
            found[each] = bool(mine.values_list("cancelling", flat=True).first())
    return found


def sweep() -> int:
    """Take jobs back from workers that were not heard of. Returns how many those were."""
    dead = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=Now())
    ids = list(dead.values_list("pk", flat=True))
    count = 0
    for pk in ids:
        with transaction.atomic():
            row = dead.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is not None:
                crashed(row, f"Nothing was heard of {row.worker} for {settings.JOB_LEASE} s.")
                count += 1
    return count


def overdue() -> list[int]:
    """Some jobs that might have run for a while: an engine that was to carry their ids may have lost them."""
    return list(due(list(KINDS)).filter(run_after__lt=_in(-_OVERDUE)).values_list("pk", flat=True)[:_CARRIED_AT_ONCE])


def prune() -> int:
    """Forget jobs that ended long ago, a batch at a time. Returns how many."""
    old = Job.objects.filter(ended_at__lt=Now() - timedelta(days=KEPT_DAYS), parent=None).order_by("ended_at")
    ids = list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
    Job.objects.filter(pk__in=ids).delete()
    return len(ids)
