"""Documents and releases, as channels pull them."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import RequestFactory

from exports import querysets
from exports.api.views import DocumentsView
from exports.documents import digest_of
from exports.models import DocumentBody
from exports.sets.codings import PLAIN
from exports.sets.reading import whole
from tests import factories
from tests.exports.world import Reader, World, counted, world
from tests.factories import require, switch

__all__ = ["world"]
DOCUMENTS = "/api/v1/channels/shop/documents/"
RELEASES = "/api/v1/channels/shop/releases/"
LIRA = f"{DOCUMENTS}BZ-LIRA/"


def pages(reader: Reader, address: str) -> list[dict[str, Any]]:
    """All pages of a listing."""
    found: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        assert len(found) < 100, "the listing does not end"
        found.append(reader.json(following))
        following = found[-1]["next"]
    return found


def skus(found: list[dict[str, Any]]) -> list[str]:
    return [entry["document"]["sku"] for page in found for entry in page["documents"]]


# --- Listings --------------------------------------------------------------------------------------------------------


def test_a_listing_gives_the_current_release_in_sku_order(world: World) -> None:
    page = world.reader().json(DOCUMENTS)
    assert {name: page[name] for name in ("channel", "language", "release", "next")} == {
        "channel": "shop",
        "language": "it",
        "release": 1,
        "next": None,
    }
    assert skus([page]) == ["BZ-LIRA", "BZ-LIRA-B", "BZ-LIRA-R", "BZ-TAMPER"]
    assert set(page) == {"channel", "language", "release", "next", "changes", "documents"}


def test_the_channels_first_language_is_the_default_and_another_can_be_asked_for(world: World) -> None:
    italian, german = (world.reader().get(f"{DOCUMENTS}{query}") for query in ("", "?language=de"))
    assert (italian.headers["Content-Language"], german.headers["Content-Language"]) == ("it", "de")
    assert orjson.loads(italian.content)["documents"][0]["document"]["name"] == "Lira"
    assert orjson.loads(german.content)["documents"][0]["document"]["name"] == "Lira, die Kleine"


def test_stored_bytes_go_out_as_they_are(world: World) -> None:
    answer = world.reader().get(DOCUMENTS)
    bodies = {body.pk: bytes(body.content) for body in DocumentBody.objects.all()}
    for entry in orjson.loads(answer.content)["documents"]:
        assert bodies[entry["digest"]] in answer.content
        assert digest_of(bodies[entry["digest"]]) == entry["digest"]


def test_the_channels_code_may_be_written_in_any_case(world: World) -> None:
    assert world.reader().json("/api/v1/channels/SHOP/documents/")["channel"] == "shop"


def test_pages_of_any_size_make_the_same_set(world: World) -> None:
    for limit in (1, 2, 3, 4, 500):
        found = pages(world.reader(), f"{DOCUMENTS}?limit={limit}&language=de")
        assert skus(found) == ["BZ-LIRA", "BZ-LIRA-B", "BZ-LIRA-R", "BZ-TAMPER"]
        assert {page["language"] for page in found} == {"de"}
        assert len(found) == -(-4 // limit)


def test_a_listing_stays_on_its_release_while_others_happen(world: World) -> None:
    reader = world.reader()
    first = reader.json(f"{DOCUMENTS}?limit=2")
    world.add("BZ-AAA", "BZ-LIRA-C", "BZ-ZZZ")
    switch("BZ-TAMPER", "disabled")
    world.rename("BZ-LIRA-R", "Altra")
    assert world.release().number == 2
    rest = pages(reader, first["next"])
    assert skus([first, *rest]) == ["BZ-LIRA", "BZ-LIRA-B", "BZ-LIRA-R", "BZ-TAMPER"]
    assert {page["release"] for page in (first, *rest)} == {1}
    assert rest[0]["documents"][0]["document"]["name"] == "Lira red"
    assert skus(pages(reader, f"{DOCUMENTS}?limit=2")) == [
        "BZ-AAA", "BZ-LIRA", "BZ-LIRA-B", "BZ-LIRA-C", "BZ-LIRA-R", "BZ-ZZZ",
    ]  # fmt: skip


def test_an_earlier_release_can_be_read(world: World) -> None:
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.add("BZ-NEW")
    world.release()
    reader = world.reader()
    then, now = reader.json(f"{DOCUMENTS}?release=1"), reader.json(f"{DOCUMENTS}?release=2")
    assert "BZ-NEW" not in skus([then])
    assert "BZ-NEW" in skus([now])
    assert then["documents"][-1]["document"]["name"] == "Pressino"
    assert now["documents"][-1]["document"]["name"] == "Pressino nuovo"
    assert now == reader.json(DOCUMENTS)


def test_a_release_that_does_not_exist_is_named_with_the_latest(world: World) -> None:
    for address in (f"{DOCUMENTS}?release=9", f"{LIRA}?release=9", f"{LIRA}?release=9&language=de"):
        answer = world.reader().get(address)
        assert answer.status_code == 404
        assert orjson.loads(answer.content)["detail"] == "There is no release 9; the latest is 1."


def test_a_channel_without_a_release_has_nothing_yet(world: World) -> None:
    world.shop.releases.all().delete()
    for address in (DOCUMENTS, LIRA, f"{LIRA}?language=it"):
        assert world.reader().get(address).status_code == 404
    assert world.reader().json(RELEASES)["releases"] == []


def test_a_page_is_not_sent_twice(world: World) -> None:
    reader = world.reader()
    for address in (f"{DOCUMENTS}?limit=2", reader.json(f"{DOCUMENTS}?limit=2")["next"]):
        answer = reader.get(address)
        etag = answer.headers["ETag"]
        assert etag.startswith('"')
        again = reader.get(address, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
        assert reader.get(address).content == answer.content


def test_another_page_language_size_or_release_has_another_tag(world: World) -> None:
    reader = world.reader()
    queries = ("", "?limit=2", "?limit=3", "?language=de", "?release=1")
    tags = [reader.get(f"{DOCUMENTS}{query}").headers["ETag"] for query in queries]
    tags.append(reader.get(DOCUMENTS, accept="application/x-ndjson").headers["ETag"])
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.release()
    tags.append(reader.get(DOCUMENTS).headers["ETag"])
    assert len(set(tags)) == len(tags)


def test_a_listing_costs_the_same_for_2_rows_and_22(world: World) -> None:
    reader = world.reader()
    with counted(3):
        reader.get(f"{DOCUMENTS}?limit=2")
    world.add(*(f"X-{number:03}" for number in range(20)))
    world.release()
    with counted(3):
        assert len(reader.json(f"{DOCUMENTS}?limit=22")["documents"]) == 22


def test_a_page_not_sent_again_costs_two_queries(world: World) -> None:
    reader = world.reader()
    etag = reader.get(DOCUMENTS).headers["ETag"]
    with counted(2):
        assert reader.get(DOCUMENTS, if_none_match=etag).status_code == 304


# --- Lines -----------------------------------------------------------------------------------------------------------


def test_lines_are_the_union_of_the_pages(world: World) -> None:
    world.add(*(f"X-{number:03}" for number in range(20)))
    world.release()
    reader = world.reader()
    entries = [entry for page in pages(reader, f"{DOCUMENTS}?limit=7&language=de") for entry in page["documents"]]
    lines = reader.lines(f"{DOCUMENTS}?language=de")
    assert [{name: line[name] for name in ("digest", "document")} for line in lines] == entries
    assert [line["sku"] for line in lines] == [line["document"]["sku"] for line in lines]
    assert len(lines) == 24


def test_lines_are_read_a_batch_at_a_time_and_stay_on_their_release(world: World) -> None:
    world.add(*(f"X-{number:03}" for number in range(5)))
    current = world.release()
    batches = querysets.stored_batches(current, "it", size=4)
    assert len(next(batches)) == 4
    world.add("X-0000")
    world.release()
    rest = [len(batch) for batch in batches]
    assert rest == [4, 1]


def test_lines_of_an_earlier_release_can_be_read(world: World) -> None:
    world.add("BZ-NEW")
    world.release()
    assert len(world.reader().lines(f"{DOCUMENTS}?release=1")) == 4
    assert len(world.reader().lines(DOCUMENTS)) == 5


def test_lines_are_not_sent_twice_and_a_head_is_only_a_head(world: World) -> None:
    reader = world.reader()
    answer = reader.get(DOCUMENTS, accept="application/x-ndjson")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert "Accept" in answer.headers["Vary"]
    again = reader.get(DOCUMENTS, accept="application/x-ndjson", if_none_match=answer.headers["ETag"])
    assert again.status_code == 304
    token = {"authorization": f"Bearer {world.shop_token}", "accept": "application/x-ndjson"}
    with counted(2):
        head: Any = DocumentsView.as_view()(RequestFactory().head(DOCUMENTS, headers=token), channel="shop")
        assert (head.status_code, list(head.streaming_content)) == (200, [])


def test_a_line_is_one_line_whatever_the_words(world: World) -> None:
    world.rename("BZ-TAMPER", 'Zwei\nZeilen\u2028 und "Anführung"')
    lines = b"".join(whole(world.release(), "it", PLAIN).content).split(b"\n")
    assert len(lines) == 5
    assert orjson.loads(lines[3])["document"]["sku"] == "BZ-TAMPER"


# --- One document ----------------------------------------------------------------------------------------------------


def test_one_document_comes_in_its_envelope(world: World) -> None:
    answer = world.reader().get(f"{LIRA}?language=de")
    found = orjson.loads(answer.content)
    assert set(found) == {"channel", "language", "digest", "document"}
    assert (found["channel"], found["language"]) == ("shop", "de")
    assert found["document"]["statements"][0]["text"] == "Wiegt 4,2\u00a0kg."
    assert answer.headers["Tessera-Release"] == "1"
    assert found["digest"] in answer.headers["ETag"]


def test_a_sku_may_be_written_in_any_case(world: World) -> None:
    reader = world.reader()
    assert reader.json(f"{DOCUMENTS}bz-lira/") == reader.json(LIRA)
    assert reader.get(f"{DOCUMENTS}bz-lira/").headers["ETag"] == reader.get(LIRA).headers["ETag"]


def test_an_unchanged_document_is_not_sent_again_after_another_release(world: World) -> None:
    reader = world.reader()
    etag = reader.get(LIRA).headers["ETag"]
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.release()
    answer = reader.get(LIRA, if_none_match=etag)
    assert (answer.status_code, answer.headers["Tessera-Release"]) == (304, "2")
    world.rename("BZ-LIRA", "Lira due")
    world.release()
    assert reader.get(LIRA, if_none_match=etag).status_code == 200


def test_the_same_words_in_two_languages_are_two_representations(world: World) -> None:
    factories.make_product("PLAIN", factories.make_family("plain"))
    world.release()
    italian, german = (world.reader().get(f"{DOCUMENTS}PLAIN/?language={code}") for code in ("it", "de"))
    assert orjson.loads(italian.content)["digest"] == orjson.loads(german.content)["digest"]
    assert italian.headers["ETag"] != german.headers["ETag"]


def test_an_unchanged_document_costs_the_tokens_query_and_one_more(world: World) -> None:
    reader = world.reader()
    etag = reader.get(f"{LIRA}?language=it").headers["ETag"]
    with counted(2) as queries:
        assert reader.get(f"{LIRA}?language=it", if_none_match=etag).status_code == 304
    assert not any("exports_documentbody" in query["sql"] for query in queries.captured_queries)
    with counted(3):
        assert reader.get(f"{LIRA}?language=it").status_code == 200


def test_a_document_of_an_earlier_release_can_be_read(world: World) -> None:
    world.rename("BZ-LIRA", "Lira due")
    world.release()
    reader = world.reader()
    assert reader.json(f"{LIRA}?release=1")["document"]["name"] == "Lira"
    assert reader.json(LIRA)["document"]["name"] == "Lira due"
    assert reader.get(f"{LIRA}?release=1").headers["Tessera-Release"] == "1"


def test_a_product_that_left_is_gone_now_and_still_there_then(world: World) -> None:
    switch("BZ-TAMPER", "disabled")
    world.release()
    reader = world.reader()
    assert reader.get(f"{DOCUMENTS}BZ-TAMPER/").status_code == 404
    assert reader.get(f"{DOCUMENTS}BZ-TAMPER/?release=1").status_code == 200


# --- Releases --------------------------------------------------------------------------------------------------------


def test_releases_are_listed_with_counts_and_problems(world: World) -> None:
    require(world.machines, world.shop, "weight")
    world.add("BZ-NEW")
    world.release()
    found = world.reader().json(RELEASES)
    latest, first = found["releases"]
    assert (latest["number"], latest["added"], latest["changed"], latest["removed"]) == (2, 2, 0, 0)
    assert (first["number"], first["documents"], first["problems"]) == (1, 8, {})
    assert latest["problems"] == {"incomplete": 2}
    counts = {"documents", "added", "changed", "removed", "problems"}
    assert set(latest) == {"number", "released_at", "restores", "pruned", *counts}


def test_releases_are_paged_by_number(world: World) -> None:
    for name in ("A", "B", "C", "D"):
        world.rename("BZ-TAMPER", name)
        world.release()
    reader, numbers, address = world.reader(), [], f"{RELEASES}?limit=2"
    while address:
        page = reader.json(address)
        numbers.append([row["number"] for row in page["releases"]])
        address = page["next"]
    assert numbers == [[5, 4], [3, 2], [1]]
    assert [row["number"] for row in reader.json(f"{RELEASES}?before=3")["releases"]] == [2, 1]


def test_the_list_of_releases_is_not_sent_twice_and_costs_two_queries(world: World) -> None:
    reader = world.reader()
    etag = reader.get(RELEASES).headers["ETag"]
    with counted(2):
        assert reader.get(RELEASES, if_none_match=etag).status_code == 304
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.release()
    with counted(2):
        assert reader.get(RELEASES, if_none_match=etag).status_code == 200


def test_addresses_lead_on_at_the_host_they_were_asked_at(world: World) -> None:
    address = f"{DOCUMENTS}?limit=1"
    assert world.reader().json(address)["next"].startswith(f"http://testserver{DOCUMENTS}?cursor=")
