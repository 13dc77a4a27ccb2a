"""Finding what is written twice: texts taken apart, compared and grouped, without a database."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from catalog.copies.alike import MAX_WORDS, near_groups
from catalog.copies.groups import MAX_TEXTS, Group, groups, pairs_of
from catalog.copies.paragraphs import blocks, count_words, normal, of_plain, of_rich, title_of, words_of
from catalog.copies.reading import Corpus, Occurrence
from catalog.richtext import clean_html

MARKUP = st.text(alphabet="ab <>/p&\"'=\n", max_size=60)


# --- Paragraphs ------------------------------------------------------------------------------------------------------
def test_elements_that_stand_side_by_side_are_paragraphs() -> None:
    body = "<p>One <b>bold</b><br>line</p><ul><li>a</li><li>b<p>c</p></li></ul><table><tr><td>x</td></tr></table>"
    assert [(each.kind, each.text) for each in of_rich(body)] == [
        ("p", "One bold\nline"),
        ("ul", "– a\n– b\nc"),
        ("table", "x"),
    ]


def test_what_stands_outside_of_elements_is_a_paragraph_of_no_kind() -> None:
    assert [each.kind for each in of_rich("<p>a</p>loose <b>words</b><p>b</p> \n")] == ["p", "", "p"]


def test_a_plain_text_and_markup_that_does_not_close_are_one_paragraph() -> None:
    assert [each.markup for each in of_rich("3 < 5 and <p> is a tag")] == ["3 < 5 and <p> is a tag"]
    assert [each.markup for each in of_rich("<p>never closed <ul>")] == ["<p>never closed <ul>"]
    assert [each.markup for each in of_rich("</p><p>x</p>")] == ["</p><p>x</p>"]


@given(st.lists(MARKUP, max_size=4).map("".join))
def test_blocks_give_every_text_back(raw: str) -> None:
    markup = clean_html(f"<p>{raw}</p><ul><li>{raw}</li></ul>{raw}")
    found = blocks(markup)
    assert all(one.end <= other.start for one, other in pairwise(found))
    covered = "".join(markup[each.start : each.end] for each in found)
    assert covered.split() == markup.split()


def test_a_hundred_thousand_half_tags_are_no_trouble() -> None:
    started = time.process_time()
    blocks('<a "' * 25_000)
    blocks("<a " * 30_000)
    blocks("<" * 100_000)
    assert time.process_time() - started < 5


def test_lines_are_paragraphs_of_plain_text_and_sentences_of_very_long_lines() -> None:
    assert [each.text for each in of_plain("First line.\n\n  Second. Line.  ")] == ["First line.", "Second. Line."]
    sentence = "This sentence has exactly ten words and one more here."
    assert [each.text for each in of_plain(" ".join([sentence] * 8))] == [sentence] * 8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pump, built to LAST!", "the pump — built to last"),
        ("4.2 kg", "4.2  kg"),
        ("Größe", "GRÖSSE"),
        ("ﬁne", "fine"),
        ("a\N{NO-BREAK SPACE}b\N{ZERO WIDTH SPACE}", "a b"),
    ],
)
def test_case_punctuation_and_layout_do_not_count(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_numbers_and_references_do_count() -> None:
    assert words_of("Weighs {{ fact:weight unit=kg }}, 4.2 kg or 1:5.") == [
        *("weighs", "{{ fact:weight unit=kg }}", "4.2", "kg", "or", "1:5"),
    ]
    assert normal("230 V") != normal("120 V")


def test_scripts_without_spaces_count_by_characters_and_marks_stay_with_their_letters() -> None:
    assert words_of("日本語。हिन्दी") == ["日", "本", "語", "हिन्दी"]


def test_a_reference_is_no_word_to_translate() -> None:
    assert count_words("{{ fragment:shared-a }}") == 0
    assert count_words("Weighs {{ fact:weight }} in all") == 3


def test_a_title_is_the_first_words() -> None:
    assert title_of("<p>Short.</p>") == "Short."
    assert title_of("<p>" + "word " * 40 + "</p>").endswith("word…")
    assert len(title_of("<p>" + "x" * 500 + "</p>")) == 80


# --- Near groups -----------------------------------------------------------------------------------------------------
def prose(chance: random.Random, length: int) -> list[str]:
    return [f"w{int(chance.paretovariate(0.6)) % 5_000}" for _ in range(length)]


def test_texts_that_differ_in_a_word_are_a_group() -> None:
    text = "the pump builds nine bar within seconds and keeps the temperature from cup to cup"
    found = near_groups([text, "something else is said here of another thing", text.replace("nine", "ten")], 0.9)
    assert [[member.text for member in group] for group in found] == [[0, 2]]
    assert found[0][1].similarity == pytest.approx(Indel.normalized_similarity(text, text.replace("nine", "ten")))


def test_planted_copies_are_found() -> None:
    chance = random.Random(4)
    texts = [prose(chance, chance.randrange(9, 60)) for _ in range(400)]
    planted = {}
    for place in range(0, 400, 4):
        copy = list(texts[place])
        copy[chance.randrange(len(copy))] = "another"
        planted[len(texts)] = place
        texts.append(copy)
    written = [" ".join(text) for text in texts]
    found = {member.text: group[0].text for group in near_groups(written, 0.9) for member in group}
    likely = {
        copy: place
        for copy, place in planted.items()
        if Indel.normalized_similarity(written[copy], written[place]) >= 0.9
    }
    assert len(likely) > 80
    assert [copy for copy, place in likely.items() if found.get(copy, -1) != found.get(place, -2)] == []


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=30).map(str.strip), unique=True, max_size=30))
def test_members_are_as_like_as_was_asked_for_and_in_one_group_only(texts: list[str]) -> None:
    found = near_groups(texts, 0.8)
    members = [member.text for group in found for member in group]
    assert len(members) == len(set(members))
    for group in found:
        for member in group[1:]:
            alike = Indel.normalized_similarity(texts[group[0].text], texts[member.text])
            assert member.similarity == pytest.approx(alike)
            assert alike >= 0.8


def test_the_same_texts_give_the_same_groups() -> None:
    chance = random.Random(1)
    texts = sorted({" ".join(prose(chance, 5)) for _ in range(500)})
    assert near_groups(texts, 0.7) == near_groups(texts, 0.7)


def test_very_many_texts_made_from_one_template_take_no_time() -> None:
    texts = [f"the cable {number} is two metres long and fits all machines of the range" for number in range(3_000)]
    started = time.process_time()
    found = near_groups(texts, 0.9)
    assert time.process_time() - started < 10
    assert [len(group) for group in found] == [3_000]


def test_very_long_texts_are_compared_for_equality_only() -> None:
    text = " ".join(f"w{n}" for n in range(MAX_WORDS + 1))
    assert near_groups([text, text + " more"], 0.9) == []


@pytest.mark.parametrize("threshold", [0.4, 1.1, -1.0])
def test_a_threshold_that_makes_no_sense_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        near_groups([], threshold)


# --- Groups ----------------------------------------------------------------------------------------------------------
def corpus(*said: tuple[str, str], minimum: int = 3) -> Corpus:
    """Of fragments that say so in a language, one after the other."""
    found = Corpus(minimum)
    for number, (language, body) in enumerate(said):
        for paragraph in of_rich(body):
            found.add(language, paragraph, Occurrence("fragment", f"f{number}", number, "body", paragraph.place))
    return found


PUMP = "The pump builds nine bar within seconds and keeps the temperature."


def told(found: list[Group]) -> list[tuple[str, str, list[str]]]:
    return [(group.kind, group.language, [text.text for text in group.texts]) for group in found]


def test_equal_paragraphs_of_a_language_are_a_group() -> None:
    found = groups(corpus(("en", f"<p>{PUMP}</p><p>Other words here.</p>"), ("en", f"<p>{PUMP}</p>"), ("de", PUMP)))
    assert told(found) == [("equal", "en", [PUMP])]
    assert (found[0].places, found[0].saved) == (2, 11)


def test_what_differs_in_markup_or_case_only_is_nearly_equal() -> None:
    found = groups(corpus(("en", f"<p>{PUMP}</p>"), ("en", f"<p><b>{PUMP.upper()}</b></p>")))
    assert told(found) == [("near", "en", [PUMP, PUMP.upper()])]
    assert found[0].similarities == (1.0, 1.0)


def test_short_paragraphs_are_not_looked_at() -> None:
    assert groups(corpus(("en", "<p>Too short</p>"), ("en", "<p>Too short</p>"))) == []


def test_what_is_no_copy_is_not_proposed_again() -> None:
    texts = corpus(("en", f"<p>{PUMP}</p>"), ("en", f"<p>{PUMP}</p>"), ("en", f"<p>{PUMP} Really.</p>"))
    near, equal = sorted(groups(texts), key=lambda group: group.kind, reverse=True)
    assert told(groups(texts, apart=pairs_of(equal))) == told([near])
    assert told(groups(texts, apart=pairs_of(near))) == told([equal])


def test_what_is_no_copy_of_the_first_may_be_one_of_another() -> None:
    texts = corpus(*(("en", f"<p>{PUMP} And {word} so.</p>") for word in ("much", "more", "most")))
    group = groups(texts)[0]
    first, second = group.texts[0].digest, group.texts[1].digest
    left = groups(texts, apart=frozenset([(min(first, second), max(first, second))]))
    assert [len(each.texts) for each in left] == [2]


def test_a_large_group_comes_in_parts_that_can_be_looked_through() -> None:
    texts = corpus(*(("en", f"<p>{PUMP} Number {number} of all.</p>") for number in range(250)))
    assert [len(each.texts) <= MAX_TEXTS for each in groups(texts)] == [True] * 3
