"""Attribute types: what they take, how they keep it, how people read it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.values import TYPES, AttributeSpec, Invalid, ValueType, value_type
from catalog.values.base import clean_text, pick, quoted
from catalog.values.registry import build
from catalog.values.scopes import Scope
from catalog.values.texts import Text
from catalog.values.units import UNITS

LANGUAGES = ("en", "it", "ro", "de", "fr", "es")
BIG = 10**5000


def make_spec(kind: str, **settings: Any) -> AttributeSpec:
    colors = {
        "black": ("Black", {"en": "Black", "it": "Nero", "de": "Schwarz"}),
        "red": ("red", {"de": "Rot"}),
    }
    options = colors if TYPES[kind].has_options else {}
    return AttributeSpec(code=f"my_{kind}", type=kind, settings=settings, options=options)


def parse(kind: str, raw: Any, **settings: Any) -> Any:
    return TYPES[kind].parse(raw, make_spec(kind, **settings))


def shown(kind: str, value: Any) -> list[str]:
    """The value for people, in the six languages."""
    return [TYPES[kind].text(value, make_spec(kind), (language,)) for language in LANGUAGES]


def refusal(kind: str, raw: Any, **settings: Any) -> str:
    with pytest.raises(Invalid) as refused:
        parse(kind, raw, **settings)
    return str(refused.value)


# --- What is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", "  Lira \r\n  Mini  ", "Lira Mini"),
        ("text", "Cafe\u0301", "Café"),
        ("text", "4\u00a0kg", "4\u00a0kg"),
        ("text", "☕ \U0001f600", "☕ \U0001f600"),
        ("text", "a\u202eb", "a\u202eb"),
        ("longtext", "\none\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("number", "12", "12"),
        ("number", 12, "12"),
        ("number", Decimal("12.50"), "12.5"),
        ("number", " +012.500 ", "12.5"),
        ("number", "1e3", "1000"),
        ("number", "-0", "0"),
        ("number", "-0.00", "0"),
        ("number", ".5", "0.5"),
        ("number", "9" * 40, "9" * 40),
        ("number", "1e39", "1" + "0" * 39),
        ("number", "1e-40", "0." + "0" * 39 + "1"),
        ("measurement", {"amount": "4.20", "unit": "kg"}, {"amount": "4.2", "unit": "kg"}),
        ("boolean", True, True),
        ("boolean", " TRUE ", True),
        ("boolean", "1", True),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", "false", False),
        ("select", " BLACK ", "Black"),
        ("multiselect", "red, black,red", ["red", "Black"]),
        ("multiselect", ["black"], ["Black"]),
        ("date", datetime.date(2027, 3, 1), "2027-03-01"),
        ("date", " 2027-3-1 ", "2027-03-01"),
        ("date", "2028-02-29", "2028-02-29"),
        (
            "price",
            [{"amount": "5", "currency": "usd"}, {"amount": "499.0", "currency": "EUR"}],
            [{"amount": "499.00", "currency": "EUR"}, {"amount": "5.00", "currency": "USD"}],
        ),
        ("price", [{"amount": "0.125", "currency": "EUR"}], [{"amount": "0.125", "currency": "EUR"}]),
        ("asset", " lira-front.1 ", "lira-front.1"),
        ("reference", "BZ-LIRA", "BZ-LIRA"),
    ],
)
def test_a_value_is_kept_in_one_way_of_writing_it(kind: str, raw: Any, kept: Any) -> None:
    assert parse(kind, raw) == kept
    assert parse(kind, kept) == kept


def test_the_unit_of_the_attribute_stands_in_where_none_is_given() -> None:
    assert parse("measurement", {"amount": 3}, unit="bar", unit_family="pressure") == {"amount": "3", "unit": "bar"}


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "why"),
    [
        ("text", "a\x00b", "character U+0000 at position 2 cannot be stored"),
        ("text", "a\ud800", "character U+D800 at position 2 cannot be stored"),
        ("text", "\x1b[31m", "character U+001B at position 1 cannot be stored"),
        ("text", "\uffff", "character U+FFFF at position 1 cannot be stored"),
        ("text", " \n ", "a text with nothing in it; leave the value out instead"),
        ("text", "x" * 501, "501 characters are too many; at most 500 are allowed"),
        ("longtext", "x" * 2**20, "1048576 characters are too many; at most 100000 are allowed"),
        ("text", 5, "expected a text, not int"),
        ("text", None, "expected a text, not NoneType"),
        ("text", b"bytes", "expected a text, not bytes"),
        ("number", 1.5, "expected a number, written as text to stay exact, not float"),
        ("number", True, "expected a number, written as text to stay exact, not bool"),
        ("number", "NaN", "a number must be finite"),
        ("number", "sNaN", "a number must be finite"),
        ("number", "-Infinity", "a number must be finite"),
        ("number", Decimal("Infinity"), "a number must be finite"),
        ("number", "1e400", "a number may have at most 40 digits"),
        ("number", "1e40", "a number may have at most 40 digits"),
        ("number", "1e-41", "a number may have at most 40 digits"),
        ("number", "0e999999999", "a number may have at most 40 digits"),
        ("number", BIG, "a number may have at most 40 digits"),
        ("number", "9" * 5000, "this is no number, or one with too many digits"),
        ("number", "٤٢", "this is no number, or one with too many digits"),
        ("number", "1_000", "this is no number, or one with too many digits"),
        ("number", "4,2", "“4,2” is no number; write decimals with a point"),
        ("number", "four", "“four” is no number"),
        ("number", "", "“” is no number"),
        ("number", "\x00", "“�” is no number"),
        ("measurement", {"amount": "1", "unit": "stone"}, "“stone” is no unit"),
        ("measurement", {"amount": "1", "unit": ["kg"]}, "“a list” is no unit"),
        ("measurement", {"amount": "1", "unit": BIG}, "“a int” is no unit"),
        ("measurement", {"amount": "1"}, "“” is no unit"),
        ("measurement", {"amount": "NaN", "unit": "kg"}, "a number must be finite"),
        ("measurement", {"unit": "kg"}, "expected an amount with its unit"),
        ("measurement", {"amount": "1", "unit": "kg", "x": 1}, "expected an amount with its unit"),
        ("measurement", "4 kg", "expected an amount with its unit"),
        ("boolean", "yes", "“yes” is neither yes nor no; write 1 or 0, true or false"),
        ("boolean", 2, "“a int” is neither yes nor no; write 1 or 0, true or false"),
        ("boolean", BIG, "“a int” is neither yes nor no; write 1 or 0, true or false"),
        ("boolean", 1.0, "“a float” is neither yes nor no; write 1 or 0, true or false"),
        ("boolean", [True], "“a list” is neither yes nor no; write 1 or 0, true or false"),
        ("boolean", None, "“a NoneType” is neither yes nor no; write 1 or 0, true or false"),
        ("select", "green", "“green” is no option of “my_select”"),
        ("select", "\ud800", "“�” is no option of “my_select”"),
        ("select", 1, "expected the code of an option, not int"),
        ("multiselect", [], "no option is chosen; leave the value out instead"),
        ("multiselect", " , ", "no option is chosen; leave the value out instead"),
        ("multiselect", ["black", "green"], "“green” is no option of “my_multiselect”"),
        ("multiselect", [["black"]], "expected the code of an option, not list"),
        ("multiselect", {"black": 1}, "expected a list of option codes, not dict"),
        ("date", "0000-01-01", "“0000-01-01” is no date; write it as 2027-03-31"),
        ("date", "2027-02-29", "“2027-02-29” is no date; write it as 2027-03-31"),
        ("date", "20270331", "“20270331” is no date; write it as 2027-03-31"),
        ("date", "31.03.2027", "“31.03.2027” is no date; write it as 2027-03-31"),
        ("date", "٢٠٢٧-٠٣-٣١", "“٢٠٢٧-٠٣-٣١” is no date; write it as 2027-03-31"),
        ("date", "\x00", "“�” is no date; write it as 2027-03-31"),
        ("date", datetime.datetime(2027, 3, 31), "expected a date such as 2027-03-31, not datetime"),
        ("date", 20270331, "expected a date such as 2027-03-31, not int"),
        ("price", [{"amount": "-1", "currency": "EUR"}], "a price cannot be negative"),
        ("price", [{"amount": "1", "currency": "EURO"}], "“EURO” is no currency; use its three letters, such as EUR"),
        ("price", [{"amount": "1", "currency": "€€€"}], "“€€€” is no currency; use its three letters, such as EUR"),
        ("price", [{"amount": "1", "currency": "ßa"}], "“ßa” is no currency; use its three letters, such as EUR"),
        ("price", [{"amount": "1", "currency": BIG}], "“a int” is no currency; use its three letters, such as EUR"),
        ("price", [{"amount": "1"}], "“” is no currency; use its three letters, such as EUR"),
        ("price", [{"amount": "1", "currency": "EUR"}, {"amount": "2", "currency": "eur"}], "EUR has two prices"),
        ("price", [{"currency": "EUR"}], "expected a number, written as text to stay exact, not NoneType"),
        ("price", [{"amount": 1.5, "currency": "EUR"}], "expected a number, written as text to stay exact, not float"),
        ("price", [], "expected a list of prices"),
        ("price", ["1 EUR"], "expected a list of prices"),
        ("price", "1 EUR", "expected a list of prices"),
        ("asset", "../../etc/passwd", "expected an asset's code, such as AB-123"),
        ("reference", "a b", "expected a product's SKU, such as AB-123"),
        ("reference", "A" * 201, "expected a product's SKU, such as AB-123"),
        ("reference", "", "expected a product's SKU, such as AB-123"),
        ("reference", 5, "expected a product's SKU, such as AB-123"),
    ],
    ids=lambda value: value if value in list(TYPES) else "",
)
def test_what_is_no_value_is_refused_in_words_that_can_be_shown(kind: str, raw: Any, why: str) -> None:
    message = refusal(kind, raw)
    assert message.startswith(why)
    assert message.encode()
    assert len(message) < 400


def test_bounds_are_kept_exactly() -> None:
    bounds = {"min": "0.1", "max": 10, "decimals": 1}
    assert [parse("number", raw, **bounds) for raw in ("0.1", "10", "9.90")] == ["0.1", "10", "9.9"]
    assert refusal("number", "0.09", **bounds) == "0.09 is below the least allowed, 0.1"
    assert refusal("number", "10.1", **bounds) == "10.1 is above the most allowed, 10"
    assert refusal("number", "9.95", **bounds) == "9.95 has more than 1 decimals"
    assert refusal("measurement", {"amount": "11", "unit": "kg"}, **bounds) == "11 is above the most allowed, 10"


def test_a_unit_of_another_family_is_refused_with_those_there_are() -> None:
    message = refusal("measurement", {"amount": "1", "unit": "kg"}, unit_family="pressure")
    assert message == "“kg” is no unit of “my_measurement”; there are Pa, hPa, mbar, kPa, psi, bar, atm, MPa"


def test_the_length_an_attribute_sets_counts() -> None:
    assert parse("text", "abc", max_length=3) == "abc"
    assert refusal("text", "abcd", max_length=3) == "4 characters are too many; at most 3 are allowed"


# --- What people read -------------------------------------------------------------------------------------------------


def test_numbers_have_the_separators_of_their_language() -> None:
    assert shown("number", "1234567.5") == [
        "1,234,567.5",
        "1.234.567,5",
        "1.234.567,5",
        "1.234.567,5",
        "1\u202f234\u202f567,5",
        "1.234.567,5",
    ]


def test_no_digit_is_rounded_away() -> None:
    assert shown("number", "0.00000001234")[0] == "0.00000001234"
    assert shown("price", [{"amount": "0.125", "currency": "EUR"}])[3] == "0,125\u00a0€"


def test_measurements_keep_amount_and_unit_on_a_line() -> None:
    assert shown("measurement", {"amount": "4.2", "unit": "kg"}) == ["4.2\u00a0kg", *["4,2\u00a0kg"] * 5]


def test_prices_are_written_as_in_their_country() -> None:
    prices = [{"amount": "1499.00", "currency": "EUR"}, {"amount": "5.00", "currency": "USD"}]
    assert shown("price", prices) == [
        "€1,499.00 / $5.00",
        "1.499,00\u00a0€ / 5,00\u00a0USD",
        "1.499,00\u00a0EUR / 5,00\u00a0USD",
        "1.499,00\u00a0€ / 5,00\u00a0$",
        "1\u202f499,00\u00a0€ / 5,00\u00a0$US",
        "1.499,00\u00a0€ / 5,00\u00a0US$",
    ]


def test_yes_and_no_are_translated() -> None:
    assert shown("boolean", True) == ["Yes", "Sì", "Da", "Ja", "Oui", "Sí"]
    assert shown("boolean", False) == ["No", "No", "Nu", "Nein", "Non", "No"]


def test_dates_are_written_out() -> None:
    assert shown("date", "2027-03-01") == [
        "March 1, 2027",
        "1 marzo 2027",
        "1 martie 2027",
        "1. März 2027",
        "1 mars 2027",
        "1 de marzo de 2027",
    ]


def test_options_have_their_labels_and_fall_back_to_english_then_to_any_then_to_the_code() -> None:
    assert shown("multiselect", ["Black", "red", "gone"]) == [
        "Black, Rot, gone",
        "Nero, Rot, gone",
        "Black, Rot, gone",
        "Schwarz, Rot, gone",
        "Black, Rot, gone",
        "Black, Rot, gone",
    ]


def test_texts_and_links_are_shown_as_they_are() -> None:
    assert [shown(kind, "x-1") for kind in ("text", "longtext", "asset", "reference")] == [["x-1"] * 6] * 4


def test_machines_get_the_code_of_a_unit() -> None:
    value = {"amount": "4.2", "unit": "kg"}
    assert TYPES["measurement"].machine(value, make_spec("measurement")) == {**value, "unit_code": "KGM"}
    assert TYPES["number"].machine("4.2", make_spec("number")) == "4.2"


# --- The parts --------------------------------------------------------------------------------------------------------


def test_a_text_is_picked_by_the_chain_then_english_then_any() -> None:
    texts = {"fr": "un", "de": "", "en": "one"}
    assert [pick(texts, chain) for chain in (("de", "fr"), ("de", "it"), ())] == ["un", "one", "one"]
    assert (pick({"fr": "un"}, ("de",)), pick({}, ("de",))) == ("un", "")


def test_what_is_quoted_in_a_message_is_short_and_harmless() -> None:
    assert quoted("a\x00\ud800\u202e" + "b" * 100, 5) == "“a���b”"
    assert quoted([1]) == "“a list”"


def test_scopes_are_written_and_read_alike() -> None:
    for scope, key in (
        (Scope(), ""),
        (Scope("de"), "de"),
        (Scope("", "print"), "@print"),
        (Scope("de", "print"), "de@print"),
    ):
        assert (str(scope), Scope.read(key)) == (key, scope)


@pytest.mark.parametrize(
    ("localizable", "per_channel", "key", "why"),
    [
        (True, False, "", "this attribute has one value per language; say which language"),
        (False, False, "de", "this attribute has one value for all languages"),
        (False, False, "@print", "this attribute has one value for all channels"),
        (True, True, "@print", "this attribute has one value per language; say which language"),
    ],
)
def test_a_scope_that_the_attribute_does_not_vary_by_is_refused(
    localizable: bool, per_channel: bool, key: str, why: str
) -> None:
    spec = AttributeSpec("name", "text", localizable=localizable, per_channel=per_channel)
    with pytest.raises(Invalid, match=f"^{why}$"):
        Scope.read(key).check(spec)


# --- The registry -----------------------------------------------------------------------------------------------------


def test_a_type_is_found_by_its_code() -> None:
    assert type(value_type("text")) is Text
    with pytest.raises(Invalid) as refused:
        value_type("colour")
    assert str(refused.value) == f"no attribute type is called “colour”; there are {', '.join(TYPES)}"


def test_a_second_type_of_a_code_is_refused() -> None:
    class Other(Text):
        code = "text"

    with pytest.raises(
        ValueError, match=r"Two attribute types are called “text”: Text and Other. Give one another code."
    ):
        build([Text, Other])


def test_what_is_no_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"str must be a subclass of ValueType to be an attribute type."):
        build([str])  # type: ignore[list-item]


def test_every_type_says_what_it_is() -> None:
    for code, kind in TYPES.items():
        assert isinstance(kind, ValueType)
        assert (kind.code, bool(kind.label)) == (code, True)


# --- Whatever comes ---------------------------------------------------------------------------------------------------

scalars = st.one_of(
    st.text(),
    st.integers(),
    st.decimals(),
    st.booleans(),
    st.none(),
    st.floats(),
    st.dates(),
    st.from_regex(r"[+-]?[0-9]{1,45}(\.[0-9]{1,45})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(["black", "RED", "1", "0", "2027-02-28"]),
)
raws = st.one_of(
    scalars,
    st.lists(scalars, max_size=4),
    st.fixed_dictionaries({"amount": scalars}, optional={"unit": st.sampled_from([*UNITS, "stone"])}),
    st.lists(st.fixed_dictionaries({"amount": scalars, "currency": st.sampled_from(["EUR", "usd", "x"])}), max_size=3),
)


@given(kind=st.sampled_from(sorted(TYPES)), raw=raws)
def test_parsing_is_idempotent_and_raises_nothing_but_invalid(kind: str, raw: Any) -> None:
    spec = make_spec(kind)
    try:
        value = TYPES[kind].parse(raw, spec)
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert TYPES[kind].parse(value, spec) == value
    assert TYPES[kind].text(value, spec, ("de",))


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_clean_text_can_be_stored_and_stays(raw: str) -> None:
    try:
        text = clean_text(raw)
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert "\x00" not in text
    assert text.encode().decode() == clean_text(text) == text
