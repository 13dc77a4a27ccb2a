"""Who gets in, what others learn, and what hostile addresses do: nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db.models import ProtectedError
from django.test import Client
from rest_framework.exceptions import Throttled

from catalog.api.problems import problem_handler
from catalog.models import Channel
from exports import editions, outputs, tokens
from exports.api.cursors import Cursor
from exports.models import ChannelToken, Output
from tests.exports.world import Reader, World, content, counted, world
from tests.factories import ACTOR

__all__ = ["world"]
API = "/api/v1/channels"
ROUTES = ("documents/", "documents/BZ-LIRA/", "documents/NOPE/", "releases/")
HOSTILE = (
    "'",
    '"',
    "%",
    "--",
    "a\nb",
    "a\x00b",
    ".",
    "..",
    "_connector",
    "channel__token__startswith",
    "x' OR '1'='1",
    "\ufffd",
    "ı",
    "1e9",
    "-1",
    "9" * 400,
    "{{7*7}}",
    "$.a",
)


def problem(answer: Any, status: int) -> Any:
    """The body, which must be a problem detail of that status."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = orjson.loads(answer.content)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["type"] == "about:blank"
    return body


# --- Tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer tsr_wrong", "Bearer wrong", "Basic Zm9vOmJhcg=="])
def test_without_a_valid_token_nothing_opens(db: None, header: str) -> None:
    client = Client(headers={"authorization": header} if header else {})
    for address in (*(f"{API}/shop/{route}" for route in ROUTES), "/feeds/any"):
        answer = client.get(address)
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tessera"'


def test_a_revoked_token_opens_nothing(world: World) -> None:
    reader = world.reader()
    assert reader.get(f"{API}/shop/documents/").status_code == 200
    tokens.revoke(ACTOR, ChannelToken.objects.get(channel=world.shop))
    problem(reader.get(f"{API}/shop/documents/"), 401)


def test_a_token_in_an_address_is_an_unknown_parameter(world: World) -> None:
    problem(Reader().get(f"{API}/shop/documents/?token={world.shop_token}"), 401)
    body = problem(world.reader().get(f"{API}/shop/documents/?token={world.shop_token}"), 400)
    assert body["errors"][0]["field"] == "token"
    assert world.shop_token not in str(body)


def test_the_word_bearer_may_be_written_in_any_case(world: World) -> None:
    answer = Client(headers={"authorization": f"bearer {world.shop_token}"}).get(f"{API}/shop/documents/")
    assert answer.status_code == 200


# --- Other channels --------------------------------------------------------------------------------------------------


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """All an answer says, but how often its reader has asked."""
    return answer.status_code, answer.content, {name: value for name, value in answer.items() if name != "RateLimit"}


@pytest.mark.parametrize(
    "headers", [{}, {"if_none_match": "*"}, {"if_match": '"x"'}, {"accept": "application/x-ndjson"}]
)
def test_another_channel_looks_like_none(world: World, headers: dict[str, str]) -> None:
    reader = world.reader(world.service)
    for route in ROUTES:
        own = world.reader().get(f"{API}/shop/{route}")
        if "if_none_match" in headers and "ETag" in own.headers:
            headers = {"if_none_match": own.headers["ETag"]}
        for _ in ("cold", "warm"):
            other, none = (told(reader.get(f"{API}/{code}/{route}", **headers)) for code in ("shop", "nowhere"))
            assert other == none
        assert other[0] == (406 if "accept" in headers and route != "documents/" else 404)


def test_another_channel_costs_as_much_as_none(world: World) -> None:
    reader = world.reader(world.service)
    for code in ("shop", "nowhere"):
        with counted(1):
            reader.get(f"{API}/{code}/documents/")


def test_a_cursor_of_another_channel_is_none(world: World) -> None:
    following = world.reader().json(f"{API}/shop/documents/?limit=1")["next"]
    cursor = following.partition("?")[2]
    body = problem(world.reader(world.service).get(f"{API}/service/documents/?{cursor}"), 400)
    assert body["errors"][0]["field"] == "cursor"


