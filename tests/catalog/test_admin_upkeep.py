"""In the admin nothing in use is lost: its page says where it is used, and what can be done."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from catalog.models import Attribute, AttributeOption, Category, ChannelLanguage, CodeAlias, Product
from exports.models import Output
from tests.admin_pages import ADMIN, Browser, address, browser, filled, messages_of
from tests.factories import (
    make_asset,
    make_attribute,
    make_category,
    make_channel,
    make_family,
    make_product,
    make_slot,
)

pytestmark = ADMIN


@pytest.fixture
def web() -> Browser:
    return browser()


@pytest.fixture
def color() -> Attribute:
    color = make_attribute("select", "color", options=["black", "jet"])
    make_product("A", make_family("f", [color]), {"color": "jet"})
    return color


def test_deleting_what_is_in_use_shows_where_and_what_to_do(web: Browser, color: Attribute) -> None:
    page = messages_of(web.get(address(color, "delete")))
    assert "“color” is in use" in page
    assert "Facts of products 1 A" in page
    assert "Family attributes 1 f: color" in page
    assert "Replace it by another and delete it" in page
    assert "Retire it" in page
    assert f'href="{address(Product.objects.get())}"' in web.get(address(color, "delete")).content.decode()


def test_deleting_what_is_not_in_use_asks_once_more_and_deletes(web: Browser) -> None:
    slot = make_slot()
    assert "in use" not in messages_of(web.get(address(slot, "delete")))
    web.post(address(slot, "delete"), {"post": "yes"})
    assert not type(slot)._default_manager.filter(pk=slot.pk).exists()


def test_a_confirmed_deletion_of_something_that_came_into_use_meanwhile_shows_it(
    web: Browser, color: Attribute
) -> None:
    page = web.post(address(color, "delete"), {"post": "yes"})
    assert page.status_code == 200
    assert Attribute.objects.filter(pk=color.pk).exists()


def test_an_option_is_merged_into_another(web: Browser, color: Attribute) -> None:
    jet = color.options.get(code="jet")
    assert '<option value="black">' in web.get(address(jet, "delete")).content.decode()
    answer = web.post(address(jet, "delete"), {"what": "merge", "other": "BLACK"}, follow=True)
    assert "“color: black” has taken the place of “color: jet”." in messages_of(answer)
    assert Product.objects.get().values == {"color": {"": "black"}}
    assert CodeAlias.objects.get().alias == "jet"


@pytest.mark.parametrize("other", ["", "gone", "\x00", "jet"])
def test_what_is_not_there_takes_no_place(web: Browser, color: Attribute, other: str) -> None:
    answer = web.post(address(color.options.get(code="jet"), "delete"), {"what": "replace", "other": other})
    assert answer.status_code == 200
    assert "There is nothing of the code" in messages_of(answer) or "Null characters" in messages_of(answer)
    assert color.options.count() == 2


def test_what_cannot_be_replaced_says_why(web: Browser) -> None:
    above = make_category("above")
    make_category("below", above)
    answer = web.post(address(above, "delete"), {"what": "replace", "other": "below"})
    assert "stands below" in messages_of(answer)
    assert Category.objects.count() == 2


def test_something_is_retired(web: Browser) -> None:
    asset = make_asset("photo")
    image = make_attribute("asset", "image")
    make_product("A", make_family("f", [image]), {"image": "photo"})
    answer = web.post(address(asset, "delete"), {"what": "retire"}, follow=True)
    asset.refresh_from_db()
    assert asset.retired
    assert "is retired" in messages_of(answer)


def test_several_things_of_which_one_is_in_use_are_not_deleted(web: Browser, color: Attribute) -> None:
    unused = make_attribute("text", "unused")
    chosen = {"action": "delete_selected", "_selected_action": [color.pk, unused.pk], "post": "yes"}
    answer = web.post(address(Attribute, "changelist"), chosen, follow=True)
    assert answer.status_code == 200
    assert Attribute.objects.count() == 2


def test_an_option_that_is_in_use_stays_in_its_attributes_form(web: Browser, color: Attribute) -> None:
    data = filled(web, address(color))
    jet = color.options.get(code="jet")
    row = next(name for name, value in data.items() if name.endswith("-id") and value == [str(jet.pk)])
    data[row.replace("-id", "-DELETE")] = ["on"]
    answer = web.post(address(color), data)
    assert "“color: jet” cannot be deleted, because it is in use. Facts of products: 1 (A)." in messages_of(answer)
    assert color.options.count() == 2


def test_an_option_renamed_in_its_attributes_form_keeps_its_facts(web: Browser, color: Attribute) -> None:
    data = filled(web, address(color))
    name = next(name for name, value in data.items() if name.endswith("-code") and value == ["jet"])
    assert web.post(address(color), {**data, name: ["ink"]}).status_code == 302
    assert Product.objects.get().values == {"color": {"": "ink"}}
    assert AttributeOption.objects.filter(code="ink").exists()


def test_what_is_retired_is_not_offered_any_more(web: Browser) -> None:
    make_family("old", retired=True)
    make_family("new")
    asked = {"app_label": "catalog", "model_name": "product", "field_name": "family", "term": ""}
    found = web.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["new"]


def test_a_code_is_changed_on_a_page_of_its_own(web: Browser, color: Attribute) -> None:
    assert f'href="{address(color, "rename")}"' in web.get(address(color)).content.decode()
    data = filled(web, address(color))
    assert "code" not in data
    page = messages_of(web.get(address(color, "rename")))
    assert "Follows the new code" in page
    assert "Facts of products 1 A" in page
    answer = web.post(address(color, "rename"), {"code": "colour"}, follow=True)
    assert "“color” is called “colour” now; 1 products were written anew." in messages_of(answer)
    assert Product.objects.get().values == {"colour": {"": "jet"}}


@pytest.mark.parametrize("code", ["", "no blanks", "size", "\x00", "x" * 300])
def test_a_code_that_cannot_be_comes_back_with_the_reason(web: Browser, color: Attribute, code: str) -> None:
    make_attribute("text", "size")
    answer = web.post(address(color, "rename"), {"code": code})
    assert answer.status_code == 200
    assert b"t-error" in answer.content
    color.refresh_from_db()
    assert color.code == "color"


def test_units_in_use_cannot_be_forbidden_until_they_are_converted(web: Browser) -> None:
    weight = make_attribute("measurement", "weight", settings={"unit_family": "mass", "unit": "kg"})
    family = make_family("f", [weight])
    make_product("A", family, {"weight": {"": {"amount": "1500", "unit": "g"}}})
    data = filled(web, address(weight))
    answer = web.post(address(weight), {**data, "setting_units": ["kg"]})
    assert "1 in g. Convert them first" in messages_of(answer)
    assert "Values by unit g 1" in messages_of(web.get(address(weight, "units")))
    answer = web.post(address(weight, "units"), {"old": "g", "new": "kg"}, follow=True)
    assert "The values of 1 products were converted from g to kg." in messages_of(answer)
    assert web.post(address(weight), {**data, "setting_units": ["kg"]}).status_code == 302


def test_a_language_of_a_channel_that_facts_or_outputs_need_is_not_taken_away(web: Browser) -> None:
    channel = make_channel("print", {"de": "", "en": "de"})
    claim = make_attribute("text", "claim", localizable=True, per_channel=True)
    make_product("A", make_family("f", [claim]), {"claim": {"de@print": "x"}})
    Output.objects.create(code="sheet", channel=channel, language="de", format="json")
    data = filled(web, address(channel))
    row = next(name for name, value in data.items() if name.endswith("-language") and value == ["de"])
    answer = web.post(address(channel), {**data, row.replace("-language", "-DELETE"): ["on"]})
    said = messages_of(answer)
    assert "Facts of products: 1 (A)" in said
    assert "Languages that fall back to it: 1 (print: en)" in said
    assert "Outputs: 1 (sheet)" in said
    assert ChannelLanguage.objects.count() == 2


@pytest.mark.parametrize("page", ["rename", "delete", "units"])
def test_who_may_only_look_may_not_do_that(color: Attribute, page: str) -> None:
    reader: Any = browser("reader", "view_attribute")
    assert reader.get(address(color, page)).status_code == 403
