"""The form of a product in the admin, with a value of every type."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from catalog.values import TYPES
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.catalog.test_admin_attributes import make_of_every_type
from tests.catalog.test_values_contract import EXAMPLES
from tests.sharing import Made, once

pytestmark = ADMIN


def make_full_product() -> Product:
    """A product with a value of every type."""
    attributes = make_of_every_type()
    for code in ("lira-front.1", "a", "b"):
        make.make_asset(code)
    make.make_product("BZ-LIRA")
    family = make.make_family(attributes=list(attributes.values()))
    facts = {kind: {"": examples[0].raw} for kind, examples in EXAMPLES.items() if examples}
    facts["datetime"] = {"": "2027-03-31T09:30:00Z"}
    return make.make_product("FULL", family, facts)


made_product = once(make_full_product)


@pytest.fixture
def product(made_product: Made[Product], db: None) -> Product:
    return made_product.again()


@pytest.fixture
def page() -> Client:
    return browser()


def test_a_form_saved_as_it_stands_changes_no_value_of_any_type(page: Client, product: Product) -> None:
    data = filled(page, address(product))
    assert {name.split(":")[1] for name in data if name.startswith("fact:")} == set(TYPES) - {"computed"}
    assert page.post(address(product), data).status_code == 302
    assert Product.objects.get(sku="FULL").values == product.values


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("number_range", {"_0": " 1.50 ", "_1": ""}, {"from": "1.5"}),
        ("measurement_range", {"_0": "1", "_1": "2", "_2": "g"}, {"from": "1", "to": "2", "unit": "g"}),
        ("datetime", {"": "2027-05-01T10:00"}, "2027-05-01T10:00:00Z"),
        ("datetime", {"": "2027-05-01T10:00:30"}, "2027-05-01T10:00:30Z"),
        ("assets", {"": ["b", "a"]}, ["b", "a"]),
        ("table", {"-0-size": "", "-0-chest_0": "", "-3-washable": "false"}, [{"washable": True}, {"washable": False}]),
        ("richtext", {"": "<p>New</p><script>x</script>"}, "<p>New</p>"),
        ("url", {"": "https://example.com/new"}, "https://example.com/new"),
        ("record", {"": "ACME"}, "acme"),
    ],
)
def test_what_is_typed_is_kept_as_the_type_has_it(
    page: Client, product: Product, kind: str, typed: dict[str, Any], kept: Any
) -> None:
    name = f"fact:{kind}:"
    data = {**filled(page, address(product)), **{name + part: value for part, value in typed.items()}}
    answer = page.post(address(product), data)
    assert answer.status_code == 302, messages_of(answer)
    assert Product.objects.get(sku="FULL").values[kind] == {"": kept}


@pytest.mark.parametrize(
    ("kind", "typed", "why"),
    [
        ("number_range", {"_0": "2", "_1": "1"}, "The range begins at 2 and ends before it, at 1."),
        ("measurement_range", {"_0": "x"}, "“x” is no number."),
        ("datetime", {"": "tomorrow"}, "“tomorrowZ” is no date and time"),
        ("gtin", {"": "4006381333932"}, "The last digit of 4006381333932 is wrong"),
        ("url", {"": "javascript:alert(1)"}, "“javascript:alert(1)” is no complete web address"),
        ("assets", {"": ["gone"]}, "There is no asset “gone”."),
        ("record", {"": "gone"}, "There is no record of “brand” “gone”."),
        ("table", {"-0-chest_0": "x"}, "Row 1, chest: “x” is no number."),
        ("table", {"-rows": "9" * 5_000}, ""),
    ],
)
def test_what_cannot_be_is_told_at_its_place_and_nothing_is_written(
    page: Client, product: Product, kind: str, typed: dict[str, Any], why: str
) -> None:
    name = f"fact:{kind}:"
    answer = page.post(
        address(product), {**filled(page, address(product)), **{name + part: value for part, value in typed.items()}}
    )
    if not why:
        assert "table" not in Product.objects.get(sku="FULL").values
        return
    assert answer.status_code == 200
    assert why in messages_of(answer)
    assert Product.objects.get(sku="FULL").values == product.values
