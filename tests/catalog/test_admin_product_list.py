"""The list of products is narrowed by a filter, marks what is wrong with it, and counts what products share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from catalog.models import Asset, Attribute, AttributeOption, Channel, Family, FamilyAttribute, Product
from catalog.operations.recording import store
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries
from tests.sharing import Made, once

pytestmark = ADMIN

LIST = address(Product, "changelist")


@pytest.fixture
def page() -> Client:
    return browser()


def make_lamps() -> Family:
    color = make.make_attribute("select", "color", "Colour", options=["black", "red"], filterable=True)
    weight = make.make_attribute("measurement", "weight", settings={"unit_family": "mass"}, filterable=True)
    family = make.make_family("lamps", [color, weight], "Lamps")
    root = make.make_product("a-2", family, {"color": "black", "weight": {"amount": "900", "unit": "g"}})
    make.make_product("A-1", family, {"color": "red"}, parent=root)
    make.make_product("B", status="draft")
    return family


made_lamps = once(make_lamps)


@pytest.fixture(autouse=True)
def lamps(made_lamps: Made[Family], db: None) -> Family:
    return made_lamps.again()


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
    ask()  # what the filter and the facets name is remembered from here on
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


# --- Options as they look ---------------------------------------------------------------------------------------------
@pytest.fixture
def looks(lamps: Family) -> Attribute:
    """A colour of black (#000000) and red (a picture), and finishes of which none has a look."""
    color = Attribute.objects.get(code="color")
    finish = make.make_attribute("multiselect", "finish", options=["matt", "gloss"], filterable=True)
    store(make.ACTOR, FamilyAttribute(family=lamps, attribute=finish))
    color.options.filter(code="black").update(color="#1a1a1a")
    color.options.filter(code="red").update(picture=make.make_asset("swatch"))
    return color


def test_colours_and_pictures_of_options_stand_beside_their_labels_in_facets(page: Client, looks: Attribute) -> None:
    links = html.fromstring(page.get(LIST, {"filter": "family = lamps"}).content.decode()).xpath(
        "//div[@class='t-facets']//li/a"
    )
    shown = {link.text_content().strip(): link for link in links}
    assert shown["black"].xpath("svg/rect/@fill") == ["#1a1a1a"]
    assert shown["red"].xpath(".//img/@src") == [reverse("admin:catalog_asset_preview", args=[_swatch(), "small"])]
    assert shown["Lamps"].xpath("svg | .//img") == []


def _swatch() -> int:
    return Asset.objects.get(code="swatch").pk


@pytest.mark.parametrize("color", ["red", "#12345", "url(x)", '"><b>'])
def test_what_is_no_colour_is_not_drawn(page: Client, looks: Attribute, color: str) -> None:
    looks.options.filter(code="black").update(color=color)
    text = page.get(LIST, {"filter": "family = lamps"}).content.decode()
    assert "<rect" not in text
    assert '"><b>' not in text


def test_a_choice_with_looks_is_chips_with_labels_and_is_saved_as_before(page: Client, looks: Attribute) -> None:
    product = Product.objects.get(sku="a-2")
    form = html.fromstring(page.get(address(product)).content.decode())
    chips = form.xpath("//label[contains(@class, 't-chip')][input[@type='radio']]")
    assert [chip.text_content().strip() for chip in chips] == ["–", "black", "red"]
    assert [bool(chip.xpath(".//svg | .//img")) for chip in chips] == [False, True, True]
    assert [chip.xpath("input/@checked") for chip in chips] == [[], ["checked"], []]
    [name] = set(form.xpath("//label[contains(@class, 't-chip')]/input[@type='radio']/@name"))
    data = filled(page, address(product))
    assert data[name] == ["black"]
    assert page.post(address(product), {**data, name: "red"}).status_code == 302
    assert Product.objects.get(sku="a-2").values["color"] == {"": "red"}
    assert page.post(address(product), {**filled(page, address(product)), name: ""}).status_code == 302
    assert "color" not in Product.objects.get(sku="a-2").values


def test_several_choices_with_looks_and_long_lists_without(page: Client, looks: Attribute) -> None:
    AttributeOption.objects.filter(code="matt").update(color="#eeeeee")
    product = Product.objects.get(sku="a-2")
    form = html.fromstring(page.get(address(product)).content.decode())
    assert form.xpath("//label[contains(@class, 't-chip')][input[@type='checkbox']]//rect/@fill") == ["#eeeeee"]
    for number in range(30):
        AttributeOption.objects.create(attribute=looks, code=f"c{number}", color="#abcdef")
    form = html.fromstring(page.get(address(product)).content.decode())
    assert not form.xpath("//input[@type='radio']")
    assert form.xpath("//select[option[@value='black'][@selected]]")


def test_looks_cost_the_same_however_many_options(page: Client, looks: Attribute) -> None:
    few = queries(lambda: page.get(LIST, {"filter": "family = lamps"}))
    for number in range(8):
        AttributeOption.objects.create(attribute=looks, code=f"c{number}", color="#abcdef")
        make.make_product(family=Family.objects.get(code="lamps"), facts={"color": f"c{number}"})
    assert queries(lambda: page.get(LIST, {"filter": "family = lamps"})) == few
