"""A job as programs read it."""

from __future__ import annotations

from typing import Any

from catalog.models import Job


def told(job: Job) -> dict[str, Any]:
    """Without its log, as lists have it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "key": job.key,
        "state": job.state,
        "progress": {"done": job.done, "total": job.total or None, "message": job.message},
        "attempts": job.attempts,
        "crashes": job.crashes,
        "worker": job.worker or None,
        "parent": job.parent_id,
        "created_by": job.created_by,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
        "error": (job.error.splitlines() or [""])[0] or None,
        "result": job.result,
    }


def told_in_full(job: Job) -> dict[str, Any]:
    """With its payload, its whole error, its log and its parts."""
    parts = Job.objects.filter(parent=job).order_by("pk").values_list("pk", "state")
    return {
        **told(job),
        "error": job.error or None,
        "payload": job.payload,
        "log": job.log,
        "parts": [{"id": pk, "state": state} for pk, state in parts],
    }
