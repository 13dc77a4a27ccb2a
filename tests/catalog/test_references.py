"""References in a fragment's text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.references import (
    OPTIONS,
    Reference,
    faults,
    malformed_in,
    pictures_in,
    references_in,
    split,
    substitute,
    with_pictures,
)


def test_references_are_found_in_order() -> None:
    text = "{{ fact:weight }} and {{fragment:battery-warning}}, {{\nproduct:name\t}} {{ fact:a.b_C-1 }}"
    assert references_in(text) == [
        Reference("fact", "weight"),
        Reference("fragment", "battery-warning"),
        Reference("product", "name"),
        Reference("fact", "a.b_C-1"),
    ]
    assert malformed_in(text) == []


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("{{ weight }}", ["{{ weight }}"]),
        ("{{ fact: }}", ["{{ fact: }}"]),
        ("{{ fact:a b }}", ["{{ fact:a b }}"]),
        ("{{ fact:<b>weight</b> }}", ["{{ fact:<b>weight</b> }}"]),
        ("{{ price:list }} {{ fact:ok }}", ["{{ price:list }}"]),
        ("{{ fact:weight", ["{{ fact:weight"]),
        ("{{ fact:weight }", ["{{ fact:weight "]),
        ("{{ {{ fact:weight }} }}", ["{{   }}"]),
        ("{{}}", ["{{}}"]),
        ("{{ fact:weight|safe }}", ["{{ fact:weight|safe }}"]),
        ("{{ fact:weight unit= }}", ["{{ fact:weight unit= }}"]),
        ("{{ fact:weight unit = kg }}", ["{{ fact:weight unit = kg }}"]),
        ('{{ fact:weight unit="kg" }}', ['{{ fact:weight unit="kg" }}']),
        ("{{ fact:weight unit=<b>kg</b> }}", ["{{ fact:weight unit=<b>kg</b> }}"]),
        ("{{ fact:weightunit=kg }}", ["{{ fact:weightunit=kg }}"]),
        ("{{ fact:__class__.x() }}", ["{{ fact:__class__.x() }}"]),
        ("{% include 'x' %} {weight} }} {0.__class__}", []),
    ],
)
def test_what_opens_double_braces_and_is_no_reference_is_told(text: str, bad: list[str]) -> None:
    assert malformed_in(text) == bad


@pytest.mark.parametrize(
    ("text", "reference", "written"),
    [
        (
            "{{fact:weight decimals=1  unit=kg}}",
            Reference("fact", "weight", (("unit", "kg"), ("decimals", "1"))),
            "{{ fact:weight unit=kg decimals=1 }}",
        ),
        ("{{ fact:a&nbsp;unit=m² }}", Reference("fact", "a", (("unit", "m²"),)), "{{ fact:a unit=m² }}"),
        (
            "{{ fact:u unit=W/(m²·K)&nbsp;}}",
            Reference("fact", "u", (("unit", "W/(m²·K)"),)),
            "{{ fact:u unit=W/(m²·K) }}",
        ),
        ("{{ label:weight }}", Reference("label", "weight"), "{{ label:weight }}"),
        ("{{ link:BZ-1.b }}", Reference("link", "BZ-1.b"), "{{ link:BZ-1.b }}"),
        ("{{ fact:a z=1 b=2 }}", Reference("fact", "a", (("b", "2"), ("z", "1"))), "{{ fact:a b=2 z=1 }}"),
    ],
)
def test_options_are_read_and_always_written_in_one_order(text: str, reference: Reference, written: str) -> None:
    assert (references_in(text), str(reference), references_in(written)) == ([reference], written, [reference])
    assert substitute(text, str) == written


def test_a_unit_of_two_words_is_written_as_one() -> None:
    (reference,) = references_in("{{ fact:volume unit=fl_oz }}")
    assert (reference.option("unit"), reference.option("decimals")) == ("fl oz", "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ fact:a unit=kg decimals=0 }}", []),
        ("{{ fact:a decimals=12 }}", []),
        ("{{ product:NAME }}", []),
        ("{{ fact:a size=9 }}", ["has an option “size”; there are unit, decimals"]),
        ("{{ label:a unit=kg }}", ["has an option “unit”; label has none"]),
        ("{{ fact:a unit=kg unit=g }}", ["says “unit” twice"]),
        ("{{ fact:a decimals=13 }}", ["has decimals=13; they are a number from 0 to 12"]),
        ("{{ fact:a decimals=-1 }}", ["has decimals=-1; they are a number from 0 to 12"]),
        ("{{ fact:a decimals=² }}", ["has decimals=²; they are a number from 0 to 12"]),
        ("{{ product:price }}", ["names nothing of the product; there are name and sku"]),
    ],
)
def test_what_is_wrong_with_a_reference_says_what_is_allowed(text: str, wrong: list[str]) -> None:
    (reference,) = references_in(text)
    assert faults(reference) == wrong


def test_pictures_are_named_by_their_assets() -> None:
    markup = '<p>asset:x <img src="asset:A-1" alt="asset:b"><img src="asset:c.png" alt=""></p>'
    assert pictures_in(markup) == ["A-1", "c.png"]
    assert with_pictures(markup, str.lower) == markup.replace("A-1", "a-1")


words = st.text("abcXYZ019._-", min_size=1, max_size=8)
references = st.builds(
    lambda kind, code, told: Reference(kind, code, tuple((name, told[name]) for name in OPTIONS[kind] if name in told)),
    st.sampled_from(sorted(OPTIONS)),
    words,
    st.fixed_dictionaries({}, optional={"unit": st.sampled_from(["kg", "fl_oz", "µm", "%"]), "decimals": words}),
)


@given(st.lists(references, max_size=5), st.sampled_from([" ", "", "x", "&nbsp;", "<p>"]))
def test_every_reference_comes_back_as_it_was_written(written: list[Reference], between: str) -> None:
    text = between.join(map(str, written))
    assert references_in(text) == written
    assert substitute(text, str) == text == "".join(map(str, split(text)))
    assert [piece for piece in split(text) if isinstance(piece, Reference)] == written
    assert malformed_in(text) == []


def test_each_reference_is_replaced_once_and_its_value_is_not_looked_at() -> None:
    values = {"a": "{{ fact:b }}", "b": r"\1 \g<0>"}
    assert substitute("{{fact:a}}|{{ fact:b }}|{x}", lambda reference: values[reference.code]) == (
        "{{ fact:b }}|\\1 \\g<0>|{x}"
    )


def test_a_reference_is_written_as_it_is_read() -> None:
    assert str(Reference("fact", "weight")) == "{{ fact:weight }}"
    assert references_in(str(Reference("fragment", "x"))) == [Reference("fragment", "x")]


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "{{fact:a" + " b=c" * 25_000,
        "{{fact:a b=c " * 8_000,
        "{{" + " " * 100_000,
        "{{fact:" * 15_000,
        "{{fact:" + "a" * 100_000,
    ],
)
def test_hostile_braces_take_no_time(text: str) -> None:
    started = time.process_time()
    assert references_in(text) == []
    assert malformed_in(text)
    assert time.process_time() - started < 1


@given(st.lists(st.sampled_from(["{{ fact:a }}", "{{ fragment:b }}", "{{", "}}", "{", "}", " x ", "fact:a"])))
def test_a_text_without_malformed_references_has_no_open_braces_left(parts: list[str]) -> None:
    text = "".join(parts)
    if not malformed_in(text):
        assert "{{" not in substitute(text, lambda reference: "·")
