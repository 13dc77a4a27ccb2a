"""What holds for every resource: made by its example, read, changed as seen, listed, and deleted."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from catalog.api.resources.base import Resource
from catalog.api.resources.registry import RESOURCES
from tests.catalog.api.people import Author, pointers, problem
from tests.catalog.api.world import shop
from tests.queries import CountQueries

__all__ = ["shop"]
pytestmark = pytest.mark.usefixtures("shop")
each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.route)

# A change that each takes.
CHANGES: dict[str, Any] = {
    "products": {"status": "disabled"},
    "fragments": {"source": "Manual, page 7", "body": {"en": "<p>Weekly.</p>"}},
    "placements": {"position": 7},
    "slots": {"position": 7},
    "tags": {"label": {"en": "Renamed"}},
    "categories": {"label": {"en": "Renamed"}, "parent": None},
    "families": {"attributes": ["weight"], "requirements": []},
    "attributes": {"options": [{"code": "red", "label": {"en": "Red"}}, {"code": "blue"}]},
    "attribute-groups": {"responsible": "sales"},
    "assets": {"licence": "CC0"},
}


@pytest.fixture
def author() -> Author:
    return Author()


def address_of(resource: Resource, made: Any) -> str:
    keys = {"placements": "id", "products": "sku"}
    key = f"{made['facet']}:{made['code']}" if resource.route == "tags" else made[keys.get(resource.route, "code")]
    return f"{resource.route}/{key}/"


@each_resource
def test_the_example_makes_one_that_is_read_changed_and_deleted(author: Author, resource: Resource) -> None:
    answer = author.send("POST", f"{resource.route}/", resource.example)
    assert answer.status_code == 201, answer.content
    made = orjson.loads(answer.content)
    address = address_of(resource, made)
    assert answer.headers["Location"].endswith(f"/api/v1/{address}")
    assert author.json(answer.headers["Location"]) == made
    assert answer.headers["ETag"] == author.get(address).headers["ETag"] == f'"{made["version"]}"'
    for name, value in resource.example.items():
        if name not in ("options", "requirements"):
            assert made[name] == value
    changed = author.changed(address, CHANGES[resource.route])
    assert changed["version"] != made["version"]
    assert author.json(address) == changed
    differing = {name for name in made if made[name] != changed[name]}
    assert set(CHANGES[resource.route]) <= differing <= {*CHANGES[resource.route], "version", "updated_at"}
    assert author.delete(address).status_code == 204
    problem(author.get(address), 404)


@each_resource
def test_who_has_a_copy_is_told_that_it_is_current(author: Author, resource: Resource) -> None:
    made = author.made(resource.route, resource.example)
    for address in (address_of(resource, made), f"{resource.route}/"):
        etag = author.get(address).headers["ETag"]
        again = author.get(address, if_none_match=etag)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Cache-Control"] == "private, no-cache"
    author.changed(address_of(resource, made), CHANGES[resource.route])
    for address in (address_of(resource, made), f"{resource.route}/"):
        assert author.get(address, if_none_match=etag).status_code == 200


@each_resource
def test_a_write_needs_the_version_that_was_seen(author: Author, resource: Resource) -> None:
    made = author.made(resource.route, resource.example)
    address = address_of(resource, made)
    etag = f'"{made["version"]}"'
    changed = author.changed(address, CHANGES[resource.route])
    for method in ("PATCH", "DELETE"):
        body = CHANGES[resource.route] if method == "PATCH" else None
        assert problem(author.send(method, address, body), 428)["errors"][0]["field"] == "If-Match"
        for stale in (etag, '"x"', f'W/"{changed["version"]}"', "what", ""):
            found = problem(author.send(method, address, body, if_match=stale), 412)
            assert found["version"] == changed["version"]
            if stale == etag:
                differing = {name: changed[name] for name in made if made[name] != changed[name]}
                del differing["version"]
                assert found["changed"] == differing
    assert author.json(address) == changed
    assert author.send("PATCH", address, {}, if_match="*").status_code == 200


@each_resource
def test_many_are_written_at_once(author: Author, resource: Resource) -> None:
    first = orjson.loads(author.send("POST", f"{resource.route}/bulk/", {"items": [resource.example]}).content)
    assert (first["created"], first["updated"], first["failed"]) == (1, 0, 0), first
    key = first["items"][0]["key"]
    identity = {"placements": {"id": int(key) if key.isdigit() else 0}}.get(
        resource.route, {name: resource.example[name] for name in ("sku", "facet", "code") if name in resource.example}
    )
    item = {**identity, **CHANGES[resource.route], "version": first["items"][0]["version"]}
    second = orjson.loads(author.send("POST", f"{resource.route}/bulk/", {"items": [item, item]}).content)
    assert [row["status"] for row in second["items"]] == [200, 412], second
    assert author.json(f"{resource.route}/{key}/")["version"] == second["items"][0]["version"]


@each_resource
def test_where_it_is_used_and_what_was_done_is_told(author: Author, resource: Resource) -> None:
    made = author.made(resource.route, resource.example)
    address = address_of(resource, made)
    if not resource.looked_at:
        problem(author.get(f"{address}history/"), 404)
        return
    author.changed(address, CHANGES[resource.route])
    assert author.json(f"{address}where-used/")["uses"] == []
    history = author.json(f"{address}history/?limit=1")
    assert history["items"][0].items() >= {"operation": "change", "actor": "ada", "path": "api"}.items()
    assert author.json(history["next"])["items"][0]["operation"] in ("create", "change")


@each_resource
def test_there_is_nothing_under_a_name_that_is_none(author: Author, resource: Resource) -> None:
    for key in ("nope", "%00", "a%20b", "..", "9" * 400, "%F0%9F%92%A9", "a:b:c", "-1", "x' OR '1'='1"):
        for more in ("", "where-used/", "history/"):
            problem(author.get(f"{resource.route}/{key}/{more}"), 404)
        problem(author.send("PATCH", f"{resource.route}/{key}/", {}, if_match="*"), 404)
        problem(author.send("DELETE", f"{resource.route}/{key}/", if_match="*"), 404)


@each_resource
def test_members_that_are_none_or_not_ones_own_are_refused(author: Author, resource: Resource) -> None:
    never = {each.name: None for each in resource.fields if each.written == "never"}
    foreign = {"pk": 1, "is_superuser": True, "_state": {}, "user": 1, "version": "x", "values": {}, "hash": "x"}
    found = pointers(author.send("POST", f"{resource.route}/", {**resource.example, **never, **foreign}))
    assert set(found) == {f"/{name}" for name in (*never, *foreign)}


@each_resource
@pytest.mark.parametrize("raw", [None, 7, "text", [{}], {"x": {"y": []}}])
def test_every_member_refuses_what_is_none_of_its_kind(author: Author, resource: Resource, raw: Any) -> None:
    for each in resource.fields:
        answer = author.send("POST", f"{resource.route}/", {**resource.example, each.name: raw})
        assert answer.status_code in (201, 400), answer.content
        if answer.status_code == 400:
            assert all(row.startswith(f"/{each.name}") or row == "" for row in pointers(answer)), answer.content
        else:
            author.delete(address_of(resource, orjson.loads(answer.content)))


@pytest.mark.parametrize("resource", [row for row in RESOURCES if row.route != "placements"], ids=lambda row: row.route)
def test_a_page_costs_the_same_queries_however_many_there_are(
    author: Author, resource: Resource, count_queries: CountQueries
) -> None:
    author.get("slots/")  # the first use of a key is noted
    for number in (2, 9):
        for at in range(number):
            name = "sku" if resource.route == "products" else "code"
            body = {**resource.example, name: f"n{number}-{at}"}
            author.made(resource.route, body)
        with count_queries(f"api: a page of {resource.route}"):
            page = author.json(f"{resource.route}/?limit=500")
        assert len(page["items"]) >= number
