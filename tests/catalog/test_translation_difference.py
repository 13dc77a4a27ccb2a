"""What has changed, in words and not in markup; and lengths checked in every language and slot."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.operations.fragments import place
from catalog.quality.rechecking import recheck_stale
from catalog.translating.difference import count_words, difference, differences, in_line, readable
from tests import factories as make


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<p>Press start.</p>", "<p>Press <b>start</b>.</p>", "Press start."),
        ("<p>Press start now.</p>", "<p>Press stop now.</p>", "Press [-start -]{+stop +}now."),
        ("<p>Weighs {{ fact:a }}</p>", "<p>Weighs {{ fact:b }}</p>", "Weighs {{ fact:[-a -]{+b +}}}"),
        ("", "<p>New.</p>", "{+New.+}"),
        ("<p>One.</p>", "<p>One.</p><p>Two.</p>", None),
        ("R&D <5", "R&D <6", "R&D <[-5-]{+6+}"),
    ],
)
def test_a_difference_is_in_words(before: str, after: str, said: str | None) -> None:
    if said is not None:
        assert in_line(difference(before, after)) == said
    assert "".join(piece.text for piece in difference(before, after) if piece.kind != "removed") == readable(after)


_PROSE = st.lists(st.sampled_from(["One", "two ", "three. ", "four, ", "<b>five</b> "]), max_size=12).map("".join)


@given(_PROSE, _PROSE)
def test_both_texts_can_be_read_from_a_difference(before: str, after: str) -> None:
    pieces = difference(f"<p>{before}</p>", f"<p>{after}</p>")
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == readable(f"<p>{after}</p>")
    assert (
        "".join(piece.text for piece in pieces if piece.kind != "added").split() == readable(f"<p>{before}</p>").split()
    )
    assert bool(differences({"body": before}, {"body": after})) == (before != after)


def test_long_texts_take_no_long_time() -> None:
    started = time.monotonic()
    difference("<p>" + "one two " * 4_000 + "</p>", "<p>" + "two three " * 4_000 + "</p>")
    difference("<p>" + "one two " * 40_000 + "</p>", "<p>" + "two three " * 40_000 + "</p>")
    count_words("<p>" + "a<b>c</b> " * 20_000 + "</p>")
    assert time.monotonic() - started < 10


@pytest.mark.django_db
def test_lengths_are_checked_in_every_language_and_in_every_slot_of_a_channel() -> None:
    product = make.make_product("P", make.make_family())
    make.make_channel("shop", ["en", "de"], text_limits={"slot:teaser": 12})
    make.make_channel("print", ["it"], text_limits={"slot:headline": 5})
    texts = {"en": "Short.", "de": "<p>Das ist <b>deutlich</b> zu lang.</p>", "it": "Lunghetto."}
    for slot, limit in (("teaser", 20), ("headline", None)):
        fragment = make.make_fragment(f"f-{slot}", texts, approved=True)
        place(make.ACTOR, fragment, make.make_slot(slot, max_length=limit), product)
    recheck_stale()
    assert sorted(product.findings.filter(check_code="too_long").values_list("message", flat=True)) == [
        "headline “f-headline” (it) has 10 characters; at most 5 fit in print.",
        "teaser “f-teaser” (de) has 25 characters; at most 12 fit in shop.",
        "teaser “f-teaser” (de) has 25 characters; at most 20 fit.",
    ]
