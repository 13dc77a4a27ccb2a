"""Completeness and findings where people work: the product's form and list, the findings' list, the first page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import AttributeGroup, Channel, Family, Finding, Product, Requirement
from catalog.operations.findings import acknowledge
from catalog.operations.requirements import save_requirement
from catalog.quality.rechecking import recheck
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries
from tests.factories import ACTOR

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def family() -> Family:
    """Lamps, of which a shop wants name, GTIN and a teaser."""
    group = make.make_group("general", "General", responsible="engineering")
    attributes = [
        make.make_attribute("text", "name", label="Name", localizable=True, group=group),
        make.make_attribute("text", "gtin", label="GTIN", role="gtin", group=AttributeGroup.objects.get()),
    ]
    shop = make.make_channel("shop", ["en", "de"], label="Web shop")
    found = make.make_family("lamps", attributes, required_by=[shop], label_attribute=attributes[0])
    slot = make.make_slot("teaser", "Teaser", responsible="marketing")
    save_requirement(ACTOR, Requirement(family=found, channel=shop, slot=slot))
    save_requirement(ACTOR, Requirement(family=found, channel=shop, asset_role="main"))
    return found


@pytest.fixture
def lamp(family: Family) -> Product:
    product = make.make_product("L-1", family, {"name": {"en": "Lamp"}, "gtin": "123"})
    recheck([product.pk])
    return product


def answer(page: Client, product: Product, **data: str) -> Any:
    return page.post(f"/admin/catalog/finding/of/{product.pk}/", data, follow=True)


def test_the_form_tells_what_is_missing_where_and_who_supplies_it(page: Client, lamp: Product) -> None:
    words = messages_of(page.get(address(lamp)))
    assert "50 % en 25 % de" in words
    assert "missing Name Web shop (de) from engineering" in words
    assert "missing Teaser Web shop (en, de) from marketing" in words
    assert "missing File: main Web shop (en, de) from photographer" in words


def test_the_form_of_a_group_asks_for_nothing(page: Client, lamp: Product) -> None:
    make.make_product("L-1-1", parent=lamp)
    assert "Completeness" not in messages_of(page.get(address(lamp)))


def test_saving_a_product_shows_its_findings_at_once(page: Client, lamp: Product) -> None:
    assert "“123” is no GTIN" in messages_of(page.get(address(lamp)))
    typed = {**filled(page, address(lamp)), "fact:gtin:": "96385074", "_continue": "1"}
    words = messages_of(page.post(address(lamp), typed, follow=True))
    assert "is no GTIN" not in words
    assert not Finding.objects.exists()


def test_a_finding_is_acknowledged_with_a_reason_and_opened_again(page: Client, lamp: Product) -> None:
    finding = Finding.objects.get()
    words = messages_of(answer(page, lamp, acknowledge=str(finding.pk), **{f"reason-{finding.pk}": "Old stock."}))
    assert "0 open, 1 acknowledged" in words
    assert ": Old stock. Open again" in words
    assert "1 open" in messages_of(answer(page, lamp, reopen=str(finding.pk)))


def test_without_a_reason_nothing_is_acknowledged(page: Client, lamp: Product) -> None:
    finding = Finding.objects.get()
    assert "Say why this may stay as it is" in messages_of(answer(page, lamp, acknowledge=str(finding.pk)))
    assert Finding.objects.get().acknowledged_at is None


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 400, "٣", "1 OR 1=1", "\x00"])
def test_an_answer_to_no_finding_changes_nothing(page: Client, lamp: Product, value: str) -> None:
    assert answer(page, lamp, acknowledge=value, **{f"reason-{value}": "x"}).status_code == 200
    assert answer(page, lamp, reopen=value).status_code == 200
    assert Finding.objects.get().acknowledged_at is None


def test_a_finding_of_another_product_is_not_answered_here(page: Client, lamp: Product) -> None:
    other = make.make_product("L-2")
    finding = Finding.objects.get()
    answer(page, other, acknowledge=str(finding.pk), **{f"reason-{finding.pk}": "x"})
    assert Finding.objects.get().acknowledged_at is None


def test_who_may_not_change_products_may_not_answer(lamp: Product) -> None:
    reader = browser("bert", "view_product", "view_finding")
    finding = Finding.objects.get()
    assert answer(reader, lamp, acknowledge=str(finding.pk), **{f"reason-{finding.pk}": "x"}).status_code == 403
    assert "Acknowledge" not in messages_of(reader.get(address(lamp)))
    assert "Acknowledge, for" not in messages_of(reader.get(address(Finding, "changelist")))


def test_an_answer_is_posted(page: Client, lamp: Product) -> None:
    assert page.get(f"/admin/catalog/finding/of/{lamp.pk}/").status_code == 405


def test_findings_are_listed_by_state_and_acknowledged_together(page: Client, lamp: Product) -> None:
    listed = address(Finding, "changelist")
    action = {"action": "mark_known", "_selected_action": [str(Finding.objects.get().pk)]}
    assert "Say why" in messages_of(page.post(listed, {**action, "reason": " "}, follow=True))
    assert "Acknowledged: 1." in messages_of(page.post(listed, {**action, "reason": "Known."}, follow=True))
    assert "anna: Known." in messages_of(page.get(f"{listed}?state=known"))
    assert "anna: Known." not in messages_of(page.get(f"{listed}?state=open"))
    assert "L-1" in messages_of(page.get(f"{listed}?check=identifier"))
    assert "L-1" in messages_of(page.get(f"{listed}?check=nonsense&state=nonsense"))
    again = {**action, "action": "mark_open"}
    assert "Opened again: 1." in messages_of(page.post(listed, again, follow=True))


def test_the_list_of_products_shows_how_complete_each_is_at_one_cost(page: Client, lamp: Product) -> None:
    listed = address(Product, "changelist")
    page.get(listed)
    few = queries(lambda: page.get(listed))
    for number in range(20):
        make.make_product(f"M-{number}", Family.objects.get(), {"name": {"en": "Lamp"}})
    assert queries(lambda: page.get(listed)) == few
    assert "37 %" in messages_of(page.get(listed))


def test_the_form_costs_the_same_however_much_is_missing_or_found(page: Client, lamp: Product) -> None:
    page.get(address(lamp))
    few = queries(lambda: page.get(address(lamp)))
    Finding.objects.bulk_create(
        [Finding(product=lamp, check_code="gone", key=str(n), severity="hint", message="?") for n in range(20)]
    )
    shop = Channel.objects.get()
    for number in range(10):
        save_requirement(ACTOR, Requirement(family=Family.objects.get(), channel=shop, asset_role=f"role-{number}"))
    assert "File: role-9" in messages_of(page.get(address(lamp)))
    assert queries(lambda: page.get(address(lamp))) == few


def test_the_first_page_counts_what_is_open_and_what_is_complete(page: Client, lamp: Product) -> None:
    words = messages_of(page.get("/admin/"))
    assert "1 Errors found" in words
    assert "shop (de) 0 % 1 incomplete" in words
    acknowledge(ACTOR, Finding.objects.all(), "Known.")
    assert "Errors found" not in messages_of(page.get("/admin/"))


def test_a_condition_is_refused_at_its_row(page: Client, family: Family) -> None:
    data = {**filled(page, address(family)), "requirements-0-condition": "colour = red"}
    words = messages_of(page.post(address(family), data))
    assert "there is no" in words
    assert not Requirement.objects.exclude(condition="").exists()


def test_an_attribute_tells_which_of_its_options_no_product_has(page: Client) -> None:
    color = make.make_attribute("select", "color", options=["Red", "grey"], filterable=True)
    other = make.make_attribute("select", "shade", options=["pale"])
    make.make_product("L-1", make.make_family(attributes=[color, other]), {"color": "red"})
    words = messages_of(page.get(address(color)))
    assert (words.count("in use"), words.count("no product has it")) == (1, 1)
    assert "no product has it" not in messages_of(page.get(address(other)))
