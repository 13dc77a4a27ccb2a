"""When a channel is released, and what stands against it: decisions that need no database."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from exports.policies.due import Standing, is_due, pause
from exports.policies.refusing import FEW, against_shrinking
from exports.policies.times import WrongTimes, next_time

NOW = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
TODAY = NOW.date()


# --- Times -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "cron", "zone"),
    [
        ("cron", "", "UTC"),
        ("cron", "at noon", "UTC"),
        ("cron", "61 * * * *", "UTC"),
        ("cron", "0 0 0 * * *", "UTC"),
        ("cron", "@daily", "UTC"),
        ("cron", "0 0 30 2 *", "UTC"),
        ("time_zone", "0 6 * * *", "Europe/Atlantis"),
        ("time_zone", "0 6 * * *", "../../etc/passwd"),
        ("time_zone", "0 6 * * *", ""),
    ],
)
def test_wrong_times_name_the_field(field: str, cron: str, zone: str) -> None:
    with pytest.raises(WrongTimes) as raised:
        next_time(cron, zone, NOW)
    assert raised.value.field == field


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 6 * * 1-5", "2026-11-28T12:00+00:00", "2026-11-30T05:00+00:00"),
        # Clocks forward: 02:30 is not there on that day, and comes right after.
        ("30 2 * * *", "2026-03-28T12:00+00:00", "2026-03-29T01:00+00:00"),
        # Clocks back: 02:30 comes twice, and once is enough.
        ("30 2 * * *", "2026-10-24T12:00+00:00", "2026-10-25T00:30+00:00"),
        ("30 2 * * *", "2026-10-25T00:30+00:00", "2026-10-26T01:30+00:00"),
    ],
)
def test_times_are_told_in_their_zone(cron: str, after: str, expected: str) -> None:
    assert next_time(cron, "Europe/Rome", at(after)) == at(expected)


# --- Due -------------------------------------------------------------------------------------------------------------
SECOND, DAY = datetime.timedelta(seconds=1), datetime.timedelta(days=1)
READ = Standing(continuous=True, read=7, judged_on=TODAY)


@pytest.mark.parametrize(
    ("standing", "last", "due"),
    [
        (READ, 7, False),
        (READ, 8, True),
        (replace(READ, frozen=True), 8, False),
        (replace(READ, busy=True), 8, False),
        (replace(READ, read=None, judged_on=None), 0, True),
        (replace(READ, judged_on=TODAY - datetime.timedelta(days=1)), 7, True),
        (replace(READ, next_at=NOW), 7, True),
        (replace(READ, continuous=False), 8, False),
        (replace(READ, continuous=False, next_at=NOW), 7, True),
        (replace(READ, continuous=False, next_at=NOW + datetime.timedelta(seconds=1)), 8, False),
        (replace(READ, stopped_on=TODAY, stopped_batch=7, next_at=NOW + SECOND), 8, False),
        (replace(READ, stopped_on=TODAY, stopped_batch=7, next_at=NOW), 8, True),
        (replace(READ, stopped_on=TODAY, stopped_batch=8, next_at=NOW), 8, False),
        (replace(READ, stopped_on=TODAY - DAY, stopped_batch=8, next_at=NOW), 8, True),
        (replace(READ, continuous=False, next_at=NOW, stopped_on=TODAY, stopped_batch=7), 7, True),
        (replace(READ, continuous=False, stopped_on=TODAY - DAY, stopped_batch=7), 8, False),
    ],
)
def test_a_channel_is_due_by_its_policy(standing: Standing, last: int, due: bool) -> None:
    assert is_due(standing, NOW, TODAY, last) is due


@pytest.mark.parametrize(("took", "waits"), [(0.5, 2), (10, 40), (15, 60), (3_600, 60)])
def test_who_was_refused_waits_by_what_it_cost_but_not_for_long(took: float, waits: float) -> None:
    assert pause(datetime.timedelta(seconds=took)) == datetime.timedelta(seconds=waits)


# --- Shrinking -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "after", "limit", "refused"),
    [
        (100, 79, 20, True),
        (100, 80, 20, False),
        (100, 120, 20, False),
        (FEW, 0, 20, False),
        (FEW + 1, 0, 20, True),
        (1_000, 0, 100, False),
        (1_000, 989, 0, True),
        (0, 0, 0, False),
    ],
)
def test_a_channel_may_lose_a_share_or_a_few(before: int, after: int, limit: int, refused: bool) -> None:
    assert bool(against_shrinking("shop", before, after, limit)) is refused


def test_the_refusal_says_how_much_and_what_to_do() -> None:
    assert against_shrinking("shop", 1_200, 600, 20) == (
        "Channel “shop” would lose 600 of 1,200 documents within a day, 50 percent; it may lose 20. Nothing is "
        "released and nothing is lost. See what goes (“Release …” in the channel's form, or release shop --dry-run), "
        "then mend it or allow it once (there, or with --allow-shrink)."
    )
