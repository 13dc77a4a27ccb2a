"""Whole sets: kept in files, renewed where they differ, and the same bytes as from the database whatever happens."""

from __future__ import annotations

import gzip
import os
import threading
import time
import zlib
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard
from django.conf import settings
from django.utils import timezone

from catalog.models import Job
from exports.models import DocumentVersion, Release, WantedSet
from exports.querysets import versions_at
from exports.sets import keeping, lines, reading
from exports.sets.checksums import Checksum
from exports.sets.codings import CODINGS, PLAIN, Coding, Gzip, Zstd, coded, negotiated
from exports.sets.reading import keep_set, whole
from exports.sets.wanting import WANTED
from tests.exports.world import Reader, World, content, counted, world
from tests.factories import switch
from tests.jobs import run_due

__all__ = ["world"]
DOCUMENTS = "/api/v1/channels/shop/documents/"


# --- Codings ---------------------------------------------------------------------------------------------------------


def test_a_checksum_of_parts_is_that_of_the_whole() -> None:
    chance, whole_bytes, total = Random(1), b"", Checksum()
    for size in (0, 1, 2, 31, 70_000, 0, 3):
        part = chance.randbytes(size)
        whole_bytes, total = whole_bytes + part, total + Checksum.of(part)
        assert total == (zlib.crc32(whole_bytes), len(whole_bytes))


def test_parts_make_one_gzip_member_which_every_reader_reads_to_its_end() -> None:
    parts = [b"", b"one\n" * 1_000, b"", b"two\n", Random(2).randbytes(5_000)]
    packed = b"".join(coded(parts, Gzip()))
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert reader.decompress(packed) == b"".join(parts)
    assert (reader.eof, reader.unused_data) == (True, b"")
    assert gzip.decompress(b"".join(coded([], Gzip()))) == b""


def test_parts_make_frames_of_zstandard() -> None:
    packed = b"".join(coded([b"one\n", b"two\n"], Zstd()))
    assert zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read() == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        (None, ""),
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP;Q=1", "gzip"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("zstd;q=0, gzip;q=0.001", "gzip"),
        ("gzip;q=0", ""),
        ("identity, gzip;q=0.5", ""),
        ("*", ""),
        ("gzip;q=7", ""),
        (",;,;q=", ""),
        ("x" * 5_000, ""),
    ],
)
def test_the_coding_the_reader_likes_best(accepted: str | None, name: str) -> None:
    assert negotiated(accepted).name == name


# --- Kept sets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A channel of sixteen documents, two at a time."""
    monkeypatch.setattr(lines, "DOCUMENTS", 2)
    monkeypatch.setattr(reading, "DOCUMENTS", 2)
    monkeypatch.setattr(lines, "_AT_FIRST", 2)
    world.add(*(f"X-{number:02}" for number in range(12)))
    world.release()
    return world


def kept(release: Release, coding: Coding = PLAIN) -> bytes:
    keep_set(release, "it", [coding])
    return b"".join(whole(release, "it", coding).content)


def fresh(release: Release) -> bytes:
    """The same from the database alone."""
    return b"".join(piece.lines for piece in lines.pieces(release, "it"))


def files() -> set[str]:
    return {path.name for path in Path(settings.SETS_ROOT).iterdir()}


def current(world: World) -> Release:
    return Release.objects.filter(channel=world.shop)[0]


def test_a_first_reader_is_served_from_the_database_and_others_without_a_document_being_read(small: World) -> None:
    release = current(small)
    first = whole(release, "it", PLAIN)
    plain = b"".join(first.content)
    assert (plain, plain.count(b"\n"), first.length) == (fresh(release), 16, None)
    assert not Path(settings.SETS_ROOT).exists() or not files()
    keep_set(release, "it", CODINGS)
    for coding in CODINGS:
        with counted(0):
            again = whole(release, "it", coding)
            body = b"".join(again.content)
        assert (body, again.length) == (b"".join(coded([body], PLAIN)), len(body))
    assert b"".join(whole(release, "it", PLAIN).content) == plain


def test_lines_are_those_of_the_documents_in_their_order(small: World) -> None:
    rows = list(versions_at(current(small), "it").values_list("sku", "body_id", "body__content"))
    assert [sku for sku, _, _ in rows] == sorted(sku for sku, _, _ in rows)
    assert fresh(current(small)) == lines.joined((sku, digest, bytes(body)) for sku, digest, body in rows)


