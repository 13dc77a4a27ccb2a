"""The API's description: without a warning, complete, and true of the answers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, fields
from typing import Any

import orjson
import pytest
import yaml
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from exports import documents, editions, outputs
from exports.api import examples, schema
from exports.models import Output
from tests.catalog.api.test_description import description
from tests.exports import samples
from tests.exports.world import Reader, World, content, world
from tests.factories import ACTOR, require

__all__ = ["world"]
SHOP = "/api/v1/channels/shop"
JOBS = {f"/api/v1/jobs/{rest}" for rest in ("", "{id}/", "{id}/cancel/", "{id}/retry/")}  # for people
RELEASES = "/api/v1/releases/"
DESCRIBED = "/api/v1/channels/{channel}"


def strict() -> Any:
    """The description with nothing allowed in our objects that it does not name."""
    tightened = deepcopy(description())
    for component in tightened["components"]["schemas"].values():
        if "properties" in component:
            component["additionalProperties"] = False
    return tightened


def conforms(value: Any, operation: str, status: int, media_type: str) -> None:
    described = strict()
    answer = described["paths"][operation]["get"]["responses"][str(status)]["content"][media_type]["schema"]
    Draft202012Validator.check_schema(answer)
    Draft202012Validator({**answer, "components": described["components"]}).validate(value)


def paths() -> Any:
    """What channels pull; what authors write is described in tests/catalog/api/test_description.py."""
    return {
        path: row for path, row in description()["paths"].items() if path.startswith(("/api/v1/channels/", "/feeds/"))
    }


def test_the_description_is_generated_without_a_warning() -> None:
    assert set(paths()) == {
        f"{DESCRIBED}/documents/",
        f"{DESCRIBED}/documents/{{sku}}/",
        f"{DESCRIBED}/changes/",
        f"{DESCRIBED}/releases/",
        "/feeds/{output}",
    }
    assert set(description()["paths"]) >= JOBS


def test_every_address_needs_the_token_and_names_its_problems() -> None:
    for path in paths().values():
        assert path["get"]["security"] == [{"channelToken": []}]
        assert {"200", "400", "401", "404"} <= set(path["get"]["responses"])
        assert path["get"]["responses"].keys() & {"304", "410"}
        for status in ("400", "401", "404"):
            assert list(path["get"]["responses"][status]["content"]) == ["application/problem+json"]
    scheme = description()["components"]["securitySchemes"]["channelToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_what_people_ask_for_needs_them_to_log_in() -> None:
    described = [row for path, row in description()["paths"].items() if path.startswith(("/api/v1/jobs/", RELEASES))]
    operations = [operation for row in described for operation in row.values()]
    assert len(operations) == 9
    for operation in operations:
        assert operation["security"] == [{"userToken": []}, {"cookieAuth": []}]
        assert {"401", "403"} <= set(operation["responses"])


def test_every_parameter_and_answer_is_described() -> None:
    for path in description()["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            assert all(row["description"] for row in operation.get("parameters", []))
            assert all(row["description"] for row in operation["responses"].values())


def test_a_document_is_described_by_its_dataclass() -> None:
    described = description()["components"]["schemas"]
    for kind in (documents.Document, documents.Fact, documents.DocumentAsset, documents.Money):
        assert list(described[kind.__name__]["properties"]) == [field.name for field in fields(kind)]
        assert described[kind.__name__]["required"] == [field.name for field in fields(kind)]
    assert described["DocumentAsset"]["properties"]["width"] == {"type": ["integer", "null"]}
    assert described["Document"]["properties"]["statements"]["items"] == {"$ref": "#/components/schemas/Statement"}


def test_a_type_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError):
        schema.schema_of(bytes)


def test_documents_of_every_kind_conform() -> None:
    for document in samples.DOCUMENTS:
        answer = {
            "channel": "c",
            "language": "de",
            "digest": "0" * 64,
            "document": orjson.loads(documents.to_bytes(document)),
        }
        conforms(answer, f"{DESCRIBED}/documents/{{sku}}/", 200, "application/json")
        assert asdict(document)["sku"] == answer["document"]["sku"]


def test_the_examples_conform() -> None:
    for operation, rows in (
        (f"{DESCRIBED}/documents/", examples.DOCUMENTS),
        (f"{DESCRIBED}/documents/{{sku}}/", examples.DOCUMENT),
        (f"{DESCRIBED}/changes/", examples.CHANGES),
        (f"{DESCRIBED}/releases/", examples.RELEASES),
    ):
        for row in rows:
            (status,), media_type = row.status_codes or (), row.media_type or ""
            conforms(row.value, operation, int(status), media_type)
            shown = description()["paths"][operation]["get"]["responses"][str(status)]["content"]
            assert row.value in [example["value"] for example in shown[media_type]["examples"].values()]


def test_the_answers_conform(world: World) -> None:
    require(world.machines, world.shop, "weight")
    world.add("BZ-NEW")
    world.release()
    reader = world.reader()
    for query in ("", "?limit=2", "?language=de", "?release=1"):
        conforms(reader.json(f"{SHOP}/documents/{query}"), f"{DESCRIBED}/documents/", 200, "application/json")
    for line in reader.lines(f"{SHOP}/documents/"):
        conforms(line, f"{DESCRIBED}/documents/", 200, "application/x-ndjson")
        address = f"{SHOP}/documents/{line['sku']}/"
        conforms(reader.json(address), f"{DESCRIBED}/documents/{{sku}}/", 200, "application/json")
    for query in ("", "?limit=1"):
        conforms(reader.json(f"{SHOP}/changes/{query}"), f"{DESCRIBED}/changes/", 200, "application/json")
        conforms(reader.json(f"{SHOP}/releases/{query}"), f"{DESCRIBED}/releases/", 200, "application/json")


def test_the_problems_conform(world: World) -> None:
    outputs.define(ACTOR, "feed", world.shop, "it", "json", {})
    editions.build(ACTOR, Output.objects.get())
    reader, stranger = world.reader(), Reader()
    for address, missing, operation in (
        (f"{SHOP}/documents/", f"{SHOP}/documents/?release=9", f"{DESCRIBED}/documents/"),
        (f"{SHOP}/documents/BZ-LIRA/", f"{SHOP}/documents/NOPE/", f"{DESCRIBED}/documents/{{sku}}/"),
        (f"{SHOP}/changes/", "/api/v1/channels/nope/changes/", f"{DESCRIBED}/changes/"),
        (f"{SHOP}/releases/", "/api/v1/channels/nope/releases/", f"{DESCRIBED}/releases/"),
        ("/feeds/feed", "/feeds/nope", "/feeds/{output}"),
    ):
        answers = [
            (400, reader.get(f"{address}?nope=1")),
            (401, stranger.get(address)),
            (404, reader.get(missing)),
        ]
        if operation != "/feeds/{output}":
            answers.append((406, reader.get(address, accept="image/png")))
        for status, answer in answers:
            assert answer.status_code == status, address
            conforms(orjson.loads(answer.content), operation, status, "application/problem+json")
    content(reader.get("/feeds/feed"))


def test_the_description_and_its_browser_are_open_and_load_nothing_from_outside(db: None) -> None:
    served = Client().get("/api/v1/schema/")
    assert served.status_code == 200
    assert yaml.safe_load(served.content)["paths"].keys() == description()["paths"].keys()
    browser = Client().get("/api/v1/docs/")
    assert browser.status_code == 200
    assert b"https://" not in browser.content
    assert b"drf_spectacular_sidecar/swagger-ui" in browser.content
