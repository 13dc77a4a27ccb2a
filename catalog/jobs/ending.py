"""How a run of a job ends. Each function takes the job's row, locked, in a transaction of the caller's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.jobs.base import CRASHES
from catalog.jobs.registry import KINDS
from catalog.jobs.waking import wake
from catalog.models import Job

_ERROR = 20_000  # characters


def _leave(job: Job, state: Job.State, line: str) -> None:
    job.state, job.lease_until = state, None
    job.note(line)
    job.ended_at = None if job.is_open else timezone.now()
    if not job.is_open:
        job.cancelling = False
    job.save()
    if job.is_open or job.parent_id:
        wake(job)


def finished(job: Job, result: Any) -> None:
    job.result, job.error = result, ""
    _leave(job, Job.State.DONE, "Done.")


def failed(job: Job, error: str, *, for_good: bool = False, after: float | None = None) -> None:
    """A run failed: it is tried again as its kind says (or `after` seconds), unless that is of no use any more."""
    job.attempts += 1
    job.error = error[:_ERROR]
    line = error.splitlines()[0] if error else "Failed."
    if job.cancelling:
        cancelled(job)
    elif for_good or job.attempts >= job.max_attempts:
        _leave(job, Job.State.FAILED, f"Failed for good: {line}")
    else:
        pause = _pause(job, job.attempts) if after is None else timedelta(seconds=after)
        job.run_after = timezone.now() + pause
        _leave(job, Job.State.WAITING, f"Failed, tried again in {pause.total_seconds():.0f} s: {line}")


def crashed(job: Job, how: str) -> None:
    """The process that ran it died. After three times without a step further it is kept from doing so again."""
    job.crashes += 1
    if job.cancelling:
        cancelled(job)
    elif job.crashes >= CRASHES:
        job.error = f"{how} It did so {job.crashes} times without getting a step further, so it is not tried again."
        _leave(job, Job.State.QUARANTINED, job.error)
    else:
        pause = _pause(job, job.crashes)
        job.run_after = timezone.now() + pause
        _leave(job, Job.State.WAITING, f"{how} It goes on in {pause.total_seconds():.0f} s.")


def cancelled(job: Job) -> None:
    _leave(job, Job.State.CANCELLED, "Cancelled.")


def put_back(job: Job, line: str) -> None:
    """It goes on later, without a fault: when its children have ended, or on another worker."""
    if job.cancelling:
        cancelled(job)
        return
    job.run_after = timezone.now()
    _leave(job, Job.State.WAITING, line)


def _pause(job: Job, failures: int) -> timedelta:
    kind = KINDS.get(job.kind)
    return kind.pause(failures) if kind else timedelta(seconds=60)
