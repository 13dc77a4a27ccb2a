"""What becomes of a job: wanted with a write, run in steps, failed, tried again, cancelled, joined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.jobs import Cancelled, Kind, Lost, Work, cancel, enqueue, register, retry
from catalog.jobs.base import CRASHES
from catalog.jobs.claiming import claim, held, prune, sweep
from catalog.jobs.registry import KINDS
from catalog.jobs.running import perform
from catalog.models import Change, Job
from catalog.models.jobs import LOG_LINES
from tests.factories import ACTOR
from tests.jobs import Noting, fresh, kinds_of_tests, log_of, notes, run_due, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with kinds_of_tests():
        yield


def noting(steps: int = 1, **more: Any) -> Job:
    return enqueue(ACTOR, "test_noting", {"steps": steps}, **more)


def expire(job: Job) -> None:
    """Nothing has been heard of the job's worker for long."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def noted(job: Job, step: int) -> int:
    return Change.objects.create(actor="x", path="job", operation="note", kind="test", key=f"{job.pk}:{step}").pk


def work_of(job: Job) -> Work:
    return Work(fresh(job), take(job))


# --- Wanting one -----------------------------------------------------------------------------------------------------
def test_a_job_is_there_with_the_write_that_wants_it_or_not_at_all() -> None:
    with transaction.atomic():
        noting()
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    job = noting(2)
    assert (job.state, job.created_by, job.max_attempts) == ("waiting", ACTOR.name, Noting.attempts)


def test_a_job_runs_its_steps_and_keeps_their_lines_and_result() -> None:
    job = noting(2)
    assert run_due() == 1
    job = fresh(job)
    assert (job.state, job.result, job.done, job.total, job.message) == ("done", {"steps": 2}, 2, 2, "2 of 2")
    assert log_of(job) == ["Run 1 begins on here:1.", "step 0", "step 1", "Done."]
    assert notes(job) == ["0", "1"]
    assert job.ended_at
    assert job.lease_until is None


def test_the_same_work_is_put_in_line_once_until_it_begins() -> None:
    first = noting(key="a")
    assert noting(key="a") == first
    assert noting(key="b") != first
    assert noting() != first
    taken = take(first)
    # What has begun may have read already what the second has changed.
    second = noting(key="a")
    assert second != first
    perform(taken)
    assert run_due() == 3
    assert fresh(second).state == "done"


def test_the_same_work_wanted_sooner_comes_sooner() -> None:
    later = timezone.now() + timedelta(hours=1)
    first = noting(key="a", run_after=later)
    assert run_due() == 0
    assert noting(key="a", priority=5) == first
    assert fresh(first).priority == 5
    assert run_due() == 1


def test_what_got_into_line_twice_is_done_by_one_run_but_a_part_of_something_is_done_itself() -> None:
    first = noting(key="a")
    twin = Job.objects.create(kind="test_noting", key="a", payload={}, created_by="x")  # as two at once would
    part = noting(key="a", parent=noting(key="b").pk)
    perform(take(first))
    assert [fresh(job).state for job in (first, twin, part)] == ["done", "done", "waiting"]
    assert (fresh(twin).result, fresh(twin).fence) == ({"done_by": first.pk}, 0)


def test_jobs_come_by_priority_and_then_in_the_order_they_were_wanted() -> None:
    jobs = [noting(), noting(), noting(priority=1)]
    order = [take().job for _ in jobs]
    assert order == [jobs[2].pk, jobs[0].pk, jobs[1].pk]
    assert claim("here:1", list(KINDS)) is None


