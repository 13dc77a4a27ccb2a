"""Differences are told in words, however the texts are marked up, and at a bounded cost."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import differences
from catalog.differences import Segment, as_html, as_text, new_side, old_side, shortened, words
from catalog.richtext import to_text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<p>The hot plate.</p>", "<p>The <b>hot</b> plate.</p>", "The hot plate."),
        ("<p>The hot plate.</p>", "<p>The cold plate.</p>", "The [-hot-] {+cold+} plate."),
        ("", "<p>All new.</p>", "{+All new.+}"),
        ("<p>All gone.</p>", "", "[-All gone.-]"),
        ("", "", ""),
        ("<p>One.</p><p>Two.</p>", "<p>One.</p><p>And.</p><p>Two.</p>", "One.\n{+And.+}\nTwo."),
        ("<p>One.</p><p>Two.</p>", "<p>Two.</p>", "[-One.-]\nTwo."),
        ("<ul><li>Wash</li><li>Dry</li></ul>", "<ul><li>Wash</li><li>Iron</li></ul>", "– Wash\n– [-Dry-] {+Iron+}"),
        ("Wait 5.5 min", "Wait 6.5 min", "Wait [-5.5-] {+6.5+} min"),
        ("Don't touch", "Do touch", "[-Don't-]{+Do+} touch"),
        ("注意高温表面", "注意低温表面", "注意[-高-]{+低+}温表面"),
        ("高温です。", "低温です。", "[-高-]{+低+}温です。"),
        ("ห้ามจับ", "ห้ามถือ", "ห้าม[-จับ-]{+ถือ+}"),
    ],
)
def test_only_the_words_that_differ_are_marked(old: str, new: str, told: str) -> None:
    assert as_text(words(old, new)) == told


def test_texts_with_hardly_a_word_in_common_are_shown_one_after_the_other() -> None:
    old = "The machine must be cleaned by a person who knows how every single day"
    new = "Before you travel, empty its tank; we pay for no damage that frost does to it, the pump and seals"
    assert [kind for kind, _ in words(old, new)] == ["removed", "added"]


def test_everything_in_the_texts_is_escaped_and_marked_by_elements_not_by_colour() -> None:
    found = words("a &lt;script&gt;x&lt;/script&gt; b", "a &lt;img src=x onerror=y&gt; b")
    shown = as_html(found)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<del>" in shown
    assert "<ins>" in shown
    assert as_html([Segment("same", "one\ntwo"), Segment("added", " & three")]) == "one<br>two <ins>&amp; three</ins>"


def test_each_side_has_its_own_text_alone() -> None:
    found = words("<p>The hot plate.</p>", "<p>The cold plate.</p>")
    assert as_text(old_side(found)) == "The [-hot-] plate."
    assert as_text(new_side(found)) == "The {+cold+} plate."


def test_long_stretches_that_are_the_same_are_cut() -> None:
    calm = "calm " * 1000
    found = shortened(words(f"{calm}old {calm}", f"{calm}new {calm}"))
    assert [kind for kind, _ in found] == ["same", "removed", "added", "same"]
    assert all(len(text) < 400 for _, text in found)
    assert shortened([Segment("same", calm)])[0].text.strip() == "[…]"


TEXTS = st.lists(st.sampled_from(["one", "two", "three", ".", "\n\n", "四", "<b>five</b>", "&amp;"])).map(" ".join)


@given(TEXTS, TEXTS)
def test_both_texts_are_whole_in_what_is_told(old: str, new: str) -> None:
    found = words(old, new)
    for side, text in ((old_side(found), old), (new_side(found), new)):
        assert "".join("".join(said for _, said in side).split()) == "".join(to_text(text).split())
    assert all(one.kind != other.kind for one, other in pairwise(found))
    assert all(text for _, text in found)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_no_shorter_way_leads_from_one_to_the_other(old: list[str], new: list[str]) -> None:
    runs = list(differences._runs(old, new, differences._Budget(100_000)))
    assert [word for _, run, _ in runs for word in run] == old
    assert [word for _, _, run in runs for word in run] == new
    kept = sum(len(run) for kind, run, _ in runs if kind == "same")
    assert kept == common(old, new)
    assert kept >= sum(block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())


def common(old: list[str], new: list[str]) -> int:
    """The length of the longest common subsequence, the slow way."""
    row = [0] * (len(new) + 1)
    for one in old:
        above, row = row, [0]
        for number, other in enumerate(new):
            row.append(above[number] + 1 if one == other else max(above[number + 1], row[-1]))
    return row[-1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ".join(f"a{n}" for n in range(17_000)), " ".join(f"b{n}" for n in range(17_000))),
        ("ab " * 33_000, "ba " * 33_000),
        ("<p>x</p>" * 12_000, "<p>y</p>" * 12_000),
        ("熱" * 50_000 + "冷" * 50_000, "冷" * 50_000 + "熱" * 50_000),
        ("word " * 20_000, "word " * 19_999 + "end"),
    ],
    ids=["nothing in common", "two words", "paragraphs", "characters", "the last word"],
)
def test_the_cost_of_100_000_characters_is_bounded(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counting(differences.STEPS)
    monkeypatch.setattr(differences, "_Budget", lambda steps: counted)
    found = words(old, new)
    assert counted.spent <= differences.STEPS + 300_000
    assert "".join(text for kind, text in found if kind != "removed").split() == to_text(new).split()


class Counting(differences._Budget):
    """What was really done, also beyond what there was."""

    spent = 0

    def pay(self, steps: int) -> bool:
        self.spent += steps
        return super().pay(steps)
