"""What attributes can be told, and what is refused there."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.base import InvalidSetting
from catalog.values.settings import compiled
from tests.catalog.test_values_contract import HOSTILE, NEEDED, spec_of


def kept(kind: str, **settings: Any) -> dict[str, Any]:
    return TYPES[kind].check_settings(spec_of(kind, {**NEEDED.get(kind, {}), **settings}))


def refusal(kind: str, **settings: Any) -> tuple[str, str]:
    with pytest.raises(InvalidSetting) as refused:
        kept(kind, **settings)
    return refused.value.name, str(refused.value)


def parsing(kind: str, raw: Any, **settings: Any) -> str:
    """What is said of a value that the settings do not allow."""
    with pytest.raises(Invalid) as refused:
        TYPES[kind].parse(raw, AttributeSpec("a", kind, settings=settings))
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (
            "text",
            {"max_length": "20", "pattern": "[a-z]+", "default": " abc "},
            {"max_length": 20, "pattern": "[a-z]+", "default": "abc"},
        ),
        ("text", {"max_length": None, "pattern": "", "default": ""}, {}),
        (
            "number",
            {"min": 0, "max": "1e2", "decimals": 2, "step": "0.50"},
            {"min": "0", "max": "100", "decimals": 2, "step": "0.5"},
        ),
        ("boolean", {"default": False}, {"default": False}),
        (
            "measurement",
            {"unit_family": "mass", "unit": "kg", "units": ["g", "kg", "g"], "default": {"amount": "1.0"}},
            {"unit_family": "mass", "unit": "kg", "units": ["g", "kg"], "default": {"amount": "1", "unit": "kg"}},
        ),
        ("select", {"default": "BLACK"}, {"default": "Black"}),
        ("record", {"entity": "brand", "default": "acme"}, {"entity": "brand", "default": "acme"}),
        (
            "table",
            {"columns": [{"code": "a", "labels": {"en": " A ", "de": ""}, "settings": {}}]},
            {"columns": [{"code": "a", "type": "text", "labels": {"en": "A"}}]},
        ),
        (
            "computed",
            {"expression": " a + b ", "result": "measurement", "unit": "kg", "decimals": 1},
            {"expression": "a + b", "result": "measurement", "unit": "kg", "decimals": 1},
        ),
    ],
)
def test_settings_are_kept_in_one_way_of_writing_them(kind: str, given: Any, expected: Any) -> None:
    assert kept(kind, **given) == expected
    assert kept(kind, **expected) == expected


@pytest.mark.parametrize(
    ("kind", "given", "name", "why"),
    [
        (
            "text",
            {"min": 1},
            "min",
            "“min” is no setting of the type “Text”; there are min_length, max_length, pattern",
        ),
        ("gtin", {"min": 1}, "min", "“min” is no setting of the type “GTIN”"),
        ("text", {"max_length": 0}, "max_length", "At most characters: this is a whole number from 1 to 100000"),
        ("text", {"max_length": "many"}, "max_length", "At most characters: “many” is no number"),
        ("text", {"min_length": 3, "max_length": 2}, "max_length", "the most allowed, 2, is below the least, 3"),
        ("text", {"pattern": "("}, "pattern", "Pattern: “(” is no pattern: missing )"),
        ("text", {"pattern": r"(a)\1"}, "pattern", "Pattern: “(a)\\1” is no pattern: invalid escape sequence: \\1"),
        ("text", {"pattern": "(?=a)b"}, "pattern", "Pattern: “(?=a)b” is no pattern: invalid perl operator: (?="),
        ("text", {"pattern": "a" * 501}, "pattern", "Pattern: 501 characters are too many; at most 500 are allowed"),
        ("text", {"pattern": "\x00"}, "pattern", "Pattern: character U+0000 at position 1 cannot be stored"),
        (
            "text",
            {"pattern": "[a-z]+", "default": "X"},
            "default",
            "Default: this is not written as it should be, [a-z]+",
        ),
        ("number", {"min": "2", "max": "1"}, "max", "the most allowed, 1, is below the least, 2"),
        ("number", {"min": "NaN"}, "min", "Least allowed: a number must be finite"),
        ("number", {"step": "0"}, "step", "Step: this has to be above 0"),
        ("number", {"decimals": 21}, "decimals", "Decimals: this is a whole number from 0 to 20"),
        ("number", {"default": "x"}, "default", "Default: “x” is no number"),
        ("number", {"max": "1", "default": "2"}, "default", "Default: 2 is above the most allowed, 1"),
        ("integer", {"step": "0.5"}, "step", "0.5 is no whole number"),
        (
            "measurement",
            {"unit_family": "colour"},
            "unit_family",
            "Kind of unit: “colour” is no kind of unit; there are",
        ),
        ("measurement", {"unit": "stone"}, "unit", "Usual unit: “stone” is no unit that is known here"),
        ("measurement", {"unit_family": "mass", "unit": "cm"}, "unit", "“cm” is no unit of mass; there are µg, mg"),
        ("measurement", {"unit_family": "mass", "units": ["cm"]}, "units", "“cm” is no unit of mass; there are µg, mg"),
        ("measurement", {"unit": "kg", "units": ["g"]}, "unit", "“kg” is not among the units allowed: g"),
        ("measurement", {"units": "kg"}, "units", "Units allowed: expected a list of units"),
        ("select", {"default": "green"}, "default", "Default: “green” is no option of “select”"),
        ("record", {"entity": ""}, "entity", "Kind of record: this is needed"),
        ("record", {"entity": "a b"}, "entity", "Kind of record: “a b” is no code"),
        ("table", {"columns": []}, "columns", "Columns: this is needed"),
        ("table", {"columns": ["a"]}, "columns", "Columns: expected a list of columns"),
        ("table", {"columns": [{"code": "a"}, {"code": "A"}]}, "columns", "Columns: two columns are called “A”"),
        (
            "table",
            {"columns": [{"code": "a", "type": "select"}]},
            "columns",
            "Columns: column 1: “select” is no type of column",
        ),
        (
            "table",
            {"columns": [{"code": "a", "type": ["text"]}]},
            "columns",
            "Columns: column 1: “a list” is no type of column",
        ),
        ("table", {"columns": [{"type": "text"}]}, "columns", "Columns: column 1: “a NoneType” is no code"),
        (
            "table",
            {"columns": [{"code": "a", "width": 3}]},
            "columns",
            "Columns: column 1: “width” is nothing a column has",
        ),
        (
            "table",
            {"columns": [{"code": "a", "settings": {"step": 1}}]},
            "columns",
            "Columns: column 1: “step” is no setting",
        ),
        (
            "table",
            {"columns": [{"code": "a", "labels": ["A"]}]},
            "columns",
            "Columns: column 1: expected labels by language",
        ),
        ("table", {"columns": [{"code": f"c{n}"} for n in range(21)]}, "columns", "Columns: 21 columns are too many"),
        ("computed", {"expression": ""}, "expression", "Expression: this is needed"),
        ("computed", {"expression": "1 +"}, "expression", "Expression: expected a number, a fact or a parenthesis"),
        ("computed", {"result": "date"}, "result", "Result: “date” is no kind of result; there are number, integer"),
        ("computed", {"result": "measurement"}, "unit", "a measurement needs the unit it comes out in"),
        ("computed", {"unit": "kg"}, "unit", "only a measurement has a unit; choose that as the result"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(kind: str, given: Any, name: str, why: str) -> None:
    told, message = refusal(kind, **given)
    assert told == name
    assert message.startswith(why)


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    ("kind", "name"), [(code, setting.name) for code, kind in TYPES.items() for setting in kind.settings]
)
def test_hostile_settings_are_refused_or_can_be_kept(kind: str, name: str, raw: Any) -> None:
    try:
        settings = kept(kind, **{name: raw})
    except InvalidSetting as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert kept(kind, **settings) == settings


def test_every_setting_says_what_it_is() -> None:
    for kind in TYPES.values():
        names = [setting.name for setting in kind.settings]
        assert len(set(names)) == len(names)
        assert all(setting.label for setting in kind.settings)


# --- What settings do to values ---------------------------------------------------------------------------------------


def test_a_pattern_has_to_match_the_whole_text() -> None:
    assert TYPES["mpn"].parse("TS-200", AttributeSpec("a", "mpn", settings={"pattern": "[A-Z]{2}-[0-9]+"})) == "TS-200"
    assert parsing("text", "TS-200x", pattern="[A-Z]{2}-[0-9]+").startswith("this is not written as it should be")
    assert parsing("url", "https://example.com/", pattern="https://example\\.org/.*").startswith("this is not written")


def test_a_pattern_that_would_take_others_for_ever_takes_no_time() -> None:
    assert compiled("(a+)+$").fullmatch("a" * 50_000 + "b") is None


def test_a_text_that_is_too_short_is_refused() -> None:
    assert parsing("text", "ab", min_length=3) == "2 characters are too few; at least 3 are wanted"
    assert parsing("richtext", "<p>ab</p>", min_length=3) == "2 characters are too few; at least 3 are wanted"
    assert parsing("richtext", "<p>abcd</p>", max_length=3) == "4 characters are too many; at most 3 are allowed"


def test_steps_are_counted_exactly_from_the_least_allowed() -> None:
    steps = {"min": "0.05", "step": "0.1"}
    assert TYPES["number"].parse("0.35", AttributeSpec("a", "number", settings=steps)) == "0.35"
    assert parsing("number", "0.3", **steps) == "0.3 is no multiple of 0.1, counted from 0.05"
    assert parsing("integer", "7", step="5") == "7 is no multiple of 5"
    assert parsing("number", "9" * 40, step="0." + "0" * 39 + "7").startswith("9999")


def test_limits_count_in_the_usual_unit_whatever_unit_is_written() -> None:
    limits = {"unit_family": "mass", "unit": "kg", "max": "2", "step": "0.5"}
    spec = AttributeSpec("a", "measurement", settings=limits)
    assert TYPES["measurement"].parse({"amount": "1500", "unit": "g"}, spec) == {"amount": "1500", "unit": "g"}
    assert parsing("measurement", {"amount": "2001", "unit": "g"}, **limits) == "2001 g is above the most allowed, 2 kg"
    assert parsing("measurement", {"amount": "1.2"}, **limits) == "1.2 is no multiple of 0.5"
    assert parsing("measurement_range", {"from": "1", "to": "3"}, **limits) == "3 is above the most allowed, 2"


def test_only_the_units_an_attribute_allows_are_taken() -> None:
    message = parsing("measurement", {"amount": "1", "unit": "t"}, unit_family="mass", units=["g", "kg"])
    assert message == "“t” is no unit of “a”; there are g, kg"
