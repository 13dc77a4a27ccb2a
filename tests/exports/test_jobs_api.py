"""Jobs over HTTP, in the admin and at the shell: the same rows, the same two things that may be done to them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.jobs import enqueue
from catalog.models import Job
from exports.jobs.editions import build_later
from exports.jobs.releases import release_later
from exports.models import Edition, Release
from exports.outputs import define
from tests import factories as make
from tests.admin_pages import address, browser, messages_of
from tests.exports.test_openapi import conforms
from tests.jobs import fresh, kinds_of_tests, run_due

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs/"


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with kinds_of_tests():
        yield


def person(*permissions: str) -> Client:
    user = User.objects.create_user("anna", password="secret")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def job(**more: Any) -> Job:
    return enqueue(make.ACTOR, "test_noting", {"steps": 2}, **more)


def body(answer: Any) -> Any:
    return orjson.loads(answer.content)


# --- HTTP ------------------------------------------------------------------------------------------------------------
def test_jobs_are_listed_the_latest_first_a_page_at_a_time() -> None:
    jobs = [job() for _ in range(5)]
    client = person("view_job")
    page = body(client.get(JOBS, {"limit": 2}))
    conforms(page, "/api/v1/jobs/", 200, "application/json")
    assert [row["id"] for row in page["jobs"]] == [jobs[4].pk, jobs[3].pk]
    page = body(client.get(page["next"]))
    assert [row["id"] for row in page["jobs"]] == [jobs[2].pk, jobs[1].pk]
    assert body(client.get(JOBS, {"state": "failed"})) == {"next": None, "jobs": []}
    assert len(body(client.get(JOBS, {"kind": "test_noting"}))["jobs"]) == 5


def test_a_job_tells_how_far_it_is_and_its_log() -> None:
    one = job()
    run_due()
    answer = person("change_job").get(f"{JOBS}{one.pk}/")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    told = body(answer)
    conforms(told, "/api/v1/jobs/{id}/", 200, "application/json")
    assert (told["state"], told["progress"], told["result"]) == (
        "done",
        {"done": 2, "total": 2, "message": "2 of 2"},
        {"steps": 2},
    )
    assert [line["text"] for line in told["log"]][1:] == ["step 0", "step 1", "Done."]


def test_a_job_is_cancelled_and_tried_again_over_http() -> None:
    one, client = job(), person("change_job")
    assert body(client.post(f"{JOBS}{one.pk}/cancel/"))["state"] == "cancelled"
    again = client.post(f"{JOBS}{one.pk}/cancel/")
    assert (again.status_code, again.headers["Content-Type"]) == (409, "application/problem+json")
    assert body(client.post(f"{JOBS}{one.pk}/retry/"))["state"] == "waiting"
    assert "anna cancels it." in json.dumps(fresh(one).log)
    first, second = (
        client.post(f"{JOBS}{one.pk}/cancel/", {}, "application/json", headers={"idempotency-key": "k"}) for _ in "12"
    )
    assert (first.status_code, second.content) == (200, first.content)


@pytest.mark.parametrize(("permissions", "see", "act"), [((), 403, 403), (("view_job",), 200, 403)])
def test_who_may_not_is_told_so(permissions: tuple[str, ...], see: int, act: int) -> None:
    one, client = job(), person(*permissions)
    for path in (JOBS, f"{JOBS}{one.pk}/"):
        assert client.get(path).status_code == see
    for path in ("cancel", "retry"):
        assert client.post(f"{JOBS}{one.pk}/{path}/").status_code == act
    assert fresh(one).state == "waiting"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer tsu_mistyped"}])
def test_who_has_no_key_or_a_wrong_one_is_told_how_to_come_in(headers: dict[str, str]) -> None:
    one, stranger = job(), Client(headers=headers)
    answers = [stranger.get(JOBS), stranger.get(f"{JOBS}{one.pk}/")]
    answers += [stranger.post(f"{JOBS}{one.pk}/{act}/") for act in ("cancel", "retry")]
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tessera"'
    conforms(body(answers[0]), "/api/v1/jobs/", 401, "application/problem+json")


def test_forgers_and_nonsense_get_nothing() -> None:
    one = job()
    client = person("change_job")
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = client.cookies
    assert forger.post(f"{JOBS}{one.pk}/cancel/").status_code == 403
    for path in ("999999999", "0", "-1", "x", "9" * 30, "١"):
        assert client.get(f"{JOBS}{path}/").status_code == 404
    for query in ("?state=lost", "?limit=0", "?before=x", "?nope=1"):
        assert client.get(JOBS + query).status_code == 400


# --- Shell -----------------------------------------------------------------------------------------------------------
def shell(*words: str) -> str:
    out = io.StringIO()
    call_command("jobs", *words, stdout=out)
    return out.getvalue()


def test_the_shell_lists_cancels_and_retries() -> None:
    assert shell() == "No jobs.\n"
    one = job(key="lamp")
    assert "waiting     test_noting      lamp" in shell()
    assert json.loads(shell("--json"))["id"] == one.pk
    assert "cancelled" in shell("--cancel", str(one.pk))
    assert shell("--state", "waiting", "--json") == ""
    assert "waiting" in shell("--retry", str(one.pk))
    with pytest.raises(CommandError, match="nothing to try again"):
        shell("--retry", str(one.pk))
    with pytest.raises(CommandError, match="no such job"):
        shell("--cancel", "0")


# --- Admin -----------------------------------------------------------------------------------------------------------
def test_what_needs_somebody_comes_first_in_the_admin() -> None:
    states = ["done", "cancelled", "waiting", "failed", "quarantined"]
    for state in states:
        Job.objects.filter(pk=job().pk).update(state=state)
    page = browser().get(address(Job, "changelist"))
    assert [row.state for row in page.context["cl"].result_list] == [*reversed(states[2:]), "cancelled", "done"]


def test_a_job_is_cancelled_and_tried_again_in_the_admin() -> None:
    one, page = job(), browser()
    form = page.get(address(one))
    assert 'value="cancel"' in form.content.decode()
    assert 'value="retry"' not in form.content.decode()
    page.post(f"/admin/catalog/job/{one.pk}/act/", {"act": "cancel"})
    assert fresh(one).state == "cancelled"
    answer = page.post(
        address(Job, "changelist"), {"action": "retry_selected", "_selected_action": [one.pk]}, follow=True
    )
    assert "To be tried again: 1." in messages_of(answer)
    assert fresh(one).state == "waiting"


def test_the_log_and_error_of_a_job_are_shown_as_text() -> None:
    one = job()
    one.note("<b>bold</b>")
    one.error = "<script>"
    one.save()
    text = browser().get(address(one)).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "<script>" not in text.replace("<script>", "", 0) or "&lt;script&gt;" in text


def test_who_may_only_look_has_no_buttons() -> None:
    one, page = job(), browser("bert", "view_job")
    assert 'name="act"' not in page.get(address(one)).content.decode()
    assert page.post(f"/admin/catalog/job/{one.pk}/act/", {"act": "cancel"}).status_code == 403
    assert page.get(f"/admin/catalog/job/{one.pk}/act/").status_code == 405


# --- Kinds -----------------------------------------------------------------------------------------------------------
def test_a_release_and_an_edition_are_made_by_jobs() -> None:
    channel = make.make_channel("shop", languages=["en"])
    first = release_later(make.ACTOR, channel)
    assert release_later(make.ACTOR, channel) == first
    run_due()
    assert fresh(first).result == {"channel": "shop", "release": 1, "new": True}
    output, _ = define(make.ACTOR, "feed", channel, "en", "json", {})
    made = build_later(make.ACTOR, output)
    run_due()
    assert fresh(made).result == {"output": "feed", "edition": Edition.objects.get().pk, "new": True}
    assert (Release.objects.get().created_by, Edition.objects.get().created_by) == (make.ACTOR.name, make.ACTOR.name)


def test_what_cannot_be_released_or_made_fails_for_good_with_its_reason() -> None:
    channel = make.make_channel("shop", languages=["en"])
    output, _ = define(make.ACTOR, "feed", channel, "en", "json", {})
    unreleased = build_later(make.ACTOR, output)
    run_due()
    assert "has no release yet" in fresh(unreleased).error
    channel.retired = True
    channel.save()
    retired = release_later(make.ACTOR, channel)
    run_due()
    assert (fresh(retired).state, fresh(retired).attempts) == ("failed", 1)
    assert "is retired" in fresh(retired).error
