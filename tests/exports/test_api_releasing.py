"""Differences and going back over HTTP, for people of the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import AttributeGroup, Job, Product
from catalog.operations.tokens import issue_user_token
from exports.models import Release
from exports.policies.stopping import stop
from exports.releasing.problems import report_of
from tests.admin_pages import browser
from tests.exports.world import World, world
from tests.factories import ACTOR, require, switch
from tests.jobs import run_due

__all__ = ["world"]
BASE = "/api/v1/releases"


def post(client: Client, address: str, body: Any = None) -> Any:
    return client.post(f"{BASE}/{address}/", orjson.dumps(body), content_type="application/json")


def json(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return orjson.loads(answer.content)


@pytest.fixture
def anna(world: World) -> Client:
    world.rename("BZ-TAMPER", "Pressino 2")
    world.release()
    return browser("anna", "view_release", "restore_release")


def test_two_releases_are_compared_page_by_page(anna: Client, world: World) -> None:
    address = f"{BASE}/SHOP/differences/?from=1&to=2"
    page = json(anna.get(address))
    assert (page["channel"], page["from"], page["to"], page["next"]) == ("shop", 1, 2, None)
    assert {(row["sku"], row["change"]) for row in page["changes"]} == {("BZ-TAMPER", "changed")}
    entries = {(entry["kind"], entry["code"], entry["new"]) for entry in page["changes"][0]["entries"]}
    assert ("fact", "name", "Pressino 2") in entries
    world.add("BZ-1", "BZ-2", "BZ-3")
    world.release()
    rows: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = json(anna.get(f"{BASE}/shop/differences/?from=2&to=3&limit=2&after={after}"))
        rows += page["changes"]
        after = page["next"]
    assert [row["sku"] for row in rows] == ["BZ-1", "BZ-1", "BZ-2", "BZ-2", "BZ-3", "BZ-3"]


def test_the_next_release_is_told_before_it_happens(anna: Client, world: World) -> None:
    assert Product.objects.filter(sku="BZ-TAMPER").exists()
    switch("BZ-TAMPER", "disabled")
    page = json(anna.get(f"{BASE}/shop/differences/"))
    assert (page["from"], page["to"], page["complete"]) == (2, None, True)
    assert ("BZ-TAMPER", "removed") in {(row["sku"], row["change"]) for row in page["changes"]}
    assert not json(anna.get(f"{BASE}/shop/differences/?limit=1"))["complete"]
    assert page["stopped"] == ""
    stop(ACTOR, world.shop, "It would lose too much.", 1, timedelta())
    assert json(anna.get(f"{BASE}/shop/differences/"))["stopped"] == "It would lose too much."
    assert Release.objects.filter(channel__code="shop").count() == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [("from=1", 400), ("to=2", 400), ("from=0&to=1", 400), ("from=1&to=9", 404), ("from=x&to=1", 400), ("a=1", 400)],
)
def test_what_cannot_be_compared_is_refused(anna: Client, query: str, status: int) -> None:
    json(anna.get(f"{BASE}/shop/differences/?{query}"), status)


def test_what_is_sent_twice_with_one_key_is_done_once(anna: Client, world: World) -> None:
    def send(name: str, body: Any, key: str) -> Any:
        body = orjson.dumps(body)
        return anna.post(f"{BASE}/shop/{name}/", body, "application/json", headers={"idempotency-key": key})

    first, again = send("roll-back", {"release": 1}, "a"), send("roll-back", {"release": 1}, "a")
    assert (json(first), again.headers["Idempotency-Replayed"]) == (json(again), "true")
    assert Release.objects.filter(channel=world.shop).count() == 3
    json(send("roll-back", {"release": 2}, "a"), 422)
    assert (json(send("let-go", None, "b"))["held"], json(send("let-go", None, "b"))["held"]) == (True, True)
    assert json(post(anna, "shop/let-go")) == {"channel": "shop", "held": False}


def test_who_asks_too_often_waits(world: World) -> None:
    _, secret = issue_user_token(ACTOR, User.objects.create_superuser("ida"), "program", rate=2)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    left = [client.get(f"{BASE}/shop/1/report/").headers["RateLimit"] for _ in range(2)]
    assert [told.split(";")[1] for told in left] == ["r=1", "r=0"]
    answer = client.get(f"{BASE}/shop/1/report/")
    assert (answer.status_code, int(answer.headers["Retry-After"]) <= 60) == (429, True)


def test_going_back_and_on(anna: Client, world: World) -> None:
    assert json(post(anna, "shop/roll-back", {"release": 1})) == {"channel": "shop", "release": 3, "restores": 1}
    json(post(anna, "shop/roll-back", {"release": 3}), 409)
    wrong: list[tuple[Any, str]] = [(body, "/release") for body in ({}, {"release": "1"}, {"release": True})]
    for body, place in [*wrong, ({"release": 1, "more": 1}, "/more"), ([1], ""), (0, ""), ({"release": 0}, "/release")]:
        assert [error["pointer"] for error in json(post(anna, "shop/roll-back", body), 400)["errors"]] == [place]
    assert json(post(anna, "shop/let-go")) == {"channel": "shop", "held": True}
    assert json(post(anna, "shop/let-go")) == {"channel": "shop", "held": False}
    listed = json(world.reader().get("/api/v1/channels/shop/releases/"))["releases"]
    assert (listed[0]["number"], listed[0]["restores"], listed[0]["pruned"]) == (3, 1, False)


def test_who_may_not_is_refused_and_a_channels_token_opens_nothing(anna: Client, world: World) -> None:
    reader = browser("bert", "view_release")
    json(reader.get(f"{BASE}/shop/differences/?from=1&to=2"))
    json(post(reader, "shop/roll-back", {"release": 1}), 403)
    json(post(reader, "shop/let-go"), 403)
    for stranger, status in ((browser("cleo", "view_product"), 403), (Client(), 401), (world.reader().client, 401)):
        for answer in (
            stranger.get(f"{BASE}/shop/differences/?from=1&to=2"),
            post(stranger, "shop/roll-back", {"release": 1}),
        ):
            json(answer, status)
            assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    json(anna.get(f"{BASE}/none/differences/?from=1&to=2"), 404)
    assert Release.objects.filter(channel__code="shop").count() == 2


def test_a_report_names_products_with_the_reason_and_who_can_mend_it(anna: Client, world: World) -> None:
    AttributeGroup.objects.update(responsible="editors")
    require(world.machines, world.shop, "weight")
    world.add("BZ-1", "BZ-2", "BZ-3")
    release = world.release()
    address: str | None = f"{BASE}/SHOP/{release.number}/report/?limit=2"
    pages = []
    while address:
        pages.append(json(anna.get(address)))
        address = pages[-1]["next"]
    rows = [row for page in pages for row in page["problems"]]
    assert len(pages) > 1
    assert {(page["channel"], page["release"]) for page in pages} == {("shop", release.number)}
    assert rows == report_of(release)
    assert {"BZ-1", "BZ-2", "BZ-3"} <= {row["sku"] for row in rows if row["responsible"] == "editors"}
    assert json(anna.get(f"{BASE}/shop/1/report/"))["problems"] == report_of(
        Release.objects.get(channel=world.shop, number=1)
    )
    narrowed = json(anna.get(f"{BASE}/shop/{release.number}/report/?responsible=editors&kind={rows[0]['kind']}"))
    assert narrowed["problems"]
    assert {row["responsible"] for row in narrowed["problems"]} == {"editors"}
    assert not json(anna.get(f"{BASE}/shop/{release.number}/report/?effect=withheld"))["problems"]
    for query, status in (("effect=no", 400), ("cursor=x", 400), ("limit=0", 400), ("sku=a", 400)):
        json(anna.get(f"{BASE}/shop/{release.number}/report/?{query}"), status)
    json(anna.get(f"{BASE}/shop/99/report/"), 404)
    json(browser("cleo", "view_product").get(f"{BASE}/shop/{release.number}/report/"), 403)


def test_a_release_is_put_in_line_by_who_may_and_by_whose_leave(world: World) -> None:
    world.rename("BZ-TAMPER", "Pressino 3")
    maker = browser("mia", "view_release", "add_release")
    made = json(post(maker, "shop/release", {}))
    assert (made["channel"], json(post(maker, "shop/release"))["job"]) == ("shop", made["job"]), "in line once"
    run_due()
    assert Release.objects.filter(channel=world.shop).count() == 2
    assert json(post(maker, "shop/release", {"allow_shrink": True}), 403)
    assert json(post(maker, "shop/release", {"override_freeze": "a recall"}), 403)
    wrong: list[tuple[Any, str]] = [
        ([], ""),
        ({"more": 1}, "/more"),
        ({"allow_shrink": 1}, "/allow_shrink"),
        ({"override_freeze": 7}, "/override_freeze"),
        ({"override_freeze": "x" * 501}, "/override_freeze"),
    ]
    for body, place in wrong:
        assert [error["pointer"] for error in json(post(maker, "shop/release", body), 400)["errors"]] == [place]
    boss = browser("ben", "add_release", "allow_shrink", "override_freeze")
    job = Job.objects.get(
        pk=json(post(boss, "shop/release", {"allow_shrink": True, "override_freeze": "recall"}))["job"]
    )
    assert (job.payload["shrink"], job.payload["freeze"], job.created_by) == (True, "recall", "ben")
    json(post(browser("bert", "view_release"), "shop/release", {}), 403)
    json(post(boss, "none/release", {}), 404)
