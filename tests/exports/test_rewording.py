"""Documents of which only words are others are not assembled anew; in any doubt they are."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel, Family, ForbiddenTerm, Fragment, FragmentRevision, Product, Slot
from catalog.models.base import texts_of
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import set_facts
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve, approve_revision, retire, submit
from catalog.quality.rechecking import recheck
from catalog.verifying import registry
from exports.explaining.documents import explain
from exports.models import DocumentBody, DocumentVersion, Release, StagedEnd, Staging, Trace
from exports.policies import signing
from exports.policies.saving import save_policy
from exports.querysets import policy_of
from exports.releasing import drafting, rewording, staging, storing
from exports.releasing.committing import release
from exports.releasing.problems import report_of
from exports.releasing.restoring import let_go, roll_back
from exports.releasing.rewording import Rewording, Words
from tests import factories as make
from tests.exports.test_incremental import differing
from tests.factories import ACTOR, switch

pytestmark = pytest.mark.django_db
BOSS = Actor("boss", "admin")
Done = list[Words]


@pytest.fixture
def shop() -> Channel:
    """Three lamps in English, German, and Italian, which falls back to English, with a text on all of them."""
    shop = make.make_channel("shop", {"en": "", "de": "en", "it": "en"})
    weight = make.make_attribute("number", "weight")
    family = make.make_family("lamps", [weight])
    make.require(family, shop, "weight")
    for sku in ("A", "B", "C"):
        make.make_product(sku, family, {"weight": "1"})
    fragment = make.make_fragment("f", {"en": "<p>Bright.</p>", "de": "<p>Hell.</p>"}, approved=True)
    place(ACTOR, fragment, make.make_slot("description", rich=True), family)
    release(ACTOR, shop)
    return shop


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """What became of each rewording."""
    found: Done = []
    real = rewording.reword

    def watched(channel: Channel, wanted: Rewording) -> Words:
        words = real(channel, wanted)
        if wanted:
            found.append(words)
        return words

    monkeypatch.setattr(drafting, "reword", watched)
    return found


def say(code: str = "f", **body: str) -> Fragment:
    """Other words in the languages named, and the same in the others; with the meaning kept."""
    fragment = Fragment.objects.get(code=code)
    texts = texts_of(fragment, "body") | {language: f"<p>{text}</p>" for language, text in body.items()}
    write_fragment(ACTOR, fragment, title={}, body=texts, meaning_kept=True)
    approve(ACTOR, fragment)
    return fragment


def put(code: str, slot: str = "description", on: Any = None, position: int = 0, **body: str) -> Fragment:
    """Another fragment, on all lamps if nothing else is said."""
    fragment = make.make_fragment(code, {name: f"<p>{text}</p>" for name, text in body.items()}, approved=True)
    family = Family.objects.get(code="lamps")
    place(ACTOR, fragment, Slot.objects.get(code=slot), on or family, position)
    return fragment


def many(code: str) -> Slot:
    return make.make_slot(code, rich=True, multiple=True)


def texts(sku: str = "A", language: str = "en") -> list[str]:
    row = DocumentVersion.objects.select_related("body").get(valid_until=None, sku=sku, language=language)
    return [each["text"] for each in orjson.loads(bytes(row.body.content))["statements"]]


def counted(done: Done) -> tuple[int, int]:
    """How many documents were reworded, and how many products refused."""
    return sum(len(words.documents) for words in done), sum(len(words.refused) for words in done)


def nothing_differs(shop: Channel) -> None:
    assert differing() == {}
    assert release(ACTOR, shop, full=True).new is False


# --- It is done ------------------------------------------------------------------------------------------------------
def test_other_words_are_put_in_place_of_those_that_were_there(shop: Channel, done: Done) -> None:
    traces = Trace.objects.count()
    say(en="Very bright.", de="Sehr hell.")
    made = release(ACTOR, shop).release
    assert counted(done) == (9, 0)
    assert (made.number, made.added, made.changed, made.removed) == (2, 0, 9, 0)
    assert [texts(language=language) for language in ("en", "de", "it")] == [
        ["Very bright."],
        ["Sehr hell."],
        ["Very bright."],
    ]
    assert Trace.objects.count() == traces, "the same traces are told of the new documents"
    assert explain(shop, "it", "A").statements[0]["revision"] == 2
    nothing_differs(shop)


def test_only_documents_in_a_language_that_differs_are_new(shop: Channel, done: Done) -> None:
    say(de="Sehr hell.")
    made = release(ACTOR, shop).release
    assert (made.changed, counted(done)) == (3, (3, 0))
    assert [explain(shop, language, "A").statements[0]["revision"] for language in ("en", "de")] == [2, 2]
    nothing_differs(shop)


def test_a_language_that_is_approved_alone_is_reworded_alone(shop: Channel, done: Done) -> None:
    fragment = Fragment.objects.get(code="f")
    write_fragment(ACTOR, fragment, title={}, body={"de": "<p>Hell!</p>"}, meaning_kept=True)
    approve_revision(ACTOR, submit(ACTOR, fragment), ["de"])
    release(ACTOR, shop)
    assert counted(done) == (3, 0)
    assert [texts(language=language) for language in ("en", "de")] == [["Bright."], ["Hell!"]]
    assert [explain(shop, language, "A").statements[0]["revision"] for language in ("en", "de")] == [1, 2]
    nothing_differs(shop)


def test_what_was_approved_several_times_since_is_said_as_it_is_now(shop: Channel, done: Done) -> None:
    for turn in range(3):
        say(en=f"Bright {turn}.")
    release(ACTOR, shop)
    say(en="Bright.")
    release(ACTOR, shop)
    assert texts() == ["Bright."]
    assert counted(done) == (12, 0)
    assert explain(shop, "en", "A").statements[0]["revision"] == 5
    nothing_differs(shop)


def test_several_texts_in_slots_of_any_kind_are_reworded_together(shop: Channel, done: Done) -> None:
    place(ACTOR, Fragment.objects.get(code="f"), many("features"), Family.objects.get(code="lamps"), 2)
    place(ACTOR, Fragment.objects.get(code="f"), make.make_slot("teaser", rich=False), Family.objects.get(code="lamps"))
    put("g", "features", en="Light.", de="Leicht.", position=1)
    put("h", "features", en="Small.", position=3)
    release(ACTOR, shop)
    say(en="Bright & “clear” <b>now</b>.")
    say("g", en="Feather-light.", de="Federleicht.")
    release(ACTOR, shop)
    assert sorted(texts()) == sorted(
        ["Bright & “clear” now.", "Feather-light.", "Bright & “clear” now.", "Small.", "Bright & “clear” now."]
    )
    assert counted(done) == (9, 0)
    nothing_differs(shop)


def test_a_text_that_loses_elsewhere_is_told_by_its_new_revision(shop: Channel, done: Done) -> None:
    """On A it stands in a feature, and loses the description to another."""
    place(ACTOR, Fragment.objects.get(code="f"), many("features"), Family.objects.get(code="lamps"))
    put("own", on=Product.objects.get(sku="A"), en="Its own.", de="Sein eigenes.")
    release(ACTOR, shop)
    say(en="Brighter.")
    release(ACTOR, shop)
    assert counted(done) == (6, 0)
    (description,) = (row for row in explain(shop, "en", "A").statements if row["slot"] == "description")
    assert [row["revision"] for row in description["beaten"]] == [2]
    nothing_differs(shop)


def test_what_is_signed_may_be_reworded(shop: Channel, done: Done) -> None:
    policy = policy_of(shop)
    policy.mode = "signed"
    save_policy(ACTOR, policy)
    for turn in range(2):  # at first everything is looked at, as the policy is another
        say(en=f"Brighter {turn}.")
        row = signing.prepare(ACTOR, shop)
        assert (row.changed, counted(done)) == (6, (0, 0))
        assert signing.sign(BOSS, row).release.changed == 6
    assert counted(done) == (6, 0)


# --- It is refused ---------------------------------------------------------------------------------------------------
def with_reference() -> None:
    say(en="It weighs {{ fact:weight }}.")


def without_reference() -> None:
    """What was there named a fact."""
    say(en="It is light.")


def in_another_language() -> None:
    say(it="Luminoso.")


def outdated() -> None:
    fragment = Fragment.objects.get(code="f")
    write_fragment(ACTOR, fragment, title={}, body={"en": "<p>Very bright.</p>"})
    approve(ACTOR, fragment)


def embargoed() -> None:
    fragment = Fragment.objects.get(code="f")
    fragment.valid_from = timezone.localdate() + datetime.timedelta(days=1)
    write_fragment(ACTOR, fragment, title={}, body={"en": "<p>Soon.</p>"}, meaning_kept=True)
    approve(ACTOR, fragment)


def of_an_expired_claim() -> None:
    fragment = Fragment.objects.get(code="f")
    fragment.claim_valid_until = timezone.localdate() - datetime.timedelta(days=1)
    write_fragment(ACTOR, fragment, title={}, body={"en": "<p>The best.</p>"}, meaning_kept=True)
    approve(ACTOR, fragment)


def only_elsewhere() -> None:
    fragment = Fragment.objects.get(code="f")
    fragment.media = ["print"]
    write_fragment(ACTOR, fragment, title={}, body={"en": "<p>On paper.</p>"}, meaning_kept=True)
    approve(ACTOR, fragment)


def brought_back() -> None:
    say(en="Brighter.")
    retire(ACTOR, Fragment.objects.get(code="f"))
    say(en="Bright again.")


@pytest.mark.parametrize(
    "write",
    [
        with_reference,
        in_another_language,
        outdated,
        embargoed,
        of_an_expired_claim,
        only_elsewhere,
        brought_back,
    ],
)
def test_what_is_more_than_other_words_is_assembled(shop: Channel, done: Done, write: Callable[[], None]) -> None:
    write()
    release(ACTOR, shop)
    assert counted(done) == (0, 0)
    nothing_differs(shop)


def test_words_in_place_of_some_that_named_a_fact_are_assembled(shop: Channel, done: Done) -> None:
    with_reference()
    release(ACTOR, shop)
    without_reference()
    release(ACTOR, shop)
    assert counted(done) == (0, 0)
    say(en="It is very light.")
    release(ACTOR, shop)
    assert counted(done) == (6, 0)
    nothing_differs(shop)


def test_where_a_text_stands_in_another_is_assembled(shop: Channel, done: Done) -> None:
    product = make.make_product("D", make.make_family("plain"))
    put("outer", on=product, en="Note: {{ fragment:f }}")
    release(ACTOR, shop)
    say(en="Brighter.")
    release(ACTOR, shop)
    assert texts("D") == ["Note: Brighter."]
    assert counted(done) == (6, 0)
    nothing_differs(shop)


def test_a_product_that_has_the_text_itself_and_in_another_is_assembled(shop: Channel, done: Done) -> None:
    many("notes")
    put("outer", "notes", on=Product.objects.get(sku="B"), en="Note: {{ fragment:f }}")
    release(ACTOR, shop)
    say(en="Brighter.")
    release(ACTOR, shop)
    assert sorted(texts("B")) == ["Brighter.", "Note: Brighter."]
    assert counted(done) == (4, 0)
    nothing_differs(shop)


def test_a_product_where_the_text_only_loses_is_assembled(shop: Channel, done: Done) -> None:
    put("own", on=Product.objects.get(sku="A"), en="Its own.", de="Sein eigenes.")
    release(ACTOR, shop)
    say(en="Brighter.", de="Heller.")
    release(ACTOR, shop)
    assert counted(done) == (6, 0)
    assert [row["revision"] for row in explain(shop, "en", "A").statements[0]["beaten"]] == [2]
    nothing_differs(shop)


def test_a_product_where_the_text_loses_in_one_language_is_refused(shop: Channel, done: Done) -> None:
    put("own", on=Product.objects.get(sku="A"), de="Sein eigenes.")
    release(ACTOR, shop)
    say(en="Brighter.", de="Heller.")
    release(ACTOR, shop)
    assert counted(done) == (6, 1)
    nothing_differs(shop)


def test_a_product_that_something_else_happened_to_is_assembled(shop: Channel, done: Done) -> None:
    say(en="Brighter.")
    set_facts(ACTOR, Product.objects.get(sku="A"), {"weight": {"": "2"}})
    switch("B", "draft")
    release(ACTOR, shop)
    assert counted(done) == (2, 0)
    nothing_differs(shop)


def test_a_product_that_the_gate_keeps_is_refused(shop: Channel, done: Done) -> None:
    policy = policy_of(shop)
    policy.on_incomplete = "keep"
    save_policy(ACTOR, policy)
    set_facts(ACTOR, Product.objects.get(sku="A"), {"weight": {"": None}})
    release(ACTOR, shop)
    say(en="Brighter.")
    release(ACTOR, shop)
    assert counted(done) == (4, 1)
    assert (texts("A"), texts("B")) == (["Bright."], ["Brighter."])
    nothing_differs(shop)


def test_a_product_that_the_new_words_give_a_finding_is_judged_by_it(shop: Channel, done: Done) -> None:
    store(ACTOR, ForbiddenTerm(term="cheap"))
    policy = policy_of(shop)
    policy.quality, policy.on_quality, policy.max_shrink = "hint", "withhold", 100
    save_policy(ACTOR, policy)
    recheck(Product.objects.values_list("pk", flat=True))
    release(ACTOR, shop)
    say(en="Bright and cheap.")
    recheck(Product.objects.values_list("pk", flat=True))
    made = release(ACTOR, shop).release
    assert counted(done) == (0, 0)
    assert {row["effect"] for row in report_of(made)} == {"withheld"}
    nothing_differs(shop)


def test_texts_that_say_the_same_in_one_slot_are_not_mixed_up(shop: Channel, done: Done) -> None:
    many("features")
    put("one", "features", en="Light.", position=1)
    put("two", "features", en="Light.", position=2)
    release(ACTOR, shop)
    say("two", en="Heavy.")
    release(ACTOR, shop)
    assert counted(done) == (0, 3)
    assert texts()[-2:] == ["Light.", "Heavy."] or texts()[:2] == ["Light.", "Heavy."]
    nothing_differs(shop)


def test_bytes_that_are_not_what_the_revision_would_give_are_refused(shop: Channel, done: Done) -> None:
    """As of a document that was assembled by other rules of what markup is clean."""
    revision = FragmentRevision.objects.get(fragment__code="f")
    FragmentRevision.objects.filter(pk=revision.pk).update(content=revision.content | {"body": {"en": "<p>Else.</p>"}})
    say(en="Brighter.")
    release(ACTOR, shop)
    assert counted(done) == (0, 3)
    nothing_differs(shop)


def test_documents_with_too_many_numbers_of_their_own_get_a_trace_again(
    shop: Channel, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewording, "MOST", 1)
    say(en="Brighter.")
    release(ACTOR, shop)
    assert counted(done) == (0, 3)
    assert not DocumentVersion.objects.exclude(revisions={}).exists()
    nothing_differs(shop)


def test_what_changes_while_it_is_drafted_is_not_lost(
    shop: Channel, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is for print only from the moment on between looking for what was touched and reading it."""
    say(en="Brighter.")
    real = rewording.reword

    def meanwhile(channel: Channel, wanted: Rewording) -> Words:
        if wanted and not done:
            only_elsewhere()
        words = real(channel, wanted)
        done.append(words)
        return words

    monkeypatch.setattr(drafting, "reword", meanwhile)
    release(ACTOR, shop)
    assert counted(done) == (0, 3)
    assert texts() == []
    nothing_differs(shop)


