"""What people do in a browser, done in one."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize, expect

from catalog.models import Attribute, Family, Finding, Product
from catalog.quality.rechecking import recheck
from exports.releasing.committing import release
from tests import factories as make
from tests.admin_pages import address
from tests.browser.conftest import Visit

# The theme's templates read variables that are not always there, and mean to.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

LIST = address(Product, "changelist")
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)


@pytest.fixture
def lamps(visit: Visit) -> Family:
    """After the browser, so that its fixture has allowed queries in this thread."""
    name = make.make_attribute("text", "name", "Name", localizable=True, filterable=True)
    color = make.make_attribute("select", "color", "Colour", options=["black", "red"], filterable=True)
    weight = make.make_attribute("measurement", "weight", "Weight", settings={"unit_family": "mass"}, filterable=True)
    columns = [{"code": "step", "type": "text", "labels": {"en": "Step"}}, {"code": "minutes", "type": "integer"}]
    dimming = make.make_attribute("table", "dimming", "Dimming", settings={"columns": columns})
    return make.make_family("lamps", [name, color, weight, dimming], "Lamps", label_attribute=name)


@pytest.fixture
def lamp(lamps: Family) -> Product:
    facts = {
        "name": {"en": "Lamp"},
        "color": "black",
        "weight": {"amount": "900", "unit": "g"},
        "dimming": [{"step": "Evening " * 12, "minutes": "30"}, {"step": "Night", "minutes": "5"}],
    }
    return make.make_product("L", lamps, facts)


@pytest.fixture
def red(lamp: Product) -> Product:
    return make.make_product("L-RED", facts={"color": "red"}, parent=lamp)


def said(product: Product, code: str) -> object:
    return Product.objects.get(pk=product.pk).values.get(code)


def test_the_list_is_filtered_and_narrowed_by_a_click_on_a_facet(visit: Visit, red: Product) -> None:
    page = visit.open(LIST)
    page.fill("#product-filter", "family = lamps")
    page.click(".t-filter button")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_contain_text(["L", "L-RED"])
    page.click("text=Filters")
    page.locator(".t-facets").get_by_role("link", name="red").click()
    expect(rows).to_contain_text(["L-RED"])
    assert page.input_value("#product-filter") == "family = lamps and color = red"


def test_a_filter_that_is_not_understood_shows_the_place(visit: Visit, lamp: Product) -> None:
    page = visit.open(LIST)
    page.fill("#product-filter", "wieght > 3 kg")
    page.press("#product-filter", "Enter")
    assert page.inner_text(".t-filter mark") == "wieght"
    assert "did you mean “weight”?" in page.inner_text("[role=alert]")
    assert page.get_attribute("#product-filter", "aria-invalid") == "true"


def test_an_inherited_fact_is_said_otherwise_and_given_back(visit: Visit, red: Product) -> None:
    page = visit.open(address(red))
    cell = page.locator(".t-cell", has=page.locator("[name='fact:name:en']"))
    assert "Inherited from L" in cell.inner_text()
    cell.locator("input").fill("Red lamp")
    page.get_by_role("button", name="Save and continue editing").click()
    assert said(red, "name") == {"en": "Red lamp"}
    cell.get_by_role("button", name="Reset to inherited").click()
    assert cell.locator("input").input_value() == ""
    assert said(red, "name") is None


def test_a_fact_is_emptied_here(visit: Visit, red: Product) -> None:
    page = visit.open(address(red))
    cell = page.locator(".t-cell", has=page.locator("[name^='fact:weight']"))
    cell.get_by_role("button", name="Empty here").click()
    assert "Empty here, in place of 900" in cell.inner_text()
    assert said(red, "weight") == {"": None}


def test_a_finding_is_acknowledged_with_a_reason(visit: Visit, lamps: Family) -> None:
    product = make.make_product("SHOUT", lamps, {"name": {"en": "LAMP WITH A VERY LOUD NAME"}})
    recheck([product.pk])
    page = visit.open(address(product))
    row = page.locator("#quality li", has=page.get_by_role("button", name="Acknowledge")).first
    row.get_by_label("Reason").fill("The brand writes it so")
    row.get_by_role("button", name="Acknowledge").click()
    page.locator("#quality summary").click()  # nothing open: it is folded
    expect(page.locator("#quality .t-known")).to_contain_text("The brand writes it so")
    assert Finding.objects.get(reason="The brand writes it so").acknowledged_by == "anna"


def test_the_type_of_an_attribute_decides_what_it_is_asked(visit: Visit, lamps: Family) -> None:
    page = visit.open(address(Attribute, "add"))
    page.fill("[name=code]", "height")
    page.select_option("[name=type]", "measurement")
    page.select_option("[name=group]", index=1)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/change/")
    expect(page.get_by_text("Kind of unit").first).to_be_visible()
    assert page.get_by_text("Units allowed").count() > 0
    assert page.get_by_text("At most characters").count() == 0


def test_a_table_is_a_table_in_the_shop_and_in_print(visit: Visit, lamp: Product) -> None:
    release(make.ACTOR, make.make_channel("shop", ["en"], public=True))
    page = visit.open("/p/shop/en/L/")
    table = page.get_by_role("table", name="Dimming")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Step", "minutes"]
    assert table.get_by_role("cell").nth(2).inner_text() == "Night"
    page.set_viewport_size(PHONE)
    assert visit.overflow() <= 0
    page.emulate_media(media="print")
    assert table.is_visible()


def test_the_main_pages_fit_a_phone_and_ask_nobody_else(visit: Visit, red: Product) -> None:
    release(make.ACTOR, make.make_channel("shop", ["en"], public=True))
    pages = [
        "/admin/",
        LIST,
        address(red),
        address(Product.objects.get(sku="L")),
        address(Family.objects.get()),
        address(Attribute, "add"),
    ]
    for path in [*pages, address(Finding, "changelist"), "/p/shop/en/", "/p/shop/en/L/", "/"]:
        for size in (PHONE, DESK):
            visit.page.set_viewport_size(size)
            visit.open(path)
            assert visit.overflow() <= 0, (path, size)
    assert visit.faults == []
