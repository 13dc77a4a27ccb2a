"""Fragments are submitted, approved by language, sent back and taken back; what is out changes by approval alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Change, Comment, Fragment, FragmentRevision, RevisionApproval
from catalog.models.base import texts_of
from catalog.operations.commenting import comment, reject, request_change, resolve
from catalog.operations.fragments import place, seen, write_fragment
from catalog.operations.reviewing import approve, approve_revision, open_requests, retire, submit, withdraw
from catalog.verifying import CHECKS
from tests.factories import make_channel, make_family, make_fragment, make_product, make_slot, make_tag
from tests.threads import at_once, shared_database

ANNA, BERT, CARLA = (Actor(name=name, path="admin") for name in ("anna", "bert", "carla"))

pytestmark = pytest.mark.django_db


def draft(code: str = "f", **body: str) -> Fragment:
    return write_fragment(ANNA, Fragment(code=code), title={}, body=body or {"en": "One."})


def write(actor: Actor, fragment: Fragment, **body: str) -> Fragment:
    return write_fragment(actor, fragment, title={}, body=body)


def out(fragment: Fragment) -> dict[str, Any] | None:
    """The texts that channels get, with the revisions they are of."""
    row = querysets.current_revisions().filter(fragment=fragment).first()
    if row is None or row.out is None:
        return None
    bodies = {language: re.sub("</?p>", "", body) for language, body in row.out["body"].items()}
    return {language: (bodies[language], row.out["revisions"][language]) for language in bodies}


def state(fragment: Fragment) -> str:
    return str(Fragment.objects.get(pk=fragment.pk).state)


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        act()
    return list(caught.value.messages)


def operations(fragment: Fragment) -> list[tuple[str, str]]:
    rows = Change.objects.filter(kind="fragment", key=fragment.code).order_by("id")
    return list(rows.values_list("operation", "actor"))


@pytest.fixture(autouse=True)
def nothing_is_amiss(request: pytest.FixtureRequest) -> Any:
    """After each test the revisions add up."""
    yield
    if not request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        assert list(CHECKS["revisions"]()) == []


# --- Submitting ------------------------------------------------------------------------------------------------------
def test_what_is_submitted_is_frozen_with_who_wrote_it_and_nothing_is_out() -> None:
    fragment = draft(en="One.")
    write(BERT, fragment, de="Eins.")
    revision = submit(CARLA, fragment)
    assert (revision.number, revision.authors, revision.submitted_by) == (1, ["anna", "bert"], "carla")
    assert revision.content["body"] == {"en": "<p>One.</p>", "de": "<p>Eins.</p>"}
    assert (state(fragment), out(fragment), revision.out) == ("review", None, None)
    assert Fragment.objects.get().authors == []
    assert operations(fragment)[-1] == ("submit", "carla")


def test_submitting_what_has_not_changed_gives_the_same_revision() -> None:
    fragment = draft()
    assert submit(ANNA, fragment) == submit(BERT, fragment)
    assert fragment.revisions.count() == 1


def test_submitting_what_is_approved_as_it_stands_leaves_it_approved() -> None:
    fragment = draft()
    first = approve(BERT, fragment)
    assert submit(ANNA, fragment) == first
    assert state(fragment) == "approved"


def test_a_fragment_without_text_cannot_be_submitted() -> None:
    fragment = draft(en=" ")
    assert refused(lambda: submit(ANNA, fragment)) == [
        "A fragment without text cannot be approved. Write it in at least one language."
    ]
    assert fragment.revisions.count() == 0


def test_an_edit_in_review_makes_a_draft_and_leaves_what_was_submitted_to_be_approved() -> None:
    fragment = draft(en="One.")
    revision = submit(ANNA, fragment)
    write(ANNA, fragment, en="Two.")
    assert state(fragment) == "draft"
    approve_revision(BERT, revision)
    assert out(fragment) == {"en": ("One.", 1)}
    assert (state(fragment), texts_of(Fragment.objects.get(), "body")) == ("draft", {"en": "<p>Two.</p>"})


def test_saving_without_a_change_keeps_it_in_review_and_makes_nobody_an_author() -> None:
    fragment = draft(en="One.")
    submit(ANNA, fragment)
    write(BERT, fragment, en="<p>One.</p>")
    assert (state(fragment), Fragment.objects.get().authors) == ("review", [])


def test_a_channel_it_applies_to_is_a_change_and_a_tag_is_none() -> None:
    fragment, tag, channel = draft(), make_tag(), make_channel()
    submit(ANNA, fragment)
    write_fragment(BERT, fragment, title={}, body={}, links={"tags": [tag]})
    assert (state(fragment), Fragment.objects.get().authors) == ("review", [])
    write_fragment(BERT, fragment, title={}, body={}, links={"channels": [channel]})
    assert (state(fragment), Fragment.objects.get().authors) == ("draft", ["bert"])


# --- Approving -------------------------------------------------------------------------------------------------------
def test_a_language_is_approved_alone_and_the_others_wait() -> None:
    fragment = draft(en="One.", de="Eins.")
    revision = submit(ANNA, fragment)
    approve_revision(BERT, revision, ["en"])
    assert (out(fragment), state(fragment)) == ({"en": ("One.", 1)}, "review")
    approve_revision(CARLA, revision, ["de"])
    assert (out(fragment), state(fragment)) == ({"de": ("Eins.", 1), "en": ("One.", 1)}, "approved")
    assert list(RevisionApproval.objects.values_list("language", "by")) == [("de", "carla"), ("en", "bert")]


def test_a_language_that_lags_behind_stays_out_as_it_was() -> None:
    fragment = draft(en="One.", de="Eins.")
    approve(BERT, fragment)
    write(ANNA, fragment, en="Two.", de="Zwei.")
    second = submit(ANNA, fragment)
    approve_revision(BERT, second, ["en"])
    assert out(fragment) == {"de": ("Eins.", 1), "en": ("Two.", 2)}
    assert state(fragment) == "review"


def test_what_is_approved_in_all_that_changed_is_approved() -> None:
    fragment = draft(en="One.", de="Eins.")
    approve(BERT, fragment)
    write(ANNA, fragment, en="Two.")
    approve_revision(BERT, submit(ANNA, fragment), ["en"])
    assert (out(fragment), state(fragment)) == ({"de": ("Eins.", 1), "en": ("Two.", 2)}, "approved")


def test_a_language_whose_text_was_removed_is_out_until_that_is_approved() -> None:
    fragment = draft(en="One.", de="Eins.")
    approve(BERT, fragment)
    write(ANNA, fragment, de="")
    second = submit(ANNA, fragment)
    approve_revision(BERT, second, ["en"])
    assert (out(fragment), state(fragment)) == ({"de": ("Eins.", 1), "en": ("One.", 2)}, "review")
    approve_revision(BERT, second, ["de"])
    assert (out(fragment), state(fragment)) == ({"en": ("One.", 2)}, "approved")


def test_where_it_applies_and_its_source_are_those_of_the_revision_approved_last() -> None:
    fragment = draft(en="One.", de="Eins.")
    approve(BERT, fragment)
    fragment.source, fragment.media = "Lab report 7", ["print"]
    write(ANNA, fragment, en="Two.")
    approve_revision(BERT, submit(ANNA, fragment), ["en"])
    current = querysets.current_revisions().get().out or {}
    assert (current["source"]["text"], current["applies"]["media"]) == ("Lab report 7", ["print"])


def test_titles_go_out_with_their_language() -> None:
    fragment = write_fragment(
        ANNA, Fragment(code="f"), title={"en": "A", "de": "B"}, body={"en": "One.", "de": "Eins."}
    )
    approve(BERT, fragment)
    write_fragment(ANNA, fragment, title={"en": "C", "de": "D", "it": "E"}, body={})
    approve_revision(BERT, submit(ANNA, fragment), ["en"])
    assert (querysets.current_revisions().get().out or {})["title"] == {"en": "C", "de": "B", "it": "E"}


def test_an_older_revision_is_not_approved_any_more() -> None:
    fragment = draft(en="One.")
    first = submit(ANNA, fragment)
    write(ANNA, fragment, en="Two.")
    submit(ANNA, fragment)
    assert refused(lambda: approve_revision(BERT, first)) == [
        "f revision 1 cannot be approved, because there is revision 2. Approve that one."
    ]
    assert out(fragment) is None


@pytest.mark.parametrize(
    ("languages", "why"),
    [
        (["it"], "There is no text in “it” that could be approved."),
        (["en", "xx"], "There is no text in “xx” that could be approved."),
        ([], "Choose at least one language."),
    ],
)
def test_only_languages_with_a_text_are_approved(languages: Collection[str], why: str) -> None:
    fragment = draft(en="One.")
    revision = submit(ANNA, fragment)
    assert refused(lambda: approve_revision(BERT, revision, languages)) == [why]
    assert (out(fragment), RevisionApproval.objects.count()) == (None, 0)


def test_approving_again_changes_nothing() -> None:
    fragment = draft()
    revision = approve(BERT, fragment)
    before = Fragment.objects.get().updated_at
    assert approve(CARLA, fragment) == approve_revision(CARLA, revision) == revision
    assert list(RevisionApproval.objects.values_list("by", flat=True)) == ["bert"]
    assert Fragment.objects.get().updated_at == before


# --- What slots demand -----------------------------------------------------------------------------------------------
def in_slot(fragment: Fragment, code: str = "legal", **rules: Any) -> Any:
    slot = make_slot(code, **rules)
    place(ANNA, fragment, slot, make_family())
    return slot


def test_who_wrote_on_it_does_not_approve_it_where_a_slot_demands_four_eyes() -> None:
    fragment = draft()
    in_slot(fragment, four_eyes=True)
    why = ["“legal” demands four eyes: anna wrote on it, so somebody else has to approve it."]
    assert refused(lambda: approve(ANNA, fragment)) == why
    assert (fragment.revisions.count(), state(fragment)) == (0, "draft")
    revision = submit(ANNA, fragment)
    assert refused(lambda: approve_revision(ANNA, revision, ["en"])) == why
    approve_revision(BERT, revision)
    assert state(fragment) == "approved"


def test_what_its_author_approved_comes_before_four_eyes_by_somebody_else() -> None:
    fragment, slot, family = draft(), make_slot("legal", four_eyes=True), make_family()
    approve(ANNA, fragment)
    assert refused(lambda: place(ANNA, fragment, slot, family))[0].startswith("“legal” demands four eyes: anna wrote")
    place(ANNA, fragment, make_slot("other"), family)
    place(BERT, fragment, slot, family)
    assert fragment.placements.count() == 2


def test_somebody_else_submits_and_approves_at_once() -> None:
    fragment = draft()
    in_slot(fragment, four_eyes=True)
    assert approve(BERT, fragment).authors == ["anna"]


def test_a_text_that_nobody_approved_keeps_its_author_in_the_next_revision() -> None:
    fragment = draft(en="One.")
    in_slot(fragment, four_eyes=True)
    submit(ANNA, fragment)
    write(BERT, fragment, de="Eins.")
    second = submit(BERT, fragment)
    assert second.authors == ["bert"]
    assert "anna wrote on it" in refused(lambda: approve_revision(ANNA, second))[0]
    approve_revision(CARLA, second)
    write(BERT, fragment, de="Zwei.")
    assert approve_revision(ANNA, submit(BERT, fragment)).out is not None


def test_an_excluded_placement_demands_nothing() -> None:
    fragment = draft()
    slot = in_slot(fragment, four_eyes=True)
    fragment.placements.filter(slot=slot).update(excluded=True)
    assert approve(ANNA, fragment).number == 1


def test_a_missing_facet_is_named_with_the_slot() -> None:
    fragment = draft()
    in_slot(fragment, "warning", required_facets=["hazard", "Topic"])
    write_fragment(ANNA, fragment, title={}, body={}, links={"tags": [make_tag("topic")]})
    assert refused(lambda: approve(BERT, fragment)) == ["To stand in “warning” it needs a tag of: hazard."]
    write_fragment(ANNA, fragment, title={}, body={}, links={"tags": [make_tag("topic"), make_tag("hazard")]})
    assert approve(BERT, fragment).number == 1


def test_a_text_longer_than_the_slot_takes_is_saved_and_not_approved() -> None:
    fragment = draft(en="<p>1234567 <b>9</b></p>", de="<p>Kurz &amp; x</p>")
    in_slot(fragment, "teaser", max_length=8)
    revision = submit(ANNA, fragment)
    why = ["English: the text has 9 characters, “teaser” takes at most 8. Shorten it."]
    assert refused(lambda: approve_revision(BERT, revision)) == why
    approve_revision(BERT, revision, ["de"])
    assert out(fragment) == {"de": ("Kurz &amp; x", 1)}


def test_all_that_stands_against_it_is_told_at_once() -> None:
    fragment = draft(en="Too long")
    in_slot(fragment, "a", four_eyes=True, max_length=3)
    in_slot(fragment, "b", required_facets=["topic"])
    request_change(BERT, submit(ANNA, fragment), "", "No.")
    assert len(refused(lambda: approve(ANNA, fragment))) == 4


def test_facets_of_a_slot_are_codes() -> None:
    for wrong in ("topic", [1], ["not a code"], {"a": 1}):
        with pytest.raises(ValidationError, match="list of facets"):
            make_slot(required_facets=wrong)


# --- Comments --------------------------------------------------------------------------------------------------------
def test_an_open_change_request_keeps_its_language_back() -> None:
    fragment = draft(en="One.", de="Eins.")
    revision = submit(ANNA, fragment)
    said = request_change(BERT, revision, "de", "Say it in one word.")
    assert refused(lambda: approve_revision(CARLA, revision)) == [
        "bert asks for a change in Deutsch: “Say it in one word.”. Resolve that first."
    ]
    approve_revision(CARLA, revision, ["en"])
    resolve(ANNA, said)
    approve_revision(CARLA, revision, ["de"])
    said.refresh_from_db()
    assert (said.resolved_by, said.resolved_at is not None, state(fragment)) == ("anna", True, "approved")


def test_a_change_request_of_all_languages_keeps_all_back() -> None:
    fragment = draft(en="One.", de="Eins.")
    revision = submit(ANNA, fragment)
    request_change(BERT, revision, "", "Wrong machine.")
    assert "Wrong machine" in refused(lambda: approve_revision(CARLA, revision, ["de"]))[0]


def test_a_comment_keeps_nothing_back() -> None:
    fragment = draft()
    revision = submit(ANNA, fragment)
    comment(BERT, revision, "Nice.", "en")
    assert approve_revision(CARLA, revision).out is not None


def test_what_is_rejected_goes_back_to_who_wrote_it() -> None:
    fragment = draft()
    revision = submit(ANNA, fragment)
    reject(BERT, revision, "This is not so.")
    assert state(fragment) == "draft"
    assert "This is not so." in refused(lambda: approve(CARLA, fragment))[0]
    write(ANNA, fragment, en="Two.")
    approve(CARLA, fragment)
    assert out(fragment) == {"en": ("Two.", 2)}


def test_rejecting_an_old_revision_leaves_the_new_one_in_review() -> None:
    fragment = draft()
    first = submit(ANNA, fragment)
    write(ANNA, fragment, en="Two.")
    submit(ANNA, fragment)
    reject(BERT, first, "Old.")
    assert state(fragment) == "review"


def test_what_is_resolved_stays_resolved_by_who_did_it_first() -> None:
    said = request_change(BERT, submit(ANNA, draft()), "", "Please.")
    resolve(ANNA, said)
    assert resolve(CARLA, said).resolved_by == "anna"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Say in a few words what it is about."),
        (" \n\t ", "Say in a few words what it is about."),
        ("a\0b", "This cannot be said here: character U+0000 at position 2 cannot be stored."),
        ("a\ud800", "This cannot be said here: character U+D800 at position 2 cannot be stored."),
        (
            "x" * 1_000_000,
            "This cannot be said here: 1000000 characters are too many; at most 10000 are allowed.",
        ),
    ],
    ids=["nothing", "white space", "NUL", "surrogate", "a megabyte"],
)
def test_a_comment_that_cannot_be_stored_is_refused(text: str, why: str) -> None:
    revision = submit(ANNA, draft())
    assert refused(lambda: comment(BERT, revision, text)) == [why]
    assert Comment.objects.count() == 0


def test_markup_in_a_comment_is_text() -> None:
    said = comment(BERT, submit(ANNA, draft()), "<script>alert(1)</script> & more")
    assert said.text == "<script>alert(1)</script> & more"


def test_a_comment_is_of_a_language_there_is() -> None:
    revision = submit(ANNA, draft())
    assert refused(lambda: request_change(BERT, revision, "xx", "Hm.")) == ["There is no language “xx” here."]


# --- Taking back, retiring -------------------------------------------------------------------------------------------
def test_what_was_taken_back_is_not_approved_until_it_is_submitted_again() -> None:
    fragment = draft()
    revision = submit(ANNA, fragment)
    withdraw(ANNA, fragment)
    assert state(fragment) == "draft"
    assert refused(lambda: approve_revision(BERT, revision)) == [
        "f revision 1 was taken back by anna. Submit it again."
    ]
    assert submit(ANNA, fragment) == revision
    approve_revision(BERT, revision)
    assert state(fragment) == "approved"


def test_what_is_approved_already_stays_out_when_the_rest_is_taken_back() -> None:
    fragment = draft(en="One.", de="Eins.")
    revision = submit(ANNA, fragment)
    approve_revision(BERT, revision, ["en"])
    withdraw(ANNA, fragment)
    assert (out(fragment), state(fragment)) == ({"en": ("One.", 1)}, "draft")


def test_only_what_waits_is_taken_back() -> None:
    fragment = draft()
    assert refused(lambda: withdraw(ANNA, fragment)) == ["Nothing of “f” waits for approval."]
    approve(BERT, fragment)
    assert refused(lambda: withdraw(ANNA, fragment)) == ["Nothing of “f” waits for approval."]


def test_submitting_or_taking_back_does_not_bring_a_retired_fragment_out() -> None:
    fragment = draft()
    approve(BERT, fragment)
    retire(BERT, fragment)
    write(ANNA, fragment, en="Two.")
    revision = submit(ANNA, fragment)
    assert (state(fragment), out(fragment)) == ("retired", None)
    withdraw(ANNA, fragment)
    assert (state(fragment), out(fragment)) == ("retired", None)
    submit(ANNA, fragment)
    approve_revision(BERT, revision)
    assert (state(fragment), out(fragment)) == ("approved", {"en": ("Two.", 2)})


# --- At the same time ------------------------------------------------------------------------------------------------
def test_two_who_write_in_different_languages_do_not_undo_each_other() -> None:
    fragment = draft(en="One.")
    one, other = Fragment.objects.get(), Fragment.objects.get()
    one.source = "Manual"
    write_fragment(BERT, one, title={}, body={"de": "Eins."}, expected=seen(fragment))
    write_fragment(CARLA, other, title={"it": "Uno"}, body={"it": "Uno."}, expected=seen(fragment))
    stored = Fragment.objects.get()
    assert texts_of(stored, "body") == {"en": "<p>One.</p>", "de": "<p>Eins.</p>", "it": "<p>Uno.</p>"}
    assert (stored.source, other.source, stored.authors) == ("Manual", "Manual", ["anna", "bert", "carla"])


def test_a_text_somebody_else_changed_meanwhile_is_not_written_over() -> None:
    fragment = draft(en="One.")
    before = seen(Fragment.objects.get())
    write(BERT, Fragment.objects.get(), de="Eins.")
    with pytest.raises(ValidationError) as caught:
        write_fragment(CARLA, fragment, title={}, body={"de": "Zwei.", "it": "Uno."}, expected=before)
    assert caught.value.message_dict == {
        "body_de": ["Deutsch of “f” was saved meanwhile by bert, so nothing was written. Look at it as it is now."]
    }
    assert texts_of(Fragment.objects.get(), "body") == {"en": "<p>One.</p>", "de": "<p>Eins.</p>"}


def test_the_default_language_keeps_its_own_column_in_step() -> None:
    fragment = draft(en="One.")
    write(ANNA, fragment, en="Two.")
    assert list(Fragment.objects.rewrite(False).values_list("body", "body_en")) == [("<p>Two.</p>", "<p>Two.</p>")]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_each_finds_what_the_other_did(tmp_path: Path) -> None:
    fragment = draft(en="One.", de="Eins.", it="Uno.")
    revision = submit(ANNA, fragment)
    before = seen(Fragment.objects.get(pk=fragment.pk))
    done: list[object] = []

    def translate(language: str, text: str) -> Callable[[], object]:
        return lambda: write_fragment(
            BERT, Fragment.objects.get(pk=fragment.pk), title={}, body={language: text}, expected=before
        )

    def let_out(language: str) -> Callable[[], object]:
        return lambda: approve_revision(BERT, FragmentRevision.objects.get(pk=revision.pk), [language])

    def looked() -> None:
        done.append((out(fragment), texts_of(Fragment.objects.get(pk=fragment.pk), "body")))
        done.extend(CHECKS["revisions"]())

    with shared_database(tmp_path):
        at_once(let_out("en"), let_out("de"), let_out("en"), translate("fr", "Un."), translate("es", "Uno."))
        at_once(looked)
    bodies = {"en": "One.", "de": "Eins.", "it": "Uno.", "fr": "Un.", "es": "Uno."}
    assert done == [
        ({"de": ("Eins.", 1), "en": ("One.", 1)}, {name: f"<p>{text}</p>" for name, text in bodies.items()})
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_language_one_is_refused(tmp_path: Path) -> None:
    fragment = draft(en="One.")
    before = seen(fragment)
    refusals: list[str] = []

    def translate(actor: Actor, text: str) -> Callable[[], object]:
        def job() -> None:
            try:
                row = Fragment.objects.get(pk=fragment.pk)
                write_fragment(actor, row, title={}, body={"de": text}, expected=before)
            except ValidationError as error:
                refusals.extend(error.messages)

        return job

    with shared_database(tmp_path):
        at_once(translate(BERT, "Eins."), translate(CARLA, "Zwei."))
    assert len(refusals) == 1
    assert re.search("saved meanwhile by (bert|carla),", refusals[0])


@pytest.mark.django_db(transaction=True)
def test_a_revision_is_not_approved_beside_the_next_one_being_submitted(tmp_path: Path) -> None:
    fragment = draft(en="One.")
    revision = submit(ANNA, fragment)
    write(ANNA, fragment, en="Two.")
    found: list[object] = []

    def let_out() -> None:
        try:
            approve_revision(BERT, FragmentRevision.objects.get(pk=revision.pk))
        except ValidationError as error:
            found.append(error.messages)

    with shared_database(tmp_path):
        at_once(let_out, lambda: submit(ANNA, Fragment.objects.get(pk=fragment.pk)))
        at_once(lambda: found.extend(CHECKS["revisions"]()))
    assert found in ([], [["f revision 1 cannot be approved, because there is revision 2. Approve that one."]])


def test_a_draft_placed_on_a_product_is_known_once_it_is_approved() -> None:
    fragment = draft()
    product = make_product()
    place(ANNA, fragment, make_slot("s"), product)
    revision = submit(ANNA, fragment)
    approve_revision(BERT, revision)
    assert list(querysets.approved_placements().values_list("product", flat=True)) == [product.pk]
    assert make_fragment("other").state == "draft"


def test_a_change_request_keeps_later_revisions_back_until_it_is_resolved_or_that_language_was_approved_since() -> None:
    fragment = draft(en="<p>Hot.</p>", de="<p>Heiß.</p>")
    asked = request_change(BERT, submit(ANNA, fragment), "de", "Say how hot.")
    write_fragment(ANNA, fragment, title={}, body={"en": "<p>Very hot.</p>"})
    later = submit(ANNA, fragment)
    assert later.number == 2
    approve_revision(BERT, later, ["en"])
    assert [said.pk for said in open_requests(later)] == [asked.pk]
    with pytest.raises(ValidationError, match="Say how hot"):
        approve_revision(BERT, later, ["de"])
    Comment.objects.filter(pk=asked.pk).update(change_request=False)
    approve_revision(BERT, later, ["de"])
    Comment.objects.filter(pk=asked.pk).update(change_request=True)  # approved before requests stayed open
    assert list(open_requests(later)) == []
    said = request_change(BERT, fragment.revisions.get(number=2), "", "Say it of steam, too.")
    write_fragment(ANNA, fragment, title={}, body={"en": "<p>Hot, and steamy.</p>"})
    with pytest.raises(ValidationError, match="Say it of steam"):
        approve(BERT, fragment)
    resolve(BERT, said)
    approve(BERT, fragment)
