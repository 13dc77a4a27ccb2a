"""Which fragments speak for a product, and in which words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.references import MAX_DEPTH
from exports.bundles import Placed
from exports.documents import Statement
from exports.words import MAX_TAKEN
from tests.exports.bundled import TODAY, make_context, make_fragment, make_placed, make_slot, only, said, speak

# --- The winner of a slot ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "spelt"),
    [("channels", "SHOP"), ("audiences", "Consumer"), ("markets", "de"), ("media", "web")],
)
def test_a_text_for_this_context_beats_a_nearer_one_for_all(named: str, spelt: str) -> None:
    outcome = speak(
        make_placed(make_fragment("for-all")),
        make_placed(make_fragment("for-us", "", **{named: [spelt, "other"]}), kind="family"),
    )
    assert said(outcome) == ["for-us"]
    assert outcome.trace == [
        {
            "slot": "description",
            "fragment": "for-us",
            "revision": 1,
            "language": "de",
            "placed": "family P",
            "beaten": [
                {
                    "fragment": "for-all",
                    "revision": 1,
                    "language": "de",
                    "placed": "product P",
                    "why": "less specific for this channel",
                }
            ],
        }
    ]


def test_a_channel_counts_more_than_an_audience_and_that_more_than_a_market_and_a_medium() -> None:
    named = {"channels": ["shop"], "audiences": ["consumer"], "markets": ["DE"], "media": ["web"]}
    placements = [make_placed(make_fragment(name, "", **{name: codes})) for name, codes in named.items()]
    winners = [said(speak(*reversed(placements[start:]))) for start in range(4)]
    assert winners == [["channels"], ["audiences"], ["markets"], ["media"]]


@pytest.mark.parametrize(
    ("applies", "why"),
    [
        ({"channels": ["Print"]}, "only for channels Print"),
        ({"audiences": ["pro", "reseller"]}, "only for audiences pro, reseller"),
        ({"markets": ["IT"]}, "only for markets IT"),
        ({"media": ["print"]}, "only for media print"),
        ({"from": "2027-03-02"}, "not before 2027-03-02"),
        ({"until": "2027-02-28"}, "only until 2027-02-28"),
    ],
)
def test_a_text_for_others_does_not_show_and_the_reason_is_kept(applies: dict[str, Any], why: str) -> None:
    outcome = speak(make_placed(make_fragment("theirs", **applies)))
    assert outcome.statements == ()
    assert outcome.absent == [{"slot": "description", "fragment": "theirs", "why": why}]
    assert outcome.problems == []


@pytest.mark.parametrize(("day", "shown"), [(-1, False), (0, True), (1, True), (2, False)])
def test_the_first_and_the_last_day_count(day: int, shown: bool) -> None:
    fragment = make_fragment("f", **{"from": "2027-03-01", "until": "2027-03-02"})
    context = make_context(on=TODAY + datetime.timedelta(days=day))
    assert bool(speak(make_placed(fragment), context=context).statements) is shown


def test_a_channel_that_names_no_audience_gets_what_is_for_everybody_only() -> None:
    context = make_context(audience="", market="")
    outcome = speak(
        make_placed(make_fragment("all")), make_placed(make_fragment("pro", audiences=["pro"])), context=context
    )
    assert said(outcome) == ["all"]


def test_the_product_beats_its_parent_and_that_the_deepest_category_and_that_the_family() -> None:
    line = [
        make_placed(make_fragment("own")),
        make_placed(make_fragment("parent"), distance=1, owner="P-up1"),
        make_placed(make_fragment("deepest"), kind="category", distance=0),
        make_placed(make_fragment("higher"), kind="category", distance=1),
        make_placed(make_fragment("family"), kind="family"),
    ]
    assert [said(speak(*reversed(line[start:])))[0] for start in range(5)] == [
        "own",
        "parent",
        "deepest",
        "higher",
        "family",
    ]


def test_a_nearer_text_in_a_fallback_language_beats_a_farther_one() -> None:
    near = make_placed(make_fragment("near", {"en": "<p>near</p>"}))
    far = make_placed(make_fragment("far"), kind="family")
    outcome = speak(far, near)
    assert only(outcome) == Statement("description", "en", "<p>near</p>", "near")
    assert outcome.trace[0]["beaten"][0]["why"] == "placed further away"


def test_at_one_level_the_wanted_language_wins_then_the_position_then_the_code() -> None:
    english, late, early, same = (
        make_placed(make_fragment("a-english", {"en": "x"})),
        make_placed(make_fragment("b-late"), position=2),
        make_placed(make_fragment("d-early"), position=1),
        make_placed(make_fragment("c-early"), position=1),
    )
    outcome = speak(english, late, early)
    assert outcome.trace[0]["fragment"] == "d-early"
    assert [row["why"] for row in outcome.trace[0]["beaten"]] == ["stands later", "not in the wanted language"]
    tied = speak(english, late, early, same)
    assert tied.trace[0]["fragment"] == "c-early"
    assert tied.problems == [("tie", "Several fragments are equally good for the slot “description”.")]


def test_a_fragment_does_not_tie_with_itself() -> None:
    fragment = make_fragment("f")
    outcome = speak(*(make_placed(fragment, kind="category", owner=owner) for owner in ("one", "other")))
    assert (said(outcome), outcome.problems) == (["f"], [])


def test_without_a_text_in_any_language_of_the_chain_there_is_nothing_to_say() -> None:
    outcome = speak(make_placed(make_fragment("f", {"fr": "x", "en": ""})))
    assert outcome.absent == [{"slot": "description", "fragment": "f", "why": "no text in de, en"}]


# --- Slots ------------------------------------------------------------------------------------------------------------


def test_a_multiple_slot_shows_all_in_order_each_once() -> None:
    many = make_slot("feature", multiple=True)
    shared = make_fragment("shared")
    outcome = speak(
        make_placed(make_fragment("z-last"), many, position=9),
        make_placed(shared, many, "family", position=1),
        make_placed(shared, many, position=5),
        make_placed(make_fragment("family"), many, "family", position=5),
        make_placed(make_fragment("b"), many, position=5),
        make_placed(make_fragment("first"), many, "family", position=0),
    )
    assert said(outcome) == ["first", "b", "shared", "family", "z-last"]
    assert outcome.problems == []


def test_slots_stand_in_their_order() -> None:
    placements = [
        make_placed(make_fragment(code), make_slot(code, position=position))
        for code, position in [("b", 1), ("z", 0), ("a", 1)]
    ]
    assert [statement.slot for statement in speak(*placements).statements] == ["z", "a", "b"]


def test_a_plain_slot_has_words_only() -> None:
    plain = make_slot("headline", rich=False)
    outcome = speak(make_placed(make_fragment("f", "<p>R&amp;D <b>now</b></p>"), plain))
    assert only(outcome) == Statement("headline", "de", "", "R&D now")


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        ("<script>alert(1)</script>", ""),
        ("R&D < 5 {{ product:sku }}", "<p>R&amp;D &lt; 5 P</p>"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<b>" * 30, f"<p>{'&lt;b&gt;' * 30}</p>"),
    ],
)
def test_a_text_written_as_plain_is_no_markup_in_a_rich_slot(body: str, markup: str) -> None:
    """Nothing ties how a fragment was written to the slots it is placed in later."""
    assert only(speak(make_placed(make_fragment("f", body)))).html == markup


# --- References -------------------------------------------------------------------------------------------------------


def test_references_stand_for_facts_names_and_other_fragments() -> None:
    outcome = speak(
        make_placed(
            make_fragment("f", "<p>{{ product:name }} ({{product:sku}}): {{ fact:Weight }}. {{ fragment:Note }}</p>")
        ),
        facts={"weight": "4,2\u00a0kg"},
        library=[make_fragment("NOTE", "<p>Only <b>{{ fact:weight }}</b> &amp; light</p>")],
    )
    assert only(outcome) == Statement(
        "description",
        "de",
        "<p>Lira (P): 4,2\u00a0kg. Only 4,2\u00a0kg &amp; light</p>",
        "Lira (P): 4,2\u00a0kg. Only 4,2\u00a0kg & light",
    )


def test_what_a_reference_stands_for_is_text_and_never_markup_or_another_reference() -> None:
    hostile = "<script>\"{{ fact:secret }}'&amp;\nx"
    outcome = speak(
        make_placed(make_fragment("f", '<p>{{ fact:a }}<a href="https://a.b/{{ fact:a }}">x</a></p>')),
        facts={"a": hostile, "secret": "hidden"},
    )
    escaped = "&lt;script&gt;&quot;{{ fact:secret }}&#x27;&amp;amp; x"
    assert only(outcome).html == f'<p>{escaped}<a href="https://a.b/{escaped}">x</a></p>'
    assert only(outcome).text == "<script>\"{{ fact:secret }}'&amp; xx"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{ fact:gone }}", "{{ fact:gone }} has no value here."),
        ("{{ fragment:gone }}", "{{ fragment:gone }} has no value here."),
        ("{{ fragment:theirs }}", "{{ fragment:theirs }} has no value here."),
        ("{{ fragment:french }}", "{{ fragment:french }} has no value here."),
        ("{{ product:price }}", "{{ product:price }} has no value here."),
        ("{{ fragment:outer }}", "{{ fact:gone }} has no value here."),
        ("{{ fragment:f }}", "the references f -> f go round in a circle."),
        ("{{ fragment:ping }}", "the references f -> ping -> pong -> ping go round in a circle."),
    ],
)
def test_a_statement_with_an_unresolved_reference_is_left_out_and_reported(body: str, why: str) -> None:
    library = [
        make_fragment("theirs", channels=["other"]),
        make_fragment("french", {"fr": "oui"}),
        make_fragment("outer", "{{ fact:gone }}"),
        make_fragment("ping", "{{ fragment:pong }}"),
        make_fragment("pong", "{{ fragment:ping }}"),
    ]
    own = make_fragment("F", f"<p>fine, {body}</p>")
    other = make_placed(make_fragment("other"), make_slot("teaser", position=1))
    outcome = speak(make_placed(own), other, library=[*library, own])
    assert said(outcome) == ["other"]
    assert [row["slot"] for row in outcome.trace] == ["teaser"]
    assert outcome.problems == [("reference", f"Fragment “F”: {why}")]


@pytest.mark.parametrize("links", [MAX_DEPTH - 1, MAX_DEPTH])
def test_references_may_be_nested_five_deep(links: int) -> None:
    chain = [make_fragment(f"f{number}", f"{{{{ fragment:f{number + 1} }}}}") for number in range(links)]
    chain.append(make_fragment(f"f{links}", "end"))
    outcome = speak(make_placed(chain[0]), library=chain)
    if links < MAX_DEPTH:
        assert (said(outcome), outcome.problems) == (["end"], [])
    else:
        deep = "references are nested more than 5 deep: f0 -> f1 -> f2 -> f3 -> f4 -> f5."
        assert (said(outcome), outcome.problems) == ([], [("reference", f"Fragment “f0”: {deep}")])


def test_fragments_that_name_fragments_many_times_do_not_multiply() -> None:
    bombs = [make_fragment(f"b{level}", f"{{{{ fragment:b{level + 1} }}}}" * 50) for level in range(4)]
    bombs.append(make_fragment("b4", "boom"))
    outcome = speak(make_placed(bombs[0]), make_placed(make_fragment("x"), make_slot("x")), library=bombs)
    assert said(outcome) == ["x"]
    assert outcome.problems == [
        ("reference", f"Fragment “b0”: its references stand for more than {MAX_TAKEN:,} characters.")
    ]


def test_the_language_of_a_statement_is_the_one_its_words_stand_in() -> None:
    context = make_context(chain=("de", "it", "en"))
    outcome = speak(make_placed(make_fragment("f", {"en": "one", "it": "uno", "fr": "un"})), context=context)
    assert only(outcome) == Statement("description", "it", "<p>uno</p>", "uno")


# --- Whatever is placed -----------------------------------------------------------------------------------------------

choices = st.sampled_from
placed = st.builds(
    lambda number, body, applies, kind, distance, position: make_placed(
        make_fragment(f"f{number}", body, **applies), kind=kind, distance=distance, position=position
    ),
    st.integers(0, 20),
    choices([{"de": "x"}, {"en": "x"}, {"de": "x", "en": "y"}, {"fr": "x"}]),
    st.fixed_dictionaries(
        {},
        optional={
            "channels": choices([["shop"], ["other"], []]),
            "audiences": choices([["consumer"], ["pro"]]),
            "markets": choices([["DE"], ["IT"]]),
            "media": choices([["web"], ["print"]]),
            "until": choices(["2027-02-28", "2027-03-01"]),
        },
    ),
    choices(["product", "category", "family"]),
    st.integers(0, 2),
    st.integers(0, 2),
)


def naive_score(row: Placed) -> tuple[Any, ...] | None:
    """The documented order as one number after the other; None where the fragment is not for us."""
    applies, body = row.fragment.content["applies"], row.fragment.content["body"]
    ours = {"channels": "shop", "audiences": "consumer", "markets": "de", "media": "web"}
    context = []
    for name, own in ours.items():
        codes = [code.lower() for code in applies[name]]
        if codes and own not in codes:
            return None
        context.append(0 if codes else 1)
    if applies["until"] and applies["until"] < "2027-03-01":
        return None
    language = 0 if "de" in body else 1 if "en" in body else None
    if language is None:
        return None
    level = {"product": 0, "category": 10, "family": 20}[row.kind] + row.distance
    return (*context, level, language, row.position, row.fragment.code)


@given(st.lists(placed, max_size=8))
def test_whatever_is_placed_the_winner_is_the_best_by_the_documented_order(placements: list[Placed]) -> None:
    scores = [score for row in placements if (score := naive_score(row)) is not None]
    outcome = speak(*placements)
    winners = [(row["fragment"], row["language"]) for row in outcome.trace]
    best = min(scores, default=None)
    assert winners == ([] if best is None else [(best[-1], ("de", "en")[best[-3]])])
    assert len(outcome.absent) == len(placements) - len(scores)
    beaten = [row["fragment"] for row in outcome.trace[0]["beaten"]] if outcome.trace else []
    assert beaten == [score[-1] for score in sorted(scores)[1:]]


@given(st.lists(placed, max_size=8), st.randoms())
def test_the_order_in_which_placements_are_read_does_not_matter(placements: list[Placed], random: Any) -> None:
    for slot in (make_slot(), make_slot(multiple=True)):
        rows = [Placed(row.fragment, slot, row.kind, row.owner, row.distance, row.position) for row in placements]
        distinct = list({row.fragment.code: row for row in rows}.values())
        before = speak(*distinct).statements
        random.shuffle(distinct)
        assert speak(*distinct).statements == before
