"""The description of what authors write: complete, and true of what is answered."""

from __future__ import annotations

import io
from copy import deepcopy
from functools import cache
from typing import Any

import orjson
import pytest
from django.core.management import call_command
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from catalog.api.resources.base import Resource
from catalog.api.resources.registry import RESOURCES
from tests.catalog.api.people import API, Author
from tests.catalog.api.test_resources import CHANGES, address_of
from tests.catalog.api.world import shop

__all__ = ["shop"]
each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.route)


@cache
def description() -> Any:
    """As it is generated; any warning is an error. To validate it takes seconds: one test does."""
    out = io.StringIO()
    call_command("spectacular", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    return orjson.loads(out.getvalue())


def paths() -> dict[str, Any]:
    """What authors write: all below the addresses of resources."""
    roots = tuple(f"{API}/{resource.route}/" for resource in RESOURCES)
    return {
        path: row for path, row in description()["paths"].items() if path.startswith(roots) and "explain" not in path
    }


def conforms(value: Any, schema: Any) -> None:
    """Strictly: nothing in our objects that the description does not name."""
    described = deepcopy(description())
    for component in described["components"]["schemas"].values():
        if "properties" in component:
            component.setdefault("additionalProperties", False)
    Draft202012Validator({**schema, "components": described["components"]}).validate(value)


def answered(path: str, method: str, status: int) -> Any:
    content = paths()[path][method]["responses"][str(status)]["content"]
    return next(iter(content.values()))["schema"]


def test_it_is_a_valid_description() -> None:
    validate_schema(description())  # type: ignore[no-untyped-call]


def test_every_operation_is_named_described_and_says_its_problems() -> None:
    ids = []
    for path, methods in paths().items():
        for method, row in methods.items():
            ids.append(row["operationId"])
            assert row["summary"], path
            assert row["description"], path
            assert row["security"] == [{"userToken": []}, {"cookieAuth": []}]
            assert {"400", "401", "403"} <= set(row["responses"])
            assert all(each["description"] for each in row.get("parameters", []))
            if "{key}" in path:
                assert "404" in row["responses"]
            if method in ("patch", "delete", "put"):
                assert {"412", "428"} <= set(row["responses"])
                assert "If-Match" in [each["name"] for each in row["parameters"] if each.get("required")]
            if method == "post" and not path.endswith("/impact/"):  # which stores nothing
                assert "Idempotency-Key" in [each["name"] for each in row["parameters"]]
    assert len(ids) == len(set(ids))


@each_resource
def test_examples_and_answers_conform(resource: Resource, shop: None) -> None:
    author, root = Author(), f"{API}/{resource.route}/"
    create = paths()[root]["post"]["requestBody"]["content"]["application/json"]
    assert resource.example in [each["value"] for each in create["examples"].values()]
    conforms(resource.example, create["schema"])
    made = author.made(resource.route, resource.example)
    conforms(made, answered(root, "post", 201))
    address = address_of(resource, made)
    conforms(
        CHANGES[resource.route],
        paths()[f"{root}{{key}}/"]["patch"]["requestBody"]["content"]["application/json"]["schema"],
    )
    conforms(author.changed(address, CHANGES[resource.route]), answered(f"{root}{{key}}/", "patch", 200))
    conforms(author.json(address), answered(f"{root}{{key}}/", "get", 200))
    conforms(author.json(f"{resource.route}/?limit=1"), answered(root, "get", 200))
    bulk = {"items": [resource.example, {"nope": 1}]}
    conforms(
        orjson.loads(author.send("POST", f"{resource.route}/bulk/", bulk).content),
        answered(f"{root}bulk/", "post", 200),
    )
    if resource.looked_at:
        for name in ("where-used", "history"):
            conforms(author.json(f"{address}{name}/"), answered(f"{root}{{key}}/{name}/", "get", 200))
    for method, place, status in (("POST", root, 400), ("PATCH", address, 412), ("DELETE", address, 428)):
        headers = {"if_match": '"x"'} if method == "PATCH" else {}
        answer = author.send(method, place, {"nope": 1}, **headers)
        described = root if method == "POST" else f"{root}{{key}}/"
        assert answer.status_code == status
        conforms(orjson.loads(answer.content), answered(described, method.lower(), status))


def test_the_effective_facts_and_facets_of_products_conform(shop: None) -> None:
    author = Author()
    author.made("categories", {"code": "home"})
    author.made("products", {"sku": "A", "family": "espresso", "facts": {"name": {"en": "Lira"}}})
    conforms(author.json("products/A/?effective=print,de"), answered(f"{API}/products/{{key}}/", "get", 200))
    conforms(author.json("products/?facets=*&q=lira"), answered(f"{API}/products/", "get", 200))
    author.made("fragments", {"code": "f", "body": {"en": "<p>Text</p>"}})
    author.send("POST", "fragments/f/approve/", {}, if_match="*")
    conforms(author.json("fragments/f/revisions/"), answered(f"{API}/fragments/{{key}}/revisions/", "get", 200))
