"""How often and for what a key may be used."""

from __future__ import annotations

import datetime
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalog.api import limits
from catalog.models import Channel
from catalog.operations.tokens import rotate_token
from exports import editions, outputs, tokens
from exports.models import ChannelToken, Output
from exports.releasing.committing import release
from tests import factories
from tests.exports.world import Reader, content, counted
from tests.factories import ACTOR

DOCUMENTS = "/api/v1/channels/shop/documents/"
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def shop(db: None) -> Channel:
    """A private channel of one product, released."""
    channel = factories.make_channel("shop", {"it": ""})
    factories.make_product("BZ-LIRA", factories.make_family("machines"))
    release(ACTOR, channel)
    return channel


def issued(shop: Channel, name: str = "other", **more: Any) -> tuple[ChannelToken, Reader]:
    token, secret = tokens.issue(ACTOR, shop, name, **more)
    return token, Reader(secret)


def status(reader: Reader, address: str = DOCUMENTS) -> int:
    answer = reader.get(address)
    content(answer)
    return int(answer.status_code)


# --- What for --------------------------------------------------------------------------------------------------------


def test_a_key_reads_what_it_is_for(shop: Channel) -> None:
    outputs.define(ACTOR, "feed", shop, "it", "json", {})
    editions.build(ACTOR, Output.objects.get())
    below = "/api/v1/channels/shop"
    for scope, expected in (("all", (200, 200)), ("documents", (200, 403)), ("feeds", (403, 200))):
        _, reader = issued(shop, scope, scope=scope)
        for address in (DOCUMENTS, f"{DOCUMENTS}BZ-LIRA/", f"{below}/changes/", f"{below}/releases/"):
            assert status(reader, address) == expected[0], (scope, address)
        assert status(reader, "/feeds/feed") == expected[1], scope
    refused = issued(shop, "more", scope="feeds")[1].get("/api/v1/channels/service/documents/")
    assert refused.status_code == 403
    assert "does not read documents" in orjson.loads(refused.content)["detail"]


def test_a_key_for_feeds_opens_no_pages_of_a_private_channel(shop: Channel) -> None:
    for scope, expected in (("documents", 200), ("feeds", 404)):
        assert status(issued(shop, scope, scope=scope)[1], "/p/shop/it/") == expected


# --- For how long ----------------------------------------------------------------------------------------------------


def test_a_key_that_has_expired_opens_nothing(shop: Channel) -> None:
    token, reader = issued(shop, days=1)
    assert status(reader) == 200
    ChannelToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert status(reader) == 401
    with pytest.raises(ValidationError):
        rotate_token(ACTOR, token, WEEK)


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_days_are_bounded(shop: Channel, days: int) -> None:
    with pytest.raises(ValidationError):
        issued(shop, days=days)


def test_rotating_lets_the_old_key_live_for_the_overlap(shop: Channel) -> None:
    old, reader = issued(shop, "website", scope="documents", days=30, rate=9)
    new, secret = rotate_token(ACTOR, old, WEEK)
    third, _ = rotate_token(ACTOR, new, datetime.timedelta(0))
    old.refresh_from_db()
    assert (new.name, third.name) == ("website 2", "website 3")
    assert (new.channel, new.scope, new.rate, new.last_used_at) == (shop, "documents", 9, None)
    assert old.expires_at is not None
    assert new.expires_at is not None
    assert abs(old.expires_at - timezone.now() - WEEK) < datetime.timedelta(minutes=1)
    assert abs(new.expires_at - timezone.now() - datetime.timedelta(days=30)) < datetime.timedelta(minutes=1)
    assert (status(reader), status(Reader(secret))) == (200, 401)
    tokens.revoke(ACTOR, old)
    assert status(reader) == 401
    with pytest.raises(ValidationError):
        rotate_token(ACTOR, old, WEEK)


def test_rotating_never_makes_a_key_live_longer(shop: Channel) -> None:
    old, _ = issued(shop, days=2)
    ends = old.expires_at
    rotate_token(ACTOR, old, WEEK)
    old.refresh_from_db()
    assert old.expires_at == ends


# --- Last used -------------------------------------------------------------------------------------------------------


def test_when_a_key_was_last_used_is_written_once_a_minute(shop: Channel) -> None:
    token, reader = issued(shop)
    address = f"{DOCUMENTS}BZ-LIRA/?language=it"
    assert status(reader, address) == 200
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    with counted(3) as queries:
        assert status(reader, address) == 200
    assert not any(query["sql"].startswith("UPDATE") for query in queries.captured_queries)
    ChannelToken.objects.filter(pk=token.pk).update(last_used_at=first - datetime.timedelta(minutes=2))
    assert status(reader, address) == 200
    token.refresh_from_db()
    assert token.last_used_at == first - datetime.timedelta(minutes=2), "another process has just tried"
    cache.clear()
    assert status(reader, address) == 200
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_at > first


# --- How often -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the counters, ten seconds into a minute."""
    now = [1_800_000_010.0]
    monkeypatch.setattr("catalog.api.limits.time.time", lambda: now[0])
    return now


def test_who_asks_too_often_is_told_when_to_come_back(shop: Channel, clock: list[float]) -> None:
    _, reader = issued(shop, rate=2)
    _, other = issued(shop, "another", rate=2)
    answers = [reader.get(DOCUMENTS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [
        '"minute";r=1;t=50',
        '"minute";r=0;t=50',
        '"minute";r=0;t=50',
    ]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"minute";q=2;w=60'}
    assert answers[2].headers["Retry-After"] == "50"
    assert answers[2].headers["Content-Type"] == "application/problem+json"
    assert status(other) == 200
    clock[0] += 50
    assert status(reader) == 200


def test_a_copy_that_is_current_counts_too(shop: Channel, clock: list[float]) -> None:
    _, reader = issued(shop, rate=2)
    etag = reader.get(DOCUMENTS).headers["ETag"]
    again = reader.get(DOCUMENTS, if_none_match=etag)
    assert (again.status_code, again.headers["RateLimit"]) == (304, '"minute";r=0;t=50')


def test_the_site_says_what_a_key_does_not(shop: Channel, settings: Any, clock: list[float]) -> None:
    settings.API_RATE = 1
    _, reader = issued(shop)
    _, free = issued(shop, "free", rate=0)
    assert [status(reader), status(reader)] == [200, 429]
    answers = [free.get(DOCUMENTS) for _ in range(3)]
    assert {(answer.status_code, answer.has_header("RateLimit")) for answer in answers} == {(200, False)}
    settings.API_RATE = 0
    assert status(reader) == 200


def test_a_cache_that_is_away_stops_no_channel(shop: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "add", away)
    answer = issued(shop)[1].get(DOCUMENTS)
    assert (answer.status_code, answer.has_header("RateLimit")) == (200, False)


def test_a_counter_that_was_dropped_begins_anew(shop: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    token, _ = issued(shop, rate=5)
    monkeypatch.setattr(cache, "add", lambda *args: True)
    rate = limits.counted(token)
    assert rate is not None
    assert rate.left == 4
