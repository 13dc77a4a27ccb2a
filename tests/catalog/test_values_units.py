"""Units: each has a code, converts to its base unit and back, and is found as people type it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.values import Invalid
from catalog.values.display import as_shown, in_unit
from catalog.values.units import FAMILIES, UNITS, amount_and_unit, convert, in_base, unit_called, units_of

# Known equalities, from the standards: BIPM SI brochure (9th ed.), NIST SP 811 (appendix B), IEC 80000-13.
EQUAL = [
    ("1", "in", "25.4", "mm"),
    ("1", "ft", "12", "in"),
    ("1", "mi", "1609.344", "m"),
    ("1", "nmi", "1.852", "km"),
    ("1", "lb", "453.59237", "g"),
    ("16", "oz", "1", "lb"),
    ("5", "ct", "1", "g"),
    ("1", "t", "1000", "kg"),
    ("1", "ha", "10000", "m²"),
    ("1", "ft²", "144", "in²"),
    ("1", "gal", "231", "in³"),
    ("1", "gal", "128", "fl oz"),
    ("1", "m³", "1000", "l"),
    ("1", "cm³", "1", "ml"),
    ("1", "atm", "101325", "Pa"),
    ("1", "bar", "1000", "mbar"),
    ("1", "kWh", "3.6", "MJ"),
    ("1", "kcal", "4.184", "kJ"),
    ("1", "Ah", "3600", "C"),
    ("1", "d", "86400", "s"),
    ("1", "year", "12", "month"),
    ("32", "°F", "0", "°C"),
    ("212", "°F", "100", "°C"),
    ("-40", "°F", "-40", "°C"),
    ("0", "°C", "273.15", "K"),
    ("36", "km/h", "10", "m/s"),
    ("1", "mph", "1.609344", "km/h"),
    ("1", "rps", "60", "rpm"),
    ("1", "lbf·ft", "12", "lbf·in"),
    ("1", "g/cm³", "1", "kg/l"),
    ("1", "m³/h", "1000", "l/h"),
    ("1", "Pa·s", "1000", "cP"),
    ("1", "TB", "1000", "GB"),
    ("1", "TiB", "1024", "GiB"),
    ("1", "B", "8", "bit"),
    ("1", "MB/s", "8", "Mbit/s"),
    ("1", "%", "10000", "ppm"),
    ("1", "°", "60", "′"),
]


@pytest.mark.parametrize(("amount", "unit", "same", "other"), EQUAL)
def test_equal_quantities_are_equal_both_ways(amount: str, unit: str, same: str, other: str) -> None:
    assert convert(Decimal(amount), unit, other) == Decimal(same)
    assert convert(Decimal(same), other, unit) == Decimal(amount)
    assert in_base(Decimal(amount), unit) == in_base(Decimal(same), other)


@pytest.mark.parametrize("symbol", UNITS)
@pytest.mark.parametrize("amount", ["1", "-273.15", "0.000123456789", "98765432109876543210.5"])
def test_every_unit_converts_to_its_base_and_back(symbol: str, amount: str) -> None:
    base = FAMILIES[UNITS[symbol].family].base
    there = convert(Decimal(amount), symbol, base)
    back = convert(there, base, symbol)
    assert abs(Fraction(back) - Fraction(amount)) <= Fraction(1, 10**30)


@given(st.sampled_from(sorted(UNITS)), st.integers(-(10**40), 10**40))
def test_a_greater_amount_stays_greater_in_the_base_unit(symbol: str, amount: int) -> None:
    assert in_base(Decimal(amount), symbol) < in_base(Decimal(amount + 1), symbol)


def test_every_unit_has_a_code_of_its_own_and_stands_in_a_family_with_its_base() -> None:
    assert len({unit.code for unit in UNITS.values()}) == len(UNITS)
    assert all(family.base in family.units for family in FAMILIES.values())
    assert units_of("time") == ["ns", "µs", "ms", "s", "min", "h", "d", "week", "month", "year"]


@pytest.mark.parametrize("family", [code for code in FAMILIES if code != "temperature"])
def test_the_units_of_a_family_are_offered_smallest_first(family: str) -> None:
    sizes = [in_base(Decimal(1), symbol) for symbol in units_of(family)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("typed", "family", "meant"),
    [
        ("TB", "", "TB"),
        ("tb", "", "TB"),
        ("m2", "", "m²"),
        ("M^3", "volume", "m³"),
        ("um", "length", "µm"),
        ("μm", "length", "µm"),
        ("fl oz", "", "fl oz"),
        ("Mw", "power", ""),
        ("mW", "power", "mW"),
        ("L", "volume", "l"),
        ("stone", "", ""),
        ("", "mass", ""),
        ("\x00", "", ""),
    ],
)
def test_a_unit_is_found_as_it_is_typed_where_only_one_can_be_meant(typed: str, family: str, meant: str) -> None:
    if meant:
        assert unit_called(typed, family) == meant
    else:
        with pytest.raises(Invalid, match="is no unit here; there are"):
            unit_called(typed, family)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1 TB", ("1", "TB")),
        (" 1.5TB ", ("1.5", "TB")),
        ("-3 °C", ("-3", "°C")),
        ("1e3 fl oz", ("1e3", "fl oz")),
        ("7", ("7", "")),
    ],
)
def test_an_amount_and_its_unit_are_told_apart(text: str, parts: tuple[str, str]) -> None:
    assert amount_and_unit(text) == parts


@pytest.mark.parametrize("text", ["", "TB", "٤ TB", "\ud800", "x" * 100_000])
def test_what_begins_with_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="does not begin with a number"):
        amount_and_unit(text)


@pytest.mark.parametrize(("unit", "wanted"), [("kg", "cm"), ("stone", "kg"), ("kg", "stone"), ("l", "kg")])
def test_what_cannot_be_converted_is_refused(unit: str, wanted: str) -> None:
    with pytest.raises(Invalid):
        convert(Decimal(1), unit, wanted)


# --- In a channel's unit ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "wanted", "shown"),
    [
        ({"amount": "30", "unit": "cm"}, "in", {"amount": "11.81", "unit": "in"}),
        ({"amount": "2.54", "unit": "cm"}, "in", {"amount": "1", "unit": "in"}),
        ({"amount": "123456", "unit": "g"}, "kg", {"amount": "123.456", "unit": "kg"}),
        ({"amount": "1", "unit": "kg"}, "kg", {"amount": "1", "unit": "kg"}),
        ({"amount": "1", "unit": "kg"}, "in", {"amount": "1", "unit": "kg"}),
        ({"amount": "1", "unit": "kg"}, "stone", {"amount": "1", "unit": "kg"}),
        ({"amount": "1000000", "unit": "mm"}, "km", {"amount": "1", "unit": "km"}),
        ({"from": "10", "to": "20", "unit": "kg"}, "lb", {"from": "22.05", "to": "44.09", "unit": "lb"}),
        ({"to": "20", "unit": "°C"}, "°F", {"to": "68", "unit": "°F"}),
    ],
)
def test_a_measurement_is_shown_in_the_wanted_unit_with_no_more_digits_than_it_has(
    value: dict[str, str], wanted: str, shown: dict[str, str]
) -> None:
    assert in_unit(value, wanted) == shown


def test_only_measurements_are_shown_in_other_units() -> None:
    assert as_shown({"amount": "1", "unit": "kg"}, {"mass": "g"}) == {"amount": "1000", "unit": "g"}
    assert as_shown({"amount": "1", "unit": "kg"}, {"length": "in"}) == {"amount": "1", "unit": "kg"}
    assert [as_shown(value, {"mass": "g"}) for value in ("1", [1], True, {"from": "1"})] == [
        "1",
        [1],
        True,
        {"from": "1"},
    ]
