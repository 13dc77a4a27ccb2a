"""When a scheduled channel is released: cron expressions, told in a time zone. Pure.

Where clocks are set back, what is to happen at an hour that comes twice happens once; where they are set forward, what
would fall into the missing hour happens right after it (cronsim, which does as Debian's cron).
"""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError


class WrongTimes(ValueError):
    """Not a cron expression, or one of no day there is; or no time zone. `field` is which: "cron" or "time_zone"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def next_time(cron: str, zone: str, after: datetime.datetime) -> datetime.datetime:
    """The first of the times after a moment, in UTC. Raises WrongTimes."""
    try:
        local = after.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"There is no time zone “{zone}”. Write one as in the IANA list, such as Europe/Rome or UTC."
        raise WrongTimes("time_zone", message) from error
    if len(cron.split()) != 5:
        raise WrongTimes(
            "cron", f"“{cron}” has not five parts: minute, hour, day, month, weekday, such as 0 6 * * 1-5."
        )
    try:
        return next(CronSim(cron, local)).astimezone(datetime.UTC)
    except CronSimError as error:
        raise WrongTimes("cron", f"“{cron}” cannot be read: {_plain(str(error))}. Such as: 0 6 * * 1-5.") from error
    except StopIteration as error:
        raise WrongTimes("cron", f"“{cron}” names no day that ever comes.") from error


def _plain(message: str) -> str:
    """The library's words, such as "Bad minute", without a capital."""
    return message[:1].lower() + message[1:]
