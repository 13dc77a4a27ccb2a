"""Pictures and files, by the digest of their content."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from catalog.models import Asset
from catalog.operations.assets import write_track
from tests import factories
from tests.catalog import media_samples
from tests.exports.world import content, counted

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"


def fetch(asset: Asset, name: str, **headers: str) -> Any:
    return Client().get(f"/assets/{asset.digest}/{name}", headers=headers)


@pytest.fixture
def picture() -> Asset:
    return factories.make_asset("lira-front", factories.png(2000, 1000))


@pytest.mark.parametrize(
    ("name", "size"), [("large.jpg", (1600, 800)), ("medium.jpg", (800, 400)), ("small.jpg", (400, 200))]
)
def test_a_picture_comes_in_three_sizes(picture: Asset, name: str, size: tuple[int, int]) -> None:
    answer = fetch(picture, name)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Content-Disposition"] == "inline"
    with Image.open(io.BytesIO(content(answer))) as image:
        assert (image.format, image.size) == ("JPEG", size)


def test_an_original_picture_comes_as_it_was_given(picture: Asset) -> None:
    answer = fetch(picture, "original")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'inline; filename="lira-front.png"'
    assert content(answer) == factories.png(2000, 1000)


def test_a_document_is_saved_and_not_shown() -> None:
    manual = factories.make_asset("lira-manual", PDF)
    answer = fetch(manual, "original")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lira-manual.pdf"'
    assert content(answer) == PDF


def test_an_extension_is_not_doubled() -> None:
    manual = factories.make_asset("manual.PDF", PDF)
    answer = fetch(manual, "original")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="manual.PDF"'
    content(answer)


def test_a_media_type_that_browsers_might_run_is_only_saved(picture: Asset) -> None:
    Asset.objects.update(media_type="image/svg+xml")
    answer = fetch(picture, "original")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content(answer)


def test_nothing_in_a_file_runs_and_everybody_keeps_it(picture: Asset) -> None:
    for name in ("small.jpg", "original"):
        answer = fetch(picture, name)
        content(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = fetch(picture, name, if_none_match=answer.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_a_picture_costs_one_query(picture: Asset) -> None:
    with counted(1):
        content(fetch(picture, "small.jpg"))


def test_the_same_bytes_under_two_codes_are_one_file(picture: Asset) -> None:
    factories.make_asset("second", factories.png(2000, 1000))
    assert content(fetch(picture, "original")) == factories.png(2000, 1000)


@pytest.mark.parametrize(
    "name", ["huge.jpg", "small", "small.png", "original.png", "1600.jpg", "..%2Fx", "large.jpg%00"]
)
def test_there_are_no_other_names(picture: Asset, name: str) -> None:
    assert fetch(picture, name).status_code == 404


@pytest.mark.parametrize("digest", ["0" * 64, "0" * 63, "x" * 64, "%00", "..", "A" * 64, "0" * 64 + "%0A"])
def test_what_there_is_not_is_not_found(picture: Asset, digest: str) -> None:
    for name in ("original", "small.jpg"):
        assert Client().get(f"/assets/{digest}/{name}").status_code == 404


def test_what_is_no_picture_has_no_sizes(picture: Asset) -> None:
    assert fetch(factories.make_asset("manual", PDF), "small.jpg").status_code == 404
    Asset.objects.filter(pk=picture.pk).update(kind=Asset.Kind.VIDEO)
    assert fetch(picture, "small.jpg").status_code == 404


def test_a_file_that_is_gone_or_damaged_is_not_found(picture: Asset) -> None:
    Path(picture.file.path).write_bytes(b"no picture")
    assert fetch(picture, "small.jpg").status_code == 404
    Path(picture.file.path).unlink()
    for name in ("original", "small.jpg"):
        answer = fetch(picture, name)
        assert answer.status_code == 404
        assert "immutable" not in answer.headers["Cache-Control"]


# --- What is cut, played and read ------------------------------------------------------------------------------------


def test_a_cut_picture_follows_its_focal_point_so_nobody_keeps_it_for_ever(picture: Asset) -> None:
    answer = fetch(picture, "thumb.jpg")
    with Image.open(io.BytesIO(content(answer))) as image:
        assert image.size == (200, 200)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    Asset.objects.update(focal_x=90)
    again = fetch(picture, "thumb.jpg", if_none_match=answer.headers["ETag"])
    assert again.status_code == 200
    content(again)


@pytest.fixture
def film() -> Asset:
    return factories.make_asset("film", media_samples.mp4(inside=b"0123456789" * 20_000))


def test_a_video_plays_in_the_page_and_runs_nothing(film: Asset) -> None:
    answer = fetch(film, "original")
    assert content(answer) == Path(film.file.path).read_bytes()
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"] == 'inline; filename="film.mp4"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=100000-", slice(100_000, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=-99999999", slice(None)),
        ("bytes=100-99999999", slice(100, None)),
    ],
)
def test_a_player_gets_the_part_it_asks_for(film: Asset, wanted: str, part: slice) -> None:
    whole = Path(film.file.path).read_bytes()
    answer = fetch(film, "original", range=wanted)
    body = content(answer)
    assert (answer.status_code, body) == (206, whole[part])
    first = (whole[part] and len(whole[: part.start or 0])) or 0
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(whole)}"
    assert answer.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=9-3",
        "bytes=a-b",
        "items=0-1",
        "bytes=0-1,4-5",
        "bytes=0-" + "9" * 400,
        "bytes=\u0661-",
    ],
)
def test_a_range_of_another_form_is_answered_with_the_whole(film: Asset, wanted: str) -> None:
    answer = fetch(film, "original", range=wanted)
    assert (answer.status_code, len(content(answer))) == (200, film.size)


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=99999999-999999999", "bytes=-0"])
def test_a_range_behind_the_end_is_none(film: Asset, wanted: str) -> None:
    answer = fetch(film, "original", range=wanted)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{film.size}")


def test_a_part_of_another_version_is_not_mixed_in(film: Asset) -> None:
    tag = fetch(film, "original", range="bytes=0-9")
    content(tag)
    mine = fetch(film, "original", range="bytes=0-9", if_range=tag.headers["ETag"])
    other = fetch(film, "original", range="bytes=0-9", if_range='"another"')
    assert (mine.status_code, len(content(mine))) == (206, 10)
    assert (other.status_code, len(content(other))) == (200, film.size)


def test_captions_and_transcripts_are_texts(film: Asset) -> None:
    captions = "WEBVTT\n\n00:01.000 --> 00:02.000\n<b>Fill</b> the tank.\n"
    write_track(factories.ACTOR, film, "captions", "en", captions)
    write_track(factories.ACTOR, film, "transcript", "de", "Tank füllen.")
    answer = fetch(film, "captions.en.vtt")
    assert (answer.headers["Content-Type"], answer.content.decode()) == ("text/vtt; charset=utf-8", captions)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert fetch(film, "captions.en.vtt", if_none_match=answer.headers["ETag"]).status_code == 304
    answer = fetch(film, "transcript.de.txt")
    assert (answer.headers["Content-Type"], answer.content.decode()) == ("text/plain; charset=utf-8", "Tank füllen.")
    for name in ("captions.de.vtt", "captions.en.txt", "transcript.de.vtt", "captions..vtt", "captions.en.vtt%00"):
        assert fetch(film, name).status_code == 404
