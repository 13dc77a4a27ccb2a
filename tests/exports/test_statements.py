"""Which fragments speak for a product, and in which words."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.references import MAX_DEPTH
from exports.assembling.words import MAX_TAKEN
from exports.documents import Statement
from exports.gathering.bundles import Placed
from tests.exports.bundled import TODAY, make_context, make_fragment, make_placed, make_slot, only, said, speak

RULE = "battery = lithium"

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
            "rank": ((named != "channels", named != "audiences", named != "markets", named != "media"), (2, 0), 0, 0),
            "beaten": [
                {
                    "fragment": "for-all",
                    "revision": 1,
                    "language": "de",
                    "placed": "product P",
                    "rank": ((True, True, True, True), (0, 0), 0, 0),
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
    assert outcome.statements == []
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
        make_placed(make_fragment("rule"), kind="filter", owner=RULE),
    ]
    context = make_context(meets=frozenset([RULE]))
    assert [said(speak(*reversed(line[start:]), context=context))[0] for start in range(6)] == [
        "own",
        "parent",
        "deepest",
        "higher",
        "family",
        "rule",
    ]


def test_a_nearer_text_in_a_fallback_language_beats_a_farther_one() -> None:
    near = make_placed(make_fragment("near", {"en": "<p>near</p>"}))
    far = make_placed(make_fragment("far"), kind="family")
    outcome = speak(far, near)
    assert only(outcome) == Statement("description", "en", "<p>near</p>", "near")
    assert outcome.trace[0]["beaten"][0]["why"] == "placed further away"


def test_at_one_level_the_wanted_language_wins_then_the_position() -> None:
    english, late, early = (
        make_placed(make_fragment("a-english", {"en": "x"})),
        make_placed(make_fragment("b-late"), position=2),
        make_placed(make_fragment("d-early"), position=1),
    )
    outcome = speak(english, late, early)
    assert outcome.trace[0]["fragment"] == "d-early"
    assert [row["why"] for row in outcome.trace[0]["beaten"]] == ["stands later", "not in the wanted language"]


@pytest.mark.parametrize(("position", "decide"), [(1, "a position below 1"), (0, "the others at later positions")])
def test_of_two_that_are_equally_good_none_is_shown_and_it_is_said_what_would_decide(
    position: int, decide: str
) -> None:
    one, other = (make_placed(make_fragment(code), kind="family", position=position) for code in ("d", "c"))
    far = make_placed(make_fragment("far"), kind="filter", owner=RULE)
    outcome = speak(one, other, far, context=make_context(meets=frozenset([RULE])))
    assert (outcome.statements, outcome.trace) == ([], [])
    assert outcome.problems == [
        (
            "tie",
            "The fragments “c” and “d” are equally good for the slot “description”, so none of them is shown. One "
            f"would win with {decide}, placed nearer than on family P, or by naming the channel.",
        )
    ]
    assert outcome.absent == [
        {"slot": "description", "fragment": "c", "why": "as good as “d”"},
        {"slot": "description", "fragment": "d", "why": "as good as “c”"},
    ]


def test_those_that_are_equally_bad_do_not_matter() -> None:
    best = make_placed(make_fragment("best"))
    outcome = speak(best, *(make_placed(make_fragment(code), kind="family") for code in ("d", "c")))
    assert (said(outcome), outcome.problems) == (["best"], [])
    assert [row["fragment"] for row in outcome.trace[0]["beaten"]] == ["c", "d"]


def test_a_fragment_does_not_tie_with_itself() -> None:
    fragment = make_fragment("f")
    outcome = speak(*(make_placed(fragment, kind="category", owner=owner) for owner in ("one", "other")))
    assert (said(outcome), outcome.problems) == (["f"], [])


def test_without_a_text_in_any_language_of_the_chain_there_is_nothing_to_say() -> None:
    outcome = speak(make_placed(make_fragment("f", {"fr": "x", "en": ""})))
    assert outcome.absent == [{"slot": "description", "fragment": "f", "why": "no text in de, en"}]


# --- Rules, exclusions, claims ----------------------------------------------------------------------------------------


def test_a_rule_places_where_it_holds_in_the_language() -> None:
    placed = make_placed(make_fragment("f"), kind="filter", owner=RULE)
    assert said(speak(placed, context=make_context(meets=frozenset([RULE])))) == ["f"]
    outcome = speak(placed)
    assert outcome.absent == [{"slot": "description", "fragment": "f", "why": f"its rule does not hold in de: {RULE}"}]


def test_a_text_of_some_products_is_said_of_no_others() -> None:
    placed = make_placed(make_fragment("f", products=RULE))
    assert said(speak(placed, context=make_context(meets=frozenset([RULE])))) == ["f"]
    outcome = speak(placed)
    assert outcome.absent == [{"slot": "description", "fragment": "f", "why": f"only for products: {RULE}"}]


LEVELS = (("product", 0), ("product", 1), ("category", 0), ("category", 1), ("family", 0), ("filter", 0))


@pytest.mark.parametrize("near", range(len(LEVELS)))
def test_an_exclusion_takes_out_what_is_as_near_or_further_and_what_is_nearer_wins_back(near: int) -> None:
    fragment = make_fragment("f")
    context = make_context(meets=frozenset([RULE]))
    for place, (kind, distance) in enumerate(LEVELS):
        rows = [
            make_placed(fragment, None, kind, distance, owner=RULE),
            make_placed(fragment, None, *LEVELS[near], owner=RULE, excluded=True),
        ]
        outcome = speak(*rows, context=context)
        assert bool(outcome.statements) is (place < near)
        why = [row["why"] for row in outcome.absent]
        assert why == ([] if place < near else [f"excluded at {LEVELS[near][0]} {RULE}"])


def test_an_exclusion_is_of_one_fragment_in_one_slot_where_its_rule_holds() -> None:
    other_slot = make_placed(make_fragment("f"), make_slot("teaser"))
    out = make_placed(make_fragment("f"), kind="product", excluded=True)
    ruled = make_placed(make_fragment("g"), kind="filter", owner=RULE, excluded=True)
    outcome = speak(
        out,
        ruled,
        other_slot,
        make_placed(make_fragment("g"), kind="filter", owner=RULE),
        make_placed(make_fragment("g"), kind="family"),
    )
    assert said(outcome) == ["g", "f"]


def test_a_claim_that_is_over_is_shown_and_reported_or_left_out_and_reported() -> None:
    claim = make_fragment("f", source={"valid_until": "2027-02-28"})
    last_day = make_fragment("g", source={"valid_until": "2027-03-01"})
    rows = [make_placed(claim), make_placed(last_day, make_slot("teaser"))]
    why = "its source had to be asked again after 2027-02-28"
    outcome = speak(*rows)
    assert said(outcome) == ["f", "g"]
    assert outcome.problems == [("claim", f"Fragment “f” is shown, but {why}.")]
    outcome = speak(*rows, context=make_context(expired_claims="block"))
    assert said(outcome) == ["g"]
    assert outcome.absent == [{"slot": "description", "fragment": "f", "why": why}]
    assert outcome.problems == [("claim", f"Fragment “f” is left out: {why}.")]


def test_a_claim_that_is_over_counts_where_it_stands_in_another_text() -> None:
    claim = make_fragment("Claim", source={"valid_until": "2027-02-28"})
    outer = make_placed(make_fragment("f", "so {{ fragment:claim }}"))
    outcome = speak(outer, library=[claim])
    assert [kind for kind, _ in outcome.problems] == ["claim"]
    assert outcome.trace[0]["uses"] == [{"fragment": "Claim", "revision": 1, "language": "de", "via": "f"}]
    outcome = speak(outer, library=[claim], context=make_context(expired_claims="block"))
    assert (said(outcome), [kind for kind, _ in outcome.problems]) == ([], ["reference"])


def test_the_revision_named_is_the_one_whose_text_is_shown() -> None:
    fragment = make_fragment("f", {"de": "x", "en": "y"}, revisions={"de": 1, "en": 3}, number=3)
    assert speak(make_placed(fragment)).trace[0]["revision"] == 1
    assert speak(make_placed(fragment), context=make_context(chain=("en",))).trace[0]["revision"] == 3


def test_the_fragments_that_stand_in_a_text_are_named_each_once_with_what_names_it() -> None:
    library = [
        make_fragment("a", "{{ fragment:b }} {{ fragment:c }}"),
        make_fragment("b", "{{ fragment:c }}"),
        make_fragment("c"),
    ]
    uses = speak(make_placed(make_fragment("f", "{{ fragment:a }}")), library=library).trace[0]["uses"]
    assert [(use["fragment"], use["via"]) for use in uses] == [("a", "f"), ("b", "a"), ("c", "a")]


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
    lambda number, body, applies, kind, distance, position, excluded, rule: make_placed(
        make_fragment(f"f{number}", body, **applies),
        kind=kind,
        distance=distance if kind in ("product", "category") else 0,
        position=position,
        excluded=excluded,
        owner=rule,
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
            "products": choices([RULE, "other = rule"]),
            "source": choices([{"valid_until": "2027-02-28"}, {"valid_until": "2027-03-01"}]),
        },
    ),
    choices(["product", "category", "family", "filter"]),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([False, False, False, True]),
    choices([RULE, "other = rule"]),
)


def far(row: Placed) -> int:
    return {"product": 0, "category": 10, "family": 20, "filter": 30}[row.kind] + row.distance


def naive_score(row: Placed, rows: list[Placed], policy: str) -> tuple[Any, ...] | None:
    """The documented order as one number after the other; None where the fragment is not for us."""
    content = row.fragment.content
    applies, body = content["applies"], content["body"]
    if row.excluded or not holds(row):
        return None
    for other in rows:
        if other.excluded and holds(other) and other.fragment.code == row.fragment.code and far(other) <= far(row):
            return None
    ours = {"channels": "shop", "audiences": "consumer", "markets": "de", "media": "web"}
    context = []
    for name, own in ours.items():
        codes = [code.lower() for code in applies[name]]
        if codes and own not in codes:
            return None
        context.append(0 if codes else 1)
    if applies["until"] and applies["until"] < "2027-03-01":
        return None
    if applies.get("products", RULE) != RULE:
        return None
    if policy == "block" and content.get("source", {}).get("valid_until", "9") < "2027-03-01":
        return None
    language = 0 if "de" in body else 1 if "en" in body else None
    if language is None:
        return None
    return (*context, far(row), language, row.position)


def holds(row: Placed) -> bool:
    return row.kind != "filter" or row.owner == RULE


@given(st.lists(placed, max_size=8), choices(["warn", "block"]))
def test_whatever_is_placed_the_winner_is_the_best_by_the_documented_order(
    placements: list[Placed], policy: str
) -> None:
    scored = [(score, row) for row in placements if (score := naive_score(row, placements, policy)) is not None]
    scored.sort(key=lambda pair: (*pair[0], pair[1].fragment.code))
    outcome = speak(*placements, context=make_context(meets=frozenset([RULE]), expired_claims=policy))
    best = {row.fragment.code for score, row in scored if score == scored[0][0]}
    assert bool(outcome.statements) is (len(best) == 1)
    assert [kind for kind, _ in outcome.problems if kind == "tie"] == (["tie"] if len(best) > 1 else [])
    if outcome.trace:
        trace = outcome.trace[0]
        assert (trace["fragment"], trace["language"]) == (scored[0][1].fragment.code, ("de", "en")[scored[0][0][-2]])
        assert [row["fragment"] for row in trace["beaten"]] == [row.fragment.code for _, row in scored[1:]]
    left_out = {row["fragment"] for row in outcome.absent}
    assert {row.fragment.code for row in placements if not row.excluded} <= left_out | {
        row.fragment.code for _, row in scored
    }


@given(st.lists(placed, max_size=8), st.randoms())
def test_the_order_in_which_placements_are_read_does_not_matter(placements: list[Placed], random: Any) -> None:
    context = make_context(meets=frozenset([RULE]))
    for slot in (make_slot(), make_slot(multiple=True)):
        rows = [replace(row, slot=slot) for row in placements]
        distinct = list({(row.fragment.code, row.level): row for row in rows}.values())
        before = speak(*distinct, context=context).statements
        random.shuffle(distinct)
        assert speak(*distinct, context=context).statements == before
