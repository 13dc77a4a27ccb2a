"""What references stand for: units, labels, links, fragments within fragments, pictures."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog.richtext import MAX_DEPTH as MAX_NESTING
from catalog.values import AttributeSpec, Level
from exports.assembling.assemble import assemble
from exports.assembling.words import MAX_TAKEN, linked_in
from exports.documents import Statement
from exports.gathering.bundles import Library, Linked
from tests.exports.bundled import (
    make_asset,
    make_bundle,
    make_context,
    make_fragment,
    make_placed,
    make_slot,
    make_spec,
    only,
    said,
    speak,
)

PLAIN = make_slot(rich=False)


def put(body: str, *library: Any, plain: bool = False, **shelves: Any) -> Statement:
    """The one statement of a fragment with this German text."""
    return only(speak(make_placed(make_fragment("f", body), PLAIN if plain else None), library=library, **shelves))


def refused(body: str, *library: Any, **shelves: Any) -> str:
    """Why nothing is said."""
    outcome = speak(make_placed(make_fragment("f", body)), library=library, **shelves)
    assert not outcome.statements
    ((kind, message),) = outcome.problems
    assert kind == "reference"
    return message.removeprefix("Fragment “f”: ")


# --- Facts and labels -------------------------------------------------------------------------------------------------

WEIGHT = make_spec("weight", "measurement", settings={"unit_family": "mass", "unit": "kg"})
POWER = make_spec("power", "number", labels={"en": "Power"})


def assembled(body: str, **context: Any) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The words and the problems of a product of 4.25 kg and 1450.5 W."""
    bundle = make_bundle(
        [WEIGHT, POWER],
        {"weight": {"": {"amount": "4.25", "unit": "kg"}}, "power": "1450.5"},
        placements=(make_placed(make_fragment("f", {"de": body}), PLAIN),),
    )
    library = Library(attributes={spec.code: spec for spec in (WEIGHT, POWER, make_spec("depth", "number"))})
    found = assemble(bundle, make_context(**context), library)
    return [statement.text for statement in found.document.statements], found.problems


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ fact:weight }}", "4,25\xa0kg"),
        ("{{ fact:weight unit=g }}", "4.250\xa0g"),
        ("{{ fact:WEIGHT unit=lb decimals=1 }}", "9,4\xa0lb"),
        ("{{ fact:weight decimals=0 }}", "4\xa0kg"),
        ("{{ fact:power decimals=2 }}", "1.450,50"),
        ("{{ label:weight }}: {{ label:POWER }}, {{ label:depth }}", "Weight (de): Power, Depth (de)"),
    ],
)
def test_facts_and_labels_in_the_document_s_language(body: str, text: str) -> None:
    assert assembled(body) == ([text], ())


def test_a_unit_that_is_said_beats_the_one_the_channel_s_readers_expect() -> None:
    units = {"units": {"mass": "g"}}
    words, _ = assembled("{{ fact:weight }} {{ fact:weight decimals=1 }} {{ fact:weight unit=kg }}", **units)
    assert words == ["4.250\xa0g 4.250,0\xa0g 4,25\xa0kg"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            "{{ fact:weight unit=l }}",
            "{{ fact:weight unit=l }} cannot be written: “l” is no unit of “weight”; there are",
        ),
        ("{{ fact:power unit=kg }}", "{{ fact:power unit=kg }} cannot be written: “power” is no measurement"),
        ("{{ label:none }}", "{{ label:none }} has no value here."),
        ("{{ fact:depth unit=cm }}", "{{ fact:depth unit=cm }} has no value here."),
    ],
)
def test_what_cannot_be_written_is_never_shown_half(body: str, why: str) -> None:
    words, problems = assembled(f"Good: {body}")
    assert words == []
    assert problems[0][1].startswith(f"Fragment “f”: {why}")


# --- Links ------------------------------------------------------------------------------------------------------------

