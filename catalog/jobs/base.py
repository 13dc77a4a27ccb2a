"""What a kind of job is, and what it may raise."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from catalog.jobs.work import Work

# A job that took its process down so often without getting a step further is not tried again by itself.
CRASHES = 3


class Kind(ABC):
    """One kind of job. `run` may be called again at any time for the same job, and goes on at `work.cursor`.

    Slow work is done outside a transaction; what it comes to is written within `work.step(...)`, which saves where to
    go on in the same transaction. What is written elsewhere must be safe to write twice.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    attempts: ClassVar[int] = 5
    first_pause: ClassVar[float] = 5.0  # seconds after the first failure; each further one doubles it
    longest_pause: ClassVar[float] = 3_600.0
    timeout: ClassVar[float] = 3_600.0  # seconds a run may take

    @abstractmethod
    def run(self, work: Work) -> Any:
        """Do the work; the answer (JSON) is the job's result.

        Raises GiveUp where trying again is of no use and TryAgain to choose when; whatever else is raised is a
        failure, tried again after a pause until the attempts are used up.
        """

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures: doubling, and never quite the same, so that no herd comes back."""
        seconds = min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 40))
        return timedelta(seconds=seconds * random.uniform(0.5, 1.0))


class GiveUp(Exception):
    """The job has failed for good. The message is for the person who looks at it."""


class TryAgain(Exception):
    """A failure like any other, but with a time to try again: `after` seconds."""

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message)
        self.after = after


class Lost(Exception):
    """Another worker has the job now, or nobody has. Nothing is written any more."""


class Cancelled(Exception):
    """Somebody wants the job to stop. What the step was about to write is not written."""


class Stopping(Exception):
    """The worker stops. The job goes on elsewhere after its last step."""


class Joining(Exception):
    """The job goes on when all its children have ended."""
