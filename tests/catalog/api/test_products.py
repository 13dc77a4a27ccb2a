"""Products over HTTP: written by the operations of the admin, refused at the place that is wrong."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from catalog.models import Change, Product
from tests import factories
from tests.catalog.api.people import Author, counted, pointers, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Author:
    return Author()


@pytest.fixture
def shop() -> None:
    """A family of machines with a name, a weight and a colour."""
    attributes = [
        factories.make_attribute("text", "name", localizable=True),
        factories.make_attribute("measurement", "weight", settings={"unit_family": "mass"}, filterable=True),
        factories.make_attribute("select", "color", options=["black", "red"], filterable=True),
    ]
    factories.make_family("machines", attributes, label_attribute=attributes[0])
    factories.make_channel("print", ["en", "de"])
    factories.make_category("home")


KG4 = {"amount": "4.2", "unit": "kg"}


def test_a_product_is_made_read_changed_and_deleted(author: Author, shop: None) -> None:
    body = {
        "sku": "TS-1",
        "family": "MACHINES",
        "categories": ["home"],
        "facts": {"name": {"de": "Lira"}, "weight": {"": KG4}},
    }
    made = author.made("products", body)
    assert (made["sku"], made["family"], made["status"], made["categories"]) == ("TS-1", "machines", "draft", ["home"])
    assert made["facts"] == {"name": {"de": "Lira"}, "weight": {"": KG4}}
    assert author.json("products/ts-1/") == made
    changed = author.changed("products/TS-1/", {"status": "enabled", "facts": {"color": {"": "RED"}}})
    assert changed["facts"] == {**made["facts"], "color": {"": "red"}}
    assert changed["version"] != made["version"]
    assert author.delete("products/TS-1/").status_code == 204
    problem(author.get("products/TS-1/"), 404)
    rows = Change.objects.filter(kind="product").order_by("id").values_list("operation", "actor", "path")
    assert list(rows) == [("create", "ada", "api"), ("change", "ada", "api"), ("delete", "ada", "api")]


def test_a_fact_is_emptied_by_null_and_inherited_again_when_asked(author: Author, shop: None) -> None:
    author.made("products", {"sku": "P", "family": "machines", "facts": {"color": {"": "red"}}})
    author.made("products", {"sku": "C", "parent": "P", "facts": {"color": {"": "black"}}})
    address = "products/C/?effective=print,de"
    assert author.json(address)["effective"]["color"] == {
        "value": "black",
        "from": "product",
        "of": "C",
        "scope": "",
        "text": "black",
        "beaten": [{"value": "red", "from": "product", "of": "P", "scope": ""}],
    }
    assert author.changed("products/C/", {"facts": {"color": {"": None}}})["facts"] == {"color": {"": None}}
    assert author.json(address)["effective"]["color"]["value"] is None
    assert author.changed("products/C/", {"facts": {"color": {"": {"inherit": True}}}})["facts"] == {}
    assert author.json(address)["effective"]["color"]["of"] == "P"


def test_what_is_not_inherited_is_said_and_taken_back(author: Author, shop: None) -> None:
    author.made("products", {"sku": "P", "own_only": ["categories", "asset:Main"]})
    assert author.json("products/P/")["own_only"] == ["asset:main", "categories"]
    assert author.changed("products/P/", {"own_only": ["categories"]})["own_only"] == ["categories"]
    assert pointers(author.change("products/P/", {"own_only": ["slot:nope"]})) != {}


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({}, "/sku", "This is needed."),
        ({"sku": "a b"}, "/sku", "A code starts"),
        ({"sku": "TAKEN"}, "", "taken already"),
        ({"sku": "x", "nope": 1}, "/nope", "There is no such member here. There are: sku, status"),
        ({"sku": "x", "created_at": "2027"}, "/created_at", "This cannot be written"),
        ({"sku": "x", "axis_key": "1"}, "/axis_key", "There is no such member"),
        ({"sku": "x", "id": 1}, "/id", "There is no such member"),
        ({"sku": 7}, "/sku", "Write a text, not a number."),
        ({"sku": "x", "family": "nope"}, "/family", "There is no family “nope”."),
        ({"sku": "x", "family": {}}, "/family", "Write a text, not an object."),
        ({"sku": "x", "categories": "home"}, "/categories", "Write a list, not a text."),
        ({"sku": "x", "categories": ["home", "n/o"]}, "/categories/1", "There is no category “n/o”."),
        ({"sku": "x", "status": "gone"}, "/status", "Choose one of draft, enabled, disabled"),
        ({"sku": "x", "facts": []}, "/facts", "Write facts by attribute, not a list."),
        ({"sku": "x", "facts": {"color": "red"}}, "/facts/color", "Write values by scope"),
        ({"sku": "x", "facts": {"color": {"": "blue"}, "name": {"en": "A"}}}, "/facts/color/", "blue"),
        ({"sku": "x", "facts": {"a/b~c": {"": "blue"}}}, "/facts/a~1b~0c/", "There is no attribute"),
        ({"sku": "x", "facts": {"name": {"xx": "A"}}}, "/facts/name/xx", "there is no language"),
        ({"sku": "x", "facts": {"weight": {"": {"amount": 1, "unit": "V"}}}}, "/facts/weight/", "no unit"),
    ],
)
def test_what_is_wrong_with_a_product_is_told_at_its_place(
    author: Author, shop: None, body: Any, pointer: str, detail: str
) -> None:
    factories.make_product("taken")
    found = pointers(author.send("POST", "products/", body))
    assert detail in found[pointer]
    assert list(Product.objects.values_list("sku", flat=True)) == ["taken"]


def test_a_product_keeps_its_sku(author: Author) -> None:
    author.made("products", {"sku": "A"})
    assert pointers(author.change("products/A/", {"sku": "B"})) == {"/sku": "This stays as it was made; leave it out."}
    assert author.changed("products/A/", {"sku": "a", "status": "enabled"})["sku"] == "A"


def test_a_product_in_use_is_not_deleted_and_its_uses_are_named(author: Author, shop: None) -> None:
    author.made("products", {"sku": "P"})
    author.made("products", {"sku": "C", "parent": "P"})
    body = problem(author.delete("products/P/"), 409)
    assert body["uses"] == [{"kind": "product", "label": "Products", "count": 1, "examples": ["C"]}]
    assert author.json("products/P/where-used/") == {"key": "P", "uses": body["uses"], "carried": None}
    assert Product.objects.count() == 2


# --- Listing ---------------------------------------------------------------------------------------------------------
def listed(author: Author, query: str) -> list[str]:
    """The SKUs of all pages."""
    found, address = [], f"products/?{query}"
    while address:
        page = author.json(address)
        found += [row["sku"] for row in page["items"]]
        address = page["next"]
    return found


def test_pages_neither_skip_nor_repeat_while_products_come_and_go(author: Author) -> None:
    for sku in ("b", "D", "a", "C", "e"):
        factories.make_product(sku)
    page = author.json("products/?limit=2")
    assert [row["sku"] for row in page["items"]] == ["a", "b"]
    factories.make_product("A0")
    Product.objects.get(sku="b").delete()
    assert [row["sku"] for row in author.json(page["next"])["items"]] == ["C", "D"]
    assert listed(author, "limit=1") == ["a", "A0", "C", "D", "e"]


def test_products_are_found_by_filter_and_words_and_counted(author: Author, shop: None) -> None:
    for sku, color, name in (("A", "red", "Lira rossa"), ("B", "black", "Lira"), ("C", "red", "Tamper")):
        author.made(
            "products", {"sku": sku, "family": "machines", "facts": {"color": {"": color}, "name": {"en": name}}}
        )
    assert listed(author, "filter=color%20=%20red") == ["A", "C"]
    assert listed(author, "q=lira") == ["A", "B"]
    assert listed(author, "q=lira&filter=color%20in%20(red)&limit=1") == ["A"]
    page = author.json("products/?filter=family%20=%20machines&facets=color&limit=1")
    assert page["facets"][-1] == {
        "code": "color",
        "label": "color",
        "values": [
            {"filter": "color = red", "label": "red", "count": 2},
            {"filter": "color = black", "label": "black", "count": 1},
        ],
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filter=nope%20=%201", "filter"),
        ("filter=((", "filter"),
        ("filter=%00", "filter"),
        ("facets=nope", "facets"),
        ("channel=nope", "channel"),
        ("channel=%00", "channel"),
        ("language=xx", "language"),
        ("limit=501", "limit"),
        ("cursor=x", "cursor"),
        ("sku__startswith=a", "sku__startswith"),
        ("family__products__sku=a", "family__products__sku"),
        ("_connector=OR", "_connector"),
        ("q=a&q=b", "q"),
    ],
)
def test_a_parameter_that_is_not_understood_is_named(author: Author, query: str, field: str) -> None:
    assert problem(author.get(f"products/?{query}"), 400)["errors"][0]["field"] == field


def test_a_cursor_belongs_to_its_listing(author: Author) -> None:
    factories.make_product("a"), factories.make_product("b")
    cursor = author.json("products/?limit=1")["next"].partition("cursor=")[2].partition("&")[0]
    for address in (f"products/?q=a&cursor={cursor}", f"products/?cursor={cursor[:-1]}", "products/?cursor=e30:x"):
        assert problem(author.get(address), 400)["errors"][0]["field"] == "cursor"


def test_a_page_costs_the_same_queries_however_many_products(author: Author, shop: None) -> None:
    counts = []
    for number in (2, 22):
        for at in range(number):
            sku = f"N{number}-{at}"
            author.made("products", {"sku": sku, "family": "machines", "categories": ["home"], "parent": None})
        # The first time what the filter names is looked up; then it is remembered.
        author.json("products/?filter=family%20=%20machines&facets=color")
        with counted() as queries:
            author.json("products/?filter=family%20=%20machines&facets=color")
        counts += queries
    assert counts[0] == counts[1]
    assert counts[0] <= 16


# --- Many at once ----------------------------------------------------------------------------------------------------
def test_many_products_are_made_and_changed_and_each_is_answered(author: Author, shop: None) -> None:
    made = author.made("products", {"sku": "OLD"})
    items = [
        {"sku": "old", "status": "enabled"},
        {"sku": "NEW", "family": "machines"},
        {"sku": "BAD", "family": "nope"},
        {"sku": "OLD", "status": "draft", "version": made["version"]},
        {"status": "draft"},
        "what",
    ]
    answer = orjson.loads(author.send("POST", "products/bulk/", {"items": items}).content)
    assert (answer["created"], answer["updated"], answer["failed"]) == (1, 1, 4)
    assert [row["status"] for row in answer["items"]] == [200, 201, 400, 412, 400, 400]
    assert answer["items"][2]["problem"]["errors"] == [{"pointer": "/family", "detail": "There is no family “nope”."}]
    assert answer["items"][3]["problem"]["changed"]["status"] == "enabled"
    assert answer["items"][1]["version"] == author.json("products/NEW/")["version"]


def test_all_or_nothing_is_nothing_where_one_is_wrong(author: Author, shop: None) -> None:
    items = [{"sku": "A"}, {"sku": "B", "facts": {"color": {"": "blue"}}}]
    found = pointers(author.send("POST", "products/bulk/?atomic=true", {"items": items}))
    assert list(found) == ["/items/1/facts/color/"]
    assert not Product.objects.exists()
    assert not Change.objects.filter(kind="product").exists()
    answer = author.send("POST", "products/bulk/?atomic=true", {"items": items[:1]})
    assert (answer.status_code, Product.objects.count()) == (200, 1)


@pytest.mark.parametrize(
    "body", [{}, [], {"items": []}, {"items": {}}, {"items": [{"sku": "A"}], "more": 1}, {"items": [{}] * 501}]
)
def test_what_is_no_list_of_items_is_refused(author: Author, body: Any) -> None:
    problem(author.send("POST", "products/bulk/", body), 400)
    assert not Product.objects.exists()


def test_a_value_no_two_products_may_share_is_refused_among_many_too(author: Author) -> None:
    factories.make_family("f", [factories.make_attribute("text", "serial", unique=True)])
    items = [{"sku": sku, "family": "f", "facts": {"serial": {"": "1"}}} for sku in ("A", "B")]
    answer = orjson.loads(author.send("POST", "products/bulk/", {"items": items}).content)
    assert [row["status"] for row in answer["items"]] == [201, 400]


def test_a_product_called_bulk_is_one_like_any_other(author: Author) -> None:
    author.made("products", {"sku": "bulk"})
    assert author.changed("products/bulk/", {"status": "enabled"})["sku"] == "bulk"
