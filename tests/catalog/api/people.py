"""People who write over HTTP, each with a token and the permissions they were given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.operations.tokens import issue_user_token
from tests.factories import ACTOR

API = "/api/v1"


class Author:
    """A user's program. Without permissions named it may do everything."""

    def __init__(self, *permissions: str, name: str = "ada") -> None:
        self.user = User.objects.create_user(name, is_superuser=not permissions)
        for permission in permissions:
            if permission != "nothing":
                self.user.user_permissions.add(Permission.objects.get(codename=permission))
        self.token, self.secret = issue_user_token(ACTOR, self.user, "program")
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"})

    def send(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """`body` is sent as JSON; bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        place = address if address.startswith(("/", "http")) else f"{API}/{address}"
        return self.client.generic(
            method, place, raw, content_type=headers.pop("content_type", "application/json"), headers=headers
        )

    def get(self, address: str, **headers: str) -> Any:
        return self.send("GET", address, **headers)

    def json(self, address: str) -> Any:
        answer = self.get(address)
        assert answer.status_code == 200, answer.content
        return orjson.loads(answer.content)

    def made(self, route: str, body: Any) -> Any:
        """What is made by this body."""
        answer = self.send("POST", f"{route}/", body)
        assert answer.status_code == 201, answer.content
        return orjson.loads(answer.content)

    def change(self, address: str, body: Any, **headers: str) -> Any:
        """Changed as it was last seen."""
        return self.send("PATCH", address, body, if_match=self.get(address).headers["ETag"], **headers)

    def changed(self, address: str, body: Any) -> Any:
        answer = self.change(address, body)
        assert answer.status_code == 200, answer.content
        return orjson.loads(answer.content)

    def delete(self, address: str) -> Any:
        return self.send("DELETE", address, if_match=self.get(address).headers["ETag"])


def problem(answer: Any, status: int) -> Any:
    """The body, which must be a problem detail of that status."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = orjson.loads(answer.content)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def pointers(answer: Any, status: int = 400) -> dict[str, str]:
    """What is wrong by its place in the body."""
    return {row["pointer"]: row["detail"] for row in problem(answer, status)["errors"]}


@contextmanager
def counted() -> Iterator[list[int]]:
    """The list gets the number of queries of the block."""
    found: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.append(len(queries))
