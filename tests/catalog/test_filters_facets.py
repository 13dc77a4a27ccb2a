"""Products are counted by what they have in common, and listed from the command line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.filters import facets as counting
from catalog.filters import parse, products
from catalog.filters.facets import facets
from catalog.models import AttributeOption, EntityType, Record
from tests import factories as make
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db


def make_lamps() -> None:
    title = make.make_attribute("text", "title", localizable=True)
    color = make.make_attribute("select", "color", {"en": "Colour", "de": "Farbe"}, ["Black", "red"], filterable=True)
    AttributeOption.objects.filter(code="Black").update(label_en="Black", label_de="Schwarz")
    ports = make.make_attribute("multiselect", "ports", "Ports", ["usb", "vga"], filterable=True)
    warm = make.make_attribute("boolean", "warm", "Warm light", filterable=True)
    brand = EntityType.objects.create(code="brand")
    Record.objects.create(entity_type=brand, code="Acme", label_en="Acme Ltd")
    maker = make.make_attribute("record", "maker", "Maker", settings={"entity": "brand"}, filterable=True)
    make.make_attribute("select", "hidden", options=["x"])
    family = make.make_family("lamps", [title, color, ports, warm, maker], "Lamps", label_attribute=title)
    root = make.make_product(
        "A", family, {"title": {"en": "Lamp A", "de": "Lampe A"}, "color": "Black", "maker": "acme"}
    )
    make.make_product("A-1", family, {"color": "red", "ports": ["usb", "vga"], "warm": True}, parent=root)
    make.make_product("B", family, {"color": "Black", "ports": ["usb"], "warm": False}, status="draft")
    make.make_product("C", facts={"color": "red"})


made_lamps = once(make_lamps)


@pytest.fixture(autouse=True)
def lamps(made_lamps: Made[None], db: None) -> None:
    made_lamps.again()


def counted(text: str, language: str = "en", codes: Any = None) -> dict[str, dict[str, int]]:
    found = facets(products(parse(text)), language, codes)
    return {facet.label: {value.label: value.count for value in facet.values} for facet in found.facets}


def test_a_code_that_is_no_facet_is_told() -> None:
    for code in ("colour", "title", "hidden", "\0"):
        with pytest.raises(ValueError, match="Products cannot be counted by"):
            counted("", codes=[code])


def test_products_are_counted_by_family_status_and_facts_with_inherited_values() -> None:
    assert counted("") == {
        "Family": {"Lamps": 3},
        "Status": {"Enabled": 3, "Draft": 1},
        "Colour": {"Black": 2, "red": 2},
        "Ports": {"usb": 2, "vga": 1},
        "Warm light": {"Yes": 1, "No": 1},
        "Maker": {"Acme Ltd": 2},
    }


def test_only_what_the_filter_finds_is_counted_in_the_language_asked_for() -> None:
    assert counted("ports = usb", "de", ["COLOR"]) == {
        "Family": {"Lamps": 2},
        "Status": {"Enabled": 1, "Draft": 1},
        "Farbe": {"red": 1, "Schwarz": 1},
    }
    assert counted("sku = none") == {}


def test_each_value_says_the_filter_that_finds_as_many() -> None:
    for facet in facets(products(parse("")), "en").facets:
        for value in facet.values:
            assert products(parse(value.condition.text())).count() == value.count


@pytest.mark.parametrize(
    "text",
    ["", "ports = usb", "ports = usb and color = Black", "color in (Black, red) and warm = yes", "not ports = vga"],
)
def test_facts_are_counted_alike_where_products_themselves_are_not_read(text: str) -> None:
    found = products(parse(text))
    facts = [facet for facet in facets(found, "en").facets if facet.code not in ("family", "status")]
    assert list(facets(found, "en", own=False).facets) == facts != []


def test_beyond_the_limit_the_first_are_counted_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not facets(products(parse("")), "en").cut
    monkeypatch.setattr(counting, "LIMIT", 2)
    found = facets(products(parse("")), "en", ["color"])
    assert found.cut
    assert sum(value.count for value in found.facets[-1].values) == 2


def test_the_queries_do_not_grow_with_facets_or_products() -> None:
    def count(codes: list[str] | None) -> int:
        with CaptureQueriesContext(connection) as queries:
            facets(products(parse("status = enabled")), "en", codes)
        return len(queries)

    few = count(["color", "maker"])
    for number in range(20):
        make.make_attribute("select", f"more-{number}", options=["x"], filterable=True)
        make.make_product(f"D-{number}", facts={f"more-{number}": "x", "color": "red"})
    assert count(None) == few


# --- The command ------------------------------------------------------------------------------------------------------


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("products", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["color = blue"], "At character 9: “blue” is no option of “color”; there are Black, red."),
        (["color ="], "At character 8: a value must stand here"),
        (["", "--facets", "colour"], "Products cannot be counted by “colour”; did you mean “color”?"),
        (["\udcff = 3"], "At character 1: character U+DCFF"),
    ],
)
def test_a_bad_filter_is_one_line_and_exit_code_2(words: list[str], message: str) -> None:
    with pytest.raises(CommandError) as error:
        run(*words)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert error.value.returncode == 2


@pytest.mark.parametrize(
    "words", [["--channel", "shop"], ["--language", "xx"], ["--channel", "print", "--language", "it"]]
)
def test_an_unknown_channel_or_language_is_answered_with_those_there_are(words: list[str]) -> None:
    make.make_channel("print", ["de", "en"])
    with pytest.raises(CommandError, match="There are: "):
        run("", *words)


def test_skus_and_names_are_listed_by_sku() -> None:
    assert run("color = Black or ports = usb") == "A\tLamp A\nA-1\tLamp A\nB\t\n"
    assert run("sku = A-1", "--language", "de") == "A-1\tLampe A\n"
    assert [json.loads(line) for line in run("sku = A", "--json").splitlines()] == [{"sku": "A", "name": "Lamp A"}]


def test_products_are_counted() -> None:
    assert run("color = Black", "--count") == "2\n"
    assert json.loads(run("--count", "--json")) == {"count": 4}
    assert run("family = lamps", "--facets", "color") == (
        "Family (family)\n        3 Lamps\nStatus (status)\n        2 Enabled\n        1 Draft\n"
        "Colour (color)\n        2 Black\n        1 red\n"
    )
    assert json.loads(run("", "--facets", "--json"))["facets"]["ports"] == {"usb": 2, "vga": 1}
