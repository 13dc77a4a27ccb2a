"""Making one fragment of what is written several times: every document stays what it was, byte for byte."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.assembling import carriers
from catalog.copies.groups import groups
from catalog.copies.planning import Proposal, plan
from catalog.copies.reading import read
from catalog.models import Channel, CodeAlias, Fragment, NotACopy, Placement, Product, Slot
from catalog.models.base import texts_of
from catalog.operations.fragments import place, write_fragment
from catalog.operations.reviewing import approve, retire
from catalog.operations.translations import stale_states, states
from catalog.operations.uniting import apart, keep_apart, no_longer_apart, settled, unite, unite_all
from exports.models import DocumentVersion
from exports.releasing.committing import release
from exports.releasing.drafting import draft
from tests import factories as make
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

PUMP = "<p>The pump builds nine bar within seconds and keeps the temperature.</p>"
PUMPE = "<p>Die Pumpe baut in Sekunden neun Bar auf und hält die Temperatur.</p>"
BOILER = "<p>Fill the boiler with fresh water every day before the first cup.</p>"
OWN = "<p>What only this fragment says, and no other one says it anywhere.</p>"
STRONG = "<p>The pump builds <strong>nine bar</strong> within seconds and keeps the temperature.</p>"


@pytest.fixture
def slot() -> Slot:
    return make.make_slot("description", multiple=True)


@pytest.fixture
def shop(slot: Slot) -> Channel:
    return make.make_channel("shop", ["en", "de"])


def written(code: str, body: Any, slot: Slot, *products: Product, position: int = 0, **fields: Any) -> Fragment:
    """An approved fragment, placed on these products or on one of its own."""
    fragment = make.make_fragment(code, body, approved=True, **fields)
    for product in products or (make.make_product(f"P-{code}"),):
        place(ACTOR, fragment, slot, product, position)
    return fragment


def proposals(minimum: int = 8) -> list[Proposal]:
    return plan(settled()[0], minimum, apart())


def body_of(code: str) -> dict[str, str]:
    return texts_of(Fragment.objects.get(code=code), "body")


def documents(channel: Channel) -> dict[tuple[str, str], bytes]:
    return {row.key: row.body for row in draft(channel, timezone.localdate()).made}


def shared() -> Fragment:
    return Fragment.objects.get(code__startswith="shared-")


# --- Fragments that say the same -------------------------------------------------------------------------------------
def test_fragments_that_say_the_same_become_one(shop: Channel, slot: Slot) -> None:
    written("one", {"en": PUMP, "de": PUMPE}, slot, make.make_product("A"), make.make_product("B"))
    written("other", {"en": PUMP, "de": PUMPE}, slot)
    release(ACTOR, shop)
    outcome = unite_all(ACTOR)
    assert [(each.kind, each.code) for each in outcome.done] == [("merge", "one")]
    assert outcome.documents == 6
    assert list(Fragment.objects.values_list("code", flat=True)) == ["one"]
    assert Placement.objects.filter(fragment__code="one").count() == 3
    assert CodeAlias.objects.get().alias == "other"
    assert not release(ACTOR, shop).new


def test_provenance_names_the_fragment_that_stands_for_both(shop: Channel, slot: Slot) -> None:
    written("one", PUMP, slot, make.make_product("A"), make.make_product("B"))
    written("other", PUMP, slot)
    release(ACTOR, shop)
    unite_all(ACTOR)
    release(ACTOR, shop)
    version = DocumentVersion.objects.get(sku="P-other", language="en", valid_until=None)
    assert version.valid_from == 1
    assert version.provenance["statements"][0]["fragment"] == "one"


@pytest.mark.parametrize(
    "fields", [{"media": ["print"]}, {"source": "A test report"}, {"claim_valid_until": "2030-01-01"}]
)
def test_fragments_of_other_places_or_sources_stay_two(slot: Slot, fields: dict[str, Any]) -> None:
    written("one", PUMP, slot)
    written("other", PUMP, slot, **fields)
    assert [each.kind for each in proposals()] == ["share"]


def test_a_fragment_that_is_twice_on_one_product_stays_there_twice(shop: Channel, slot: Slot) -> None:
    product = make.make_product("A")
    written("one", PUMP, slot, product, position=1)
    written("other", PUMP, slot, product, position=2)
    before = documents(shop)
    outcome = unite_all(ACTOR)
    assert [(each.proposal.kind, each.reason) for each in outcome.refused] == [
        ("merge", "Documents would change: A (shop, en).")
    ]
    # The text is written once all the same.
    assert [each.kind for each in outcome.done] == ["share"]
    assert documents(shop) == before


# --- Paragraphs that several fragments have --------------------------------------------------------------------------
def test_a_paragraph_of_several_fragments_becomes_one_of_its_own(shop: Channel, slot: Slot) -> None:
    written("one", {"en": OWN + PUMP, "de": OWN + PUMPE}, slot)
    written("other", {"en": PUMP + BOILER, "de": PUMPE + BOILER}, slot)
    release(ACTOR, shop)
    before = documents(shop)
    outcome = unite_all(ACTOR)
    assert [(each.kind, each.new, dict(each.saved)) for each in outcome.done] == [("share", True, {"en": 11, "de": 12})]
    assert body_of(shared().code) == {"en": PUMP, "de": PUMPE}
    reference = f"<p>{{{{ fragment:{shared().code} }}}}</p>"
    assert body_of("one") == {"en": OWN + reference, "de": OWN + reference}
    assert body_of("other") == {"en": reference + BOILER, "de": reference + BOILER}
    assert documents(shop) == before
    assert not release(ACTOR, shop).new
    assert set(Fragment.objects.values_list("state", flat=True)) == {"approved"}


def test_a_fragment_that_is_just_that_paragraph_is_used(shop: Channel, slot: Slot) -> None:
    written("pump", {"en": PUMP, "de": PUMPE}, slot)
    written("long", {"en": OWN + PUMP}, slot)
    before = documents(shop)
    assert [(each.code, each.new) for each in unite_all(ACTOR).done] == [("pump", False)]
    assert body_of("long") == {"en": OWN + "<p>{{ fragment:pump }}</p>"}
    assert documents(shop) == before


def test_one_that_does_not_apply_everywhere_is_used_only_where_it_does(slot: Slot) -> None:
    written("pump", PUMP, slot, media=["print"])
    written("long", OWN + PUMP, slot)
    written("brochure", BOILER + PUMP, slot, media=["print"])
    found = proposals()
    assert [(each.code, [member.code for member in each.members]) for each in found] == [("pump", ["brochure"])]


def test_languages_of_several_fragments_come_together(shop: Channel, slot: Slot) -> None:
    written("one", {"en": PUMP, "de": PUMPE}, slot)
    written("other", {"en": PUMP, "fr": BOILER}, slot)
    before = documents(shop)
    assert [each.new for each in unite_all(ACTOR).done] == [True]
    assert body_of(shared().code) == {"en": PUMP, "de": PUMPE, "fr": BOILER}
    assert documents(shop) == before


def test_a_language_more_that_a_fallback_would_show_is_refused(slot: Slot) -> None:
    shop = make.make_channel("shop", {"de": "en"})
    written("pump", {"en": PUMP, "de": PUMPE}, slot)
    written("long", {"en": OWN + PUMP}, slot)
    before = documents(shop)
    outcome = unite_all(ACTOR)
    assert [each.reason for each in outcome.refused] == ["Documents would change: P-long (shop, de)."]
    assert documents(shop) == before
    assert body_of("long") == {"en": OWN + PUMP}


def test_what_is_translated_differently_is_left_to_people(slot: Slot) -> None:
    written("one", {"en": PUMP, "de": PUMPE}, slot)
    written("other", {"en": PUMP, "de": BOILER}, slot)
    assert proposals() == []
    assert [group.kind for group in groups(read(8))] == ["equal"]


def test_one_change_that_makes_a_difference_does_not_keep_the_others(slot: Slot) -> None:
    shop = make.make_channel("shop", {"de": "en"})
    written("pump", {"en": PUMP, "de": PUMPE}, slot)
    written("long", {"en": OWN + PUMP}, slot)
    for number in range(5):
        text = f"<p>Paragraph number {number} stands in two fragments of this little test.</p>"
        written(f"a{number}", OWN.replace("other", f"a{number}") + text, slot)
        written(f"b{number}", text + OWN.replace("other", f"b{number}"), slot)
    before = documents(shop)
    outcome = unite_all(ACTOR)
    assert (len(outcome.done), len(outcome.refused)) == (5, 1)
    assert documents(shop) == before


def test_what_people_are_working_on_is_left_alone(slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    edited = written("other", PUMP + BOILER, slot)
    write_fragment(ACTOR, edited, title={}, body={"en": PUMP + BOILER + OWN.replace("other", "further")})
    draft_only = make.make_fragment("draft", PUMP + OWN)
    assert proposals() == []
    assert settled()[1] == [draft_only.code, "other"]
    assert body_of("other")["en"].startswith(PUMP)


def test_what_is_retired_takes_no_part(slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    retire(ACTOR, written("other", PUMP + BOILER, slot))
    assert proposals() == []
    assert groups(read(8)) == []


def test_a_second_run_finds_nothing_more(shop: Channel, slot: Slot) -> None:
    for code in ("a", "b", "c"):
        written(code, {"en": PUMP + BOILER + OWN.replace("other", code), "de": PUMPE}, slot)
    assert unite_all(ACTOR).done
    assert unite_all(ACTOR).done == []
    assert proposals() == []


def test_a_fragment_changed_since_is_refused_by_name(slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    other = written("other", PUMP + BOILER, slot)
    found = proposals()
    write_fragment(ACTOR, other, title={}, body={"en": BOILER + PUMP})
    outcome = unite(ACTOR, found)
    assert [each.reason for each in outcome.refused] == [
        "“other” has been changed meanwhile. Look for copies anew.",
    ]
    assert not Fragment.objects.filter(code__startswith="shared-").exists()


def test_one_that_may_not_be_approved_is_refused_with_the_reason(slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    written("other", PUMP + BOILER, slot)
    Slot.objects.update(four_eyes=True)
    outcome = unite_all(ACTOR)
    assert ["four eyes" in each.reason.lower() or "wrote" in each.reason for each in outcome.refused] == [True]
    assert not Fragment.objects.filter(code__startswith="shared-").exists()


def test_translations_are_as_current_as_they_were(slot: Slot) -> None:
    one = written("one", {"en": OWN + PUMP, "de": OWN + PUMPE}, slot)
    other = written("other", {"en": PUMP + BOILER, "de": PUMPE + BOILER}, slot)
    assert {states(each)["de"].state for each in (one, other)} == {"approved"}
    unite_all(ACTOR)
    found = {code: states(Fragment.objects.get(code=code))["de"] for code in ("one", "other", shared().code)}
    assert {(row.state, row.outdated) for row in found.values()} == {("approved", False)}
    assert list(stale_states()) == []


def test_a_new_fragment_has_what_all_have_in_common(slot: Slot) -> None:
    both, single = make.make_tag(code="both"), make.make_tag(code="single")
    for code, tags in (("one", [both, single]), ("other", [both])):
        written(code, PUMP + OWN.replace("other", code), slot, source="Test report 4", vouched_by="Lab").tags.set(tags)
    unite_all(ACTOR)
    assert (shared().source, shared().vouched_by, list(shared().tags.all())) == ("Test report 4", "Lab", [both])
    assert texts_of(shared(), "title")["en"] == "The pump builds nine bar within seconds and keeps the temperature."


def test_a_paragraph_twice_in_one_fragment_is_no_reason_alone(slot: Slot) -> None:
    written("one", PUMP + OWN + PUMP, slot)
    assert proposals() == []
    written("other", PUMP + BOILER, slot)
    assert [sorted((each.code, each.place) for each in found.members) for found in proposals()] == [
        [("one", 0), ("one", 2), ("other", 0)],
    ]


def test_a_plain_text_that_looks_like_markup_stays_what_it_is(shop: Channel) -> None:
    headline = make.make_slot("headline", rich=False)
    for code in ("one", "other"):
        fragment = Fragment(code=code)
        text = f"A <b>tag</b> is <p>no tag</p> here at all, says number {code} of us"
        write_fragment(ACTOR, fragment, title={}, body={"en": text}, rich=False)
        approve(ACTOR, fragment)
        place(ACTOR, fragment, headline, make.make_product(f"P-{code}"))
    before = documents(shop)
    unite_all(ACTOR, minimum=1)
    assert documents(shop) == before


def test_markup_within_a_paragraph_stays(shop: Channel, slot: Slot) -> None:
    for code in ("one", "other"):
        written(code, STRONG + OWN.replace("other", code), slot)
    before = documents(shop)
    assert [each.new for each in unite_all(ACTOR).done] == [True]
    assert documents(shop) == before


# --- Whatever there is -----------------------------------------------------------------------------------------------
PARAGRAPHS = (
    PUMP,
    BOILER,
    OWN,
    STRONG,
    "<h3>Short</h3>",
    "<ul><li>One thing and then another thing</li><li>the second thing of them</li></ul>",
    "<p>It weighs {{ fact:weight }} in all, with everything that belongs to it.</p>",
)
BODY = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4).map("".join)
FRAGMENT = st.tuples(
    st.dictionaries(st.sampled_from(["en", "de"]), BODY, min_size=1),
    st.sampled_from([[], ["print"]]),
    st.sets(st.integers(0, 2), max_size=3),
)


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(FRAGMENT, min_size=2, max_size=5))
def test_whatever_there_is_no_document_changes(said: Sequence[tuple[dict[str, str], list[str], set[int]]]) -> None:
    with transaction.atomic():
        slots = [make.make_slot(multiple=multiple, position=multiple) for multiple in (True, False)]
        channels = [
            make.make_channel(make.make_code("web"), {"en": "", "de": "en"}),
            make.make_channel(make.make_code("print"), ["de"], medium="print"),
        ]
        make.make_attribute("number", "weight")
        products = [make.make_product(facts={"weight": weight}) for weight in ("4", "5")] + [make.make_product()]
        for number, (body, media, placed) in enumerate(said):
            fragment = make.make_fragment("", body, approved=True, media=media)
            for which in sorted(placed):
                place(ACTOR, fragment, slots[(number + which) % 2], products[which], number)
        before = [draft(channel, timezone.localdate()) for channel in channels]
        unite_all(ACTOR)
        after = [draft(channel, timezone.localdate()) for channel in channels]
        assert unite_all(ACTOR).done == []
        transaction.set_rollback(True)
    for was, now in zip(before, after, strict=True):
        assert {row.key: row.body for row in now.made} == {row.key: row.body for row in was.made}
        assert {row.key: row.told for row in now.made} == {row.key: row.told for row in was.made}


# --- What carries a fragment -----------------------------------------------------------------------------------------
def test_the_documents_that_carry_a_fragment_are_found_through_others(shop: Channel, slot: Slot) -> None:
    make.make_fragment("inner", PUMP, approved=True)
    written("outer", {"en": "<p>{{ fragment:inner }}</p>"}, slot)
    written("apart", BOILER, slot)
    found = carriers({"inner"})
    assert [str(key) for key in sorted(found)] == ["P-outer (shop, de)", "P-outer (shop, en)"]
    assert {carrier.codes for carrier in found.values()} == {frozenset({"inner"})}
    assert {key.sku for key in carriers(set(), {"P-apart"})} == {"P-apart"}


def test_a_retired_channel_carries_nothing(shop: Channel, slot: Slot) -> None:
    written("one", PUMP, slot)
    Channel.objects.update(retired=True)
    assert carriers({"one"}) == {}


# --- Not a copy ------------------------------------------------------------------------------------------------------
def test_what_is_no_copy_is_remembered_until_it_is_taken_back(slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    written("other", PUMP + BOILER, slot)
    keep_apart(ACTOR, groups(read(8), apart=apart())[0])
    keep_apart(ACTOR, groups(read(8))[0])
    assert NotACopy.objects.get().text.startswith("The pump")
    assert groups(read(8), apart=apart()) == []
    assert proposals() == []
    assert no_longer_apart(ACTOR, NotACopy.objects.all()) == 1
    assert len(proposals()) == 1


# --- The command -----------------------------------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("find_copies", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_tells_and_changes_nothing(shop: Channel, slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    written("other", PUMP + BOILER, slot)
    said = run()
    assert "Now: 4 paragraphs, 3 distinct, 25.0 % copies; 0 fragments are shared. Words: en 46." in said
    assert "Groups: 1 of equal paragraphs, 0 of nearly equal ones." in said
    assert "share new shared-the-pump-builds-nine-bar-" in said
    assert Fragment.objects.count() == 2


def test_the_command_applies_and_tells_before_and_after(shop: Channel, slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    written("other", PUMP + BOILER, slot)
    said = json.loads(run("--apply", "--json"))
    assert said["before"] == {
        "paragraphs": 4,
        "distinct": 3,
        "copies_percent": 25.0,
        "shared_fragments": 0,
        "words": {"en": 46},
    }
    assert (said["after"]["paragraphs"], said["after"]["shared_fragments"]) == (3, 1)
    assert said["words_saved"] == {"en": 11}
    assert [row["places"] for row in said["groups"][0]["texts"]] == [
        [
            {"kind": "fragment", "key": "one", "field": "body", "place": 1},
            {"kind": "fragment", "key": "other", "field": "body", "place": 0},
        ]
    ]
    assert "1 paragraphs shared" not in run("--apply")


def test_long_facts_of_products_are_only_listed(slot: Slot) -> None:
    make.make_attribute("longtext", "care", localizable=True)
    make.make_attribute("richtext", "legal", localizable=True)
    text = "Wipe the housing with a soft cloth and never use any solvent."
    for sku in ("A", "B"):
        make.make_product(sku, facts={"care": {"en": f"First line.\n{text}"}, "legal": {"en": f"<p>{text}</p>"}})
    said = run()
    assert "Facts of 2 products repeat paragraphs; they stay as they are and are only listed." in said
    assert "Nothing can be made one fragment." in said
    near = next(group for group in groups(read(8)) if group.kind == "near")
    assert {(each.key, each.field, each.place) for text in near.texts for each in text.occurrences} == {
        ("A", "care", 1),
        ("A", "legal", 0),
        ("B", "care", 1),
        ("B", "legal", 0),
    }


@pytest.mark.parametrize("arguments", [["--threshold", "0.1"], ["--minimum-words", "0"]])
def test_options_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_a_selection_that_is_not_understood_stops_it_with_its_reason(shop: Channel, slot: Slot) -> None:
    written("one", OWN + PUMP, slot)
    written("other", PUMP + BOILER, slot)
    Channel.objects.update(selection="nothing like this")
    with pytest.raises(CommandError, match="selection of channel “shop”"):
        run("--apply")
    assert not Fragment.objects.filter(code__startswith="shared-").exists()
