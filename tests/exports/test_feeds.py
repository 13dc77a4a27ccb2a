"""The latest edition of an output, as a file."""

from __future__ import annotations

import orjson
import pytest

from exports import editions, outputs
from exports.editions import Built
from exports.formats.registry import FORMATS
from tests.exports.world import Reader, World, content, counted, world
from tests.factories import ACTOR

__all__ = ["world"]
FEED = "/feeds/shop-json"


@pytest.fixture
def built(world: World) -> Built:
    output, _ = outputs.define(ACTOR, "shop-json", world.shop, "de", "json", {})
    return editions.build(ACTOR, output)


def test_a_feed_is_the_latest_edition_with_its_name_and_type(world: World, built: Built) -> None:
    answer = world.reader().get(FEED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMATS["json"].media_type
    assert answer.headers["Content-Disposition"] == 'inline; filename="shop-json-1.json"'
    assert answer.headers["Content-Length"] == str(built.edition.size)
    assert answer.headers["ETag"] == f'"{built.edition.digest}"'
    assert answer.headers["Tessera-Release"] == "1"
    assert answer.headers["Content-Language"] == "de"
    assert "Last-Modified" in answer.headers
    assert content(answer) == built.path.read_bytes()


def test_a_feed_runs_nothing_in_a_browser(world: World, built: Built) -> None:
    answer = world.reader().get(FEED)
    content(answer)
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_feed_is_not_sent_twice(world: World, built: Built) -> None:
    reader = world.reader()
    first = reader.get(FEED)
    content(first)
    for headers in (
        {"if_none_match": first.headers["ETag"]},
        {"if_modified_since": first.headers["Last-Modified"]},
    ):
        again = reader.get(FEED, **headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_a_new_edition_is_sent_and_the_old_one_no_more(world: World, built: Built) -> None:
    reader = world.reader()
    etag = f'"{built.edition.digest}"'
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.release()
    assert reader.get(FEED, if_none_match=etag).status_code == 304
    editions.build(ACTOR, built.edition.output)
    answer = reader.get(FEED, if_none_match=etag)
    assert answer.status_code == 200
    assert orjson.loads(content(answer))["release"] == 2


def test_a_head_tells_the_size_and_sends_nothing(world: World, built: Built) -> None:
    answer = world.reader().client.head(FEED)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(built.edition.size)
    assert answer.headers["ETag"] == f'"{built.edition.digest}"'
    assert content(answer) == b""


def test_a_feed_costs_three_queries_and_so_does_one_not_sent_again(world: World, built: Built) -> None:
    reader = world.reader()
    with counted(3):
        content(reader.get(FEED))
    with counted(3):
        reader.get(FEED, if_none_match=f'"{built.edition.digest}"')


def test_a_feed_needs_the_token_of_its_channel(world: World, built: Built) -> None:
    assert Reader().get(FEED).status_code == 401
    assert Reader().get(f"{FEED}?token={world.shop_token}").status_code == 401
    other, none = (world.reader(world.service).get(path) for path in (FEED, "/feeds/nothing"))
    for answer in (other, none):
        del answer.headers["RateLimit"]  # which counts them
    assert (other.status_code, other.content, dict(other.items())) == (404, none.content, dict(none.items()))


def test_another_channels_feed_costs_as_much_as_none(world: World, built: Built) -> None:
    for path in (FEED, "/feeds/nothing"):
        with counted(2):
            world.reader(world.service).get(path)


def test_what_was_never_built_says_so(world: World) -> None:
    outputs.define(ACTOR, "shop-json", world.shop, "de", "json", {})
    answer = world.reader().get(FEED)
    assert answer.status_code == 404
    assert orjson.loads(answer.content)["detail"] == "Nothing has been made of this output yet."


def test_an_edition_whose_file_is_gone_says_so(world: World, built: Built) -> None:
    built.path.unlink()
    answer = world.reader().get(FEED)
    assert answer.status_code == 404
    assert "built again" in orjson.loads(answer.content)["detail"]


def test_whatever_media_type_is_asked_for_the_feed_has_its_own(world: World, built: Built) -> None:
    answer = world.reader().get(FEED, accept="application/xml")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    content(answer)


def test_a_feed_takes_no_parameters(world: World, built: Built) -> None:
    assert world.reader().get(f"{FEED}?release=1").status_code == 400


def test_the_code_may_be_written_in_any_case(world: World, built: Built) -> None:
    assert content(world.reader().get("/feeds/SHOP-Json")) == built.path.read_bytes()
