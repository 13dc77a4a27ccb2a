"""Files are what their bytes say, links are never fetched, captions can be read, translations know their source."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image
from pytest_django import Settings

from catalog.endings import whole
from catalog.media import gif_frames
from catalog.models import Asset, AssetTrack, TranslationState
from catalog.operations.assets import (
    MAX_FRAMES,
    attach,
    same_content,
    save_asset,
    sniff,
    store_asset,
    store_link,
    write_track,
)
from catalog.operations.translations import mark, states
from catalog.renditions import rendition, square_around
from catalog.values import Invalid
from catalog.webvtt import clean_captions
from tests import factories as make
from tests.catalog import media_samples as sample

DAMAGED = "but it is damaged or not complete."


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        sniff(content)
    return str(caught.value.messages[0])


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


# --- What a file is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "media_type", "extension"),
    [
        (sample.mp4(), "video", "video/mp4", "mp4"),
        (sample.mp4(b"M4A "), "audio", "audio/mp4", "m4a"),
        (sample.webm(), "video", "video/webm", "webm"),
        (sample.mp3(), "audio", "audio/mpeg", "mp3"),
        (sample.mp3(tag=b""), "audio", "audio/mpeg", "mp3"),
        (sample.ogg(), "audio", "audio/ogg", "ogg"),
        (sample.ogg(b"\x01vorbis"), "audio", "audio/ogg", "ogg"),
    ],
)
def test_videos_and_recordings_are_known_by_their_bytes(
    content: bytes, kind: str, media_type: str, extension: str
) -> None:
    assert sniff(content) == (kind, media_type, extension, None, None)


@pytest.mark.parametrize(
    "whole", [sample.mp4(), sample.webm(), sample.mp3(), sample.ogg()], ids=["mp4", "webm", "mp3", "ogg"]
)
def test_a_torn_file_is_refused_wherever_it_is_torn(whole: bytes) -> None:
    least = 3 * 417 + 15 if whole.startswith(b"ID3") else len(whole)
    for end in range(40, least, 7):
        assert refusal(whole[:end])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (sample.mp4() + b"<html><script>alert(1)</script>", f"The file begins as an MP4 file, {DAMAGED}"),
        (sample.mp4()[:-13], f"The file begins as an MP4 file, {DAMAGED}"),
        (sample.box(b"ftyp", b"isom\0\0\2\0") + sample.box(b"mdat"), f"The file begins as an MP4 file, {DAMAGED}"),
        (b"\0\0\0\x08ftypisom" + b"\0" * 20, f"The file begins as an MP4 file, {DAMAGED}"),
        (sample.webm() + b"PK\x03\x04", f"The file begins as a WebM file, {DAMAGED}"),
        (b"\x1a\x45\xdf\xa3\0", f"The file begins as a WebM file, {DAMAGED}"),
        (sample.ogg() + b"%PDF-1.7", f"The file begins as an Ogg file, {DAMAGED}"),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 100, f"The file begins as an MP3 file, {DAMAGED}"),
        (b"ID3" + b"<script>alert(1)</script>", f"The file begins as an MP3 file, {DAMAGED}"),
    ],
)
def test_what_goes_on_as_something_else_is_refused(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


PICTURES = {
    "png": make.png(20, 10),
    "gif": sample.gif(3),
    **{
        name: encoded(Image.effect_noise((64, 48), 80).convert("RGB"), form, **options)
        for name, form, options in (
            ("jpeg", "JPEG", {}),
            ("progressive", "JPEG", {"progressive": True, "comment": b"\xff\xd9 not the end"}),
            ("restarting", "JPEG", {"restart_marker_blocks": 1}),
            ("webp", "WEBP", {}),
            ("odd webp", "WEBP", {"lossless": True, "xmp": b"<x/>x"}),
            ("animated", "GIF", {"save_all": True, "append_images": [Image.new("RGB", (64, 48))]}),
        )
    },
}
TAILS = [b"PK\x03\x04" + b"\0" * 50, b"<script>alert(1)</script>", b"\xff\xd9", b"\0", b"IEND\xaeB`\x82;"]


@pytest.mark.django_db
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_of_a_picture_only_what_belongs_to_it_is_kept(picture: bytes) -> None:
    assert whole(picture) == picture
    for number, tail in enumerate(TAILS):
        asset = store_asset(make.ACTOR, Asset(code=f"a{number}"), picture + tail)
        assert Path(asset.file.path).read_bytes() == picture
        assert asset.size == len(picture)
    assert Asset.objects.values("digest").distinct().count() == 1


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_picture_torn_anywhere_is_looked_at_without_an_error(picture: bytes) -> None:
    for end in range(0, len(picture), max(1, len(picture) // 200)):
        assert whole(picture[:end]) == picture[:end]
    for place in range(2, len(picture), max(1, len(picture) // 200)):
        assert picture.startswith(whole(picture[:place] + b"\xff" + picture[place + 1 :])[:place])


def test_what_is_no_picture_is_left_as_it_is() -> None:
    for content in (b"", b"RIFF\4\0\0\0WAVEfmt ", b"%PDF-1.7 ", sample.mp4(), b"\xff\xd8\xff", b"GIF89a"):
        assert whole(content) == content


@pytest.mark.django_db
def test_of_a_telephones_picture_the_first_is_kept() -> None:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(
        content, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")]
    )
    asset = store_asset(make.ACTOR, Asset(code="phone"), content.getvalue())
    assert (asset.media_type, asset.width, asset.height) == ("image/jpeg", 64, 48)
    assert asset.size < len(content.getvalue())
    with Image.open(rendition(asset, "small")) as small:
        assert small.convert("RGB").getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)


def test_a_document_goes_to_its_end() -> None:
    assert sniff(b"%PDF-1.7\n...\n%%EOF\n").kind == "document"
    assert sniff(b"%PDF-1.7\n...\n%%EOF\n" + b"\0" * 1_000).kind == "document"
    for content in (b"%PDF-1.7\n...", b"%PDF-1.7\n%%EOF" + b"x" * 1_024):
        assert refusal(content) == f"The file begins as a PDF document, {DAMAGED}"


@pytest.mark.parametrize(
    "content",
    [
        sample.mp4(b"heic"),
        sample.mp4(b"qt  "),
        sample.webm(b"matroska"),
        sample.ogg(b"\x80theora"),
        sample.mp3(2, tag=b""),
        b"\xff\xfb",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ" + b"\0" * 200,
    ],
    ids=["heic", "mov", "mkv", "theora", "two frames", "two bytes", "wav", "svg", "script", "exe"],
)
def test_formats_that_are_not_on_the_list_are_refused(content: bytes) -> None:
    assert refusal(content).startswith("The file is damaged or of another format than those allowed: JPEG, PNG")


@pytest.mark.django_db
def test_a_file_with_two_natures_is_kept_as_the_one_it_is_served_as() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as both:
        both.writestr("x.html", "<script>alert(1)</script>")
    asset = store_asset(make.ACTOR, Asset(code="photo.php.svg"), make.png() + archive.getvalue())
    assert (asset.media_type, asset.file.name) == ("image/png", f"assets/{asset.digest[:2]}/{asset.digest}.png")


def test_an_animation_has_a_limit_that_is_counted_before_anything_is_decoded() -> None:
    assert gif_frames(sample.gif(3), 10) == 3
    assert gif_frames(sample.gif(50_000), 10) == 11
    assert sniff(sample.gif(3)).kind == "image"
    assert (
        refusal(sample.gif(MAX_FRAMES + 1)) == "The animation has more than 1,000 pictures, the most that are allowed."
    )


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"GIF89a" + b"\xff" * 20, sample.gif(2)[:40]])
def test_counting_the_pictures_of_a_torn_animation_ends(content: bytes) -> None:
    assert gif_frames(content, 10) <= 2


def test_pixels_have_a_limit_that_is_held_against_the_header(settings: Settings) -> None:
    settings.ASSET_MAX_PIXELS = 11
    assert refusal(make.png(4, 3)) == "The picture has 4 x 3 pixels; at most 11 are allowed."


@pytest.mark.django_db
def test_the_same_file_is_found_by_its_content() -> None:
    first = make.make_asset("front", make.png(9, 9))
    second = make.make_asset("front-again", make.png(9, 9))
    make.make_asset("other", make.png(9, 8))
    assert list(same_content(first)) == [second]
    assert first.file.name == second.file.name
    link = store_link(make.ACTOR, Asset(code="film"), "video", "https://video.example/1")
    store_link(make.ACTOR, Asset(code="film-2"), "video", "https://video.example/1")
    assert list(same_content(link)) == []


# --- Links -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_link_takes_the_place_of_a_file_and_a_file_that_of_a_link() -> None:
    asset = make.make_asset("film", sample.mp4())
    store_link(make.ACTOR, asset, "video", " https://video.example/watch?v=1 ")
    stored = Asset.objects.get()
    assert (stored.url, stored.file.name, stored.digest, stored.size, stored.media_type) == (
        "https://video.example/watch?v=1", "", "", 0, "",
    )  # fmt: skip
    store_asset(make.ACTOR, stored, sample.webm())
    assert (Asset.objects.get().url, Asset.objects.get().media_type) == ("", "video/webm")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://video.example/1",
        "javascript:alert(1)",
        "https:video.example",
        "https://",
        "//video.example/1",
        "https://user:secret@video.example/1",
        "https://video.example/a b",
        "https://video.example/\x00",
        "https://video.example/\ud800",
        "https://video.example/\nx",
        "ftp://video.example/1",
        "https://video.example/" + "x" * 500,
    ],
)
def test_an_address_a_page_should_not_link_to_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        store_link(make.ACTOR, Asset(code="film"), "video", url)
    assert caught.value.message_dict == {
        "url": ["Write an address that begins with https://, without a user name or spaces."]
    }
    assert not Asset.objects.exists()


@pytest.mark.django_db
def test_a_picture_is_no_link() -> None:
    for kind in ("image", "nonsense"):
        with pytest.raises(ValidationError, match="upload pictures as files"):
            store_link(make.ACTOR, Asset(code="front"), kind, "https://cdn.example/front.jpg")


# --- Captions and transcripts ----------------------------------------------------------------------------------------

CAPTIONS = "WEBVTT\n\n1\n00:01.000 --> 00:04.000 align:start\nFill the tank.\n\n01:00:04.500 --> 01:00:06.000\nDone.\n"


def test_captions_are_kept_with_plain_line_ends() -> None:
    assert clean_captions("\ufeff" + CAPTIONS.replace("\n", "\r\n") + "\r\n\r\n") == CAPTIONS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1 has to be WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:04,000\nsrt", "line 1 has to be WEBVTT"),
        ("WEBVTTX\n", "line 1 has to be WEBVTT"),
        ("WEBVTT\n\nNOTE nothing", "there is no cue; write lines such as 00:01.000 --> 00:04.000"),
        ("WEBVTT\n\n00:01 --> 00:04\nx", "line 3 is no timing; write it as 00:01.000 --> 00:04.000"),
        ("WEBVTT\n\n00:61.000 --> 00:64.000\nx", "line 3 is no timing; write it as 00:01.000 --> 00:04.000"),
        ("WEBVTT\n\n00:04.000 --> 00:04.000\nx", "line 3: this cue ends before it begins"),
        (
            "WEBVTT\n\n00:04.000 --> 00:05.000\nx\n\n00:01.000 --> 00:02.000\ny",
            "line 6: this cue begins before the one above it",
        ),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\x00b", "character U+0000 at position 34 cannot be stored"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n\ud800", "character U+D800 at position 33 cannot be stored"),
    ],
)
def test_captions_that_browsers_would_not_show_are_refused_by_their_line(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_captions(text)
    assert str(caught.value) == reason


@pytest.mark.django_db
def test_a_video_has_captions_and_a_transcript_in_each_language_once() -> None:
    film = make.make_asset("film", sample.mp4())
    write_track(make.ACTOR, film, "captions", "en", CAPTIONS)
    write_track(make.ACTOR, film, "captions", "en", CAPTIONS.replace("Done", "Ready"))
    write_track(make.ACTOR, film, "transcript", "en", "Fill the tank.\r\nDone.")
    rows = {(row.kind, row.language): row.text for row in AssetTrack.objects.all()}
    assert rows == {
        ("captions", "en"): CAPTIONS.replace("Done", "Ready"),
        ("transcript", "en"): "Fill the tank.\nDone.",
    }


@pytest.mark.django_db
def test_a_track_that_cannot_be_is_refused() -> None:
    film = make.make_asset("film", sample.mp4())
    for asset, kind, language, text in (
        (make.make_asset("front"), "captions", "en", CAPTIONS),
        (film, "captions", "en", "no captions"),
        (film, "transcript", "xx", "Text"),
        (film, "subtitles", "en", "Text"),
        (film, "transcript", "en", ""),
    ):
        with pytest.raises(ValidationError):
            write_track(make.ACTOR, asset, kind, language, text)
    assert not AssetTrack.objects.exists()


# --- Renditions that are cut -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "focal", "square"),
    [
        ((100, 50), (50, 50), (25, 0, 75, 50)),
        ((100, 50), (0, 50), (0, 0, 50, 50)),
        ((100, 50), (100, 0), (50, 0, 100, 50)),
        ((50, 100), (10, 90), (0, 50, 50, 100)),
        ((7, 7), (30, 80), (0, 0, 7, 7)),
        ((1, 900), (50, 50), (0, 450, 1, 451)),
    ],
)
def test_a_square_is_cut_around_the_focal_point_as_far_as_the_edges_let(
    size: tuple[int, int], focal: tuple[int, int], square: tuple[int, int, int, int]
) -> None:
    assert square_around(size, focal) == square


@pytest.mark.django_db
def test_a_thumb_shows_what_must_stay_in_view_and_another_point_makes_another_file() -> None:
    out = io.BytesIO()
    picture = Image.new("RGB", (900, 300), "red")
    picture.paste("blue", (600, 0, 900, 300))
    picture.save(out, "PNG")
    asset = make.make_asset("wide", out.getvalue(), focal_x=100)
    right = rendition(asset, "thumb")
    asset.focal_x = 0
    left = rendition(asset, "thumb")
    assert right != left
    for path, blue in ((right, True), (left, False)):
        with Image.open(path) as cut:
            assert cut.size == (200, 200)
            r, _, b = cut.getpixel((100, 100))  # type: ignore[misc]
            assert (b > r) is blue
    assert rendition(asset, "small") == rendition(Asset.objects.get(), "small")


# --- Translations ----------------------------------------------------------------------------------------------------


def state_of(asset: Asset) -> dict[str, tuple[str, bool]]:
    return {language: (row.state, row.outdated) for language, row in sorted(states(asset).items())}


def write(asset: Asset, *, meaning_kept: bool = False, **texts: str) -> None:
    for name, text in texts.items():
        setattr(asset, name, text)
    save_asset(make.ACTOR, asset, meaning_kept=meaning_kept)


@pytest.mark.django_db
def test_a_translation_is_outdated_when_its_source_changes_unless_the_meaning_is_kept() -> None:
    asset = make.make_asset("front", alt_en="A red cup")
    write(asset, alt_de="Eine rote Tasse")
    assert state_of(asset) == {"de": ("translated", False)}
    mark(make.ACTOR, asset, "de", "approved")
    write(asset, alt_en="A red cup.", meaning_kept=True)
    assert state_of(asset) == {"de": ("approved", False)}
    write(asset, alt_en="A blue cup")
    assert state_of(asset) == {"de": ("approved", True)}
    write(asset, alt_en="A blue cup!", meaning_kept=True)
    assert state_of(asset) == {"de": ("approved", True)}
    write(asset, alt_de="Eine blaue Tasse")
    assert state_of(asset) == {"de": ("translated", False)}
    write(asset, alt_de="")
    assert state_of(asset) == {}


@pytest.mark.django_db
def test_a_source_that_is_as_it_was_makes_its_translation_current_again() -> None:
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")
    mark(make.ACTOR, asset, "de", "reviewed")
    write(asset, alt_en="A mug")
    write(asset, alt_en="A cup")
    assert state_of(asset) == {"de": ("reviewed", False)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "state"), [("en", "approved"), ("fr", "approved"), ("xx", "approved"), ("de", "perfect"), ("de", "")]
)
def test_a_state_that_says_nothing_is_refused(language: str, state: str) -> None:
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")
    TranslationState.objects.all().delete()
    with pytest.raises(ValidationError):
        mark(make.ACTOR, asset, language, state)
    assert not TranslationState.objects.exists()


@pytest.mark.django_db
def test_one_asset_has_a_role_for_all_channels_and_for_one() -> None:
    item, asset, channel = make.make_product("A"), make.make_asset(), make.make_channel("shop")
    rows: list[Any] = [
        attach(make.ACTOR, item, asset, role, channel=where)
        for role, where in (("main", None), ("Main", None), ("main", channel), ("MAIN", channel))
    ]
    assert [row.pk for row in rows] == [rows[0].pk, rows[0].pk, rows[2].pk, rows[2].pk]
    assert item.product_assets.count() == 2
