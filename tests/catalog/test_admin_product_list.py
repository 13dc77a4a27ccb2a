"""The list of products is narrowed by a filter, marks what is wrong with it, and counts what products share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import html

from catalog.models import Channel, Family, Product
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries

pytestmark = ADMIN

LIST = address(Product, "changelist")


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture(autouse=True)
def lamps() -> Family:
    color = make.make_attribute("select", "color", "Colour", options=["black", "red"], filterable=True)
    weight = make.make_attribute("measurement", "weight", settings={"unit_family": "mass"}, filterable=True)
    family = make.make_family("lamps", [color, weight], "Lamps")
    root = make.make_product("a-2", family, {"color": "black", "weight": {"amount": "900", "unit": "g"}})
    make.make_product("A-1", family, {"color": "red"}, parent=root)
    make.make_product("B", status="draft")
    return family


def skus(page: Client, **query: Any) -> list[str]:
    return [row.sku for row in page.get(LIST, query).context["cl"].result_list]


def facets(page: Client, text: str) -> dict[str, list[tuple[str, int, bool]]]:
    changelist = page.get(LIST, {"filter": text}).context["cl"]
    return {
        choice["label"]: [(value.label, value.count, value.chosen) for value in choice["values"]]
        for choice in changelist.box.choices(changelist)
    }


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("color = blue or weight > 1 kg", "blue", "“blue” is no option of “color”; there are black, red."),
        ("colour = red", "colour", "There is no attribute or field “colour”; did you mean “color”?"),
        ("color =", "…", "A value must stand here"),
        ("weight > 3 m", "3 m", "“m” is no unit"),
        ("<script>alert(1)</script> = 1", "<", "A condition must stand here"),
        ("(" * 3000, "(", "A filter may be 20 levels deep"),
    ],
)
def test_a_filter_that_is_not_understood_is_marked_and_finds_nothing(
    page: Client, text: str, marked: str, message: str
) -> None:
    answer = page.get(LIST, {"filter": text})
    assert list(answer.context["cl"].result_list) == []
    tree = html.fromstring(answer.content.decode())
    assert [mark.text for mark in tree.xpath("//*[@id='product-filter-fault']//mark")] == [marked]
    assert message in messages_of(answer)
    assert tree.get_element_by_id("product-filter").value == text


@pytest.mark.parametrize("text", ["\0", "\x1b", "a" * 20_000])
def test_characters_that_cannot_be_stored_are_no_error_of_the_page(page: Client, text: str) -> None:
    assert page.get(LIST, {"filter": text}).status_code == 200


def test_the_filter_narrows_the_list_together_with_a_search(page: Client) -> None:
    assert skus(page) == ["A-1", "a-2", "B"]
    assert skus(page, filter="weight < 1 kg") == ["A-1", "a-2"]
    assert skus(page, filter="color = red") == ["A-1"]
    assert skus(page, filter="color = red", q="a-2") == []
    assert skus(page, filter="status = draft or level = variant", o="-2") == ["B", "A-1"]


def test_what_was_understood_is_said_where_it_was_typed_in_another_way(page: Client) -> None:
    assert "Understood as color = red" in messages_of(page.get(LIST, {"filter": "fact:color=red"}))
    assert "Understood as" not in messages_of(page.get(LIST, {"filter": "color = red"}))


def test_facets_of_a_family_are_counted_and_add_themselves_to_the_filter(page: Client) -> None:
    assert facets(page, "") == {"Family": [("Lamps", 2, False)], "Status": [("Enabled", 2, False), ("Draft", 1, False)]}
    assert facets(page, "family = lamps and color = red") == {
        "Family": [("Lamps", 1, True)],
        "Status": [("Enabled", 1, False)],
        "Colour": [("red", 1, True)],
    }
    tree = html.fromstring(page.get(LIST, {"filter": "family = lamps", "q": "a"}).content)
    links = {link.text: link.get("href") for link in tree.xpath("//*[@class='t-facets']//a")}
    assert links["black"] == "?filter=family+%3D+lamps+and+color+%3D+black&q=a"
    assert links["Lamps"] == "?q=a"


def test_a_product_links_to_the_list_of_its_variants(page: Client) -> None:
    tree = html.fromstring(page.get(LIST).content)
    links = [link.get("href") for link in tree.xpath("//td[contains(@class, 'field-variants')]//a")]
    assert links == ["?filter=parent+%3D+a-2"]
    assert skus(page, filter="parent = a-2") == ["A-1"]


def test_the_queries_of_a_filtered_list_do_not_grow(page: Client, lamps: Family) -> None:
    def ask() -> Any:
        return page.get(LIST, {"filter": "family = lamps and color = black and weight < 1 kg", "q": "x"})

    make.make_product("X", lamps, {"color": "black", "weight": {"amount": "1", "unit": "g"}})
    few = queries(ask)
    for number in range(20):
        make.make_product(f"X-{number}", lamps, {"color": "black", "weight": {"amount": "1", "unit": "g"}})
    assert len(ask().context["cl"].result_list) == 21
    assert queries(ask) == few


def test_a_channel_with_a_selection_that_is_no_filter_is_not_saved(page: Client) -> None:
    channel = make.make_channel("shop")
    answer = page.post(address(channel), {**filled(page, address(channel)), "selection": "colour = red"})
    assert "At character 1: there is no attribute or field “colour”; did you mean “color”?" in messages_of(answer)
    page.post(address(channel), {**filled(page, address(channel)), "selection": " color = red "})
    assert Channel.objects.get().selection == "color = red"