NAME = AttributeSpec("name", "text", localizable=True)
LIRA = Linked("BZ-LIRA", True, "name", (NAME,), (Level("BZ-LIRA", {"name": {"de": "Lira & Co", "en": "Lira"}}),))
OLD = Linked("BZ-OLD", False, "name", (NAME,), (Level("BZ-OLD", {"name": {"en": "Old one"}}),))
BARE = Linked("BZ-BARE", True, "", (), ())
LINKED = {"bz-lira": LIRA, "bz-old": OLD, "bz-bare": BARE}


def test_a_link_shows_the_name_in_the_document_s_language() -> None:
    assert put("<p>see {{ link:bz-lira }}, {{ link:BZ-BARE }}</p>", linked=LINKED) == Statement(
        "description",
        "de",
        '<p>see <a href="product:BZ-LIRA">Lira &amp; Co</a>, <a href="product:BZ-BARE">BZ-BARE</a></p>',
        "see Lira & Co, BZ-BARE",
    )
    assert put("see {{ link:BZ-LIRA }}", plain=True, linked=LINKED).text == "see Lira & Co"


def test_a_link_to_what_is_not_released_is_its_name_and_is_told() -> None:
    bundle = make_bundle(placements=(make_placed(make_fragment("f", "<p>{{ link:BZ-OLD }} {{ link:BZ-OLD }}</p>")),))
    found = assemble(bundle, make_context(), Library(linked=LINKED))
    assert found.document.statements[0].html == "<p>Old one Old one</p>"
    assert found.problems == (
        ("link", "Fragment “f”: “BZ-OLD” is not released here, so its name stands without a link."),
    )


def test_a_link_to_what_there_is_not_is_unresolved() -> None:
    assert refused("{{ link:BZ-NONE }}") == "{{ link:BZ-NONE }} names a product that there is not."


def test_no_link_stands_in_a_link_nor_in_an_address() -> None:
    body = '<p><a href="https://a.example/{{ link:BZ-LIRA }}">about {{ link:BZ-LIRA }}</a> and {{ link:BZ-LIRA }}</p>'
    assert put(body, linked=LINKED).html == (
        '<p><a href="https://a.example/Lira &amp; Co">about Lira &amp; Co</a> and '
        '<a href="product:BZ-LIRA">Lira &amp; Co</a></p>'
    )


def test_an_author_cannot_write_the_address_of_a_product() -> None:
    assert put('<p><a href="product:BZ-LIRA">x</a></p>', linked=LINKED).html == "<p>x</p>"
    fact = speak(make_placed(make_fragment("f", "<p>{{ fact:a }}</p>")), facts={"a": '<a href="product:BZ-LIRA">x</a>'})
    assert "<a" not in only(fact).html


def test_the_products_that_texts_link_to_are_known_before_they_are_put() -> None:
    fragments = [make_fragment("a", {"de": "{{ link:B }} {{ fact:link }}", "en": "{{ link:c }}"}), make_fragment("x")]
    assert linked_in(fragments) == {"b", "c"}


# --- Fragments within fragments ---------------------------------------------------------------------------------------

NOTE = make_fragment("note", "<p>One <b>two</b></p><ul><li>three</li></ul>")


def test_a_fragment_alone_in_its_paragraph_is_its_markup_and_in_a_sentence_its_words() -> None:
    assert put("<p>First:</p><p> {{ fragment:note }}&nbsp;</p><p>See {{ fragment:note }}.</p>", NOTE) == Statement(
        "description",
        "de",
        "<p>First:</p><p>One <b>two</b></p><ul><li>three</li></ul><p>See One two – three.</p>",
        "First:\nOne two\n– three\nSee One two – three.",
    )


def test_a_plain_slot_has_words_only() -> None:
    assert put("{{ fragment:note }}", NOTE, plain=True) == Statement("description", "de", "", "One two – three")


def test_whole_fragments_are_put_in_at_every_level() -> None:
    outer = make_fragment("outer", "<h3>{{ fact:a }}</h3><p>{{ fragment:note }}</p>")
    outcome = speak(
        make_placed(make_fragment("f", "<ul><li><p>{{ fragment:outer }}</p></li></ul>")),
        library=[NOTE, outer],
        facts={"a": "A<B"},
    )
    assert only(outcome).html == ("<ul><li><h3>A&lt;B</h3><p>One <b>two</b></p><ul><li>three</li></ul></li></ul>")