@pytest.mark.django_db(transaction=True)
def test_the_next_piece_is_read_by_a_thread_which_leaves_no_connection_behind(small: World) -> None:
    release = current(small)
    begun = whole(release, "it", PLAIN).content
    next(begun)
    begun.close()  # type: ignore[attr-defined]
    assert b"".join(whole(release, "it", PLAIN).content) == fresh(release)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_every_coding_gives_the_same_whichever_files_are_left(small: World) -> None:
    release = current(small)
    plain = kept(release)
    packed = {coding.name: kept(release, coding) for coding in CODINGS}
    assert gzip.decompress(packed["gzip"]) == plain
    assert zstandard.ZstdDecompressor().stream_reader(packed["zstd"], read_across_frames=True).read() == plain
    for coding in CODINGS:
        again = whole(release, "it", coding)
        assert (again.length, b"".join(again.content)) == (len(packed[coding.name]), packed[coding.name])
    for name in files():
        if not name.endswith(".json"):
            (Path(settings.SETS_ROOT) / name).unlink()
    for coding in reversed(CODINGS):
        assert kept(release, coding) == packed[coding.name]


def test_what_differs_is_renewed_and_nothing_else(small: World) -> None:
    releases = [current(small)]
    kept(releases[0])
    before = files()
    small.rename("X-06", "Altro")
    releases.append(small.release())
    assert kept(releases[-1]) == fresh(releases[-1])
    assert len({name for name in files() - before if not name.endswith(".json")}) == 1
    small.add("A-FIRST", "X-065", "Z-LAST")
    switch("BZ-TAMPER", "disabled")
    releases.append(small.release())
    for sku in ("A-FIRST", "X-00", "X-01"):
        switch(sku, "disabled")
    releases.append(small.release())
    for each in (releases[2], releases[0], releases[3], releases[1]):
        assert kept(each) == fresh(each)


def test_where_most_differs_all_is_read_anew(small: World) -> None:
    kept(current(small))
    for number in range(0, 12, 2):
        small.rename(f"X-{number:02}", f"Altro {number}")
    release = small.release()
    assert reading.renewed(release, "it") is None
    assert kept(release) == fresh(release)


def test_a_release_of_another_history_is_not_gone_on_from(small: World) -> None:
    """After a backup was restored, a number may come again with other documents."""
    small.rename("X-03", "Prima")
    lost = small.release()
    kept(lost)
    DocumentVersion.objects.filter(channel=small.shop, valid_from=lost.number).delete()
    DocumentVersion.objects.filter(channel=small.shop, valid_until=lost.number).update(valid_until=None)
    lost.delete()
    small.rename("X-08", "Seconda")
    other = small.release()
    assert other.number == lost.number
    assert kept(other) == fresh(other)


def test_a_set_of_a_release_that_was_pruned_since_is_not_gone_on_from(small: World) -> None:
    first = current(small)
    kept(first)
    switch("X-03", "disabled")
    release = small.release()
    DocumentVersion.objects.filter(channel=small.shop, valid_until__lte=release.number).delete()
    Release.objects.filter(pk=first.pk).update(pruned_at=timezone.now())
    assert reading.renewed(release, "it") is None
    assert kept(release) == fresh(release)


def test_languages_and_channels_have_sets_of_their_own(world: World) -> None:
    release = current(world)
    german = b"".join(whole(release, "de", PLAIN).content)
    service = Release.objects.get(channel=world.service)
    assert len({kept(release), german, b"".join(whole(service, "en", PLAIN).content)}) == 3
    assert b"Lira, die Kleine" in german
    assert b"Lira, die Kleine" not in kept(release)


