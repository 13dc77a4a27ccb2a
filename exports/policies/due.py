"""Whether a channel is to be released now, by its policy. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

# A continuous release that was refused is not tried again before this time, and then only if something was written.
PATIENCE = datetime.timedelta(seconds=60)


@dataclass(frozen=True)
class Standing:
    """Where a channel stands. `read` is the last batch of writes its releases have read, `judged_on` the day they went
    by; both None where there is no release yet. `frozen` and `busy`: it is not to be released, or is being released.

    `stopped_at` and `stopped_batch` say when, and up to which batch, a release was refused.
    """

    continuous: bool
    next_at: datetime.datetime | None = None
    read: int | None = None
    judged_on: datetime.date | None = None
    frozen: bool = False
    busy: bool = False
    stopped_at: datetime.datetime | None = None
    stopped_batch: int | None = None


def is_due(found: Standing, now: datetime.datetime, today: datetime.date, last: int) -> bool:
    """`last` is the last batch of writes there is, with those that have no number yet counted as one more.

    A continuous channel is due when something was written, and when a day has come: embargoes, the last days of texts,
    claims and rights are days, in the time zone of the site. A scheduled one is due at its times, and after a freeze
    for the one that was missed.
    """
    if found.frozen or found.busy:
        return False
    if found.stopped_at is not None and found.continuous:
        return now >= found.stopped_at + PATIENCE and last > (found.stopped_batch or 0)
    if found.next_at is not None and found.next_at <= now:
        return True
    if not found.continuous:
        return False
    return found.read is None or last > found.read or found.judged_on is None or today > found.judged_on