def test_in_a_link_a_fragment_is_its_words() -> None:
    body = '<a href="https://a.example"><p>{{ fragment:note }}</p></a>'
    assert put(body, NOTE).html == '<a href="https://a.example"><p>One two – three</p></a>'


def test_circles_and_depth_are_found_among_whole_fragments_too() -> None:
    ping, pong = (
        make_fragment("ping", "<p>{{ fragment:pong }}</p>"),
        make_fragment("pong", "<p>{{ fragment:ping }}</p>"),
    )
    circle = "the references f -> ping -> pong -> ping go round in a circle."
    assert refused("<p>{{ fragment:ping }}</p>", ping, pong) == circle
    deep = [make_fragment(f"d{number}", f"<p>{{{{ fragment:d{number + 1} }}}}</p>") for number in range(5)]
    assert refused("<p>{{ fragment:d0 }}</p>", *deep, make_fragment("d5", "x")) == (
        "references are nested more than 5 deep: f -> d0 -> d1 -> d2 -> d3 -> d4."
    )
    assert refused("<p>{{ fragment:none }}</p>") == "{{ fragment:none }} has no value here."


def test_markup_in_markup_does_not_nest_or_grow_without_end() -> None:
    lists = "<ul><li>" * 8
    level = [make_fragment(f"l{number}", f"{lists}<p>{{{{ fragment:l{number + 1} }}}}</p>") for number in range(2)]
    assert refused("<p>{{ fragment:l0 }}</p>", *level, make_fragment("l2", f"{lists}x")) == (
        f"with the fragments in it, elements are nested more than {MAX_NESTING} deep."
    )
    bombs = [make_fragment(f"b{number}", f"<p>{{{{ fragment:b{number + 1} }}}}</p>" * 50) for number in range(3)]
    assert refused("<p>{{ fragment:b0 }}</p>" * 50, *bombs, make_fragment("b3", "boom " * 20)) == (
        f"its references stand for more than {MAX_TAKEN:,} characters."
    )


# --- Pictures ---------------------------------------------------------------------------------------------------------

HOT = make_asset("Hot", width=3200, height=1600, alt={"de": "Heiß <!>", "en": "Hot"}, digest="0123abcd")


def test_a_picture_has_its_address_its_size_and_the_asset_s_words() -> None:
    assert put('<p>a <img src="asset:HOT" alt=""> b</p>', assets={"hot": HOT}) == Statement(
        "description",
        "de",
        '<p>a <img src="/assets/0123abcd/large.jpg" alt="Heiß &lt;!&gt;" width="1600" height="800"> b</p>',
        "a Heiß <!> b",
    )


def test_what_the_author_says_of_a_picture_stands_and_may_refer() -> None:
    outcome = speak(
        make_placed(make_fragment("f", '<p><img src="asset:hot" alt="At {{ fact:t }} {{ link:BZ-LIRA }}"></p>')),
        facts={"t": '"9"'},
        assets={"hot": HOT},
        linked=LINKED,
    )
    assert 'alt="At &quot;9&quot; Lira &amp; Co"' in only(outcome).html
    assert said(outcome) == ['At "9" Lira & Co']


@pytest.mark.parametrize(
    ("assets", "why"),
    [
        ({}, "the picture “hot” is no picture of the asset library."),
        ({"hot": make_asset("hot", "document")}, "the picture “hot” is no picture of the asset library."),
        (
            {"hot": make_asset("hot", digest="", url="https://x.y")},
            "the picture “hot” is no picture of the asset library.",
        ),
        (
            {"hot": make_asset("hot", expires=datetime.date(2027, 2, 28))},
            "the rights to the picture “hot” ended on 2027-02-28.",
        ),
    ],
)
def test_a_picture_that_cannot_be_shown_is_unresolved(assets: dict[str, Any], why: str) -> None:
    assert refused('<p>a <img src="asset:hot" alt="b"></p>', assets=assets) == why


def test_a_text_without_references_is_passed_on_as_it_is() -> None:
    assert put("<p>a {b} &amp; c</p>") == Statement("description", "de", "<p>a {b} &amp; c</p>", "a {b} & c")
