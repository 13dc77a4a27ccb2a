"""The memory finds what was approved, says how like it is, and reads no more than it may; terms in and out."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Concept, MemorySegment, Term
from catalog.operations.fragments import place, write_fragment
from catalog.operations.recording import store
from catalog.operations.reviewing import approve
from catalog.operations.translating import memory
from catalog.operations.translating.approving import mark
from catalog.operations.translating.memory import Lookup, Pair, rebuild, remember, suggest, suggest_for
from catalog.operations.translating.terms import as_csv, from_csv, termbase
from catalog.quality.base import Concept as Checked
from catalog.quality.base import Prose, Subject
from catalog.quality.checks.terms import MissingTerm
from catalog.quality.rechecking import recheck_stale
from catalog.translating.matching import Candidate, ranked, window
from catalog.translating.segments import Segment, segmented
from catalog.translating.terms import fold, stands_in
from tests import factories as make

ME = make.ACTOR
NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
pytestmark = pytest.mark.django_db


def segment(text: str) -> Segment:
    return segmented(text).segments[0]


def know(source: str, target: str) -> None:
    remember([Pair("en", "de", source, target, "fragment a, body", "me", NOW)])


def scores(text: str) -> list[tuple[int, str, bool]]:
    return [(found.score, found.target, found.fits) for found in suggest("en", "de", segment(text))]


def test_exact_and_like_ones_are_found_with_a_score() -> None:
    know("<p>Hot water comes out.</p>", "<p>Heißes Wasser tritt aus.</p>")
    assert scores("<p>Hot water comes out.</p>") == [(100, "Heißes Wasser tritt aus.", True)]
    assert scores("<ul><li> Hot  water comes out. </li></ul>") == [(100, "Heißes Wasser tritt aus.", True)]
    ((score, _, fits),) = scores("<p>Hot steam comes out.</p>")
    assert (70 <= score < 98, fits) == (True, True)
    assert scores("<p>Something else entirely, and long.</p>") == []
    assert suggest("en", "it", segment("<p>Hot water comes out.</p>")) == []


def test_codes_that_stand_for_something_else_cost_a_point_and_others_more() -> None:
    know("<p>Weighs {{ fact:weight }}</p>", "<p>Wiegt {{ fact:weight }}</p>")
    assert scores("<p>Weighs {{ fact:weight }}</p>") == [(100, 'Wiegt <x id="1"/>', True)]
    assert scores("<p>Weighs {{ fact:mass }}</p>") == [(99, 'Wiegt <x id="1"/>', True)]
    ((score, _, fits),) = scores("<p>Weighs</p>")
    assert (score <= 98, fits) == (True, False)


def test_the_same_place_comes_first() -> None:
    know("<p>A first.</p><p>Open.</p>", "<p>Ein Erster.</p><p>Offen.</p>")
    know("<p>Another.</p><p>Open.</p>", "<p>Ein anderer.</p><p>Öffnen.</p>")
    for before, target in (("A first.", "Offen."), ("Another.", "Öffnen.")):
        found = suggest_for("en", "de", segmented(f"<p>{before}</p><p>Open.</p>"))[1]
        assert (found[0].target, found[0].in_context, len(found)) == (target, True, 2)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("<p>One.</p><p>Two.</p>", "<p>Eins und zwei.</p>"),
        ("<p>Weighs {{ fact:weight }}</p>", "<p>Wiegt 5 kg</p>"),
        ("<p>One.</p>", "Eins."),
        ("<p>{{ fact:a }}</p>", "<p>{{ fact:a }}</p>"),
    ],
)
def test_what_is_not_built_alike_or_says_nothing_is_not_remembered(source: str, target: str) -> None:
    know(source, target)
    assert not MemorySegment.objects.exists()


def test_no_more_than_allowed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_READ", 4)
    for number in range(10):
        know(f"<p>Hot water {number:03}{'.' * number}</p>", "<p>Heiß.</p>")
    assert len(memory._near("en", "de", 15)) == 4
    assert memory._near("en", "de", 0) == memory._near("en", "de", 999_999) == []


def test_the_window_holds_all_that_can_reach_the_threshold() -> None:
    low, high = window(100)
    for length in (low - 1, high + 1):
        assert ranked(("a" * 100,), [Candidate("a" * length, "b", "", "")]) == []
    for length in (low + 1, high - 1):
        assert ranked(("a" * 100,), [Candidate("a" * length, "b", "", "")]) != []


def test_a_lookup_of_many_asks_for_exact_ones_once(django_assert_num_queries: Any) -> None:
    for number in range(20):
        know(f"<p>Sentence number {number}.</p>", f"<p>Satz Nummer {number}.</p>")
    segments = [segment(f"<p>Sentence number {number}.</p>") for number in range(20)]
    with django_assert_num_queries(1):
        lookup = Lookup("en", "de", segments)
        assert [lookup(each)[0].score for each in segments] == [100] * 20


def test_rebuilding_finds_what_was_approved_ever_and_not_what_was_outdated() -> None:
    fragment = make.make_fragment("a", {"en": "Hot water.", "de": "Heißes Wasser."})
    approve(ME, fragment)
    write_fragment(ME, fragment, title={}, body={"en": "Steam."})
    approve(ME, fragment)
    write_fragment(ME, fragment, title={}, body={"de": "Dampf."})
    approve(ME, fragment)
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")
    mark(ME, asset, "de", "approved")
    stored = set(MemorySegment.objects.values_list("source", "target"))
    assert stored == {("Hot water.", "Heißes Wasser."), ("Steam.", "Dampf."), ("A cup", "Eine Tasse")}
    assert rebuild() == 3
    assert set(MemorySegment.objects.values_list("source", "target")) == stored


# --- Terms -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("term", "text", "there"),
    [
        ("grinder", "The Grinders run", True),
        ("grinder", "regrinder", False),
        ("Mahlwerk", "des Mahlwerkes", True),
        ("macinacaffè", "MACINACAFFÈ", True),
        ("macina", "le macine", True),
        ("bean hopper", "Bean\n hoppers", True),
        ("tee", "teen", False),
        ("", "anything", False),
        (".*", "anything", False),
        ("kW", "5 kW", True),
    ],
)
def test_a_term_is_found_inflected_and_as_a_whole_word(term: str, text: str, there: bool) -> None:
    assert stands_in(term, fold(text)) == there


def test_a_translation_without_the_term_is_a_finding() -> None:
    concept = Checked("grinder", "en", {"en": ("grinder",), "de": ("Mahlwerk",), "it": ("macina",)})
    texts = tuple(
        Prose("slot:feature", "Feature", language, text, "quiet")
        for language, text in (("en", "A quiet grinder."), ("de", "Eine leise Mühle."), ("it", "Macine silenziose."))
    )
    found = list(MissingTerm().check(Subject("P", texts=texts, concepts=(concept,))))
    assert [each.message for each in found] == ["Feature “quiet” (de) lacks “Mahlwerk”: the source says “grinder”."]


def test_terms_reach_the_products_findings() -> None:
    product = make.make_product("P", make.make_family())
    fragment = make.make_fragment("quiet", {"en": "A quiet grinder.", "de": "Eine leise Kaffeemühle."}, approved=True)
    place(ME, fragment, make.make_slot("feature"), product)
    concept = Concept(code="grinder")
    store(ME, concept)
    for language, text, status in (
        ("en", "grinder", "preferred"),
        ("de", "Mahlwerk", "preferred"),
        ("de", "Kaffeemühle", "forbidden"),
    ):
        store(ME, Term(concept=concept, language=language, text=text, status=status))
    recheck_stale()
    found = dict(product.findings.values_list("check_code", "hint"))
    assert found == {"term": MissingTerm.hint, "forbidden": "Instead: Mahlwerk"}


def test_terms_go_out_and_come_in_as_csv() -> None:
    content = (
        "concept,language,term,status,channel,definition,note\n"
        "grinder,en,grinder,preferred,,What grinds,\n"
        "grinder,de,Mahlwerk,,,,\n"
        "grinder,de,Mühle,forbidden,,,'=1+1\n"
    )
    assert from_csv(ME, content.encode()) == 3
    (found,) = termbase("en", "de")
    assert (found.source.allowed, found.target.allowed, found.target.forbidden) == (
        ("grinder",),
        ("Mahlwerk",),
        ("Mühle",),
    )
    assert Term.objects.get(text="Mühle").note == "=1+1"
    assert from_csv(ME, as_csv().encode()) == 0
    assert "'=1+1" in as_csv()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no column “concept”"),
        (b"concept,language\n", "no column “term”"),
        (b"concept,language,term\na,xx,b\n", "Line 2: There is no language “xx”"),
        (b"concept,language,term\na b,de,b\n", "Line 2"),
        (b"concept,language,term,status\na,de,b,best\n", "Line 2"),
        (b"concept,language,term,channel\na,de,b,web\n", "Line 2: There is no channel"),
        (b"concept,language,term\na,de,\n", "Line 2"),
        (b"concept,language,term\na,de,\x00\n", "Line 2: character"),
        (b"\xff\xfe", "UTF-8"),
        (b'concept,language,term\n"a,de,b\n', "."),
    ],
)
def test_a_wrong_csv_names_the_line_and_writes_nothing(content: bytes, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        from_csv(ME, content)
    assert not Concept.objects.exists()