def test_two_readers_of_one_address_never_get_each_others_answer(world: World) -> None:
    shop, service = world.reader(), world.reader(world.service)
    for _ in range(3):
        for code in ("shop", "service"):
            for reader, own in ((shop, "shop"), (service, "service"), (Reader(), "")):
                answer = reader.get(f"{API}/{code}/documents/")
                assert answer.status_code == (401 if not own else 200 if own == code else 404)
                if answer.status_code == 200:
                    assert orjson.loads(answer.content)["channel"] == code


def test_answers_are_for_their_reader_alone(world: World) -> None:
    for route in (*ROUTES, "documents/?limit=x"):
        for code in ("shop", "nowhere"):
            for reader in (world.reader(), Reader()):
                answer = reader.get(f"{API}/{code}/{route}")
                assert answer.headers["Cache-Control"] == "private, no-cache"
                assert "Authorization" in answer.headers["Vary"]
                assert not answer.cookies
    again = world.reader().get(f"{API}/shop/documents/BZ-LIRA/", if_none_match="*")
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")


# --- Parameters ------------------------------------------------------------------------------------------------------


def test_an_unknown_parameter_is_named_with_those_there_are(world: World) -> None:
    body = problem(world.reader().get(f"{API}/shop/documents/?langauge=de&channel__code=x"), 400)
    assert [error["field"] for error in body["errors"]] == ["langauge", "channel__code"]
    assert body["errors"][0]["detail"].endswith("There are: language, filter, fields, updated, limit, cursor, release.")
    assert "“langauge”, “channel__code”" in body["detail"]


@pytest.mark.parametrize(
    ("query", "field", "fix"),
    [
        ("limit=0", "limit", "Give a whole number from 1 to 500, not “0”."),
        ("limit=501", "limit", "Give a whole number from 1 to 500, not “501”."),
        ("limit=ten", "limit", "Give a whole number from 1 to 500, not “ten”."),
        ("limit=١", "limit", "Give a whole number from 1 to 500, not “١”."),
        ("limit=", "limit", "Give a whole number from 1 to 500, not “”."),
        ("limit=1&limit=2", "limit", "Give this parameter once."),
        ("release=0", "release", "Give a whole number from 1 to 999999999, not “0”."),
        ("language=en", "language", "Choose one of it, de, not “en”."),
        ("language=", "language", "Choose one of it, de, not “”."),
        ("cursor=abc", "cursor", "This is no cursor of this listing. Take “next” as it is, or begin anew."),
        (
            "format=json",
            "format",
            "There is no such parameter here. There are: language, filter, fields, updated, limit, cursor, release.",
        ),
    ],
)
def test_a_wrong_parameter_is_named_with_the_fix(world: World, query: str, field: str, fix: str) -> None:
    body = problem(world.reader().get(f"{API}/shop/documents/?{query}"), 400)
    assert body["errors"] == [{"field": field, "detail": fix}]


def test_a_cursor_goes_with_its_own_language_and_release_only(world: World) -> None:
    reader = world.reader()
    following = reader.json(f"{API}/shop/documents/?limit=1")["next"]
    assert reader.json(f"{following}&language=it&release=1")["release"] == 1
    for more, field in (("language=de", "language"), ("release=2", "release")):
        assert problem(reader.get(f"{following}&{more}"), 400)["errors"][0]["field"] == field


def test_a_changed_cursor_is_refused(world: World) -> None:
    cursor = Cursor(1, "it", "").write(world.shop)
    signed, _, signature = cursor.rpartition(":")
    for forged in (f"{signed}:{signature[:-1]}", f"{signed}x:{signature}", signed, f".{cursor}"):
        problem(world.reader().get(f"{API}/shop/documents/?cursor={forged}"), 400)


