"""Whether a channel is to be released now, by its policy. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

# A continuous release that was refused is tried again when something is written, but not before this many times the
# time that it took, so that what is written while it is stopped does not keep a worker busy; and after that at most.
TIMES = 4
PATIENCE = datetime.timedelta(seconds=60)


@dataclass(frozen=True)
class Standing:
    """Where a channel stands. `read` is the last batch of writes its releases have read, `judged_on` the day they went
    by; both None where there is no release yet. `frozen` and `busy`: it is not to be released, or is being released.

    `stopped_on` and `stopped_batch` say on which day, and up to which batch, a release was refused; a continuous one is
    not tried again before `next_at` then.
    """

    continuous: bool
    next_at: datetime.datetime | None = None
    read: int | None = None
    judged_on: datetime.date | None = None
    frozen: bool = False
    busy: bool = False
    stopped_on: datetime.date | None = None
    stopped_batch: int | None = None


def pause(took: datetime.timedelta) -> datetime.timedelta:
    """For how long a continuous release is left alone that was refused after some time."""
    return min(TIMES * took, PATIENCE)


def is_due(found: Standing, now: datetime.datetime, today: datetime.date, last: int) -> bool:
    """`last` is the last batch of writes there is, with those that have no number yet counted as one more.

    A continuous channel is due when something was written, and when a day has come: embargoes, the last days of texts,
    claims and rights are days, in the time zone of the site. A scheduled one is due at its times, and after a freeze
    for the one that was missed.
    """
    if found.frozen or found.busy:
        return False
    if found.stopped_on is not None and found.continuous:
        waited = found.next_at is None or found.next_at <= now
        return waited and (last > (found.stopped_batch or 0) or today > found.stopped_on)
    if found.next_at is not None and found.next_at <= now:
        return True
    if not found.continuous:
        return False
    return found.read is None or last > found.read or found.judged_on is None or today > found.judged_on
