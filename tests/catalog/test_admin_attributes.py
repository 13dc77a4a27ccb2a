"""Attributes of every type in the admin: their settings, their widgets on products, and records of entities."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from catalog.models import Attribute, EntityAttribute, EntityType, Family, Record
from catalog.operations.attributes import save_attribute
from catalog.operations.recording import store
from catalog.values import TYPES
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries
from tests.catalog.test_values_contract import NEEDED

pytestmark = ADMIN

COMPUTED = {"expression": "1 + 1"}


@pytest.fixture
def page() -> Client:
    return browser()


def make_entity(code: str = "brand", *records: str) -> EntityType:
    entity = EntityType(code=code)
    store(make.ACTOR, entity)
    for record in records:
        store(make.ACTOR, Record(entity_type=entity, code=record))
    return entity


def make_of_every_type() -> dict[str, Attribute]:
    make_entity("brand", "acme")
    made = {}
    for kind in TYPES:
        options = ("Black", "red") if TYPES[kind].has_options else ()
        made[kind] = make.make_attribute(kind, code=kind, settings=NEEDED.get(kind, {}), options=options)
    return made


def control_names(page: Client, url: str) -> set[str]:
    tree = html.fromstring(page.get(url).content.decode())
    return set(tree.xpath("//form[contains(@id, '_form')]//*[self::input or self::select or self::textarea]/@name"))


def settings_asked(page: Client, url: str) -> set[str]:
    """The settings a form asks for, whatever parts their widgets have."""
    names = (name.removeprefix("setting_") for name in control_names(page, url) if name.startswith("setting_"))
    return {re.split(r"_[0-9A-Z]+$|-", name)[0] for name in names}


# --- Settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
def test_the_form_asks_for_exactly_the_settings_of_the_type_each_with_its_label(page: Client, kind: str) -> None:
    make_entity("brand")
    options = ("black",) if TYPES[kind].has_options else ()
    attribute = make.make_attribute(kind, settings=NEEDED.get(kind, {}), options=options)
    url = address(attribute)
    assert settings_asked(page, url) == {setting.name for setting in TYPES[kind].settings}
    words = messages_of(page.get(url))
    assert [setting.label for setting in TYPES[kind].settings if setting.label not in words] == []


@pytest.mark.parametrize("kind", TYPES)
def test_saving_a_form_as_it_stands_keeps_the_settings(page: Client, kind: str) -> None:
    make_entity("brand")
    attribute = make.make_attribute(kind, settings=NEEDED.get(kind, {}))
    save_attribute(make.ACTOR, attribute)
    before = Attribute.objects.get().settings
    assert page.post(address(attribute), filled(page, address(attribute))).status_code == 302
    assert Attribute.objects.get().settings == before


@pytest.mark.parametrize(
    ("kind", "typed", "why"),
    [
        ("text", {"setting_pattern": "("}, "“(” is no pattern: missing )"),
        ("text", {"setting_max_length": "many"}, "“many” is no number"),
        ("number", {"setting_min": "2", "setting_max": "1"}, "The most allowed, 1, is below the least, 2."),
        ("number", {"setting_default": "1,5"}, "“1,5” is no number; write decimals with a point"),
        ("computed", {"setting_expression": "width *"}, "expected a number, a fact or a parenthesis at position 8"),
        ("computed", {"setting_expression": "width * 2"}, "There is no attribute “width”."),
        ("computed", {"setting_expression": "computed + 1"}, "It would need itself: computed needs computed."),
        ("record", {"setting_entity": ""}, "Kind of record: this is needed."),
        ("asset", {"setting_default": "nothing"}, "There is no asset “nothing”."),
        ("table", {"setting_columns-1-code": "a b"}, "Columns: column 2: “a b” is no code."),
    ],
)
def test_a_setting_that_cannot_be_is_told_at_its_field(
    page: Client, kind: str, typed: dict[str, str], why: str
) -> None:
    make_entity("brand")
    attribute = make.make_attribute(kind, code=kind, settings=NEEDED.get(kind, {}))
    answer = page.post(address(attribute), {**filled(page, address(attribute)), **typed})
    assert answer.status_code == 200
    [name] = {name.split("-")[0] for name in typed if "min" not in name}
    [row] = html.fromstring(answer.content.decode()).xpath(f"//*[contains(@class, 'field-{name}')]")
    assert why in " ".join(row.text_content().split())
    assert Attribute.objects.get().settings == NEEDED.get(kind, {})


def test_a_type_that_needs_settings_asks_for_them_when_it_is_made(page: Client) -> None:
    url = address(Attribute, "add")
    group = make.make_group()
    data = {**filled(page, url), "code": "volume", "type": "computed", "group": group.pk}
    answer = page.post(url, data)
    assert answer.status_code == 200
    assert "Expression: this is needed." in messages_of(answer)
    assert page.post(url, {**data, "setting_expression": "2 * 3"}).status_code == 302
    assert Attribute.objects.get().settings == {"expression": "2 * 3"}


def test_a_column_of_a_table_keeps_what_the_grid_does_not_show(page: Client) -> None:
    columns = [{"code": "size", "type": "text", "labels": {"en": "Size", "xx": "?"}, "settings": {"max_length": 5}}]
    attribute = make.make_attribute("table", settings={"columns": columns})
    typed = {"setting_columns-0-label_de": "Größe", "setting_columns-1-code": "n", "setting_columns-1-type": "integer"}
    assert page.post(address(attribute), {**filled(page, address(attribute)), **typed}).status_code == 302
    assert Attribute.objects.get().settings["columns"] == [
        {
            "code": "size",
            "type": "text",
            "labels": {"xx": "?", "en": "Size", "de": "Größe"},
            "settings": {"max_length": 5},
        },
        {"code": "n", "type": "integer"},
    ]


def test_what_cannot_be_filtered_by_is_not_made_filterable(page: Client) -> None:
    attribute = make.make_attribute("table", settings=NEEDED["table"])
    answer = page.post(address(attribute), {**filled(page, address(attribute)), "filterable": "on"})
    assert "A table can neither be filtered by nor be unique; untick both." in messages_of(answer)
    assert not Attribute.objects.get().filterable


# --- Widgets ----------------------------------------------------------------------------------------------------------


def test_a_retired_option_is_shown_where_it_is_said_and_offered_nowhere_else(page: Client) -> None:
    color = make.make_attribute("select", code="color", options=("black", "red"))
    family = make.make_family(attributes=[color])
    product, other = make.make_product("A", family, {"color": "red"}), make.make_product("B", family)
    color.options.filter(code="red").update(retired=True)
    assert "red (retired)" in messages_of(page.get(address(product)))
    assert "red" not in messages_of(page.get(address(other)))
    assert page.post(address(product), filled(page, address(product))).status_code == 302
    answer = page.post(address(other), {**filled(page, address(other)), "fact:color:": "red"})
    assert "The option “red” is retired and cannot be chosen any more." in messages_of(answer)


def test_a_retired_attribute_is_hidden_but_where_it_has_a_value(page: Client) -> None:
    old = make.make_attribute("text", code="old")
    family = make.make_family(attributes=[old])
    said, blank = make.make_product("A", family, {"old": "x"}), make.make_product("B", family)
    Attribute.objects.update(retired=True)
    assert "fact:old:" in control_names(page, address(said))
    assert "fact:old:" not in control_names(page, address(blank))


# --- Records and families ---------------------------------------------------------------------------------------------


def make_brand_with_facts() -> Record:
    entity = make_entity("brand", "acme")
    for kind in ("text", "number"):
        attribute = make.make_attribute(kind, code=kind)
        store(make.ACTOR, EntityAttribute(entity_type=entity, attribute=attribute))
    return Record.objects.get()


def test_a_record_has_the_facts_of_its_kind(page: Client) -> None:
    record = make_brand_with_facts()
    data = filled(page, address(record))
    assert page.post(address(record), {**data, "fact:text:": " Fine  things "}).status_code == 302
    record.refresh_from_db()
    assert record.values == {"text": {"": "Fine  things"}}
    answer = page.post(address(record), {**filled(page, address(record)), "fact:number:": "x"})
    assert "“x” is no number." in messages_of(answer)
    data = {**filled(page, address(record)), "fact:text:": ""}
    assert page.post(address(record), data).status_code == 302
    record.refresh_from_db()
    assert record.values == {}


def test_records_are_found_by_code_or_label_among_their_kind(page: Client) -> None:
    make_entity("brand", "acme", "zenith")
    make_entity("material", "acme-steel")
    Record.objects.filter(code="zenith").update(retired=True)
    url = reverse("admin:catalog_record_lookup")
    assert page.get(url, {"entity": "brand"}).json()["results"] == [{"id": "acme", "text": "acme"}]
    assert page.get(url, {"entity": "BRAND", "term": "x"}).json()["results"] == []
    assert page.get(url, {"entity": "\x00"}).json()["results"] == []
    assert page.get(url, {"entity": "brand", "term": "\x00ac"}).json()["results"] == [{"id": "acme", "text": "acme"}]
    assert page.get(url).json()["results"] == []


def test_records_are_not_told_to_those_who_may_not_see_them() -> None:
    make_entity("brand", "acme")
    assert browser("eve", "view_slot").get(reverse("admin:catalog_record_lookup")).status_code == 403


def test_a_family_says_facts_for_all_its_products(page: Client) -> None:
    attribute = make.make_attribute("number", code="number")
    family = make.make_family(attributes=[attribute])
    data = filled(page, address(family))
    assert page.post(address(family), {**data, "fact:number:": "5.0"}).status_code == 302
    assert Family.objects.get().values == {"number": {"": "5"}}


def test_a_family_cannot_say_what_no_two_products_may_share(page: Client) -> None:
    attribute = make.make_attribute("number", code="number", unique=True)
    family = make.make_family(attributes=[attribute])
    answer = page.post(address(family), {**filled(page, address(family)), "fact:number:": "5"})
    assert "no two products may share a value, so a family cannot say one" in messages_of(answer)
    assert Family.objects.get().values == {}


def test_a_record_costs_the_same_however_many_facts_it_has(page: Client) -> None:
    record = make_brand_with_facts()
    page.get(address(record))  # a process looks up content types once
    before = queries(lambda: page.get(address(record)))
    for number in range(10):
        attribute = make.make_attribute("text", code=f"more-{number}")
        store(make.ACTOR, EntityAttribute(entity_type=record.entity_type, attribute=attribute))
    # Each row of the inline asks once for the attribute it points to.
    with CaptureQueriesContext(connection) as captured:
        page.get(address(record))
    assert len(captured) == before
