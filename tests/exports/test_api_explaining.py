"""Why a channel says what it says, told to its authors and nobody else."""

from __future__ import annotations

import pytest

from tests.catalog.api.people import Author, problem
from tests.catalog.api.test_description import conforms, description
from tests.exports.world import World, world

__all__ = ["world"]
ADDRESS = "products/bz-lira/explain/?channel=shop&language=it"


def test_every_part_of_a_document_is_explained(world: World) -> None:
    found = Author().json(ADDRESS)
    assert (found["sku"], found["channel"], found["language"]) == ("BZ-LIRA", "shop", "it")
    assert found["facts"]["name"]["text"]
    answer = description()["paths"]["/api/v1/products/{key}/explain/"]["get"]["responses"]["200"]["content"]
    conforms(found, answer["application/json"]["schema"])


def test_a_draft_is_explained_and_what_is_out_is_told(world: World) -> None:
    author = Author()
    assert author.json(f"{ADDRESS}&draft=true")["release"] == 0
    carried = author.json("attributes/name/where-used/")["carried"]
    assert carried["documents"] > 0
    assert {outlet["channel"] for outlet in carried["outlets"]} >= {"shop"}


def test_it_is_for_those_who_may_see_the_product(world: World) -> None:
    assert Author("view_product").get(ADDRESS).status_code == 200
    problem(Author("view_release", name="eve").get(ADDRESS), 403)
    problem(world.reader().get(f"/api/v1/{ADDRESS}"), 401)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("products/nope/explain/?channel=shop&language=it", 404),
        ("products/bz-lira/explain/?channel=shop&language=xx", 404),
        ("products/bz-lira/explain/?channel=nope&language=it", 400),
        ("products/bz-lira/explain/?channel=%00&language=it", 400),
        ("products/bz-lira/explain/?channel=shop&language=%00", 404),
        ("products/bz-lira/explain/?channel=shop", 400),
        ("products/bz-lira/explain/", 400),
        ("products/bz-lira/explain/?channel=shop&language=it&token=x", 400),
        ("products/%00/explain/?channel=shop&language=it", 404),
    ],
)
def test_what_cannot_be_explained_says_why(world: World, address: str, status: int) -> None:
    problem(Author().get(address), status)
