"""A client made from nothing but the API's description: it knows operations by their ids, and OpenAPI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the description has it."""

    id: str
    method: str
    path: str
    said: dict[str, Any]

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in self.said.get("parameters", []) if row["in"] == place}

    @property
    def bodies(self) -> dict[str, Any]:
        """Schemas of request bodies by media type."""
        content: dict[str, Any] = self.said.get("requestBody", {}).get("content", {})
        return {media_type: row["schema"] for media_type, row in content.items()}


@dataclass
class Described:
    """Operations of a description, and requests to them; every answer must be one that is described."""

    document: dict[str, Any]
    client: Client
    validators: dict[int, Any] = field(default_factory=dict)

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method, said in methods.items():
                yield Operation(said["operationId"], method, path, said)

    def operation(self, id: str) -> Operation:
        return next(each for each in self.operations() if each.id == id)

    def call(self, id: str, accept: str = "application/json", **given: Any) -> Any:
        """The body of a good answer: parsed JSON, or a list of it of lines."""
        operation = self.operation(id)
        path = {name: given.pop(name) for name in operation.parameters("path")}
        assert given.keys() <= operation.parameters("query").keys()
        status, body = self.send(operation, path, given, {"accept": accept})
        assert status == 200, body
        return body

    def follow(self, id: str, address: str) -> Any:
        """The body at an address that an answer gave, which is one of the operation's."""
        operation = self.operation(id)
        parts = urlsplit(address)
        status, body = self.judged(operation, self.client.get(f"{parts.path}?{parts.query}"))
        assert status == 200, body
        assert dict(parse_qsl(parts.query)).keys() <= operation.parameters("query").keys()
        return body

    def send(
        self, operation: Operation, path: dict[str, str], query: dict[str, Any], headers: dict[str, str], **more: Any
    ) -> tuple[int, Any]:
        address = operation.path
        for name, value in path.items():
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
        address += f"?{urlencode(query, doseq=True)}" if query else ""
        return self.judged(operation, self.client.generic(operation.method.upper(), address, headers=headers, **more))

    def judged(self, operation: Operation, answer: Any) -> tuple[int, Any]:
        """Status and body of an answer, which must be described: its status, media type and content."""
        asked = f"{operation.id}: {answer.request['PATH_INFO']!r} {answer.request.get('QUERY_STRING', '')!r}"
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        described = operation.said["responses"].get(str(answer.status_code))
        assert described is not None, (asked, answer.status_code, body[:300])
        content = described.get("content", {})
        if not content:
            assert body == b"", asked
            return answer.status_code, None
        media_type = answer.headers["Content-Type"].partition(";")[0]
        said = content.get(media_type) or content.get("*/*")
        assert said is not None, (asked, answer.status_code, media_type)
        if media_type == "application/x-ndjson":
            found: Any = [orjson.loads(line) for line in body.splitlines()]
            for line in found[:5]:
                self.check(said["schema"], line, asked)
        elif "json" in media_type and "*/*" not in content:
            found = orjson.loads(body)
            self.check(said["schema"], found, asked)
        else:
            found = body
        return answer.status_code, found

    def check(self, schema: dict[str, Any], value: Any, asked: str) -> None:
        if id(schema) not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            self.validators[id(schema)] = Draft202012Validator(whole)
        error = next(self.validators[id(schema)].iter_errors(value), None)
        assert error is None, (asked, error.message if error else "", list(error.absolute_path) if error else [])
