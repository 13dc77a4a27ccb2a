"""The whole API as its description has it: whatever is sent gets an answer that is described, and none is our fault.

Requests are made from the description: values that fit, values that nearly fit, and hostile ones. The same seeds each
time; `FUZZ=10` tries ten times as many, from other seeds.
"""

from __future__ import annotations

import json
import os
import time
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.operations.tokens import issue_user_token
from exports import editions, outputs
from exports.models import Output
from tests.catalog.api.test_description import description
from tests.exports.api_client import Described, Operation
from tests.exports.world import World, world
from tests.factories import ACTOR, switch

__all__ = ["world"]
TIMES = int(os.environ.get("FUZZ", "1"))
EACH = 6
NAMES = [
    "BZ-LIRA",
    "BZ-LIRA-B",
    "name",
    "weight",
    "color",
    "machines",
    "home",
    "root",
    "headline",
    "lira-headline",
    "1",
]
WORDS = [*NAMES, "shop", "service", "it", "de", "feed", "enabled", "weight < 5 kg", "level = variant", "sku,facts.name"]
HOSTILE = [
    "", " ", "'", '"', "%", "%00", "\x00", "\n", ".", "..", "../x", "_connector", "a__startswith", "\ufffd", "ı",
    "1e9", "-1", "9" * 400, "{{7*7}}", "$.a", "x" * 3_000, "a:b", "=", "(((((", "\U0001f600", "not " * 30, "null", "*",
]  # fmt: skip


class Maker:
    """Values for schemas, from dice."""

    def __init__(self, document: dict[str, Any], dice: Random) -> None:
        self.document = document
        self.dice = dice

    def text(self) -> str:
        return self.dice.choice(self.dice.choice([WORDS, WORDS, HOSTILE]))

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        if self.dice.random() < 0.06:
            return self.dice.choice([None, True, -1, 10**30, 1.5, "x", [], {}, [[]], {"": 1}])
        if "$ref" in schema:
            return self.value(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], depth)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.value(self.dice.choice(schema[several]), depth)
        if "const" in schema or "enum" in schema:
            return self.dice.choice(schema.get("enum") or [schema["const"]])
        kind = schema.get("type", "string")
        kind = self.dice.choice(kind) if isinstance(kind, list) else kind
        return getattr(self, f"of_{kind}")(schema, depth)

    def of_null(self, schema: dict[str, Any], depth: int) -> None:
        return None

    def of_boolean(self, schema: dict[str, Any], depth: int) -> bool:
        return self.dice.random() < 0.5

    def of_integer(self, schema: dict[str, Any], depth: int) -> int:
        low, high = int(schema.get("minimum", 0)), int(schema.get("maximum", 50))
        return self.dice.choice([low, min(low + 1, high), high, low - 1, high + 1])

    def of_number(self, schema: dict[str, Any], depth: int) -> float:
        return self.of_integer(schema, depth) + 0.5

    def of_string(self, schema: dict[str, Any], depth: int) -> str:
        return self.text()

    def of_array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        count = 0 if depth > 4 else self.dice.randrange(3)
        return [self.value(schema.get("items", {}), depth + 1) for _ in range(count)]

    def of_object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        made = {}
        for name, inner in schema.get("properties", {}).items():
            wanted = 0.97 if name in schema.get("required", ()) else 0.35
            if self.dice.random() < wanted and depth < 5:
                made[name] = self.value(inner, depth + 1)
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and depth < 4 and self.dice.random() < 0.7:
            made[self.dice.choice(["", "it", "name", "weight", *HOSTILE])] = self.value(more, depth + 1)
        if self.dice.random() < 0.03:
            made[self.text()] = 1
        return made

    def request(self, operation: Operation) -> dict[str, Any]:
        """What `Described.send` takes."""
        known = {"channel": ["shop", "SHOP"], "sku": NAMES[:2], "output": ["feed"], "id": ["1"]}
        path = {
            name: self.dice.choice([*known.get(name, NAMES)] * 5 + [each for each in HOSTILE if each.strip("./")])
            for name in operation.parameters("path")
        }
        query = {
            name: str(self.value(row["schema"]))
            for name, row in operation.parameters("query").items()
            if self.dice.random() < 0.3
        }
        headers = {
            name.lower(): self.header(name) for name in operation.parameters("header") if self.dice.random() < 0.8
        }
        headers["accept"] = self.dice.choice(["*/*", "application/json", "application/x-ndjson", "text/html"])
        return {"path": path, "query": query, "headers": headers, **self.body(operation)}

    def header(self, name: str) -> str:
        plain = [each for each in HOSTILE if each.isascii() and each.isprintable()]
        return self.dice.choice([*(["*"] * 40 if name == "If-Match" else []), '"x"', 'W/"y"', *plain])

    def body(self, operation: Operation) -> dict[str, Any]:
        if "application/json" not in operation.bodies:
            return {}
        data = json.dumps(self.value(operation.bodies["application/json"])).encode()
        if self.dice.random() < 0.1:
            data = self.dice.choice([b"", b"[", b"\xff", b"null", b"[" * 3_000, b'{"a": NaN}', b'{"a":1,"a":2}'])
        return {"data": data, "content_type": self.dice.choice(["application/json"] * 20 + ["text/plain"])}


