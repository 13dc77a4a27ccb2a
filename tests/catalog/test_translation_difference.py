"""What has changed, in words and not in markup; and lengths checked in every language and slot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.differences import as_text, new_side, old_side
from catalog.operations.fragments import place
from catalog.quality.rechecking import recheck_stale
from catalog.translating.difference import count_words, differences, readable
from tests import factories as make


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<p>Press start.</p>", "<p>Press <b>start</b>.</p>", "Press start."),
        ("<p>Press start now.</p>", "<p>Press stop now.</p>", "Press [-start-] {+stop+} now."),
        ("<p>Weighs {{ fact:a }}</p>", "<p>Weighs {{ fact:b }}</p>", "Weighs {{ fact:[-a-]{+b+} }}"),
        ("", "<p>New.</p>", "{+New.+}"),
        ("<p>One.</p>", "<p>One.</p><p>Two.</p>", "One.\n{+Two.+}"),
        ("R&D <5", "R&D <6", "R&D <[-5-]{+6+}"),
        ("Wash & dry &amp; go", "Wash & dry & go", "Wash & dry &[-amp;-] go"),
    ],
)
def test_a_difference_is_in_words(before: str, after: str, said: str) -> None:
    assert as_text(differences({"body": before}, {"body": after})["body"]) == said


_PROSE = st.lists(st.sampled_from(["One", "two ", "three. ", "four, ", "<b>five</b> "]), max_size=12).map("".join)


@given(_PROSE, _PROSE)
def test_both_texts_can_be_read_from_a_difference(before: str, after: str) -> None:
    found = differences({"body": f"<p>{before}</p>"}, {"body": f"<p>{after}</p>"})
    assert bool(found) == (before != after)
    for side, text in ((old_side, before), (new_side, after)):
        said = "".join(piece.text for piece in side(found.get("body", [])))
        assert not found or "".join(said.split()) == "".join(readable(f"<p>{text}</p>").split())


def test_words_are_counted_between_many_tags_as_between_few() -> None:
    assert count_words("<p>" + "a<b>c</b> " * 20_000 + "</p>") == 20_000


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