def test_without_room_on_the_disk_sets_are_read_from_the_database(world: World, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    settings.SETS_ROOT = blocked / "sets"
    release = current(world)
    assert kept(release) == kept(release) == fresh(release)


def test_what_nobody_reads_goes_away_but_for_the_newest(world: World) -> None:
    kept(current(world))
    for name in ("A", "B"):
        world.rename("BZ-TAMPER", name)
        kept(world.release())
    long_ago = time.time() - 2 * 24 * 3_600
    for path in Path(settings.SETS_ROOT).iterdir():
        os.utime(path, (long_ago, long_ago))
    keeping.sweep()
    assert {name.split("-")[2] for name in files() if name.endswith(".json")} == {"2", "3"}
    assert len(files()) == 4
    for each in Release.objects.filter(channel=world.shop):
        assert kept(each) == fresh(each)


def test_an_empty_set_is_kept_too(world: World) -> None:
    for sku in list(DocumentVersion.objects.values_list("sku", flat=True).distinct()):
        switch(sku, "disabled")
    release = world.release()
    assert (kept(release), kept(release)) == (b"", b"")
    assert gzip.decompress(kept(release, Gzip())) == b""


# --- Over HTTP -------------------------------------------------------------------------------------------------------


def test_answers_come_in_the_coding_asked_for_each_with_its_own_tag(world: World) -> None:
    reader = world.reader()
    for address, accept in (
        (DOCUMENTS, "application/x-ndjson"),
        (DOCUMENTS, "application/json"),
        (f"{DOCUMENTS}BZ-LIRA/", "application/json"),
    ):
        plain = reader.get(address, accept=accept)
        packed = reader.get(address, accept=accept, accept_encoding="gzip")
        assert gzip.decompress(content(packed)) == content(plain)
        assert (packed.headers["Content-Encoding"], plain.has_header("Content-Encoding")) == ("gzip", False)
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        same = reader.get(address, accept=accept, accept_encoding="gzip", if_none_match=packed.headers["ETag"])
        other = reader.get(address, accept=accept, if_none_match=packed.headers["ETag"])
        assert (same.status_code, same.has_header("Content-Encoding"), other.status_code) == (304, False, 200)
        content(other)


def test_changes_come_in_a_coding_too(world: World) -> None:
    address = "/api/v1/channels/shop/changes/"
    packed = world.reader().get(address, accept_encoding="gzip")
    assert gzip.decompress(packed.content) == world.reader().get(address).content


def test_a_set_that_is_asked_for_is_kept_by_a_job_and_says_its_length_then(world: World) -> None:
    reader = world.reader()
    first, second = (reader.get(DOCUMENTS, accept="application/x-ndjson") for _ in range(2))
    assert not first.has_header("Content-Length")
    body = content(first)
    assert list(waiting()) == [("keep_sets", "shop")], "however many ask"
    run_due()
    third = reader.get(DOCUMENTS, accept="application/x-ndjson")
    assert third.headers["Content-Length"] == str(len(body))
    assert content(second) == content(third) == body


def test_what_is_asked_for_is_kept_after_each_release_in_its_language_and_coding(world: World) -> None:
    world.rename("BZ-TAMPER", "Nobody reads")
    world.release()
    assert not waiting()
    content(world.reader().get(f"{DOCUMENTS}?language=de", accept="application/x-ndjson", accept_encoding="gzip"))
    run_due()
    world.rename("BZ-TAMPER", "Somebody reads")
    release = world.release()
    assert list(waiting()) == [("keep_sets", "shop")]
    Job.objects.update(run_after=timezone.now())
    run_due()
    with counted(0):
        assert whole(release, "de", Gzip()).length
    assert keeping.members_of(release, "it") is None
    WantedSet.objects.update(asked_at=timezone.now() - WANTED)
    world.rename("BZ-TAMPER", "Nobody reads any more")
    world.release()
    assert not waiting()


def test_what_is_asked_of_an_earlier_release_is_not_kept(world: World) -> None:
    world.rename("BZ-TAMPER", "Altro")
    world.release()
    content(world.reader().get(f"{DOCUMENTS}?release=1", accept="application/x-ndjson"))
    assert (waiting(), WantedSet.objects.count()) == ([], 0)


def waiting() -> list[tuple[str, str]]:
    return list(Job.objects.filter(state=Job.State.WAITING, kind="keep_sets").values_list("kind", "key"))


# --- Two readers -----------------------------------------------------------------------------------------------------


def test_two_tokens_on_the_same_addresses_never_get_the_others_data(world: World) -> None:
    """A thousand requests in turn, cold and warm, with the tags of both, in every coding."""
    world.release(world.service)
    readers = {"shop": world.reader(), "service": world.reader(world.service)}
    chance, tags, seen = Random(7), {"shop": [""], "service": [""]}, dict[tuple[str, ...], bytes]()
    for step in range(1_000):
        name = ("shop", "service")[step % 2]
        path = chance.choice(
            [f"channels/{owner}/{rest}" for owner in readers for rest in ("documents/", "documents/BZ-TAMPER/")]
        )
        accept = chance.choice(["application/json", "application/x-ndjson"]) if path.endswith("ts/") else "*/*"
        coding = chance.choice(["identity", "gzip"])
        tag = chance.choice(tags[chance.choice(list(tags))])
        answer = _ask(readers[name], f"/api/v1/{path}", accept, coding, tag)
        if name not in path.split("/")[1]:
            assert (answer.status_code, b"Pressino" in content(answer)) == (404, False)
            continue
        body = content(answer)
        assert answer.status_code in (200, 304)
        if answer.status_code == 304:
            assert tag in tags[name]
            assert tag not in tags["service" if name == "shop" else "shop"] or "BZ-TAMPER" in path
            continue
        tags[name].append(answer.headers["ETag"])
        plain = gzip.decompress(body) if coding == "gzip" else body
        assert seen.setdefault((name, path, accept), plain) == plain
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers["Vary"]
    assert len(seen) == 6
    assert all(b'"channel":"service"' not in body for (name, *_), body in seen.items() if name == "shop")


def _ask(reader: Reader, path: str, accept: str, coding: str, tag: str) -> Any:
    headers = {"accept": accept, "accept_encoding": coding}
    return reader.get(path, **headers, **({"if_none_match": tag} if tag else {}))
