"""Numbers as texts want them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from babel.localedata import locale_identifiers
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from catalog.values import AttributeSpec, Invalid
from catalog.values.decimals import exact, locale_of, localized
from catalog.values.units import FAMILIES
from catalog.values.wanted import check_wanted, wanted_text

WEIGHT = AttributeSpec("weight", "measurement", settings={"unit_family": "mass", "unit": "kg"})
RANGE = AttributeSpec("load", "measurement_range", settings={"unit_family": "mass"})
POUNDS = {"amount": "1234.5", "unit": "lb"}


@pytest.mark.parametrize(
    ("unit", "decimals", "units", "text"),
    [
        ("", None, {}, "1.234,5\xa0lb"),
        ("", None, {"mass": "kg"}, "559,96\xa0kg"),
        ("", None, {"mass": "no such"}, "1.234,5\xa0lb"),
        ("kg", None, {"mass": "g"}, "559,96\xa0kg"),
        ("kg", 0, {}, "560\xa0kg"),
        ("kg", 6, {}, "559,959\xa0780\xa0kg".replace("\xa0780", "781")),
        ("", 3, {"mass": "t"}, "0,560\xa0t"),
        ("KG", 1, {}, "560,0\xa0kg"),
    ],
)
def test_a_measurement_in_a_unit_with_decimals(
    unit: str, decimals: int | None, units: dict[str, str], text: str
) -> None:
    assert wanted_text(POUNDS, WEIGHT, ("de",), units, unit, decimals) == text


def test_ranges_and_numbers() -> None:
    assert wanted_text({"from": "1", "to": "2.25", "unit": "kg"}, RANGE, ("en",), {}, "g", 1) == "1,000.0–2,250.0\xa0g"
    assert wanted_text({"to": "2.25", "unit": "kg"}, RANGE, ("en",), {}, "g", None) == "≤\xa02,250\xa0g"
    number, several = AttributeSpec("n", "number"), AttributeSpec("r", "number_range")
    assert wanted_text("2.345", number, ("fr",), {}, "", 2) == "2,35"
    assert wanted_text({"from": "1", "to": "2"}, several, ("en",), {}, "", 1) == "1.0–2.0"
    computed = AttributeSpec("c", "computed", settings={"result": "measurement", "unit": "m", "expression": "1"})
    assert wanted_text({"amount": "1.5", "unit": "m"}, computed, ("en",), {}, "cm", 0) == "150\xa0cm"


@pytest.mark.parametrize(
    ("spec", "unit", "decimals", "why"),
    [
        (WEIGHT, "l", False, "“l” is no unit of “weight”; there are µg, mg, gr, ct, g, oz, lb, kg, st, t"),
        (AttributeSpec("n", "number"), "kg", False, "“n” is no measurement, so it has no unit"),
        (AttributeSpec("t", "text"), "", True, "“t” is no number, so it has no decimals"),
        (AttributeSpec("p", "price"), "", True, "“p” is no number, so it has no decimals"),
        (AttributeSpec("any", "measurement"), "zz", False, "“zz” is no unit here; there are"),
    ],
)
def test_what_cannot_be_wanted_is_refused(spec: AttributeSpec, unit: str, decimals: bool, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_wanted(spec, unit, decimals=decimals)
    assert str(refused.value).startswith(why)


def test_a_value_of_another_family_than_the_unit_is_refused() -> None:
    with pytest.raises(Invalid, match="“l” is no unit here"):
        wanted_text(POUNDS, AttributeSpec("any", "measurement"), ("en",), {}, "l", None)


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "1.234.567,0"), ("en", "1,234,567.0"), ("hi", "12,34,567.0"), ("de-CH", "1’234’567.0")],
)
def test_decimals_are_written_as_the_language_does(language: str, text: str) -> None:
    assert localized("1234567", (language,), 1) == text


LOCALES = sorted(name.replace("_", "-") for name in locale_identifiers())


@given(st.decimals(-(10**20), 10**20, places=6), st.sampled_from(LOCALES))
def test_numbers_are_written_as_babel_writes_them(amount: Decimal, language: str) -> None:
    expected = format_decimal(amount, locale=locale_of(language), decimal_quantization=False)
    assert localized(exact(amount), (language,)) == expected


@given(st.decimals(-(10**9), 10**9, places=6), st.sampled_from(FAMILIES["length"].units), st.integers(0, 12))
def test_conversion_is_exact_before_it_is_rounded(amount: Decimal, unit: str, decimals: int) -> None:
    """Against fractions: the text is the nearest number of so many decimals."""
    metres = {"nm": -9, "µm": -6, "mm": -3, "cm": -2, "dm": -1, "m": 0, "km": 3}
    value: dict[str, Any] = {"amount": format(amount, "f"), "unit": unit}
    text = wanted_text(value, AttributeSpec("l", "measurement"), ("en",), {}, "cm", decimals)
    shown = Fraction(text.removesuffix("\xa0cm").replace(",", ""))
    if unit in metres:
        true = Fraction(amount) * Fraction(10) ** (metres[unit] + 2)
        assert abs(shown - true) <= Fraction(1, 2) * Fraction(10) ** -decimals
