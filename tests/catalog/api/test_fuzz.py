"""Whatever is sent to any address, nothing of it is our fault: requests made from the description itself."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.catalog.api.people import Author
from tests.catalog.api.test_description import description, paths
from tests.catalog.api.world import shop

__all__ = ["shop"]
NASTY = (
    *(
        "",
        "'",
        '"',
        "%",
        "--",
        "a\nb",
        "a\x00b",
        ".",
        "..",
        "_connector",
        "family__products",
        "x' OR '1'='1",
        "ı",
        "1e9",
    ),
    *("-1", "9" * 400, "{{7*7}}", "$.a", "\ufffd", "\U0001f600", "a:b", ",", "en", "print", "espresso", "topic:care"),
    *("weight > 1 kg", "name = x", "warranty", "P", "status in (draft, enabled)", "true", "5", "((((", "NaN", "*"),
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), TEXTS, st.sampled_from(["2027-01-01", "draft"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
KEYS = st.sampled_from(
    ["P", "warranty", "headline", "topic:care", "espresso", "weight", "machines", "technical", "print", "new", "1"]
)
# What is there, by resource.
OWN = {
    "products": "P",
    "fragments": "warranty",
    "placements": "1",
    "slots": "headline",
    "tags": "topic:care",
    "categories": "machines",
    "families": "espresso",
    "attributes": "weight",
    "attribute-groups": "technical",
    "assets": "pic",
}
OPERATIONS = sorted((path, method) for path, methods in paths().items() for method in methods)


def bodies(schema: Any) -> st.SearchStrategy[Any]:
    """Values of a schema's shape, with anything in a few places."""
    fitting = _fitting(schema)
    return st.integers(0, 9).flatmap(lambda number: fitting if number else ANYTHING)


def _fitting(schema: Any) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _fitting(description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object" and "properties" in schema:
        fitting = {name: bodies(inner) for name, inner in schema["properties"].items() if name != "version"}
        needed = {name: fitting[name] for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional={name: fitting[name] for name in fitting.keys() - needed})
    if kind == "object":
        inner = schema.get("additionalProperties")
        names = st.sampled_from(["en", "de", "", "name", "weight", "en@print", "xx", "min", "default", "unit"]) | TEXTS
        return st.dictionaries(names, bodies(inner) if isinstance(inner, dict) and inner else ANYTHING, max_size=3)
    if kind == "array":
        return st.lists(bodies(schema["items"]), max_size=3)
    plain = {"boolean": st.booleans(), "integer": st.integers(-1, 120), "string": KEYS | TEXTS}
    return plain[kind]


def addresses(path: str, row: Any) -> st.SearchStrategy[str]:
    """Parameters that are there, and rarely others; a key that is there, or any text."""
    named = [each["name"] for each in row.get("parameters", []) if each["in"] == "query"]
    names = st.integers(0, 15).flatmap(
        lambda number: st.sampled_from(named if named and number else ["nope", "sku__startswith"])
    )
    query: st.SearchStrategy[dict[str, str]] = (
        st.just({}) | st.dictionaries(names, TEXTS, max_size=2) if named else st.just({})
    )
    return st.builds(
        lambda key, asked: f"{path.replace('{key}', quote(key, safe='') or '-')}?{urlencode(asked)}",
        st.integers(0, 7).flatmap(lambda number: st.just(OWN[path.split("/")[3]]) if number else KEYS | TEXTS),
        query,
    )


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes]:
    path, method = draw(st.sampled_from(OPERATIONS))
    row = paths()[path][method]
    content = row.get("requestBody", {}).get("content", {}).get("application/json")
    body = draw(bodies(content["schema"])) if content else None
    return method.upper(), draw(addresses(path, row)), json.dumps(body).encode()


@pytest.fixture
def author(shop: None) -> Author:
    factories.make_product("P")
    factories.make_asset("pic")
    return Author()


@settings(max_examples=int(os.environ.get("FUZZ", "250")), suppress_health_check=list(HealthCheck))
@given(request=requests())
def test_nothing_that_is_sent_is_our_fault(author: Author, request: tuple[str, str, bytes]) -> None:
    method, address, raw = request
    try:
        with transaction.atomic():
            answer = author.send(method, address, raw, if_match="*")
            b"".join(getattr(answer, "streaming_content", ()))
            assert answer.status_code < 500, (method, address, raw, answer.content)
            if answer.status_code >= 400:
                assert answer.headers["Content-Type"] == "application/problem+json"
            raise Undone
    except Undone:
        pass


class Undone(Exception):
    """Takes back what a request wrote."""


KINDS = ["application/json", "multipart/form-data; boundary=x", "text/x", ""]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    raw=st.binary(max_size=60), kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/x"])
)
def test_no_bytes_are_our_fault(author: Author, raw: bytes, kind: str) -> None:
    for address in ("assets/", "products/bulk/", "fragments/"):
        answer = author.send("POST", address, raw, content_type=kind)
        assert 400 <= answer.status_code < 500, (address, raw, answer.content)