# --- Staged ----------------------------------------------------------------------------------------------------------
class Killed(BaseException):
    """As a process that ends there."""


def test_many_are_reworded_in_batches_and_one_that_is_killed_goes_on(
    shop: Channel, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "SIZE", 1)
    monkeypatch.setattr(staging, "REWORDED", 1)
    say(en="Brighter.", de="Heller.")
    set_facts(ACTOR, Product.objects.get(sku="C"), {"weight": {"": "3"}})
    real = drafting.draft

    def killed(*args: Any) -> Any:
        if len(done) == 1:
            raise Killed
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr(staging, "draft", killed)
        with pytest.raises(Killed):
            release(ACTOR, shop)
    assert (texts(), Release.objects.count(), Staging.objects.get().round) == (["Bright."], 1, staging.WORDS)
    set_facts(ACTOR, Product.objects.get(sku="A"), {"weight": {"": "4"}})
    set_facts(ACTOR, Product.objects.get(sku="B"), {"weight": {"": "5"}})
    made = release(ACTOR, shop).release
    assert (made.number, made.changed, counted(done)) == (2, 9, (3, 1))
    assert not Staging.objects.exists()
    assert not StagedEnd.objects.exists()
    release(ACTOR, shop)
    nothing_differs(shop)
    assert [str(defect) for check in registry.CHECKS.values() for defect in check()] == []


