"""One run of a job, in the process it has to itself."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable

from django.db import transaction

from catalog.jobs import ending
from catalog.jobs.base import Cancelled, GiveUp, Joining, Lost, Stopping, TryAgain
from catalog.jobs.claiming import Claim
from catalog.jobs.registry import kind_called
from catalog.jobs.work import Work, held_row
from catalog.models import Job

logger = logging.getLogger(__name__)

End = Callable[[Job], None]


def perform(claim: Claim, stopping: threading.Event | None = None) -> None:
    """Run a claimed job and record how that ended, unless somebody else has it by then."""
    job = Job.objects.get(pk=claim.job)
    work = Work(job, claim, stopping)
    try:
        end = _run(work, claim)
        settle(claim, end, work.lines())
    except Lost as error:
        logger.warning("%s What this run did not commit is void.", error)


def _run(work: Work, claim: Claim) -> End:
    """Run the job; how to record its end. Raises Lost."""
    try:
        result = kind_called(claim.kind).run(work)
        json.dumps(result)  # what is no JSON is a failure like any other
    except Lost:
        raise
    except Joining:
        return lambda job: ending.put_back(job, "Waits for its parts.")
    except Stopping:
        return lambda job: ending.put_back(job, "Its worker stops; it goes on elsewhere.")
    except Cancelled:
        return ending.cancelled
    except GiveUp as error:
        reason = str(error)
        return lambda job: ending.failed(job, reason, for_good=True)
    except TryAgain as error:
        reason, after = str(error), error.after
        return lambda job: ending.failed(job, reason, after=after)
    except Exception as error:
        # Whatever goes wrong in a job is its failure, told in full to whoever looks at it.
        logger.exception("Job %s (%s) failed", claim.job, claim.kind)
        reason = f"{type(error).__name__}: {error}\n\n{traceback.format_exc()}"
        return lambda job: ending.failed(job, reason)
    return lambda job: ending.finished(job, result)


def settle(claim: Claim, end: End, lines: list[str] | None = None) -> None:
    """Record how a run ended. Raises Lost where it is not this claim's any more."""
    with transaction.atomic():
        job = held_row(claim)
        job.note(*(lines or []))
        end(job)
