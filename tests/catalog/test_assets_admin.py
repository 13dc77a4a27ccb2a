"""The asset library: a file twice, links, captions, the state of translations, and what is about to expire."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Asset, AssetTrack
from catalog.operations.assets import store_link
from catalog.operations.translations import states
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.catalog import media_samples as sample
from tests.exports.world import content

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


def add(page: Client, code: str, body: bytes | None = None, name: str = "file.bin", **typed: Any) -> Any:
    upload = {"upload": SimpleUploadedFile(name, body)} if body is not None else {}
    return page.post(address(Asset, "add"), {"code": code, "link_kind": "video", **upload, **typed})


def codes(page: Client, **query: str) -> list[str]:
    return [row.code for row in page.get(address(Asset, "changelist"), query).context["cl"].result_list]


def test_the_same_file_is_told_and_kept_only_if_that_is_meant(page: Client) -> None:
    make.make_asset("front", make.png(7, 7))
    answer = add(page, "again", make.png(7, 7))
    assert "The same file is already here as “front”. Use that, or keep both." in messages_of(answer)
    assert add(page, "again", make.png(7, 7), keep_both="on").status_code == 302
    assert "front" in messages_of(page.get(address(Asset.objects.get(code="again"))))
    make.make_asset("other", make.png(7, 8))
    assert codes(page, duplicates="yes") == ["again", "front"]


def test_a_video_is_added_and_gets_captions(page: Client) -> None:
    assert add(page, "film", sample.mp4(), "film.php").status_code == 302
    film = Asset.objects.get()
    assert (film.kind, film.media_type) == ("video", "video/mp4")
    row = {"tracks-TOTAL_FORMS": "1", "tracks-0-kind": "captions", "tracks-0-language": "en"}
    data = {**filled(page, address(film)), **row}
    answer = page.post(address(film), {**data, "tracks-0-text": "no captions"})
    assert "line 1 has to be WEBVTT" in messages_of(answer)
    assert not AssetTrack.objects.exists()
    text = "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHi"
    assert page.post(address(film), {**data, "tracks-0-text": text}).status_code == 302
    assert AssetTrack.objects.get().text == "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"


def test_a_link_is_shown_and_never_fetched(page: Client) -> None:
    assert add(page, "film", link_to="https://video.example/1").status_code == 302
    film = Asset.objects.get()
    assert (film.kind, film.url, film.digest) == ("video", "https://video.example/1", "")
    assert 'href="https://video.example/1" rel="noreferrer noopener"' in page.get(address(film)).content.decode()
    assert page.get(reverse("admin:catalog_asset_original", args=[film.pk])).status_code == 404
    data = {**filled(page, address(film)), "title_en": "Film"}
    assert page.post(address(film), data).status_code == 302
    assert Asset.objects.get().url == "https://video.example/1"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({}, "Choose a file, or write a link below."),
        ({"link_to": "javascript:alert(1)"}, "Write an address that begins with https://"),
        ({"link_to": "https://video.example/1", "link_kind": "image"}, "Select a valid choice."),
        ({"link_to": "https://video.example/1", "body": make.png(3, 3)}, "Give either a file or a link."),
        ({"body": b"<svg/>"}, "The file is damaged or of another format than those allowed"),
        ({"body": sample.mp4()[:-3]}, "The file begins as an MP4 file, but it is damaged or not complete."),
    ],
)
def test_what_is_neither_a_file_nor_a_link_is_refused(page: Client, typed: Any, reason: str) -> None:
    answer = add(page, "film", **typed)
    assert answer.status_code == 200
    assert reason in messages_of(answer)
    assert not Asset.objects.exists()


def test_a_long_and_hostile_file_name_goes_nowhere(page: Client) -> None:
    assert add(page, "front", make.png(), "../../" + "x" * 300 + ".php.png\u202egpj.exe").status_code == 302
    asset = Asset.objects.get()
    assert asset.file.name == f"assets/{asset.digest[:2]}/{asset.digest}.png"


def test_a_changed_source_makes_translations_outdated_unless_the_meaning_stays(page: Client) -> None:
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")

    def save(**typed: str) -> None:
        assert page.post(address(asset), {**filled(page, address(asset)), **typed}).status_code == 302

    save(state_de="approved")
    assert states(asset)["de"].state == "approved"
    save(alt_en="A cup.", meaning_kept="on")
    assert codes(page, outdated="de") == []
    save(alt_en="A mug")
    assert codes(page, outdated="de") == ["front"]
    assert codes(page, outdated="fr") == []
    assert "Outdated: the source has changed since. Approved by anna" in messages_of(page.get(address(asset)))
    save(state_de="approved")
    assert codes(page, outdated="de") == []


def test_a_state_without_a_text_is_refused(page: Client) -> None:
    asset = make.make_asset("front", alt_en="A cup")
    answer = page.post(address(asset), {**filled(page, address(asset)), "state_fr": "approved"})
    assert "There is no text in “fr” yet, so it cannot be approved." in messages_of(answer)
    assert states(asset) == {}


def test_rights_that_end_are_listed_in_time(page: Client) -> None:
    today = timezone.localdate()
    for code, days in (("ended", -1), ("today", 0), ("soon", 30), ("later", 31), ("far", 400)):
        make.make_asset(code, expires=today + datetime.timedelta(days=days))
    make.make_asset("open")
    assert codes(page, rights="ended") == ["ended"]
    assert codes(page, rights="30") == ["soon", "today"]
    assert codes(page, rights="90") == ["later", "soon", "today"]
    assert codes(page, rights="open") == ["open"]
    assert len(codes(page, rights="nonsense")) == 6


def test_the_focal_point_is_inside_the_picture(page: Client) -> None:
    asset = make.make_asset("front", make.png(900, 300))
    data = filled(page, address(asset))
    assert page.post(address(asset), {**data, "focal_x": "101"}).status_code == 200
    assert page.post(address(asset), {**data, "focal_x": "-1"}).status_code == 200
    assert page.post(address(asset), {**data, "focal_x": "90", "focal_y": "0"}).status_code == 302
    assert (Asset.objects.get().focal_x, Asset.objects.get().focal_y) == (90, 0)
    preview = page.get(reverse("admin:catalog_asset_preview", args=[asset.pk, "thumb"]))
    assert preview.status_code == 200
    assert content(preview).startswith(b"\xff\xd8")


def test_a_document_has_neither_captions_nor_a_focal_point(page: Client) -> None:
    make.make_asset("manual", b"%PDF-1.7\n%%EOF")
    store_link(make.ACTOR, Asset(code="guide"), "document", "https://docs.example/guide")
    for asset in Asset.objects.all():
        names = set(filled(page, address(asset)))
        assert not {name for name in names if name.startswith(("tracks", "focal"))}
