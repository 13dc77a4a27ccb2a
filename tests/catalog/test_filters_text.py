"""A filter is read from a text or from JSON, says the same in both, and what is wrong is named with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.filters import (
    EVERYTHING,
    And,
    Condition,
    Filter,
    FilterError,
    Name,
    Not,
    Or,
    Word,
    codes_in,
    from_json,
    parse,
    renamed,
    to_json,
)
from catalog.filters.tree import CODED_FIELDS, KEYWORDS, OPERATORS, PLAIN_FIELDS


def fact(code: str, operator: str, *values: str) -> Condition:
    return Condition("fact", code, operator, tuple(map(Word, values)))


def fault(text: str) -> str:
    with pytest.raises(FilterError) as error:
        parse(text)
    return str(error.value)


def json_fault(raw: Any) -> str:
    with pytest.raises(FilterError) as error:
        from_json(raw)
    return str(error.value)


# --- What is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("color", "At character 6: after “color” must stand =, !=,"),
        ("color is black", "At character 7: after “color” must stand =, !=,"),
        ("color =", "At character 8: a value must stand here;"),
        ("color = not black", "At character 9: a value must stand here;"),
        ("= black", "At character 1: a condition must stand here"),
        ("and color = black", "At character 1: a condition must stand here"),
        ("color = black and", "At character 18: a condition must stand here"),
        ("color = black size = 3", "At character 20: “and” or “or” must stand before “=”."),
        ("(color = black", "At character 15: a parenthesis is still open"),
        ("color = black)", "At character 14: this parenthesis closes none"),
        ("color in black", "At character 10: after “in” comes a list in parentheses"),
        ("color in ()", "At character 11: a value must stand here"),
        ("color in (black red, )", "At character 22: a value must stand here"),
        ("color in (black", "At character 16: values of a list are parted by commas"),
        ("weight between 1 kg", "At character 20: “between” needs two values"),
        ('color = "black', "At character 9: a quotation mark opens here and is not closed"),
        (r'color = "a\b"', "At character 9: in quotation marks, write \\\\ for a backslash."),
        ("color ! black", "At character 7: after “color” must stand"),
        ("slots:x is empty", "At character 1: there is no field “slots:x”; did you mean “slot:”?"),
        ("slot: is empty", "At character 1: a code must follow, such as slot:CODE."),
        ("a = \0", "At character 5: character U+0000"),
        ('a = "\ud800"', "At character 5: character U+D800"),
        ("(" * 50_000, "At character 10001: a filter may have 10,000 characters"),
        ("x" * 1_000_000, "At character 10001: a filter may have 10,000 characters"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_what_to_write(text: str, message: str) -> None:
    assert fault(text).startswith(message)


def test_an_error_knows_the_words_it_is_about() -> None:
    with pytest.raises(FilterError) as error:
        parse("weight > 3 kg and color red")
    assert error.value.words == "red"
    assert error.value.place[:2] == (24, 27)


@pytest.mark.parametrize("opening", ["(", "not ", "not ("])
def test_what_is_too_deep_is_refused_and_what_is_not_is_read(opening: str) -> None:
    levels = 20 // len(opening.split("t")) if opening == "not (" else 20
    closing = ")" * opening.count("(")
    assert parse(opening * levels + "a = 1" + closing * levels).depth() <= 20
    assert "20 levels deep" in fault(opening * 21 + "a = 1" + closing * 21)
    assert "20 levels deep" in fault(opening * 2000)


def test_conditions_and_list_items_are_limited() -> None:
    assert len(list(parse(" or ".join(["a = 1"] * 100)).conditions())) == 100
    assert "100 conditions" in fault(" or ".join(["a = 1"] * 101))
    assert "500 values" in fault(f"a in ({','.join('1' * 501)})")
    assert "100 conditions" in json_fault({"or": [{"and": [{"field": "a", "op": "is empty"}] * 60}] * 2})


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (None, "At the top: a filter must stand here, not nothing;"),
        ([], "At the top: a filter must stand here, not a list;"),
        ({}, "At the top: this is no filter;"),
        ({"or": []}, "At or: a list of one to 100 filters must stand here."),
        ({"and": [{"not": 3}]}, "At and[0].not: a filter must stand here, not a number;"),
        ({"and": [{"field": "a", "op": "=", "value": "1"}], "or": []}, "At the top: this is no filter;"),
        ({"field": "a", "op": "="}, "At value: a text must stand here, not nothing."),
        ({"field": "a", "op": "=", "value": 1.5}, "At value: a text must stand here, not a number; write it as a text"),
        ({"field": "a", "op": "=", "value": 10**5000}, "At value: a text must stand here, not a number;"),
        ({"field": "a", "op": "==", "value": "1"}, "At op: there is no operator “==”; did you mean “=”"),
        ({"field": "a", "op": ["="], "value": "1"}, "At op: there is no operator “a list”"),
        ({"field": "a b", "op": "=", "value": "1"}, "At field: “a b” cannot be the name of a field."),
        ({"field": "", "op": "=", "value": "1"}, "At field: “” cannot be the name of a field."),
        ({"field": "a", "op": "in", "value": []}, "At value: “in” needs a list of one to 500 values."),
        ({"field": "a", "op": "in", "value": "x"}, "At value: “in” needs a list"),
        ({"field": "a", "op": "between", "value": ["1"]}, "At value: “between” needs a list of two values."),
        ({"field": "a", "op": "is empty", "value": "1"}, "At value: “is empty” has no value"),
        ({"field": "a", "op": "=", "value": "\0"}, "At value: character U+0000"),
        ({"field": "a", "op": "=", "value": "x" * 10_001}, "At value: a filter may have 10,000 characters"),
        ({"not": {"and": [{"field": "a", "op": "=", "value": None}] * 2}}, "At not.and[0].value: a text must stand"),
    ],
)
def test_json_that_is_no_filter_is_told_with_the_path_to_it(raw: Any, message: str) -> None:
    assert json_fault(raw).startswith(message)


def test_json_that_is_too_deep_is_refused() -> None:
    raw: dict[str, Any] = {"field": "a", "op": "is empty"}
    for _ in range(5_000):
        raw = {"not": raw}
    assert "20 levels deep" in json_fault(raw)


# --- What is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("color = black", fact("color", "=", "black")),
        ("FACT:color=black", fact("color", "=", "black")),
        ("color!=black", fact("color", "!=", "black")),
        ("weight >= 1.5 kg", fact("weight", ">=", "1.5 kg")),
        ("screen < 10 in", fact("screen", "<", "10 in")),
        ("screen between 10 in AND 15 in", fact("screen", "between", "10 in", "15 in")),
        ("price > 1\u00a0000 EUR", fact("price", ">", "1 000 EUR")),
        ("color Not In (black, dark red)", fact("color", "not in", "black", "dark red")),
        ("text contains Wow!", fact("text", "contains", "Wow!")),
        ('text starts  with "and (so) \\"on\\" \\\\"', fact("text", "starts with", 'and (so) "on" \\')),
        ("color IS NOT EMPTY", fact("color", "is not empty")),
        ("fact:status = new", fact("status", "=", "new")),
        ("tag = topic:safety", Condition("tag", "", "=", (Word("topic:safety"),))),
        ("complete = shop/de", Condition("complete", "", "=", (Word("shop/de"),))),
        ("association:Spare is empty", Condition("association", "Spare", "is empty")),
        (
            "a = 1 or b = 2 and not c = 3",
            Or((fact("a", "=", "1"), And((fact("b", "=", "2"), Not(fact("c", "=", "3")))))),
        ),
        ("(a = 1 or b = 2) and c = 3", And((Or((fact("a", "=", "1"), fact("b", "=", "2"))), fact("c", "=", "3")))),
    ],
)
def test_a_text_is_read_as_it_is_meant(text: str, tree: Filter) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(("raw", "said"), [(True, "true"), (False, "false"), (-3, "-3"), ("3", "3")])
def test_json_may_say_whole_numbers_and_yes_and_no(raw: Any, said: str) -> None:
    assert from_json({"field": "a", "op": "=", "value": raw}) == fact("a", "=", said)


codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True) | st.sampled_from(
    sorted(KEYWORDS | PLAIN_FIELDS)
)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=12) | st.sampled_from(
    ["and", "x OR y", '"', "\\", "1 TB", "(", "!", "!=", "not", "in (a, b)", " a", "a  b", "", "٣", "a'; --"]
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(["fact", "fact", "fact", *sorted(CODED_FIELDS | PLAIN_FIELDS)]))
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    count = OPERATORS[operator]
    values = draw(st.lists(texts, min_size=1, max_size=4)) if count is None else [draw(texts) for _ in range(count)]
    return Condition(field, draw(codes) if field in CODED_FIELDS else "", operator, tuple(map(Word, values)))


def joined(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return parts.map(Not) | several.map(And) | several.map(Or)


filters: st.SearchStrategy[Filter] = st.recursive(conditions(), joined, max_leaves=8).filter(lambda f: f.depth() <= 20)


@given(filters)
def test_what_a_filter_says_reads_as_the_same_filter(tree: Filter) -> None:
    assert parse(tree.text()) == tree
    assert from_json(to_json(tree)) == tree


words = st.lists(
    st.sampled_from(["a", "b", "=", "!=", "(", ")", "and", "or", "not", "in", "is", "empty", '"x"', ",", "<", ""])
).map(" ".join)


@given(st.text(max_size=60) | words)
def test_any_text_is_a_filter_or_an_error_that_names_a_place_in_it(text: str) -> None:
    try:
        found = parse(text)
    except FilterError as error:
        place = error.place
    else:
        assert parse(found.text()) == found
        return
    assert 0 <= place.start <= place.end <= len(text)


# --- Names ------------------------------------------------------------------------------------------------------------


def test_the_names_in_a_filter_are_found_by_kind() -> None:
    found = codes_in(
        parse(
            "Color = Black and weight > 3 kg and family in (lamps) and slot:Teaser is empty and complete = shop/de "
            "and association:spare = X1 and asset:main is empty and tag = topic:safety and finding = gtin"
        )
    )
    assert found == {
        Name("attribute", "color"),
        Name("value", "black", "color"),
        Name("attribute", "weight"),
        Name("family", "lamps"),
        Name("slot", "teaser"),
        Name("channel", "shop"),
        Name("associationtype", "spare"),
        Name("product", "x1"),
        Name("assetrole", "main"),
        Name("tag", "topic:safety"),
        Name("check", "gtin"),
    }


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (("attribute", "COLOR", "colour"), "colour = Black or not (colour is empty and color-2 = black)"),
        (("value", "black", "night", "Color"), "Color = night or not (color is empty and color-2 = black)"),
        (("attribute", "color", "status"), "fact:status = Black or not (fact:status is empty and color-2 = black)"),
        (("family", "color", "x"), "Color = Black or not (color is empty and color-2 = black)"),
    ],
)
def test_a_renamed_code_is_said_in_its_new_way(change: tuple[str, ...], text: str) -> None:
    tree = parse("Color = Black or not (color is empty and color-2 = black)")
    assert renamed(tree, *change).text() == text


def test_a_renamed_channel_keeps_the_language_beside_it() -> None:
    assert renamed(parse("complete in (shop/de, SHOP)"), "channel", "shop", "store").text() == (
        "complete in (store/de, store)"
    )
