"""A write is done once, however often it is sent."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.api import idempotency
from catalog.models import Product, StoredAnswer
from tests.catalog.api.people import Author, problem
from tests.catalog.api.test_bodies import upload
from tests.threads import at_once, shared_database


@pytest.fixture
def author(db: None) -> Author:
    return Author()


def told(answer: Any) -> tuple[int, bytes, str, str]:
    return answer.status_code, answer.content, answer.headers.get("ETag", ""), answer.headers.get("Location", "")


def test_the_same_request_is_answered_alike_and_done_once(author: Author) -> None:
    for address, body in (
        ("products/", {"sku": "A"}),
        ("products/bulk/", {"items": [{"sku": "B"}, {"sku": "C", "family": "nope"}]}),
    ):
        first = author.send("POST", address, body, idempotency_key=address)
        count = Product.objects.count()
        again = author.send("POST", address, body, idempotency_key=address)
        assert told(again) == told(first)
        assert (first.status_code < 300, again.headers["Idempotency-Replayed"]) == (True, "true")
        assert "Idempotency-Replayed" not in first.headers
        assert Product.objects.count() == count


def test_the_key_with_another_request_is_refused(author: Author) -> None:
    author.send("POST", "products/", {"sku": "A"}, idempotency_key="k")
    for address, body in (("products/", {"sku": "B"}), ("products/bulk/", {"items": [{"sku": "A"}]}), ("tags/", {})):
        assert problem(author.send("POST", address, body, idempotency_key="k"), 422)["errors"][0]["field"]
    assert Product.objects.count() == 1


def test_a_key_is_its_users_own(author: Author) -> None:
    author.send("POST", "products/", {"sku": "A"}, idempotency_key="k")
    other = Author("add_product", name="bob")
    assert other.send("POST", "products/", {"sku": "B"}, idempotency_key="k").status_code == 201


def test_what_was_refused_may_be_sent_again(author: Author) -> None:
    problem(author.send("POST", "products/", {"sku": "A", "family": "f"}, idempotency_key="k"), 400)
    author.made("families", {"code": "f"})
    assert author.send("POST", "products/", {"sku": "A", "family": "f"}, idempotency_key="k").status_code == 201


def test_permission_is_asked_anew_each_time(author: Author) -> None:
    bob = Author("add_product", name="bob")
    bob.send("POST", "products/", {"sku": "A"}, idempotency_key="k")
    bob.user.user_permissions.clear()
    problem(bob.send("POST", "products/", {"sku": "A"}, idempotency_key="k"), 403)


def test_a_key_is_forgotten_after_a_day(author: Author) -> None:
    author.send("POST", "products/", {"sku": "A"}, idempotency_key="k")
    StoredAnswer.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    assert author.send("POST", "products/", {"sku": "B"}, idempotency_key="k").status_code == 201
    assert StoredAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201, "a\tb"])
def test_what_is_no_key_is_refused(author: Author, key: str) -> None:
    found = problem(author.send("POST", "products/", {"sku": "A"}, idempotency_key=key), 400)
    assert found["errors"][0]["field"] == "Idempotency-Key"


def test_a_crash_leaves_neither_the_write_nor_its_answer(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(idempotency, "_store", crash)
    with pytest.raises(SystemExit):
        author.send("POST", "products/", {"sku": "A"}, idempotency_key="k")
    monkeypatch.undo()
    assert not Product.objects.exists()
    assert author.send("POST", "products/", {"sku": "A"}, idempotency_key="k").status_code == 201


def test_an_upload_is_the_same_where_its_bytes_are(author: Author) -> None:
    author.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "k"
    first = upload(author, {"code": "a"})
    assert told(upload(author, {"code": "a"})) == told(first)
    problem(upload(author, {"code": "b"}), 422)


def test_approving_is_done_once(author: Author) -> None:
    author.made("fragments", {"code": "f", "body": {"en": "Text"}})
    etag = author.get("fragments/f/").headers["ETag"]
    first = author.send("POST", "fragments/f/approve/", {}, if_match=etag, idempotency_key="k")
    assert orjson.loads(first.content).items() >= {"state": "approved", "revision": 1, "out": 1}.items()
    assert told(author.send("POST", "fragments/f/approve/", {}, if_match=etag, idempotency_key="k")) == told(first)
    problem(author.send("POST", "fragments/f/approve/", {}, if_match=etag), 412)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_are_done_once(tmp_path: Path) -> None:
    """On PostgreSQL the second is told to come again; on SQLite it waits for the first to end."""
    author = Author()
    held, over = threading.Event(), threading.Event()
    answers: list[Any] = []
    waits = connection.vendor == "sqlite"

    def first() -> None:
        with transaction.atomic():
            idempotency._lock(author.user, "k")
            held.set()
            over.wait(0.3 if waits else 20)

    def second() -> None:
        held.wait(20)
        answers.append(author.send("POST", "products/", {"sku": "A"}, idempotency_key="k"))
        over.set()

    def third() -> None:
        answers.append(author.send("POST", "products/", {"sku": "A"}, idempotency_key="k"))
        answers.append(Product.objects.count())

    with shared_database(tmp_path):
        at_once(first, second)
        at_once(third)
    assert answers[0].status_code == (201 if waits else 409), answers[0].content
    assert answers[0].headers.get("Retry-After") == (None if waits else "1")
    assert (answers[1].status_code, answers[2]) == (201, 1)