# --- Afterwards ------------------------------------------------------------------------------------------------------
def test_traces_go_with_the_last_document_that_they_are_told_of(shop: Channel, done: Done) -> None:
    say(en="Brighter.")
    release(ACTOR, shop)
    old = DocumentVersion.objects.exclude(valid_until=None).values_list("pk", flat=True)
    storing.remove(list(old))
    assert explain(shop, "en", "A").statements[0]["revision"] == 2
    nothing_differs(shop)
    storing.remove(list(DocumentVersion.objects.values_list("pk", flat=True)))
    assert not Trace.objects.exists()


def test_an_old_state_that_was_reworded_is_put_back_whole(shop: Channel, done: Done) -> None:
    say(en="Brighter.")
    release(ACTOR, shop)
    remove(ACTOR, Product.objects.get(sku="C"))
    say(en="Brightest.")
    release(ACTOR, shop)
    roll_back(ACTOR, shop, 2)
    assert (texts("C"), explain(shop, "en", "C").statements[0]["revision"]) == (["Brighter."], 2)
    let_go(ACTOR, shop)
    release(ACTOR, shop)
    nothing_differs(shop)


def test_who_says_a_text_is_found_a_part_at_a_time_and_on_postgresql_without_a_join(
    shop: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the two are joined by one looked up for each of the other, before anybody has counted their rows."""
    monkeypatch.setattr(rewording, "AT_ONCE", 2)
    said = [Fragment.objects.get(code="f").pk, make.make_fragment("g", {"en": "<p>Dim.</p>"}, approved=True).pk]
    with CaptureQueriesContext(connection) as queries:
        assert rewording.carrying(shop, said) == set(Product.objects.values_list("pk", flat=True))
    joins = any(" JOIN " in query["sql"] for query in queries)
    assert joins is (connection.vendor == "sqlite")
    assert rewording.carrying(make.make_channel("other", ["en"]), said) == set()
    assert rewording.carrying(shop, said[1:]) == set()


def test_other_words_of_many_products_take_as_many_queries_as_of_few(shop: Channel, done: Done) -> None:
    def cost(text: str) -> int:
        say(en=text)
        with CaptureQueriesContext(connection) as queries:
            release(ACTOR, shop)
        return len(queries)

    cost("Warm.")
    few = cost("Bright!")
    family = Family.objects.get(code="lamps")
    for number in range(20):
        make.make_product(f"D-{number}", family, {"weight": "1"})
    release(ACTOR, shop)
    assert cost("Bright!!") == few


def test_bodies_that_another_release_made_just_now_are_no_obstacle(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(storing, "_known_bodies", lambda digests: set())
    storing.store_bodies({"a": b"one", "b": b"two"})
    storing.store_bodies({"b": b"two", "c": b"three"})
    assert {row.digest: bytes(row.content) for row in DocumentBody.objects.all()} == {
        "a": b"one",
        "b": b"two",
        "c": b"three",
    }