@pytest.mark.parametrize(
    ("kind", "payload", "error"),
    [
        ("nope", {}, ValueError),
        ("test_noting", {"much": "x" * 70_000}, ValueError),
        ("test_noting", {"what": object()}, TypeError),
    ],
)
def test_what_cannot_be_a_job_is_refused_at_once(kind: str, payload: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        enqueue(ACTOR, kind, payload)
    assert not Job.objects.exists()


def test_kinds_that_cannot_stand_are_refused() -> None:
    class Twin(Kind):
        code, label = "test_noting", "Twin"

        def run(self, work: Work) -> None: ...

    with pytest.raises(ValueError, match="Two kinds"):
        register(Twin)
    with pytest.raises(TypeError):
        register(int)  # type: ignore[arg-type]


def test_a_kind_that_a_worker_does_not_know_is_left_to_others() -> None:
    noting()
    assert claim("here:1", ["something_else"]) is None


# --- Failing ---------------------------------------------------------------------------------------------------------
def test_a_failure_is_tried_again_until_its_attempts_are_used_up() -> None:
    job = enqueue(ACTOR, "test_failing", {"how": "at random"})
    assert run_due() == 3
    job = fresh(job)
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.error.startswith("RuntimeError: out of luck")
    assert "Traceback" in job.error


@pytest.mark.parametrize(
    ("how", "state", "runs"), [("for good", "failed", 1), ("later", "waiting", 1), ("no json", "failed", 3)]
)
def test_a_job_may_say_that_trying_is_of_no_use_or_when(how: str, state: str, runs: int) -> None:
    job = enqueue(ACTOR, "test_failing", {"how": how})
    assert run_due() == runs
    job = fresh(job)
    assert job.state == state
    assert (job.run_after > timezone.now() + timedelta(seconds=500)) is (how == "later")


def test_pauses_double_and_are_never_quite_the_same() -> None:
    kind = KINDS["check_quality"]
    pauses = [kind.pause(count).total_seconds() for count in range(1, 12)]
    for count, pause in enumerate(pauses):
        assert min(3_600, 5 * 2**count) / 2 <= pause <= min(3_600, 5 * 2**count)
    assert kind.pause(10_000).total_seconds() <= 3_600
    assert len({kind.pause(3) for _ in range(5)}) > 1


def test_three_crashes_without_a_step_further_are_a_quarantine_not_a_failure() -> None:
    job = noting()
    for _ in range(CRASHES):
        take(job)
        expire(job)
        assert sweep() == 1
    job = fresh(job)
    assert (job.state, job.crashes, job.attempts) == ("quarantined", CRASHES, 0)
    assert "3 times" in job.error


def test_a_step_further_shows_that_it_is_not_the_job_that_crashes() -> None:
    job = noting(3)
    for step in range(3):
        work = work_of(job)
        with work.step({"next": step + 1}):
            pass
        expire(job)
        sweep()
    assert (fresh(job).state, fresh(job).crashes) == ("waiting", 1)


def test_the_sweeper_leaves_those_alone_whose_worker_is_heard_of() -> None:
    job = noting()
    taken = take(job)
    expire(job)
    assert held([taken]) == {taken: False}
    assert sweep() == 0


# --- The fence -------------------------------------------------------------------------------------------------------
def test_a_late_worker_is_refused_and_nothing_of_its_step_is_written() -> None:
    job = noting()
    late = work_of(job)
    expire(job)
    sweep()
    with pytest.raises(Lost), late.step({"next": 1}):
        Change.objects.create(actor="late", path="job", operation="note", kind="test", key="late")
    again = work_of(job)
    with pytest.raises(Lost), late.step({"next": 1}):
        Change.objects.create(actor="late", path="job", operation="note", kind="test", key="late")
    with again.step({"next": 1}):
        Change.objects.create(actor="again", path="job", operation="note", kind="test", key="again")
    assert list(Change.objects.filter(kind="test").values_list("key", flat=True)) == ["again"]


def test_a_late_worker_changes_neither_state_nor_lease() -> None:
    job = noting()
    late = take(job)
    expire(job)
    sweep()
    now = take(job)
    perform(late)
    assert (fresh(job).state, fresh(job).fence) == ("running", 2)
    assert held([late, now]) == {now: False}
    assert notes(job) == []


def test_a_failing_step_leaves_no_half_and_the_next_run_goes_on_after_the_last_whole_one() -> None:
    job = noting(2)
    work = work_of(job)
    with work.step({"next": 1}):
        noted(job, 0)
    with pytest.raises(ZeroDivisionError), work.step({"next": 2}):
        assert noted(job, 1) / 0
    expire(job)
    sweep()
    run_due()
    assert notes(job) == ["0", "1"]


def test_the_database_refuses_a_running_job_without_a_lease() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=noting().pk).update(state="running")


# --- People ----------------------------------------------------------------------------------------------------------
def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = cancel(ACTOR, noting())
    assert job.state == "cancelled"
    assert run_due() == 0
    assert Change.objects.filter(operation="cancel", kind="job").exists()
    with pytest.raises(ValidationError, match="ended already"):
        cancel(ACTOR, job)


