"""What every attribute type owes: one example or more here, and the same behaviour before hostile input."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from catalog.values import TYPES, AttributeSpec, Invalid, Json
from catalog.values.base import HIGHEST, LOWEST, Entry

MEGABYTE = "x" * 2**20
COLORS = {"black": ("Black", {"en": "Black"}), "red": ("red", {"de": "Rot"})}
SIZES = [
    {"code": "size", "type": "text", "labels": {"en": "Size", "de": "Größe"}},
    {"code": "chest", "type": "measurement", "settings": {"unit_family": "length"}},
    {"code": "washable", "type": "boolean"},
]


@dataclass(frozen=True)
class Example:
    """`raw` is kept as `kept`; `asked` is what one writes in a filter to find it, and `bigger` what sorts above."""

    raw: Any
    kept: Json
    asked: str = ""
    bigger: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


EXAMPLES: dict[str, list[Example]] = {
    "text": [
        Example(" Lira\nMini ", "Lira Mini", "lira MINI"),
        Example("☕ \U0001f600", "☕ \U0001f600", "☕ \U0001f600"),
    ],
    "longtext": [Example("one\r\ntwo", "one\ntwo", "ONE\ntwo")],
    "richtext": [Example("<p>Fine <b>steel</b></p><script>x()</script>", "<p>Fine <b>steel</b></p>", "fine steel")],
    "integer": [
        Example("012", "12", "12", "13"),
        Example(-5, "-5", "-5", "-4.5"),
        Example("1e3", "1000", "1000", "1001"),
    ],
    "number": [Example("1.50", "1.5", "1.5", "1.51"), Example(Decimal("-0"), "0", "0", "1e-40")],
    "measurement": [
        Example({"amount": "4.20", "unit": "kg"}, {"amount": "4.2", "unit": "kg"}, "4200 g", "4201 g"),
        Example({"amount": 3}, {"amount": "3", "unit": "bar"}, "3", "3.1", {"unit_family": "pressure", "unit": "bar"}),
    ],
    "number_range": [
        Example({"from": "1", "to": "2.0"}, {"from": "1", "to": "2"}),
        Example({"from": "1", "to": ""}, {"from": "1"}),
        Example({"to": "-3"}, {"to": "-3"}),
    ],
    "measurement_range": [
        Example({"from": "10", "to": "20", "unit": "kg"}, {"from": "10", "to": "20", "unit": "kg"}),
        Example({"from": "10"}, {"from": "10", "unit": "kg"}, settings={"unit": "kg"}),
    ],
    "boolean": [Example("true", True, "yes"), Example(0, False, "No")],
    "date": [
        Example("2028-02-29", "2028-02-29", "2028-02-29", "2028-03-01"),
        Example(datetime.date(1, 1, 1), "0001-01-01", "0001-01-01", "0001-01-02"),
    ],
    "datetime": [
        Example("2027-03-31T23:30:00-02:00", "2027-04-01T01:30:00Z", "2027-04-01T01:30Z", "2027-04-01T01:31Z"),
        Example("2027-03-31 09:30z", "2027-03-31T09:30:00Z", "2027-03-31 11:30+02:00", "2027-04-01"),
        Example(datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC), "2027-01-01T00:00:00Z", "2027-01-01", "2027-01-02"),
    ],
    "select": [Example(" BLACK ", "Black", "black")],
    "multiselect": [Example("red, black,red", ["red", "Black"], "Red")],
    "price": [
        Example([{"amount": "5", "currency": "usd"}], [{"amount": "5.00", "currency": "USD"}], "5 USD", "5.01 usd"),
    ],
    "gtin": [
        Example("4006381333931", "4006381333931", "04006381333931"),
        Example(" 4006381-333931 ", "4006381333931", "4006381333931"),
        Example("96385074", "96385074", "96385074"),
        Example("036000291452", "036000291452", "0036000291452"),
        Example("10012345678902", "10012345678902", "10012345678902"),
    ],
    "isbn": [
        Example("3-16-148410-X", "9783161484100", "978-3-16-148410-0"),
        Example("9783161484100", "9783161484100", "316148410X"),
    ],
    "mpn": [Example(" TS-200/BK ", "TS-200/BK", "ts-200/bk")],
    "url": [
        Example("https://example.com/a?b=%20c#d", "https://example.com/a?b=%20c#d", "https://example.com/a?b=%20c#d")
    ],
    "asset": [Example(" lira-front.1 ", "lira-front.1", "LIRA-front.1")],
    "assets": [Example("a, b,A", ["a", "b"], "B"), Example(["a"], ["a"], "a")],
    "reference": [Example("BZ-LIRA", "BZ-LIRA", "bz-lira")],
    "record": [Example("acme", "acme", "ACME", settings={"entity": "brand"})],
    "table": [
        Example(
            [{"size": " S ", "chest": {"amount": "92.0", "unit": "cm"}}, {}, {"washable": "true", "size": ""}],
            [{"size": "S", "chest": {"amount": "92", "unit": "cm"}}, {"washable": True}],
            settings={"columns": SIZES},
        )
    ],
    "computed": [],
}
EACH = [(kind, example) for kind, examples in EXAMPLES.items() for example in examples]
# Settings without which a type says nothing.
NEEDED: dict[str, dict[str, Any]] = {
    "record": {"entity": "brand"},
    "table": {"columns": SIZES},
    "computed": {"expression": "1 + 1"},
}


def spec_of(kind: str, settings: dict[str, Any] | None = None) -> AttributeSpec:
    options = COLORS if TYPES[kind].has_options else {}
    return AttributeSpec(kind, kind, settings=settings or NEEDED.get(kind, {}), options=options)


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(TYPES)
    assert [kind for kind, examples in EXAMPLES.items() if not examples and not TYPES[kind].computed] == []


@pytest.mark.parametrize(("kind", "example"), EACH, ids=lambda value: value if isinstance(value, str) else "")
class TestAnExample:
    def test_is_kept_in_one_way_of_writing_it(self, kind: str, example: Example) -> None:
        spec = spec_of(kind, example.settings)
        assert TYPES[kind].parse(example.raw, spec) == example.kept
        assert TYPES[kind].parse(example.kept, spec) == example.kept

    def test_is_described_by_its_schema(self, kind: str, example: Example) -> None:
        spec = spec_of(kind, example.settings)
        schema = TYPES[kind].schema(spec)
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(TYPES[kind].machine(example.kept, spec))
        assert not Draft202012Validator(schema).is_valid(None)

    def test_is_shown_in_every_language(self, kind: str, example: Example) -> None:
        spec = spec_of(kind, example.settings)
        texts = [TYPES[kind].text(example.kept, spec, (code, "en")) for code in ("en", "de", "ro", "ar", "de-AT")]
        assert all(text.strip() for text in texts)

    def test_is_found_by_what_one_writes_in_a_filter(self, kind: str, example: Example) -> None:
        spec = spec_of(kind, example.settings)
        entries = TYPES[kind].entries(example.kept, spec)
        for entry in entries:
            assert all(0 < len(key) <= 200 for key in entry if key)
            assert entry.key
        if example.asked:
            assert TYPES[kind].operand(example.asked, spec) in entries
            assert "=" in TYPES[kind].operators_of(spec)

    def test_sorts_below_what_is_bigger(self, kind: str, example: Example) -> None:
        if not example.bigger:
            return
        spec = spec_of(kind, example.settings)
        entry, above = TYPES[kind].entries(example.kept, spec)[0], TYPES[kind].operand(example.bigger, spec)
        assert entry.key < above.key
        low, high = TYPES[kind].span(above.key)
        assert low < entry.key < high


def test_ranges_hold_their_ends_and_open_ones_lie_outside_of_all() -> None:
    spec = spec_of("measurement_range")
    kind = TYPES["measurement_range"]
    [entry] = kind.entries({"from": "10", "to": "20", "unit": "kg"}, spec)
    assert entry.key < kind.operand("15 kg", spec).key < entry.until
    assert (entry.key, entry.until) == (kind.operand("10000 g", spec).key, kind.operand("20000 g", spec).key)
    assert TYPES["number_range"].entries({"from": "1"}, spec)[0].until == HIGHEST
    assert TYPES["number_range"].entries({"to": "1"}, spec)[0].key == LOWEST


def test_prices_of_another_currency_are_no_comparison() -> None:
    kind, spec = TYPES["price"], spec_of("price")
    low, high = kind.span(kind.operand("5 EUR", spec).key)
    francs = kind.operand("4 CHF", spec).key
    assert not low < francs < high
    with pytest.raises(Invalid, match="needs a currency, such as 499 EUR"):
        kind.operand("5", spec)


def test_a_long_text_has_an_entry_that_fits_the_index() -> None:
    [entry] = TYPES["longtext"].entries("x" * 100_000, spec_of("longtext"))
    assert len(entry.key) <= 200
    assert TYPES["longtext"].operand("X" * 100_000, spec_of("longtext")) == entry


# --- Hostile input ----------------------------------------------------------------------------------------------------

DEEP: Any = "x"
for _ in range(2_000):
    DEEP = [DEEP]
HOSTILE: dict[str, Any] = {
    "NUL": "a\x00b",
    "a lone surrogate": "a\ud800b",
    "a megabyte": MEGABYTE,
    "nothing": "",
    "blanks": " \n\t ",
    "None": None,
    "a float": 1.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "NaN as text": "NaN",
    "infinity as text": "-Infinity",
    "1e400": "1e400",
    "5,000 digits": "9" * 5_000,
    "an integer of 5,000 digits": 10**5_000,
    "a decimal comma": "1,5",
    "digits of another script": "٤٢",
    "bytes": b"bytes",
    "an empty list": [],
    "an empty table": {},
    "deep nesting": DEEP,
    "a list with None": [None],
    "a dictionary of surprises": {"amount": {"amount": "1"}, "unit": []},
    "keys that are no texts": {1: 2, None: 3},
    "year 0": "0000-01-01",
    "no leap year": "2027-02-29",
    "no time zone": "2027-03-31T09:30:00",
    "before the first day": "0001-01-01T00:00:00+14:00",
    "after the last day": "9999-12-31T23:59:59-14:00",
    "an option of another attribute": "green",
    "a right-to-left override": "a\u202eb",
    "an emoji": "\U0001f600",
    "SQL": "'; DROP TABLE catalog_product; --",
    "a path": "../../etc/passwd",
    "a script": "<script>alert(1)</script>",
}
# What is no harm where texts are wanted.
HARMLESS = {
    ("text", "longtext", "richtext"): [
        *("NaN as text", "infinity as text", "1e400", "a decimal comma", "digits of another script", "year 0"),
        *("no leap year", "no time zone", "before the first day", "after the last day", "an emoji", "SQL"),
        *("an option of another attribute", "a right-to-left override", "a path"),
    ],
    ("text", "longtext"): ["a script"],
    ("longtext", "richtext"): ["5,000 digits"],
    ("mpn",): [
        *("NaN as text", "infinity as text", "1e400", "a decimal comma", "digits of another script", "year 0"),
        *("no leap year", "no time zone", "before the first day", "after the last day", "SQL", "a path", "a script"),
        *("an option of another attribute", "a right-to-left override"),
    ],
    ("asset", "assets", "reference", "record"): [
        *("NaN as text", "1e400", "year 0", "no leap year", "an option of another attribute"),
    ],
    ("assets",): ["a decimal comma"],
}


def is_harmless(kind: str, name: str) -> bool:
    return any(kind in kinds and name in names for kinds, names in HARMLESS.items())


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", TYPES)
def test_hostile_input_is_refused_in_words_or_kept_so_that_it_can_be_read_back(kind: str, name: str) -> None:
    spec = spec_of(kind)
    if is_harmless(kind, name):
        value = TYPES[kind].parse(HOSTILE[name], spec)
        assert TYPES[kind].parse(value, spec) == value
        assert TYPES[kind].text(value, spec, ("en",)).encode()
        return
    with pytest.raises(Invalid) as refused:
        TYPES[kind].parse(HOSTILE[name], spec)
    assert 0 < len(str(refused.value).encode()) < 800


@pytest.mark.parametrize("name", [name for name, raw in HOSTILE.items() if isinstance(raw, str)])
@pytest.mark.parametrize("kind", TYPES)
def test_a_hostile_filter_value_is_refused_or_gives_a_key_that_can_be_stored(kind: str, name: str) -> None:
    try:
        entry = TYPES[kind].operand(HOSTILE[name], spec_of(kind))
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert isinstance(entry, Entry)
    assert 0 < len(entry.key.encode().decode()) <= 220
    assert "\x00" not in entry.key


@pytest.mark.parametrize(
    ("kind", "raw", "why"),
    [
        ("integer", "1.5", "1.5 is no whole number"),
        ("number_range", {"from": "2", "to": "1"}, "the range begins at 2 and ends before it, at 1"),
        ("number_range", {}, "a range with no end at all; say from or to, or leave the value out"),
        ("number_range", {"from": "NaN"}, "a number must be finite"),
        ("number_range", {"from": "1", "until": "2"}, "expected a range with its ends"),
        ("measurement_range", {"from": "1", "to": "2", "unit": "stone"}, "“stone” is no unit of “measurement_range”"),
        ("measurement_range", {"unit": "kg"}, "a range with no end at all"),
        ("datetime", "2027-03-31T09:30:00", "“2027-03-31T09:30:00” lacks its time zone; add Z for UTC, or an offset"),
        ("datetime", "2027-03-31T24:30:00Z", "“2027-03-31T24:30:00Z” is no date and time that there is"),
        ("datetime", "2027-03-31T09:30:00+25:00", "“2027-03-31T09:30:00+25:00” is no date and time that there is"),
        ("datetime", "2027-03-31T09:30:00.5Z", "“2027-03-31T09:30:00.5Z” is no date and time; write it as"),
        ("datetime", datetime.datetime(2027, 1, 1), "“2027-01-01T00:00:00” lacks its time zone"),
        ("datetime", "0001-01-01T00:00:00+14:00", "“0001-01-01T00:00:00+14:00” is no date and time that there is"),
        (
            "gtin",
            "4006381333932",
            "the last digit of 4006381333932 is wrong: with these digits before it, it would be",
        ),
        ("gtin", "400638133393", "the last digit of 400638133393 is wrong"),
        ("gtin", "40063", "“40063” is no GTIN; it has 8, 12, 13 or 14 digits"),
        ("isbn", "978-3-16-148410-1", "the check digit of “978-3-16-148410-1” is wrong"),
        ("isbn", "4006381333931", "“4006381333931” is no ISBN"),
        ("mpn", "---", "“---” has neither a letter nor a digit"),
        ("mpn", "x" * 71, "71 characters are too many; at most 70 are allowed"),
        ("url", "javascript:alert(1)", "“javascript:alert(1)” is no complete web address; it begins with https://"),
        ("url", "ftp://example.com/", "“ftp://example.com/” is no complete web address"),
        ("url", "//example.com/", "“//example.com/” is no complete web address"),
        ("url", "https://", "“https://” is no complete web address"),
        ("url", "https://me:secret@example.com/", "a web address with a name or password in it is seen by everyone"),
        ("url", "https://me@example.com/", "a web address with a name or password in it is seen by everyone"),
        ("url", "https://example.com/a b", "a web address has no blanks, quotation marks or brackets"),
        ("url", "https://example.com/\u202egpj.exe", "a web address has no blanks"),
        ("url", "https://[::1", "“https://[::1” is no web address"),
        ("url", "https://example.com:99999/", "“https://example.com:99999/” is no web address"),
        ("assets", ["a"] * 201, "201 assets are too many; at most 200 are allowed"),
        ("assets", ["a", "../b"], "expected an asset's code, such as AB-123"),
        ("table", [{"colour": "red"}], "row 1: there is no column “colour”; there are size, chest, washable"),
        ("table", [{"size": "S"}, {"chest": "92"}], "row 2, chest: expected an amount with its unit"),
        ("table", [{"size": "a\x00"}], "row 1, Size: character U+0000 at position 2 cannot be stored"),
        ("table", [{}], "a table with nothing in it; leave the value out instead"),
        ("table", [{"size": "S"}] * 201, "201 rows are too many; at most 200 are allowed"),
        ("table", [["S"]], "expected a list of rows, each with its cells by column"),
        ("richtext", "<p></p>", "a text with nothing in it; leave the value out instead"),
        ("richtext", "<script>x</script>", "a text with nothing in it; leave the value out instead"),
        ("richtext", "<b>" * 300 + "x", "elements are nested more than 20 deep"),
        ("computed", "1", "this is computed from other facts; change those"),
    ],
)
def test_what_is_no_value_is_refused_with_the_reason(kind: str, raw: Any, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        TYPES[kind].parse(raw, spec_of(kind))
    assert str(refused.value).startswith(why)


KEYS = ["amount", "unit", "currency", "from", "to", "size", "chest", "washable"]
raws = st.recursive(
    st.one_of(st.text(max_size=20), st.integers(), st.decimals(), st.booleans(), st.none(), st.floats(), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["amount", "unit", "currency", "from", "to", "size", "chest", "washable"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@given(kind=st.sampled_from(sorted(TYPES)), raw=raws)
def test_whatever_comes_is_refused_or_kept_and_kept_again_alike(kind: str, raw: Any) -> None:
    spec = spec_of(kind)
    try:
        value = TYPES[kind].parse(raw, spec)
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert TYPES[kind].parse(value, spec) == value
    Draft202012Validator(TYPES[kind].schema(spec)).validate(TYPES[kind].machine(value, spec))


@given(kind=st.sampled_from(sorted(TYPES)), raw=st.text(max_size=30))
def test_whatever_is_asked_is_refused_or_gives_a_key(kind: str, raw: str) -> None:
    try:
        entry = TYPES[kind].operand(raw, spec_of(kind))
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return
    assert entry.key.encode()


# --- What people read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "english", "german"),
    [
        ("integer", "1234567", "1,234,567", "1.234.567"),
        ("number_range", {"from": "1.5", "to": "20"}, "1.5–20", "1,5–20"),
        ("number_range", {"from": "2", "to": "2"}, "2", "2"),
        ("measurement_range", {"from": "10", "to": "20", "unit": "kg"}, "10–20\u00a0kg", "10–20\u00a0kg"),
        ("measurement_range", {"from": "-5.5", "to": "20", "unit": "°C"}, "-5.5\u00a0–\u00a020\u00a0°C", None),
        ("measurement_range", {"from": "10", "unit": "kg"}, "≥\u00a010\u00a0kg", "≥\u00a010\u00a0kg"),
        ("measurement_range", {"to": "0.5", "unit": "kg"}, "≤\u00a00.5\u00a0kg", "≤\u00a00,5\u00a0kg"),
        ("datetime", "2027-03-31T09:30:00Z", "March 31, 2027, 9:30:00\u202fAM UTC", "31. März 2027, 09:30:00 UTC"),
        ("richtext", "<p>Fine <b>steel</b></p><ul><li>light</li></ul>", "Fine steel\n– light", "Fine steel\n– light"),
        ("isbn", "9783161484100", "978-3-16-148410-0", "978-3-16-148410-0"),
        ("assets", ["a", "b"], "a, b", "a, b"),
        (
            "table",
            [{"size": "S", "chest": {"amount": "9.5", "unit": "cm"}}, {"washable": True}],
            "Size: S · chest: 9.5\u00a0cm; washable: Yes",
            "Größe: S · chest: 9,5\u00a0cm; washable: Ja",
        ),
    ],
)
def test_values_are_written_as_in_their_language(kind: str, value: Any, english: str, german: str | None) -> None:
    spec = spec_of(kind)
    assert TYPES[kind].text(value, spec, ("en",)) == english
    if german is not None:
        assert TYPES[kind].text(value, spec, ("de", "en")) == german


def test_machines_get_the_code_of_a_unit_everywhere() -> None:
    value = {"from": "1", "unit": "kg"}
    assert TYPES["measurement_range"].machine(value, spec_of("measurement_range")) == {**value, "unit_code": "KGM"}
    rows = [{"size": "S", "chest": {"amount": "92", "unit": "cm"}}]
    assert TYPES["table"].machine(rows, spec_of("table")) == [
        {"size": "S", "chest": {"amount": "92", "unit": "cm", "unit_code": "CMT"}}
    ]
