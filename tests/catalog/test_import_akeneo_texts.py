"""Prose of an Akeneo export becomes fragments, and every document can say again what each cell said."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from catalog.importing.plan import PlacementRecord, Plan
from catalog.importing.sources.akeneo.fragments import aligned, by_channels, once_each, shown, title
from catalog.importing.sources.akeneo.texts import Text, plain, rich
from catalog.richtext import clean_html
from catalog.values import Invalid
from tests.catalog.akeneo_export import ATTRIBUTES, attribute, issues, plan_of

EN, DE = "description-en_US-web", "description-de_DE-web"
PRINT = "description-en_US-print"
SHORT = "short_description-en_US-web"


def spoken(plan: Plan, *line: str, channel: str = "web", language: str = "en", slot: str = "description") -> list[str]:
    return shown(plan.fragments, line, slot, channel, language)


@pytest.mark.parametrize(
    ("cell", "paragraphs"),
    [
        ("One", ["<p>One</p>"]),
        (r"One\n\nTwo", ["<p>One</p>", "<p>Two</p>"]),
        ("One\n \nTwo\n", ["<p>One</p>", "<p>Two</p>"]),
        (r"One\n- two\n- three", ["<p>One<br>- two<br>- three</p>"]),
        (r"One <br />\n two<br/>\n<br />three", ["<p>One<br>two</p>", "<p>three</p>"]),
        (r"<b>A\n\nB</b>\nC", ["<p><b>A</b></p>", "<p><b>B</b><br>C</p>"]),
        (r"<b>A\n\nB", ["<p><b>A</b></p>", "<p>B</p>"]),
        ("x<ul>\n<li>a</li>\n\n<li>b</li></ul>y", ["<p>x</p>", "<ul> <li>a</li> <li>b</li></ul>", "<p>y</p>"]),
        ("<ul><li>open", ["<ul><li>open</li></ul>"]),
        ("<ul><li><div>a</div></li></ul>", ["<ul><li>a</li></ul>"]),
        ("<p>1</p><p>2<p>3", ["<p>1</p>", "<p>2</p>", "<p>3</p>"]),
        ("<h2>T</h2><h3>S</h3>x", ["<p>T</p>", "<h3>S</h3>", "<p>x</p>"]),
        ("R&D &amp; 5 < 6 <US$600, </b. x", ["<p>R&amp;D &amp; 5 &lt; 6 &lt;US$600, &lt;/b. x</p>"]),
        ("<script>a\n\nb</script>x<!-- c\n\nd -->y", ["<p>xy</p>"]),
        ("a --> b <!-- c", ["<p>a --&gt; b &lt;!-- c</p>"]),
        ('<a href="javascript:x()">go</a>', ["<p>go</p>"]),
        ("&nbsp;<br>", []),
    ],
)
def test_a_cell_is_cut_into_paragraphs_of_clean_html(cell: str, paragraphs: list[str]) -> None:
    found = list(rich(cell).paragraphs)
    assert found == paragraphs
    assert [clean_html(paragraph) for paragraph in found] == found


def test_what_markup_is_lost_and_what_looks_broken_is_told() -> None:
    text = rich('<span>a</span><img src="x"><p class="y">b <US$600')
    assert text == Text(("<p>a</p>", "<p>b &lt;US$600</p>"), frozenset({"span", "img", "attributes of p"}), "<US$600")


def test_a_plain_text_is_one_line_without_markup() -> None:
    assert plain(r"<b>Strong</b> &amp;\nsmall") == Text(("Strong & small",), frozenset({"b"}), "")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("<b>" * 21 + "x", "nested more than 20 deep"),
        ("<ul>" * 21 + "x", "nested"),
        ("{{ weight }}", "reads as a reference"),
        ("x\x01", "U\\+0001"),
        ("x" * 100_001, "too many"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_whole(cell: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        rich(cell)


@pytest.mark.parametrize("part", ["<b ", "\n ", "<script>", "<i>a</i>", "<br> ", "- ", "a\n\n", '"<b "', "<ul> ", "&"])
def test_hostile_texts_end_soon(part: str) -> None:
    started = time.process_time()
    with contextlib.suppress(Invalid):
        rich((part * 100_000)[:90_000])
    assert time.process_time() - started < 10


def test_a_paragraph_of_several_products_is_one_fragment(tmp_path: Path) -> None:
    products = [{"sku": "A", EN: r"Own\n\nShared"}, {"sku": "B", EN: "Shared"}]
    plan = plan_of(tmp_path, products=products)
    shared = next(fragment for fragment in plan.fragments if len(fragment.placements) == 2)
    assert shared.body == {"en": "<p>Shared</p>"}
    assert shared.placements == (
        PlacementRecord("description", "A", position=20),
        PlacementRecord("description", "B", position=10),
    )
    assert (shared.source, shared.channels, shared.approved, shared.rich) == ("Akeneo import", ("web",), True, True)
    assert shared.title == {"en": "Shared"}
    assert len(plan.fragments) == 2


def test_the_code_of_a_fragment_is_that_of_its_content(tmp_path: Path) -> None:
    one = plan_of(tmp_path, products=[{"sku": "A", EN: "Same"}, {"sku": "B", EN: "Other"}])
    two = plan_of(tmp_path, products=[{"sku": "C", EN: "Same", PRINT: ""}])
    assert one.fragments[0].code == two.fragments[0].code
    assert len(one.fragments[0].code) == len("text-") + 16
    assert one.fragments[0].code != one.fragments[1].code


def test_languages_with_as_many_paragraphs_go_side_by_side(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: r"One\n\nTwo", DE: r"Eins\n\nZwei"}])
    assert [dict(fragment.body) for fragment in plan.fragments] == [
        {"de": "<p>Eins</p>", "en": "<p>One</p>"},
        {"de": "<p>Zwei</p>", "en": "<p>Two</p>"},
    ]


def test_languages_with_fewer_paragraphs_stand_for_themselves(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: r"One\n\nTwo", DE: "Eins"}])
    assert [set(fragment.body) for fragment in plan.fragments] == [{"de"}, {"en"}, {"en"}]
    assert spoken(plan, "A") == ["<p>One</p>", "<p>Two</p>"]
    assert spoken(plan, "A", language="de") == ["<p>Eins</p>"]


def test_each_count_of_paragraphs_is_aligned_by_itself() -> None:
    assert aligned({"fr": ("F",), "en": ("E1", "E2"), "de": ("D",)}) == [
        [{"de": "D", "fr": "F"}],
        [{"en": "E1"}, {"en": "E2"}],
    ]


def test_channels_that_say_the_same_share_their_fragments(tmp_path: Path) -> None:
    products = [{"sku": "A", EN: "Same", PRINT: "Same"}, {"sku": "B", EN: "For web", PRINT: "For print"}]
    plan = plan_of(tmp_path, products=products)
    assert [(fragment.body["en"], fragment.channels) for fragment in plan.fragments] == [
        ("<p>Same</p>", ("web", "print")),
        ("<p>For web</p>", ("web",)),
        ("<p>For print</p>", ("print",)),
    ]
    assert spoken(plan, "B", channel="print") == ["<p>For print</p>"]


def test_the_same_text_for_another_channel_is_another_fragment(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: "Same"}, {"sku": "B", PRINT: "Same"}])
    assert [fragment.channels for fragment in plan.fragments] == [("web",), ("print",)]
    assert spoken(plan, "B") == []


def test_a_text_of_all_channels_names_none(tmp_path: Path) -> None:
    attributes = [*ATTRIBUTES[:-2], attribute("description", "textarea", localizable="1")]
    plan = plan_of(tmp_path, attributes=attributes, products=[{"sku": "A", "description-en_US": "All"}])
    assert (plan.fragments[0].channels, spoken(plan, "A", channel="print")) == ((), ["<p>All</p>"])
    assert by_channels({("", "en"): ("All",)}) == [((), {"en": ("All",)})]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("A B A C", ["A", "BA", "C"]),
        ("A A", ["AA"]),
        ("A A A", ["AA", "A"]),
        ("A B A B", ["A", "BA", "B"]),
        ("A B", ["A", "B"]),
    ],
)
def test_a_paragraph_that_comes_again_joins_the_one_before(cell: str, expected: list[str]) -> None:
    joined = [body["en"] for body in once_each([{"en": letter} for letter in cell.split()])]
    assert "".join(joined) == cell.replace(" ", "")
    assert len(set(joined)) == len(joined)
    assert joined == expected


def test_a_product_that_repeats_itself_is_told_as_it_stands(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: r"One\n\nTwo\n\nOne"}])
    assert "".join(spoken(plan, "A")) == "<p>One</p><p>Two</p><p>One</p>"
    placed = [(placement.slot, placement.product, f.code) for f in plan.fragments for placement in f.placements]
    assert len(set(placed)) == len(placed) == 2


def test_what_a_variant_repeats_of_its_parent_is_inherited(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        product_models=[{"code": "root", "family_variant": "by_color", EN: r"One\n\nTwo", DE: r"Eins\n\nZwei"}],
        products=[{"sku": "V", "parent": "root", EN: r"One\n\nTwo", PRINT: "For print"}],
    )
    assert spoken(plan, "V", "root") == ["<p>One</p>", "<p>Two</p>"]
    assert spoken(plan, "V", "root", channel="print") == ["<p>For print</p>"]
    assert {placement.product for fragment in plan.fragments for placement in fragment.placements} == {"root", "V"}
    assert len(plan.fragments) == 3
    assert issues(plan) == []


def test_what_a_variant_says_otherwise_is_an_issue_for_both_would_show(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        product_models=[{"code": "root", "family_variant": "by_color", EN: "Old", SHORT: "Old"}],
        products=[{"sku": "V", "parent": "root", EN: "New", SHORT: "New"}],
    )
    assert spoken(plan, "V", "root") == ["<p>Old</p>"]
    assert issues(plan) == [
        "products.csv, line 2, column description-en_US-web: “New”: differs from the parent's text, which shows too; "
        "it is left out"
    ]
    teasers = {f.placements[0].product: f.body["en"] for f in plan.fragments if f.placements[0].slot == "teaser"}
    assert teasers == {"root": "Old", "V": "New"}


def test_slots_have_the_labels_of_their_attributes(tmp_path: Path) -> None:
    slots = {slot.code: slot for slot in plan_of(tmp_path).slots}
    assert (slots["description"].multiple, slots["description"].rich) == (True, True)
    assert (slots["teaser"].multiple, slots["teaser"].rich, slots["teaser"].max_length) == (False, False, None)
    assert slots["teaser"].label == {"en": "Short_Description"}


def test_a_teaser_is_one_plain_fragment_in_its_languages(tmp_path: Path) -> None:
    row = {"sku": "A", SHORT: r"Short\n& <i>good</i>", "short_description-de_DE-web": "Kurz"}
    plan = plan_of(tmp_path, products=[row])
    assert [(dict(f.body), f.rich, f.placements[0].slot) for f in plan.fragments] == [
        ({"de": "Kurz", "en": "Short & good"}, False, "teaser")
    ]
    assert issues(plan) == [f"products.csv, column {SHORT}: markup left out, its words kept: i in 1 cells"]


def test_a_teaser_is_never_cut(tmp_path: Path) -> None:
    attributes = [*ATTRIBUTES[:-1], {**ATTRIBUTES[-1], "max_characters": "4"}]
    long = [{"sku": "A", SHORT: "x " * 6000}, {"sku": "B", SHORT: "Longer"}]
    plan = plan_of(tmp_path, attributes=attributes, products=long)
    assert [fragment.body["en"] for fragment in plan.fragments] == ["Longer"]
    assert len(issues(plan, "characters are too many; at most 10000 are allowed; the text is left out")) == 1
    assert len(issues(plan, "longer than 4; it is taken, the slot has no limit")) == 1
    assert next(slot for slot in plan.slots if slot.code == "teaser").max_length is None


def test_a_text_is_refused_whole_and_the_other_languages_stay(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: "Good\n\n{{ bad }}", DE: "Gut"}, {"sku": "B", EN: "<br>"}])
    assert [dict(fragment.body) for fragment in plan.fragments] == [{"de": "<p>Gut</p>"}]
    assert [text.split(": ")[-1] for text in issues(plan)] == [
        "“{{ bad }}” reads as a reference, but is none; the text is left out",
        "there is nothing to read in this text; it is left out",
    ]


def test_broken_markup_is_kept_as_text_and_told(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", EN: "<b>x</b. y"}])
    assert spoken(plan, "A") == ["<p><b>x&lt;/b. y</b></p>"]
    assert len(issues(plan, "a “<” that begins no element is kept as a character")) == 1


@pytest.mark.parametrize(
    ("text", "first_words"),
    [
        ("<p><b>AT&amp;T</b> now<br>new</p>", "AT&T now new"),
        ("<p>" + "word " * 40 + "</p>", "word " * 14 + "word word…"),
        ("<p>" + "x" * 100 + "</p>", "x" * 79 + "…"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
    ],
)
def test_a_title_is_the_first_words(text: str, first_words: str) -> None:
    assert title(text, rich=True) == first_words
    assert len(first_words) <= 80
