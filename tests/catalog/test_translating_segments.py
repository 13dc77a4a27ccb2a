"""Texts in segments with codes: nothing is lost on the way there and back, whatever the markup."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.richtext import TAGS, clean_html, clean_plain
from catalog.translating.segments import Code, CodeProblem, marked, plain, segmented, unmarked, words_of
from catalog.values import Invalid

_PIECES = [
    *(f"<{tag}>" for tag in sorted(TAGS)),
    *(f"</{tag}>" for tag in sorted(TAGS)),
    '<a href="https://tessera.example/?a=1&amp;b=%22x&quot;">',
    '<a href="mailto:a@b.example">',
    "{{ fact:weight }}",
    "{{fact:weight}}",
    "{{  fragment:warning}}",
    "{{ broken",
    "}}",
    " ",
    "\n",
    "&amp;",
    "&lt;b&gt;",
    "&nbsp;",
    "\u00a0",
    "\u200b",
    "\t",
    '"',
    "'",
    "<",
    ">",
    "&",
    "word",
    "Müller & Söhne",
    "5 < 6",
    "x" * 250,
    "😀",
    "]]>",
    '<g id="1">',
    '<x id="2"/>',
    "</g>",
]


@st.composite
def rich_texts(draw: Any) -> str:
    """Clean markup of whatever pieces."""
    pieces = draw(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=8)), max_size=25))
    try:
        return clean_html("".join(pieces))
    except Invalid:
        return clean_html(draw(st.sampled_from(["<p>a <b>b</b></p>", "<ul><li>{{ fact:a }}</li></ul>"])))


@st.composite
def plain_texts(draw: Any) -> str:
    pieces = draw(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=8)), max_size=12))
    try:
        return clean_plain("".join(pieces))
    except Invalid:
        return "plain"


@given(st.one_of(rich_texts(), plain_texts()))
def test_taking_a_text_apart_and_together_gives_the_text(text: str) -> None:
    found = segmented(text)
    assert found.with_targets(found.segments) == text


@given(st.one_of(rich_texts(), plain_texts()))
def test_marked_text_is_a_segment_again(text: str) -> None:
    for segment in segmented(text).segments:
        assert unmarked(marked(segment), segment) == segment
        assert words_of(marked(segment)) == plain(segment)


@given(rich_texts())
def test_segments_hold_no_markup_and_no_reference_outside_of_codes(text: str) -> None:
    found = segmented(text)
    for segment in found.segments if found.rich else ():
        codes = [part for part in segment if isinstance(part, Code)]
        assert all(part.text.startswith(("<", "{{")) for part in codes)
        assert [code.id for code in codes if code.kind != "close"] == sorted(
            {code.id for code in codes if code.kind != "close"}
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Only words", ["Only words"]),
        ("", []),
        ("<p>A</p><p></p><p> B </p>", ["A", "B"]),
        ("<p>Press <strong>start</strong>.</p>", ['Press <g id="1">start</g>.']),
        ("<p><strong>Start</strong></p>", ["Start"]),
        ("<p>Weighs {{ fact:weight }}<br>net</p>", ['Weighs <x id="1"/><x id="2"/>net']),
        ("{{ fact:weight }}", ['<x id="1"/>']),
        ("<p>R&amp;D &lt;b&gt;</p>", ["R&amp;D &lt;b&gt;"]),
        ("R&D <5 kg", ["R&amp;D &lt;5 kg"]),
        ("<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>", ["1", "2"]),
        ('<p>See <a href="https://a.example">this</a></p>', ['See <g id="1">this</g>']),
        ("<br>", []),
        ("words <b>and</b> more", ['words <g id="1">and</g> more']),
    ],
)
def test_what_a_translator_sees(text: str, expected: list[str]) -> None:
    assert [marked(segment) for segment in segmented(text).segments] == expected


SOURCE = segmented("<p>Press <strong>start</strong> of {{ product:name }}.</p>").segments[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<g id="1">Start</g> drücken.', "the code 2 ({{ product:name }}) is lost"),
        ("Start drücken.", "each of the codes 1 (<strong>), 2 ({{ product:name }}) is lost"),
        ('<g id="1">S</g> <x id="2"/> <x id="2"/>', "the code 2 ({{ product:name }}) stands there more than once"),
        ('<g id="1">S</g> <x id="2"/> <x id="3"/>', "the code 3 is not in the source"),
        ('<g id="2">S</g> <x id="1"/>', "the code 2 is not in the source"),
        ('</g> <g id="1">S<x id="2"/>', "closes what is not open"),
        ('<g id="1">S<x id="2"/>', "the code 1 is not closed"),
    ],
)
def test_codes_that_are_not_those_of_the_source_are_refused(text: str, reason: str) -> None:
    with pytest.raises(CodeProblem) as refused:
        unmarked(text, SOURCE)
    assert reason in str(refused.value)


def test_codes_may_change_places() -> None:
    assert plain(unmarked('<x id="2"/>: <g id="1">Start</g> drücken', SOURCE)) == " : Start drücken"
