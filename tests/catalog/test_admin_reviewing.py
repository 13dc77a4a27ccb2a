"""A fragment is reviewed on its page: submitted, approved by language, talked about, restored, compared."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from catalog.actors import Actor
from catalog.admin.review_panel import panel_of
from catalog.models import Comment, Fragment, Tag
from catalog.models.base import texts_of
from catalog.operations.commenting import comment, request_change
from catalog.operations.fragments import place, write_fragment
from catalog.operations.recording import store
from catalog.operations.reviewing import approve, approve_revision, retire, submit, withdraw
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries

pytestmark = ADMIN
BERT = Actor("bert", "admin")


@pytest.fixture
def page() -> Client:
    return browser()


def do(page: Client, fragment: Fragment, what: str, **sent: Any) -> Any:
    """Press a button of the review; what the page would send along is sent."""
    latest = fragment.revisions.order_by("-number").first()
    stored = Fragment.objects.get(pk=fragment.pk)
    data = {"do": what, "opened_at": stored.updated_at.isoformat(), "revision": latest.pk if latest else ""}
    return page.post(reverse("admin:catalog_fragment_review", args=[fragment.pk]), {**data, **sent}, follow=True)


def state(fragment: Fragment) -> str:
    return str(Fragment.objects.get(pk=fragment.pk).state)


def review_of(page: Client, fragment: Fragment) -> str:
    return " ".join(" ".join(section(page, fragment).itertext()).split())


def section(page: Client, fragment: Fragment) -> Any:
    return html.fromstring(page.get(address(fragment)).content.decode()).get_element_by_id("review")


def buttons(page: Client, fragment: Fragment) -> list[str]:
    return [str(value) for value in section(page, fragment).xpath(".//button/@value")]


def test_a_draft_is_submitted_and_approved_language_by_language(page: Client) -> None:
    fragment = make.make_fragment("hint", {"en": "One", "de": "Eins"})
    assert buttons(page, fragment) == ["submit"]
    assert "Revision 1 waits for approval." in messages_of(do(page, fragment, "submit"))
    assert "waits in English, Deutsch" in review_of(page, fragment)
    assert buttons(page, fragment)[:3] == ["approve_all", "approve", "withdraw"]
    do(page, fragment, "approve", language=["en"])
    assert "English approved revision 1 is out" in review_of(page, fragment)
    assert "Deutsch waiting nothing is out" in review_of(page, fragment)
    answer = do(page, fragment, "approve_all")
    assert "revision 1 is what channels get from their next release on" in messages_of(answer)
    assert (state(fragment), buttons(page, fragment)) == ("approved", ["comment", "request", "restore"])


def test_what_lags_behind_stands_beside_what_is_out(page: Client) -> None:
    fragment = make.make_fragment("hint", {"en": "The hot plate", "de": "Die heiße Platte"}, approved=True)
    write_fragment(BERT, fragment, title={}, body={"en": "The cold plate", "de": ""})
    submit(BERT, fragment)
    words = review_of(page, fragment)
    assert "English lags behind revision 1 is out" in words
    assert "Deutsch to be withdrawn revision 1 is out" in words
    shown = section(page, fragment)
    assert shown.xpath(".//del/text()")[-1:] == ["hot"]
    assert shown.xpath(".//ins/text()") == ["cold"]


def test_what_was_edited_since_it_was_submitted_is_said(page: Client) -> None:
    fragment = make.make_fragment("hint", "One")
    submit(BERT, fragment)
    write_fragment(BERT, fragment, title={}, body={"en": "Two"})
    words = review_of(page, fragment)
    assert "The working copy has been edited since." in words
    assert "Two" not in words


def test_where_it_applies_and_its_source_are_compared_too(page: Client) -> None:
    fragment = make.make_fragment("hint", "One", approved=True)
    fragment.source, fragment.media = "Report 7", ["print", "web"]
    write_fragment(BERT, fragment, title={}, body={})
    words = review_of(page, fragment)
    assert "Media – print, web" in words
    assert "Source – Report 7" in words
    assert "The same in both: English." in words


def test_what_an_operation_refuses_is_told_and_nothing_is_done(page: Client) -> None:
    fragment = make.make_fragment("hint")
    place(BERT, fragment, make.make_slot("legal", four_eyes=True), make.make_family())
    write_fragment(Actor("anna", "admin"), fragment, title={}, body={"en": "Mine"})
    submit(BERT, fragment)
    assert "demands four eyes: anna wrote on it" in messages_of(do(page, fragment, "approve_all"))
    assert "Choose at least one language." in messages_of(do(page, fragment, "approve"))
    assert state(fragment) == "review"


def test_what_was_not_looked_at_is_neither_submitted_nor_written_over(page: Client) -> None:
    fragment = make.make_fragment("hint", approved=True)
    for what in ("submit", "withdraw", "restore"):
        answer = do(page, fragment, what, opened_at="2020-01-01T00:00:00+00:00")
        assert "Somebody else changed “hint” while you had it open" in messages_of(answer)
    assert (fragment.revisions.count(), state(fragment)) == (1, "approved")


def test_an_old_revision_is_not_approved_from_a_page_that_was_open_too_long(page: Client) -> None:
    fragment = make.make_fragment("hint")
    first = submit(BERT, fragment)
    write_fragment(BERT, fragment, title={}, body={"en": "Two"})
    submit(BERT, fragment)
    assert "because there is revision 2" in messages_of(do(page, fragment, "approve_all", revision=first.pk))


def test_people_talk_about_a_revision_and_a_request_is_resolved(page: Client) -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    do(page, fragment, "comment", text="Nice & <b>short</b><script>alert(1)</script>")
    do(page, fragment, "request", text="Say “hot”.", of="en")
    content = page.get(address(fragment)).content.decode()
    assert "Nice &amp; &lt;b&gt;short&lt;/b&gt;&lt;script&gt;alert(1)" in content
    assert "1 open request for a change" in review_of(page, fragment)
    assert "anna asks for a change in English" in messages_of(do(page, fragment, "approve_all"))
    do(page, fragment, "resolve", comment=Comment.objects.get(change_request=True).pk)
    assert "resolved by anna" in review_of(page, fragment)
    do(page, fragment, "approve_all")
    assert state(fragment) == "approved"


@pytest.mark.parametrize("text", ["", "a\0b", "x" * 1_000_000], ids=["nothing", "NUL", "a megabyte"])
def test_a_hostile_comment_is_refused_in_words(page: Client, text: str) -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    answer = do(page, fragment, "comment", text=text)
    assert answer.status_code == 200
    assert Comment.objects.count() == 0
    assert any(said in messages_of(answer) for said in ("Say in a few words", "cannot be said here"))


def test_what_is_sent_back_is_a_draft_again(page: Client) -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    do(page, fragment, "reject", text="Not so.")
    assert state(fragment) == "draft"


def test_a_revision_is_taken_back_and_restored(page: Client) -> None:
    fragment = make.make_fragment("hint", "One")
    first = submit(BERT, fragment)
    do(page, fragment, "withdraw")
    assert "revision 1 was taken back by anna" in review_of(page, fragment)
    assert "submit" in buttons(page, fragment)
    write_fragment(BERT, fragment, title={}, body={"en": "Two"})
    submit(BERT, fragment)
    do(page, fragment, "restore", revision=first.pk)
    assert texts_of(Fragment.objects.get(), "body") == {"en": "<p>One</p>"}


def test_any_two_revisions_are_compared(page: Client) -> None:
    fragment = make.make_fragment("hint", "One plate")
    submit(BERT, fragment)
    write_fragment(BERT, fragment, title={}, body={"en": "Two plates"})
    approve(BERT, fragment)
    url = reverse("admin:catalog_fragment_compare", args=[fragment.pk])
    words = messages_of(page.get(url, {"old": "1", "new": "2"}))
    assert "One plate" in words
    assert "Two plates" in words
    assert "There is no difference." in messages_of(page.get(url, {"old": "out", "new": "now"}))
    for wrong in ("3", "x", "", "1e9", "-1"):
        assert page.get(url, {"old": wrong}).status_code == 404


def test_only_what_belongs_to_the_fragment_can_be_named(page: Client) -> None:
    fragment, other = make.make_fragment("hint"), make.make_fragment("other")
    submit(BERT, fragment)
    foreign = submit(BERT, other)
    said = comment(BERT, foreign, "Hm.")
    assert do(page, fragment, "approve_all", revision=foreign.pk).status_code == 404
    assert do(page, fragment, "resolve", comment=said.pk).status_code == 404
    for wrong in ("", "x", "9" * 30, "-1"):
        assert do(page, fragment, "restore", revision=wrong).status_code == 404


# --- Rights ----------------------------------------------------------------------------------------------------------
def test_approving_takes_a_right_of_its_own() -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    writer = browser("writer", "view_fragment", "change_fragment")
    assert "approve_all" not in buttons(writer, fragment)
    assert "Save and approve" not in writer.get(address(fragment)).content.decode()
    assert do(writer, fragment, "approve_all").status_code == 403
    act(writer, "approve_selected", fragment)
    data = filled(writer, address(fragment))
    writer.post(address(fragment), {**data, "catalog_fragment_save_and_approve": "1"})
    assert state(fragment) == "review"


def test_who_may_approve_need_not_be_able_to_write() -> None:
    fragment = make.make_fragment("hint")
    revision = submit(BERT, fragment)
    reviewer = browser("reviewer", "view_fragment", "approve_fragment")
    assert buttons(reviewer, fragment) == ["approve_all", "comment", "request", "reject"]
    for what in ("submit", "withdraw", "restore"):
        assert do(reviewer, fragment, what).status_code == 403
    do(reviewer, fragment, "approve_all")
    assert list(revision.approvals.values_list("by", flat=True)) == ["reviewer"]


def test_who_may_only_look_sees_the_review_and_does_nothing() -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    reader = browser("reader", "view_fragment")
    assert buttons(reader, fragment) == []
    for what in ("submit", "approve", "approve_all", "comment", "reject", "resolve", "restore", "withdraw", "x", ""):
        assert do(reader, fragment, what).status_code == 403
    stranger = browser("stranger", "view_product")
    assert do(stranger, fragment, "comment", text="Hm.").status_code == 403
    assert stranger.get(reverse("admin:catalog_fragment_compare", args=[fragment.pk])).status_code == 403


def test_a_review_is_asked_for_by_post_only(page: Client) -> None:
    fragment = make.make_fragment("hint")
    url = reverse("admin:catalog_fragment_review", args=[fragment.pk])
    assert page.get(url).status_code == 405
    assert page.post(url.replace(str(fragment.pk), "999999"), {"do": "submit"}).status_code in (302, 404)


# --- Lists -----------------------------------------------------------------------------------------------------------
def act(page: Client, action: str, *fragments: Fragment, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [str(fragment.pk) for fragment in fragments], **more}
    return page.post(address(Fragment, "changelist"), data, follow=True)


def codes(page: Client, **query: Any) -> list[str]:
    rows = page.get(address(Fragment, "changelist"), query).context["cl"].result_list
    return [row.code for row in rows]


def test_the_list_says_what_is_in_review_and_what_is_out_meanwhile(page: Client) -> None:
    fragment = make.make_fragment("hint", approved=True)
    write_fragment(BERT, fragment, title={}, body={"en": "Two"})
    submit(BERT, fragment)
    make.make_fragment("other")
    assert codes(page, state__exact="review") == ["hint"]
    assert "In review out" in messages_of(page.get(address(Fragment, "changelist"), {"state__exact": "review"}))


def test_approving_many_keeps_to_four_eyes(page: Client) -> None:
    mine, theirs = (make.make_fragment(code) for code in ("mine", "theirs"))
    slot, family = make.make_slot("legal", four_eyes=True), make.make_family()
    for fragment in (mine, theirs):
        place(BERT, fragment, slot, family)
    write_fragment(Actor("anna", "admin"), mine, title={}, body={"en": "Mine"})
    answer = messages_of(act(page, "approve_selected", mine, theirs))
    assert "mine: “legal” demands four eyes: anna wrote on it" in answer
    assert "Approved: 1." in answer
    assert (state(mine), state(theirs), mine.revisions.count()) == ("draft", "approved", 0)
    act(page, "submit_selected", mine)
    assert state(mine) == "review"


def test_saving_and_submitting_at_once(page: Client) -> None:
    fragment = make.make_fragment("hint")
    data = filled(page, address(fragment))
    page.post(address(fragment), {**data, "body_en": "<p>Now</p>", "catalog_fragment_save_and_submit": "1"})
    revision = fragment.revisions.get()
    assert (revision.content["body"], revision.out) == ({"en": "<p>Now</p>"}, None)
    assert revision.authors == ["factory", "anna"]


def test_a_tag_finds_what_stands_below_it(page: Client) -> None:
    hazard = make.make_tag(code="hazard")
    heat = Tag(facet="topic", code="heat", parent=hazard)
    store(BERT, heat)
    fragment = make.make_fragment("hint")
    fragment.tags.set([heat])
    make.make_fragment("other")
    assert codes(page, tag=hazard.pk) == codes(page, tag=heat.pk) == ["hint"]
    for wrong in ("x", "9" * 40):
        assert codes(page, tag=wrong) == ["hint", "other"]
    assert "topic: hazard – heat" in messages_of(page.get(address(Fragment, "changelist")))


def test_claims_that_are_over_or_soon_will_be_are_found(page: Client) -> None:
    today = datetime.date.today()
    for code, days in (("over", -2), ("soon", 20), ("later", 60)):
        make.make_fragment(code, approved=True, claim_valid_until=today + datetime.timedelta(days=days))
    make.make_fragment("draft", claim_valid_until=today - datetime.timedelta(days=2))
    assert codes(page, claim="expired") == ["over"]
    assert codes(page, claim="soon") == ["soon"]


def test_tags_are_given_to_many_and_taken_from_them(page: Client) -> None:
    heat, steam = make.make_tag(code="heat"), make.make_tag(code="steam")
    one, two = make.make_fragment("one"), make.make_fragment("two")
    one.tags.set([heat])
    assert "2 fragments: one, two" in messages_of(act(page, "tag_selected", one, two))
    assert "Choose at least one tag." in messages_of(act(page, "tag_selected", one, two, apply="1"))
    both = act(page, "tag_selected", one, two, apply="1", add=[heat.pk], remove=[heat.pk])
    assert "cannot be given and taken away at once" in messages_of(both)
    answer = act(page, "tag_selected", one, two, apply="1", add=[steam.pk], remove=[heat.pk])
    assert "Other tags than before: 2." in messages_of(answer)
    assert [tag.code for fragment in (one, two) for tag in fragment.tags.all()] == ["steam", "steam"]


def test_who_may_only_look_tags_nothing() -> None:
    fragment, tag = make.make_fragment("one"), make.make_tag()
    act(browser("reader", "view_fragment"), "tag_selected", fragment, apply="1", add=[tag.pk])
    assert fragment.tags.count() == 0


def test_what_a_slot_demands_is_set_in_its_form(page: Client) -> None:
    slot = make.make_slot("warning")
    data = filled(page, address(slot))
    page.post(address(slot), {**data, "required_facets": "topic, hazard", "four_eyes": "on", "max_length": "300"})
    slot.refresh_from_db()
    assert (slot.required_facets, slot.four_eyes, slot.max_length) == (["topic", "hazard"], True, 300)
    answer = page.post(address(slot), {**data, "required_facets": "no code!"})
    assert "“code!” cannot be used here" in messages_of(answer)


def test_what_its_slots_demand_is_said_in_the_form_of_a_fragment(page: Client) -> None:
    fragment, family = make.make_fragment("hint"), make.make_family()
    demanding: dict[str, dict[str, Any]] = {
        "a": {"required_facets": ["topic"]},
        "b": {"max_length": 30},
        "c": {"four_eyes": True},
    }
    for code, rules in demanding.items():
        place(BERT, fragment, make.make_slot(code, **rules), family)
    words = messages_of(page.get(address(fragment)))
    assert "“a” wants a tag of: topic. “b” takes 30 characters." in words
    assert "For “c” somebody approves it who did not write on it." in words


# --- Cost ------------------------------------------------------------------------------------------------------------
def test_a_long_life_takes_as_many_queries_as_a_short_one() -> None:
    fragment = make.make_fragment("hint")
    submit(BERT, fragment)
    few = queries(lambda: panel_of(Fragment.objects.get(), {}))
    for number in range(40):
        write_fragment(BERT, fragment, title={}, body={"en": f"Text {number}"})
        comment(BERT, submit(BERT, fragment), "Hm.")
    panel = panel_of(Fragment.objects.get(), {})
    assert (len(panel.revisions), panel.more) == (30, 11)
    assert queries(lambda: panel_of(Fragment.objects.get(), {})) <= few + 2


def test_every_state_of_a_life_has_a_page(page: Client) -> None:
    fragment = make.make_fragment("hint", {"en": "One", "de": "Eins"})
    revision = submit(BERT, fragment)
    request_change(BERT, revision, "de", "Hm.")
    approve_revision(BERT, revision, ["en"])
    assert "Deutsch waiting nothing is out; a change is wanted" in review_of(page, fragment)
    withdraw(BERT, fragment)
    assert "Deutsch draft" in review_of(page, fragment)
    retire(BERT, fragment)
    assert "Retired" in messages_of(page.get(address(fragment)))
    assert page.get(address(Fragment, "add")).status_code == 200
