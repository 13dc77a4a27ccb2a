"""Computed facts: what an expression says, what comes out, and what it cannot do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.base import InvalidSetting
from catalog.values.computed import check_sources, cycle_in, evaluate
from catalog.values.expressions import names_in, read, renamed

FACTS: dict[str, tuple[Any, AttributeSpec]] = {
    "width": (
        {"amount": "30", "unit": "cm"},
        AttributeSpec("width", "measurement", settings={"unit_family": "length"}),
    ),
    "depth": ({"amount": "400", "unit": "mm"}, AttributeSpec("depth", "measurement", settings={"unit": "mm"})),
    "height": ({"amount": "0.5", "unit": "m"}, AttributeSpec("height", "measurement")),
    "net-weight": ({"amount": "2.2", "unit": "kg"}, AttributeSpec("net-weight", "measurement")),
    "cups": ("4", AttributeSpec("cups", "integer")),
    "zero": ("0", AttributeSpec("zero", "number")),
    "huge": ("9" * 40, AttributeSpec("huge", "number")),
    "brand": ("ACME", AttributeSpec("brand", "record", settings={"entity": "brand"})),
    "model": ("Lira", AttributeSpec("Model", "text")),
    "price": (
        [{"amount": "499.00", "currency": "EUR"}, {"amount": "549.00", "currency": "USD"}],
        AttributeSpec("price", "price"),
    ),
    "color": (["red"], AttributeSpec("color", "multiselect")),
    "volume": ("60", AttributeSpec("volume", "computed", settings={"expression": "1", "result": "number"})),
}
SPECS = {code: spec for code, (_, spec) in FACTS.items()} | {"missing": AttributeSpec("missing", "number")}


def result(expression: str, **settings: Any) -> Any:
    return evaluate(AttributeSpec("c", "computed", settings={"expression": expression, **settings}), FACTS)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("12 / 3 / 2", "2"),
        ("-(2 - 5) * -1", "-3"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.333333333333"),
        ("2 / 3", "0.666666666667"),
        ("width[cm] * depth[cm] * height[cm] / 1000", "60"),
        ("WIDTH[in] * 2.54", "30"),
        ("{net-weight}[g] / cups", "550"),
        ("{cups} * volume", "240"),
        ("price[EUR] / cups", "124.75"),
        ("price[usd] - 50", "499"),
        ("min(cups, 3, 7) + max(1, 2)", "5"),
        ("sum(cups, missing, 1)", "5"),
        ("max(missing, cups)", "4"),
        ("round(cups / 3, 1)", "1.3"),
        ("round(2.5, 0) + round(-2.5, 0)", "0"),
        ("round(1234, -2)", "1200"),
        ("huge", "9" * 40),
    ],
)
def test_numbers_come_out_exact(expression: str, value: str) -> None:
    assert result(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "cups / zero",
        "zero / zero",
        "cups + missing",
        "min(missing)",
        "width",
        "width[kg]",
        "width[stone]",
        "price",
        "price[CHF]",
        "color",
        "model + 1",
        "model",
        "cups & 1 & model",
        "huge * huge",
        "huge + 0.1",
    ],
)
def test_what_cannot_be_computed_gives_no_value(expression: str) -> None:
    assert result(expression) is None


def test_the_result_has_the_type_unit_and_decimals_of_the_attribute() -> None:
    assert result("cups / 3", result="integer") == "1"
    assert result("5 / 2", result="integer") == "3"
    assert result("cups / 3", decimals=2) == "1.33"
    assert result("width[cm] * 2", result="measurement", unit="cm", decimals=0) == {"amount": "60", "unit": "cm"}
    assert result('brand & " " & Model & " " & cups / 8', result="text") == "ACME Lira 0.5"
    assert result('"say \\"x\\" \\\\"', result="text") == 'say "x" \\'
    assert result('"" & ""', result="text") is None


def test_a_computed_value_is_shown_found_and_described_as_its_result() -> None:
    kind = TYPES["computed"]
    spec = AttributeSpec("c", "computed", settings={"expression": "1", "result": "measurement", "unit": "kg"})
    value = {"amount": "1.5", "unit": "kg"}
    assert kind.text(value, spec, ("de",)) == "1,5\u00a0kg"
    assert kind.machine(value, spec) == {**value, "unit_code": "KGM"}
    assert kind.entries(value, spec) == (kind.operand("1500 g", spec),)
    assert kind.operators_of(spec) == TYPES["measurement"].operators
    assert kind.schema(spec) == TYPES["measurement"].schema(spec)
    assert kind.compute(spec, {}) == {"amount": "1", "unit": "kg"}


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "expected a number, a fact or a parenthesis at position 1, not the end"),
        ("1 +", "expected a number, a fact or a parenthesis at position 4, not the end"),
        ("1 2", "expected an operator or the end at position 3, not “2”"),
        ("(1", "expected “)” at position 3, not the end"),
        ("1)", "expected an operator or the end at position 2, not “)”"),
        ("min()", "expected a number, a fact or a parenthesis at position 5, not “)”"),
        ("min", "expected “(” at position 4, not the end"),
        ("round(1)", "round at position 1 takes 2 values, not 1"),
        ("min(" + ", ".join(["1"] * 21) + ")", "min at position 1 takes 1 to 20 values, not 21"),
        ("a ** b", "expected a number, a fact or a parenthesis at position 4, not “*”"),
        ("a.b", "“.b” at position 2 cannot be understood"),
        ("a['x']; import os", "“; import os” at position 7 cannot be understood"),
        ("__import__('os')", "“'os')” at position 12 cannot be understood"),
        ('"open', '“"open” at position 1 cannot be understood'),
        ("1e400", "expected an operator or the end at position 2, not “e400”"),
        ("9" * 41, "a number may have at most 40 digits"),
        ("1,5", "expected an operator or the end at position 2, not “,”"),
        ("a\x00", "character U+0000 at position 2 cannot be stored"),
        ("\ud800", "character U+D800 at position 1 cannot be stored"),
        ("٤ + 1", "“٤ + 1” at position 1 cannot be understood"),
        ("1 +" * 400 + " 1", "1202 characters are too many; at most 1000 are allowed"),
        ("(" * 21 + "1" + ")" * 21, "the expression is nested more than 20 deep"),
        ("-" * 21 + "1", "the expression is nested more than 20 deep"),
        ("+".join(["1"] * 102), "the expression has more than 100 operators"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(expression: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(expression)
    message = str(refused.value)
    assert message.startswith(why)
    assert message.encode()


def test_the_longest_and_deepest_expression_can_be_computed() -> None:
    assert result("+".join(["1"] * 101)) == "101"
    assert result("(" * 20 + "1" + ")" * 20) == "1"


@given(st.text(max_size=40) | st.text(alphabet='ab1.+-*/&(){}[]" ,minmaxround', max_size=40))
def test_whatever_is_written_is_refused_or_can_be_computed(expression: str) -> None:
    try:
        names = names_in(expression)
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    spec = AttributeSpec("c", "computed", settings={"expression": expression})
    one = AttributeSpec("x", "number")
    found = evaluate(spec, {name.lower(): ("1", one) for name in names})
    assert found is None or Decimal(str(found)).is_finite()


def test_the_facts_of_an_expression_are_named_once_in_order() -> None:
    assert names_in('b + {a-1}[cm] * b - min(c, 2) & "d"') == ("b", "a-1", "c")


@pytest.mark.parametrize(
    ("expression", "new", "expected"),
    [
        ("width[cm] * 2", "breadth", "breadth[cm] * 2"),
        ('  WIDTH[cm]  + "width"', "w-1", '  {w-1}[cm]  + "width"'),
        ("{width} + widths", "min", "{min} + widths"),
    ],
)
def test_a_renamed_fact_is_renamed_in_expressions(expression: str, new: str, expected: str) -> None:
    assert renamed(expression, "width", new) == expected
    assert names_in(expected)[0] == new


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("colour + 1", "there is no attribute “colour”"),
        ("width * 2", "say the unit “width” is wanted in, such as width[cm]"),
        ("width[kg] * 2", "say the unit “width” is wanted in, such as width[cm]"),
        ("depth[stone]", "say the unit “depth” is wanted in, such as depth[mm]"),
        ("price * 2", "say the currency “price” is wanted in: price[EUR]"),
        ("color & 1", "“color” is a multiselect, of which nothing can be computed"),
        ("cups[cm]", "“cups” has no unit; write it without [cm]"),
    ],
)
def test_a_fact_that_cannot_be_used_so_is_refused(expression: str, why: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_sources(AttributeSpec("c", "computed", settings={"expression": expression}), SPECS)
    assert (refused.value.name, str(refused.value)) == ("expression", why)


def test_facts_that_can_be_used_are_not_refused() -> None:
    expression = "width[in] + height[m] * price[EUR] + volume & model & brand"
    check_sources(AttributeSpec("c", "computed", settings={"expression": expression}), SPECS)


@pytest.mark.parametrize(
    ("expressions", "circle"),
    [
        ({"a": "b", "b": "c + 1", "c": "2"}, None),
        ({"a": "b + c", "b": "c", "c": "d", "d": "1"}, None),
        ({"a": "a + 1"}, ["a", "a"]),
        ({"x": "a", "a": "b", "b": "C", "c": "a"}, ["a", "b", "c", "a"]),
        ({f"f{n}": f"f{n + 1}" for n in range(5_000)}, None),
    ],
)
def test_a_circle_of_computed_facts_is_found(expressions: dict[str, str], circle: list[str] | None) -> None:
    specs = [AttributeSpec(code, "computed", settings={"expression": text}) for code, text in expressions.items()]
    assert cycle_in([*specs, *SPECS.values()]) == circle
