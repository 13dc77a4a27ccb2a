"""Hostile bodies: refused at the edge with the place, alike on both engines, and nothing is written."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from catalog.api.bodies import MAX_DEPTH, loads
from catalog.api.problems import Refusal
from catalog.models import Asset, Product
from tests import factories
from tests.catalog.api.people import Author, pointers, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Author:
    return Author()


@pytest.mark.parametrize(
    ("raw", "pointer", "detail"),
    [
        (rb'{"sku": "a\u0000b"}', "/sku", "Character U+0000 at position 2 cannot be stored."),
        (rb'{"sku": "\ud800"}', "/sku", "Character U+D800 at position 1 cannot be stored."),
        (rb'{"a\udfff": 1}', "", "Character U+DFFF at position 2 cannot be stored."),
        (b'{"sku": "x", "facts": {"w": {"": NaN}}}', "/facts/w/", "NaN is no JSON; leave the value out or write null."),
        (b'{"sku": -Infinity}', "/sku", "-Infinity is no JSON; leave the value out or write null."),
        (b'{"sku": ' + b"9" * 5_000 + b"}", "/sku", "A number may have at most 100 digits."),
        (b'{"sku": 1.' + b"9" * 5_000 + b"}", "/sku", "At most 100 digits are taken."),
        (b'{"sku": "a", "sku": "b"}', "/sku", "This member stands here more than once."),
        (b'{"sku": ' + b"[" * 30 + b"]" * 30 + b"}", "/sku" + "/0" * (MAX_DEPTH - 1), "This is nested too deeply"),
        (b"[]", "", "Write an object, not a list."),
        (b"null", "", "Write an object, not null."),
        (b'"text"', "", "Write an object, not a text."),
        (b"1e400", "", "Write an object, not a number."),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_place(author: Author, raw: bytes, pointer: str, detail: str) -> None:
    for address in ("products/", "fragments/"):
        found = pointers(author.send("POST", address, raw))
        assert detail in found[pointer]
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"{", "The body is no JSON: Expecting property name"),
        (b'{"sku": "\xff"}', "The body is not valid UTF-8 (byte 10)."),
        (b'{"sku": "\xed\xa0\x80"}', "The body is not valid UTF-8"),
        (b'\xef\xbb\xbf{"sku": "a"}', "The body is no JSON"),
        (b"[" * 3_000 + b"]" * 3_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"", ""),
        (b'{"sku": "a"} x', "Extra data"),
        (b"{'sku': 'a'}", "no JSON"),
    ],
)
def test_what_is_no_json_is_refused(author: Author, raw: bytes, detail: str) -> None:
    assert detail in problem(author.send("POST", "products/", raw), 400)["detail"]


def test_a_body_over_the_limit_is_refused_before_it_is_read(author: Author) -> None:
    raw = b'{"sku": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    problem(author.send("POST", "products/", raw), 413)
    problem(author.send("PATCH", "products/x/", raw, if_match="*"), 404)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense", ""])
def test_a_body_of_another_type_is_refused(author: Author, kind: str) -> None:
    problem(author.send("POST", "products/", b'{"sku": "a"}', content_type=kind), 415)
    assert not Product.objects.exists()


def test_numbers_stay_exact() -> None:
    assert str(loads(b"[0.1, 1e400, -0.0, 12345678901234567890.10]")) == (
        "[Decimal('0.1'), Decimal('1E+400'), Decimal('-0.0'), Decimal('12345678901234567890.10')]"
    )
    with pytest.raises(Refusal):
        loads(b"[" + b"1" * 101 + b"]")


HOSTILE: list[Any] = [
    "\U0001f600",
    "\u202egnp.exe",
    "x" * 300_001,
    "<script>alert(1)</script>",
    "{{ fact: }}",
    "1,5",
    10**50,
    -1,
    True,
    {"amount": "1e400", "unit": "kg"},
    {"inherit": False},
    {"inherit": True, "more": 1},
    {"": {"": {}}},
    [[[]]],
    "0000-02-30",
    "2027-02-29T00:00:00",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_facts_of_every_type_are_taken_or_refused_and_can_be_read_back(author: Author, raw: Any) -> None:
    kinds = ("text", "longtext", "richtext", "integer", "number", "boolean", "date", "datetime", "price", "gtin", "url")
    attributes = [factories.make_attribute(kind, kind) for kind in kinds]
    attributes.append(factories.make_attribute("measurement", "measurement", settings={"unit_family": "mass"}))
    attributes.append(factories.make_attribute("multiselect", "multiselect", options=["a"]))
    attributes.append(factories.make_attribute("reference", "reference"))
    factories.make_family("f", attributes)
    items = [{"sku": each.code, "family": "f", "facts": {each.code: {"": raw}}} for each in attributes]
    answer = orjson.loads(author.send("POST", "products/bulk/", {"items": items}).content)
    for item, row in zip(items, answer["items"], strict=True):
        assert row["status"] in (201, 400), row
        if row["status"] == 400:
            code = item["sku"]
            assert row["problem"]["errors"][0]["pointer"] == f"/facts/{code}/", row
    assert len(author.json("products/")["items"]) == answer["created"]


def test_hostile_texts_of_a_fragment_are_cleaned_or_refused_at_their_language(author: Author) -> None:
    made = author.made("fragments", {"code": "f", "body": {"en": '<p onclick="x()">Hi<script>x</script></p>'}})
    assert made["body"] == {"en": "<p>Hi</p>"}
    found = pointers(author.send("POST", "fragments/", {"code": "g", "body": {"de": "{{ nonsense }}"}}))
    assert list(found) == ["/body/de"]
    found = pointers(author.send("POST", "fragments/", {"code": "g", "products": "nope ="}))
    assert "At character" in found["/products"]
    found = pointers(author.send("POST", "fragments/", {"code": "g", "body": {"xx": "a", "_state": "b"}}))
    assert "There is no such language" in found["/body/xx"]


# --- Uploads ---------------------------------------------------------------------------------------------------------
def upload(author: Author, members: Any = None, content: bytes = b"", name: str = "a.png", **parts: Any) -> Any:
    file = io.BytesIO(content or factories.png(7, 5))
    file.name = name
    said = (
        {"json": members if isinstance(members, str) else orjson.dumps(members).decode()} if members is not None else {}
    )
    return author.client.post("/api/v1/assets/", {"file": file, **said, **parts})


def test_a_file_is_uploaded_with_what_is_said_of_it_and_downloaded(author: Author) -> None:
    made = orjson.loads(upload(author, {"code": "pic", "alt": {"en": "A picture"}}, name="../../x.php").content)
    assert (made["kind"], made["media_type"], made["width"], made["height"]) == ("image", "image/png", 7, 5)
    answer = author.get("assets/pic/file/")
    assert b"".join(answer.streaming_content) == factories.png(7, 5)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pic.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    same = pointers(upload(author, {"code": "again"}))
    assert "already here as “pic”" in same[""]
    assert upload(author, {"code": "again", "keep_both": True}).status_code == 201


def test_a_file_is_replaced_as_it_was_seen(author: Author) -> None:
    upload(author, {"code": "pic"})
    etag = author.get("assets/pic/").headers["ETag"]
    for headers, status in (({}, 428), ({"if_match": '"x"'}, 412), ({"if_match": etag}, 200)):
        file = SimpleUploadedFile("a.png", factories.png(9, 9))
        raw = encode_multipart("line", {"file": file, "json": '{"licence": "CC0"}'})
        answer = author.send(
            "PUT", "assets/pic/file/", raw, content_type="multipart/form-data; boundary=line", **headers
        )
        assert answer.status_code == status, answer.content
    assert author.json("assets/pic/").items() >= {"width": 9, "licence": "CC0"}.items()


@pytest.mark.parametrize(
    ("members", "parts", "status"),
    [
        (None, {}, 400),
        ("{", {}, 400),
        ("\x00", {}, 400),
        ({"code": "a"}, {"more": "x"}, 400),
        ({"code": "a", "digest": "x"}, {}, 400),
        ({"code": "a", "content": "x"}, {}, 400),
        ([], {}, 400),
    ],
)
def test_uploads_that_are_not_understood_are_refused(author: Author, members: Any, parts: Any, status: int) -> None:
    problem(upload(author, members, **parts), status)
    assert not Asset.objects.exists()


@pytest.mark.parametrize("content", [b"<svg/>", b"MZ\x90", b"%PDF-1.4 torn", b"<?php", b"\x89PNG\r\n\x1a\n"])
def test_files_that_are_not_allowed_are_refused(author: Author, content: bytes) -> None:
    problem(upload(author, {"code": "a"}, content), 400)
    assert not Asset.objects.exists()


def test_torn_uploads_are_refused(author: Author) -> None:
    for kind, raw in (
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=" + "y" * 300, b"--y"),
        ("multipart/form-data; boundary=x", b""),
    ):
        answer = author.send("POST", "assets/", raw, content_type=kind)
        problem(answer, 415 if len(kind) > 300 else 400)
        assert len(answer.content) < 400
