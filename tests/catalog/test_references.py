"""References in a fragment's text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.references import Reference, malformed_in, references_in, substitute


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
        ("{{ fact:__class__.x() }}", ["{{ fact:__class__.x() }}"]),
        ("{% include 'x' %} {weight} }} {0.__class__}", []),
    ],
)
def test_what_opens_double_braces_and_is_no_reference_is_told(text: str, bad: list[str]) -> None:
    assert malformed_in(text) == bad


def test_each_reference_is_replaced_once_and_its_value_is_not_looked_at() -> None:
    values = {"a": "{{ fact:b }}", "b": r"\1 \g<0>"}
    assert substitute("{{fact:a}}|{{ fact:b }}|{x}", lambda reference: values[reference.code]) == (
        "{{ fact:b }}|\\1 \\g<0>|{x}"
    )


def test_a_reference_is_written_as_it_is_read() -> None:
    assert str(Reference("fact", "weight")) == "{{ fact:weight }}"
    assert references_in(str(Reference("fragment", "x"))) == [Reference("fragment", "x")]


@pytest.mark.parametrize("text", ["{" * 100_000, "{{" + " " * 100_000, "{{fact:" * 15_000, "{{fact:" + "a" * 100_000])
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