def test_a_running_job_is_cancelled_at_its_next_step_which_is_not_written() -> None:
    job = noting(2)
    taken = take(job)
    cancel(ACTOR, job)
    assert (fresh(job).state, held([taken])) == ("running", {taken: True})
    perform(taken)
    assert (fresh(job).state, notes(job)) == ("cancelled", [])


def test_a_cancelled_job_that_fails_or_crashes_is_not_tried_again() -> None:
    failing, crashing = enqueue(ACTOR, "test_failing", {"how": ""}), noting()
    for job in (failing, crashing):
        taken = take(job)
        cancel(ACTOR, job)
        if job == failing:
            perform(taken)
    expire(crashing)
    sweep()
    assert (fresh(failing).state, fresh(crashing).state) == ("cancelled", "cancelled")


def test_a_job_that_ended_badly_is_tried_again_by_hand_from_its_last_step() -> None:
    job = noting(3)
    work = work_of(job)
    with work.step({"next": 2}):
        pass
    cancel(ACTOR, job)
    with pytest.raises(Cancelled), work.step({"next": 3}):
        pass
    expire(job)
    sweep()
    assert retry(ACTOR, job).state == "waiting"
    run_due()
    assert (fresh(job).state, notes(job)) == ("done", ["2"])
    with pytest.raises(ValidationError, match="nothing to try again"):
        retry(ACTOR, job)


# --- Parts -----------------------------------------------------------------------------------------------------------
def joined(*parts: tuple[str, dict[str, Any]]) -> Job:
    return enqueue(ACTOR, "test_joined", {"parts": parts})


def test_a_job_goes_on_when_all_its_parts_have_ended() -> None:
    job = joined(("test_noting", {"steps": 1}), ("test_noting", {"steps": 2}))
    perform(take(job))
    assert fresh(job).state == "waiting"
    one, two = Job.objects.filter(parent=job.pk).order_by("pk")
    assert claim("here:1", ["test_joined"]) is None
    perform(take(one))
    assert claim("here:1", ["test_joined"]) is None
    perform(take(two))
    assert run_due() == 1
    assert fresh(job).result == {"parts": [{"steps": 1}, {"steps": 2}]}
    assert Job.objects.filter(parent=job.pk).count() == 2


def test_a_part_that_fails_fails_the_whole_and_both_are_tried_again_together() -> None:
    job = joined(("test_noting", {}), ("test_failing", {"how": "for good"}))
    run_due()
    assert fresh(job).state == "failed"
    assert "1 of 2 parts" in fresh(job).error
    Job.objects.filter(kind="test_failing").update(kind="test_noting")  # its fault is mended
    retry(ACTOR, job)
    run_due()
    assert fresh(job).state == "done"


def test_cancelling_the_whole_cancels_its_parts() -> None:
    job = joined(("test_noting", {}), ("test_noting", {}))
    perform(take(job))
    cancel(ACTOR, job)
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}


# --- Keeping house ---------------------------------------------------------------------------------------------------
def test_the_log_keeps_its_last_lines() -> None:
    job = noting()
    job.note(*[f"line {number}" for number in range(LOG_LINES + 50)], "x" * 1_000)
    assert (len(job.log), job.log[0]["text"], len(job.log[-1]["text"])) == (LOG_LINES, "line 51", 500)


def test_what_ended_long_ago_is_forgotten() -> None:
    old, young, waiting = noting(), noting(), noting()
    Job.objects.filter(pk=old.pk).update(state="done", ended_at=timezone.now() - timedelta(days=31))
    Job.objects.filter(pk=young.pk).update(state="done", ended_at=timezone.now() - timedelta(days=29))
    assert prune() == 1
    assert set(Job.objects.all()) == {young, waiting}


def test_looking_for_work_is_one_query_and_takes_no_lock(django_assert_num_queries: Any) -> None:
    for number in range(30):
        noting(run_after=timezone.now() + timedelta(hours=1), key=str(number))
    with django_assert_num_queries(1):
        assert claim("here:1", list(KINDS)) is None


def test_quality_is_checked_by_a_job() -> None:
    from tests.factories import make_product

    make_product()
    job = enqueue(ACTOR, "check_quality", {"all": True})
    run_due()
    assert fresh(job).result == {"checked": 1}
