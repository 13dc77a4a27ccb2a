"""What was made of the schema is remembered exactly as long as the schema stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import schema_token
from catalog.filters import FilterError, check, parse, products
from catalog.indexing.completeness import receivers
from catalog.indexing.labels import options_called
from catalog.indexing.schema import Schema
from catalog.models import Attribute, AttributeOption, FactContext, Family, Product, SchemaToken
from catalog.operations import upkeep
from catalog.operations.recording import store
from catalog.remembered import LIMIT, forget, remembered
from catalog.requirements import demands
from catalog.verifying.derived import token
from tests.catalog import filter_world
from tests.catalog.test_filters import ASKED
from tests.factories import ACTOR, make_attribute, make_channel, make_family, make_product, require


@pytest.fixture
def shelf(db: None) -> None:
    color = make_attribute("select", "color", options=["red", "blue"], filterable=True)
    size = make_attribute("number", "size", filterable=True)
    family = make_family("things", [color, size])
    require(family, make_channel("shop", ["en"]), "color")
    for number in range(4):
        make_product(f"T-{number}", family, {"color": ("red", "blue")[number % 2], "size": str(number)})


def _raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rename(code: str) -> None:
    upkeep.rename(ACTOR, AttributeOption.objects.get(code="red"), code)


WRITES: dict[str, Callable[[], Any]] = {
    "a row is made": lambda: FactContext.objects.create(key="@new"),
    "a row is saved": lambda: Family.objects.get().save(),
    "an operation writes": lambda: store(ACTOR, Attribute.objects.get(code="size")),
    "rows are updated": lambda: Attribute.objects.update(position=7),
    "rows are made together": lambda: FactContext.objects.bulk_create([FactContext(key="x")], ignore_conflicts=True),
    "a statement is run by hand": lambda: _raw("UPDATE catalog_attribute SET position = 3"),
    "a row is deleted": lambda: FactContext.objects.all()[:1].get().delete(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_whatever_writes_a_watched_table_replaces_the_token(shelf: None, write: Callable[[], Any]) -> None:
    FactContext.objects.create(key="@unused")
    before = schema_token.current()
    write()
    assert schema_token.current() not in ("", before)


def test_what_is_written_of_products_leaves_the_token(shelf: None) -> None:
    before = schema_token.current()
    Product.objects.update(status="draft")
    assert schema_token.current() == before


def test_what_is_rolled_back_takes_its_token_with_it(shelf: None) -> None:
    red, before = parse("color = red"), schema_token.current()
    assert products(red).count() == 2
    with transaction.atomic():
        AttributeOption.objects.filter(code="red").delete()
        for _ in range(2):
            with pytest.raises(FilterError, match="no option"):
                products(red)
        transaction.set_rollback(True)
    assert schema_token.current() == before
    assert {product.sku for product in products(red)} == {"T-0", "T-2"}


CHANGES: dict[str, Callable[[], Any]] = {
    "renamed": lambda: _rename("crimson"),
    "no longer filterable": lambda: Attribute.objects.filter(code="size").update(filterable=False),
    "of another type": lambda: Attribute.objects.filter(code="size").update(type="text"),
    "gone": lambda: AttributeOption.objects.filter(code="blue").delete(),
    "localizable": lambda: Attribute.objects.filter(code="color").update(localizable=True),
}
TEXTS = ("color = red", "color = blue", "color = crimson", "size < 2 and color = red", "size contains 1")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_filter_remembered_means_what_one_means_that_is_read_anew(shelf: None, change: Callable[[], Any]) -> None:
    before = [_answer(text) for text in TEXTS]
    assert [_answer(text) for text in TEXTS] == before
    change()
    after = [_answer(text) for text in TEXTS]
    forget()
    assert [_answer(text) for text in TEXTS] == after != before


def _answer(text: str) -> Any:
    try:
        found = products(parse(text))
        assert found.count() == len(found) == products(parse(text)).filter(pk__gt=0).count()
        return sorted(product.sku for product in found)
    except FilterError as error:
        return str(error)


def test_the_second_time_a_filter_costs_the_token_and_its_own_query(shelf: None) -> None:
    products(parse("color = red and size < 2")).count()
    with CaptureQueriesContext(connection) as queries:
        assert products(parse("color = red  and size < 2")).count() == 1
    assert len(queries) == 2


def test_what_a_filter_found_before_is_not_kept_with_it(shelf: None) -> None:
    red = parse("color = red")
    assert len(products(red)) == 2
    make_product("T-9", Family.objects.get(), {"color": "red"})
    assert len(products(red)) == products(red).count() == 3


def test_products_with_several_of_the_values_count_once(db: None) -> None:
    make_attribute("multiselect", "ports", options=["usb", "hdmi"], filterable=True)
    make_product("P-1", facts={"ports": ["usb", "hdmi"]})
    assert products(parse("ports in (usb, hdmi)")).count() == 1


def test_all_that_is_remembered_is_made_of_watched_tables(db: None) -> None:
    filter_world.build(1)
    watched = {SchemaToken._meta.db_table, *(model._meta.db_table for model in schema_token.WATCHED)}
    forget()
    with CaptureQueriesContext(connection) as queries:
        for name, (operators, values) in ASKED.items():
            for operator in operators:
                if operator not in ("in", "not in", "between", "is empty", "is not empty") and values:
                    check(parse(f'{name} {operator} "{values[0]}"'))
        options_called("red", ["en"], prefix=True)
        schema = Schema(["color", "weight"], values=True)
        schema.load_families(Family.objects.values_list("pk", flat=True))
        schema.contexts(schema.attributes["color"].spec)
        demands(frozenset(schema.families))
        receivers(schema)
    read = {table for query in queries for table in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', query["sql"])}
    # Channels are read with the families they are limited to, which what is kept says nothing of.
    assert read - watched == {"catalog_channel_families"}


def test_as_much_is_remembered_as_there_is_room_for(db: None) -> None:
    forget()
    made: list[int] = []

    def make(number: int) -> int:
        return remembered(("number", number), lambda: (made.append(number) or number, True))  # type: ignore[func-returns-value]

    for number in [*range(LIMIT), 0, LIMIT, 0, 1]:
        assert make(number) == number
    assert made == [*range(LIMIT + 1), 1]


def test_nothing_is_remembered_where_there_is_no_token(shelf: None) -> None:
    SchemaToken.objects.all().delete()
    assert schema_token.current() == ""
    assert [_answer("color = red"), _answer("color = red")] == [["T-0", "T-2"]] * 2
    _rename("crimson")
    assert _answer("color = crimson") == ["T-0", "T-2"]
    # On PostgreSQL the row comes back with the commit, which no test in a transaction sees.
    assert (schema_token.current() != "") == (connection.vendor == "sqlite")


@pytest.mark.django_db(transaction=True)
def test_what_another_connection_commits_is_seen() -> None:
    make_attribute("number", "size", filterable=True)
    before = schema_token.current()
    assert schema_token.current() == before
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE catalog_attribute SET position = 5")
    finally:
        other.close()
    assert schema_token.current() not in ("", before)


@pytest.mark.django_db(transaction=True)
def test_triggers_that_went_with_their_table_come_back_with_the_next_migration() -> None:
    call_command("migrate", verbosity=0)
    before = schema_token.current()
    name = "schema_token_catalog_attribute_" + ("delete" if connection.vendor == "sqlite" else "renewed")
    _raw(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else " ON catalog_attribute"))
    assert [defect.object for defect in token()] == ["table “catalog_attribute”"]
    call_command("migrate", verbosity=0)
    assert schema_token.current() not in ("", before)
    assert list(token()) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_token_the_tables_are_as_they_were() -> None:
    schema_token.uninstall(connection)
    try:
        before = schema_token.current()
        make_attribute("number", "size")
        assert schema_token.current() == before
    finally:
        schema_token.install(connection)
    assert schema_token.lacking(connection) == []