def test_lines_take_no_page(world: World) -> None:
    answer = world.reader().get(f"{API}/shop/documents/?limit=5", accept="application/x-ndjson")
    assert problem(answer, 400)["errors"][0]["field"] == "limit"


@pytest.mark.parametrize(
    ("route", "names"),
    [
        ("documents/", ("language", "limit", "cursor", "release", "filter")),
        ("documents/BZ-LIRA/", ("language", "release", "fields")),
        ("releases/", ("limit", "before", "order")),
    ],
)
def test_hostile_values_are_refused_wherever_they_stand(world: World, route: str, names: tuple[str, ...]) -> None:
    client = world.reader().client
    for hostile in HOSTILE:
        for query in (*({name: hostile} for name in names), {hostile: "x"}, {f"sku{hostile}": hostile}):
            problem(client.get(f"{API}/shop/{route}", query), 400)


def test_hostile_paths_lead_nowhere(world: World) -> None:
    client = world.reader().client
    for hostile in HOSTILE:
        quoted = "".join(f"%{byte:02X}" for byte in hostile.encode())
        for path in (f"{API}/{quoted}/documents/", f"{API}/shop/documents/{quoted}/", f"/feeds/{quoted}"):
            problem(client.get(path), 404)


def test_a_very_long_name_is_not_repeated(world: World) -> None:
    answer = world.reader().get(f"{API}/shop/documents/?{'x' * 3000}=1")
    assert len(problem(answer, 400)["errors"][0]["field"]) < 60


# --- Problems --------------------------------------------------------------------------------------------------------


def test_addresses_of_the_api_where_there_is_nothing_say_so(world: World) -> None:
    for path in ("/api/v1/", "/api/v1/nothing/", "/api/v1/channels/", "/api/v1/channels/shop/"):
        problem(Client().get(path), 404)
        problem(Client(enforce_csrf_checks=True).post(path), 404)


def test_a_forgotten_slash_is_added(world: World) -> None:
    answer = world.reader().get(f"{API}/shop/documents")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{API}/shop/documents/")


def test_writing_is_no_method_here(world: World) -> None:
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(world.reader().client, method)(f"{API}/shop/documents/")
        problem(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_media_type_there_is_not_is_refused(world: World) -> None:
    problem(world.reader().get(f"{API}/shop/documents/", accept="text/html"), 406)
    problem(world.reader().get(f"{API}/shop/releases/", accept="application/x-ndjson"), 406)


def test_a_reader_who_asks_too_often_is_told_when_to_come_back() -> None:
    answer = problem_handler(Throttled(wait=7), {})
    assert answer is not None
    problem(answer, 429)
    assert answer.headers["Retry-After"] == "7"


def test_what_is_still_used_is_a_conflict_that_names_it(world: World) -> None:
    with pytest.raises(ProtectedError) as caught:
        world.home.get_root().delete()
    answer = problem_handler(caught.value, {})
    assert answer is not None
    assert "“home”" in problem(answer, 409)["detail"]


def test_our_own_faults_are_not_dressed_up() -> None:
    assert problem_handler(RuntimeError("a bug"), {}) is None


def test_no_answer_holds_a_key_or_its_hash(world: World) -> None:
    secrets = [world.shop_token, *ChannelToken.objects.values_list("hash", flat=True)]
    outputs.define(ACTOR, "feed", world.shop, "it", "json", {})
    editions.build(ACTOR, Output.objects.get())
    reader = world.reader()
    for address in (f"{API}/shop/documents/", f"{API}/shop/releases/", "/feeds/feed", "/", "/healthz", "/p/shop/it/"):
        answer = reader.get(address)
        body = content(answer)
        assert not any(secret.encode() in body for secret in secrets)
    assert Channel.objects.count() == 2


def test_the_api_reads_one_header_and_no_session(world: World) -> None:
    answer = world.reader().get(f"{API}/shop/documents/")
    assert "Cookie" not in answer.headers["Vary"]