def seeds() -> range:
    """Others each time where many are tried."""
    start = 0 if TIMES == 1 else time.time_ns()
    return range(start, start + EACH * TIMES)


def described(secret: str) -> Described:
    headers = {"authorization": f"Bearer {secret}"}
    return Described(description(), Client(headers=headers, raise_request_exception=False))


def is_channels(operation: Operation) -> bool:
    return {"channelToken": []} in operation.said["security"]


def test_what_channels_ask_is_answered_as_described(world: World) -> None:
    outputs.define(ACTOR, "feed", world.shop, "it", "json", {})
    editions.build(ACTOR, Output.objects.get())
    api = described(world.shop_token)
    _try_all(api, [each for each in api.operations() if is_channels(each)], 5)


def test_what_authors_send_is_answered_as_described(world: World) -> None:
    user = User.objects.create_superuser("ada")
    api = described(issue_user_token(ACTOR, user, "fuzz", rate=0)[1])
    _try_all(api, [each for each in api.operations() if not is_channels(each)], 1)


def _try_all(api: Described, operations: list[Operation], times: int) -> None:
    answered = set()
    for seed in (seed for start in seeds() for seed in range(start * times, (start + 1) * times)):
        for operation in operations:
            request = Maker(api.document, Random(f"{seed} {operation.id}")).request(operation)
            if request["query"].get("wait"):
                request["query"]["wait"] = "0"
            status, _ = api.send(operation, **request)
            assert status < 500, (operation.id, request)
            answered.add(status // 100)
    assert answered >= {2, 4}


def test_a_client_that_knows_only_the_description_keeps_a_copy(world: World) -> None:
    """A full sync by pages and by lines, and three deltas."""
    api = described(world.shop_token)
    given = {"channel": "shop", "language": "it"}
    page = api.call("listDocuments", limit=1, **given)
    copy = {entry["document"]["sku"]: entry["document"] for entry in page["documents"]}
    cursor = page["changes"]
    while page["next"]:
        page = api.follow("listDocuments", page["next"])
        copy |= {entry["document"]["sku"]: entry["document"] for entry in page["documents"]}
    lines = api.call("listDocuments", accept="application/x-ndjson", **given)
    assert copy == {line["sku"]: line["document"] for line in lines}
    for change in (
        lambda: world.rename("BZ-LIRA", "Lira due"),
        lambda: world.add("X-1", "X-2"),
        lambda: switch("BZ-TAMPER", "disabled"),
    ):
        change()
        world.release()
        more = True
        while more:
            page = api.call("listChanges", channel="shop", cursor=cursor, limit=1)
            for row in page["changes"]:
                if row["type"] == "delete":
                    del copy[row["sku"]]
                else:
                    copy[row["sku"]] = row["document"]
            cursor, more = page["cursor"], page["more"]
        lines = api.call("listDocuments", accept="application/x-ndjson", **given)
        assert copy == {line["sku"]: line["document"] for line in lines}
    assert set(copy) == {"BZ-LIRA", "BZ-LIRA-B", "BZ-LIRA-R", "X-1", "X-2"}
    for sku, document in copy.items():
        assert api.call("getDocument", sku=sku, **given)["document"] == document
    with pytest.raises(AssertionError):
        api.call("getDocument", sku="BZ-TAMPER", **given)
