"""Keys of the fact index sort as the values they stand for."""

from __future__ import annotations

from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.values.base import HIGHEST, LOWEST
from catalog.values.sortable import number_key, text_key

numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e45"), max_value=Decimal("1e45")),
    st.builds(
        lambda sign, digits, exponent: Decimal((sign, digits, exponent)),
        st.sampled_from([0, 1]),
        st.lists(st.integers(0, 9), min_size=1, max_size=40).map(tuple),
        st.integers(-60, 60),
    ),
    st.integers(-(10**40), 10**40).map(Decimal),
)


@given(numbers, numbers)
def test_keys_of_numbers_are_ordered_as_the_numbers(first: Decimal, second: Decimal) -> None:
    keys = number_key(first), number_key(second)
    assert (keys[0] < keys[1], keys[0] == keys[1]) == (first < second, first == second)


@given(numbers)
def test_keys_of_numbers_are_short_ascii_and_lie_between_the_open_ends(number: Decimal) -> None:
    key = number_key(number)
    assert LOWEST < key < HIGHEST
    assert key.isascii()
    assert 0 < len(key) <= 200


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        (["-10", "-9.5", "-9.49", "-1", "-0.1", "-0.01", "0", "0.01", "0.1", "1", "9.49", "9.5", "10"], "signs"),
        (["-1.23", "-1.2", "-1.19"], "a longer negative number stands before its beginning"),
        (["1E-60", "1E-40", "1", "1E+39", "1E+60"], "magnitudes"),
    ],
)
def test_numbers_in_order_have_keys_in_order(numbers: list[str], why: str) -> None:
    keys = [number_key(Decimal(number)) for number in numbers]
    assert keys == sorted(keys), why
    assert len(set(keys)) == len(keys)


def test_equal_numbers_have_one_key_however_they_are_written() -> None:
    assert len({number_key(Decimal(text)) for text in ("1", "1.0", "1.000", "10E-1", "0.1E1")}) == 1
    assert number_key(Decimal("-0")) == number_key(Decimal("0.00"))


def test_a_magnitude_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="out of the range of keys"):
        number_key(Decimal("1E+5000"))


@given(st.text(), st.text())
def test_keys_of_texts_are_equal_where_texts_differ_by_case_or_composition_only(first: str, second: str) -> None:
    def folded(text: str) -> str:
        return normalize("NFC", normalize("NFC", text).casefold())

    assert (text_key(first) == text_key(second)) == (folded(first) == folded(second))


def test_a_long_text_is_told_apart_from_one_that_begins_alike() -> None:
    first, second = "x" * 160 + "a", "x" * 160 + "b"
    assert text_key(first) != text_key(second)
    assert text_key(first)[:161] == text_key(second)[:161] == "x" * 160 + "…"
    assert len(text_key("İ" * 100_000)) <= 200
