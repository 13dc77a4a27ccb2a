"""Wanting a job, and what people do to one: cancel it, try it again."""

from __future__ import annotations

import datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.jobs.ending import cancelled
from catalog.jobs.registry import kind_called
from catalog.jobs.waking import wake
from catalog.models import Job
from catalog.operations.recording import record

MAX_PAYLOAD = 64_000  # bytes of JSON: a payload names things, it does not hold them


def enqueue(
    actor: Actor,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str = "",
    priority: int = 0,
    run_after: datetime.datetime | None = None,
    parent: int | None = None,
) -> Job:
    """Want a job, in the caller's transaction: with what is written there, or not at all.

    `key` says what the work is about: where the same is in line already and has not begun, that one is returned, and it
    does not begin before the caller's transaction has ended. Raises ValueError for a kind that is not known or a
    payload that is too large, TypeError for one that is not JSON.
    """
    attempts = kind_called(kind).attempts
    if len(orjson.dumps(payload)) > MAX_PAYLOAD:
        raise ValueError(f"A job's payload ({kind}) has at most {MAX_PAYLOAD:,} bytes; let it name what is elsewhere.")
    wanted = run_after or timezone.now()
    with transaction.atomic(savepoint=False):
        if key and parent is None and (found := _in_line(kind, key)):
            return _hastened(found, priority, wanted)
        job = Job.objects.create(
            kind=kind,
            key=key,
            payload=payload,
            priority=priority,
            run_after=wanted,
            max_attempts=attempts,
            parent_id=parent,
            created_by=actor.name,
        )
        wake(job)
    return job


def _in_line(kind: str, key: str) -> Job | None:
    """The same work, not begun yet, locked: no worker begins it before what the caller writes can be seen.

    What another transaction has locked is passed over; then there are two of the same, and the first to run does both.
    """
    same = Job.objects.filter(kind=kind, key=key, state=Job.State.WAITING, fence=0, parent=None)
    return same.select_for_update(skip_locked=True).order_by("pk").first()


def _hastened(job: Job, priority: int, wanted: datetime.datetime) -> Job:
    """It must not come later or less urgently than any of those who want it say."""
    if priority > job.priority or wanted < job.run_after:
        job.priority, job.run_after = max(priority, job.priority), min(wanted, job.run_after)
        job.save(update_fields=["priority", "run_after"])
    wake(job)  # those who looked while the caller held it went away
    return job


@transaction.atomic
def cancel(actor: Actor, job: Job) -> Job:
    """Stop a job and its children: those that wait at once, one that runs at its next step.

    Raises ValidationError where it has ended.
    """
    row = Job.objects.select_for_update().get(pk=job.pk)
    if not row.is_open:
        raise ValidationError(f"Job {row.pk} has ended already: it is {row.get_state_display().lower()}.")
    _cancel(actor, row)
    record(actor, "cancel", [row])
    return row


def _cancel(actor: Actor, row: Job) -> None:
    row.note(f"{actor.name} cancels it.")
    if row.state == Job.State.WAITING:
        cancelled(row)
    else:
        row.cancelling = True
        row.save(update_fields=["cancelling", "log"])
    for child in Job.objects.select_for_update().filter(parent=row.pk, state__in=Job.OPEN).order_by("pk"):
        _cancel(actor, child)


@transaction.atomic
def retry(actor: Actor, job: Job) -> Job:
    """Try a job again that failed, was cancelled or quarantined, from its last step, and those of its children, too.

    Raises ValidationError for one that is at work or done.
    """
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.is_open or row.state == Job.State.DONE:
        raise ValidationError(f"Job {row.pk} is {row.get_state_display().lower()}; there is nothing to try again.")
    _retry(actor, row)
    record(actor, "retry", [row])
    return row


def _retry(actor: Actor, row: Job) -> None:
    row.state, row.attempts, row.crashes = Job.State.WAITING, 0, 0
    row.run_after, row.ended_at, row.error = timezone.now(), None, ""
    row.note(f"{actor.name} has it tried again.")
    row.save()
    ended = Job.objects.select_for_update().filter(parent=row.pk).exclude(state__in=[*Job.OPEN, Job.State.DONE])
    for child in ended.order_by("pk"):
        _retry(actor, child)
    wake(row)
