"""Fragments are written, approved and retired in the admin; what is approved stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.admin.fragment_form import EXTENSIONS
from catalog.models import Change, Fragment, Placement
from catalog.models.base import texts_of
from catalog.operations.fragments import place, write_fragment
from catalog.richtext import ATTRIBUTES, TAGS
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


def save(page: Client, fragment: Fragment, button: str = "_continue", **typed: Any) -> Any:
    return page.post(address(fragment), {**filled(page, address(fragment)), **typed, button: "1"})


def test_texts_are_written_by_language_and_cleaned(page: Client) -> None:
    fragment = make.make_fragment("hint", body={"en": "One"})
    typed = {"title_de": "Hinweis", "body_de": '<p onclick="x()">Zwei<script>x</script></p>'}
    assert save(page, fragment, **typed).status_code == 302
    after = Fragment.objects.get()
    assert texts_of(after, "title") == {"de": "Hinweis"}
    assert texts_of(after, "body") == {"en": "<p>One</p>", "de": "<p>Zwei</p>"}


def test_editing_after_approval_leaves_the_revision_as_it_was(page: Client) -> None:
    fragment = make.make_fragment("hint", body="Approved words", approved=True)
    before = fragment.revisions.get().content
    assert save(page, fragment, body_en="<p>New words</p>").status_code == 302
    assert fragment.revisions.get().content == before
    assert "edited since" in messages_of(page.get(address(Fragment, "changelist")))
    assert "edited since" in messages_of(page.get(address(fragment)))


def test_saving_an_approved_fragment_untouched_does_not_call_it_edited(page: Client) -> None:
    fragment = make.make_fragment("hint", approved=True, media=["print"])
    assert save(page, fragment).status_code == 302
    assert "edited since" not in messages_of(page.get(address(fragment)))


def test_save_and_approve_freezes_what_was_just_typed_with_where_it_applies(page: Client) -> None:
    channel = make.make_channel("print")
    fragment = make.make_fragment("hint")
    typed = {"body_en": "<p>Now</p>", "channels": [str(channel.pk)], "media_list": ["print"]}
    assert save(page, fragment, "catalog_fragment_save_and_approve", **typed).status_code == 302
    revision = fragment.revisions.get()
    assert revision.content["body"] == {"en": "<p>Now</p>"}
    assert revision.content["applies"]["channels"] == ["print"]
    assert revision.content["applies"]["media"] == ["print"]
    assert revision.submitted_by == "anna"


def test_approving_a_fragment_without_text_is_refused_and_nothing_is_saved(page: Client) -> None:
    fragment = make.make_fragment("hint", body={})
    answer = save(page, fragment, "catalog_fragment_save_and_approve", title_en="Typed")
    assert answer.status_code == 200
    assert "A fragment without text cannot be approved." in messages_of(answer)
    assert texts_of(Fragment.objects.get(), "title") == {}


def test_save_and_retire_takes_it_out(page: Client) -> None:
    fragment = make.make_fragment("hint", approved=True)
    assert save(page, fragment, "catalog_fragment_save_and_retire").status_code == 302
    assert Fragment.objects.get().state == "retired"
    assert fragment.revisions.count() == 1


def test_a_wrong_reference_is_told_at_its_text(page: Client) -> None:
    fragment = make.make_fragment("hint", body="One")
    answer = save(page, fragment, body_en="<p>{{ price }}</p>")
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["body_en"]
    assert "is no reference" in messages_of(answer)
    assert texts_of(Fragment.objects.get(), "body") == {"en": "<p>One</p>"}


def test_a_form_opened_before_somebody_elses_change_is_refused(page: Client) -> None:
    fragment = make.make_fragment("hint", body="One")
    data = filled(page, address(fragment))
    write_fragment(make.ACTOR, fragment, title={}, body={"en": "By somebody else"})
    answer = page.post(address(fragment), {**data, "body_en": "<p>Mine</p>"})
    assert "Somebody else changed “hint”" in messages_of(answer)
    assert texts_of(Fragment.objects.get(), "body") == {"en": "<p>By somebody else</p>"}


def test_actions_on_the_list_approve_and_retire_and_name_who_did_it(page: Client) -> None:
    good, empty = make.make_fragment("good"), make.make_fragment("empty", body={})
    answer = act(page, "approve_selected", good, empty)
    assert "Approved: 1." in messages_of(answer)
    assert "empty: A fragment without text cannot be approved." in messages_of(answer)
    act(page, "retire_selected", good)
    done = Change.objects.filter(actor="anna", path="admin").order_by("id").values_list("operation", "key")
    assert list(done) == [("approve", "good"), ("retire", "good")]


def test_who_may_only_look_cannot_approve() -> None:
    fragment = make.make_fragment("good")
    page = browser("bert", "view_fragment")
    act(page, "approve_selected", fragment)
    page.post(address(fragment), {"catalog_fragment_save_and_approve": "1"})
    assert Fragment.objects.get().state == "draft"


def act(page: Client, action: str, *fragments: Fragment) -> Any:
    data = {"action": action, "_selected_action": [str(fragment.pk) for fragment in fragments]}
    return page.post(address(Fragment, "changelist"), data, follow=True)


def test_a_fragment_is_placed_in_its_form(page: Client) -> None:
    fragment, slot, family = make.make_fragment("hint"), make.make_slot("warning"), make.make_family()
    row = {
        "placements-TOTAL_FORMS": "1",
        "placements-0-slot": str(slot.pk),
        "placements-0-family": str(family.pk),
        "placements-0-position": "0",
    }
    assert save(page, fragment, **row).status_code == 302
    assert Placement.objects.get().family == family


def test_a_placement_on_two_things_at_once_is_told_in_its_row(page: Client) -> None:
    fragment, slot = make.make_fragment("hint"), make.make_slot("warning")
    row = {
        "placements-TOTAL_FORMS": "1",
        "placements-0-slot": str(slot.pk),
        "placements-0-family": str(make.make_family().pk),
        "placements-0-product": str(make.make_product().pk),
        "placements-0-position": "0",
    }
    answer = save(page, fragment, **row, source="Typed")
    assert answer.status_code == 200
    assert "Choose exactly one: a product, a family, a category or a filter." in messages_of(answer)
    assert Fragment.objects.get().source == ""


def test_a_fragment_in_plain_slots_only_is_written_as_plain_text(page: Client) -> None:
    fragment = make.make_fragment("headline", body={})
    place(make.ACTOR, fragment, make.make_slot(rich=False), make.make_family())
    assert "data-django-prose-editor" not in page.get(address(fragment)).content.decode()
    assert save(page, fragment, body_en="Small &\r\n good").status_code == 302
    assert texts_of(Fragment.objects.get(), "body") == {"en": "Small & good"}


def test_the_editor_writes_nothing_that_cleaning_would_take_away() -> None:
    from django_prose_editor.config import allowlist_from_extensions

    ours = {"PlainLink": "Link", "AssetImage": "Image"}  # which write less than those of the editor
    allowed = allowlist_from_extensions({ours.get(name, name): told for name, told in EXTENSIONS.items()})
    assert set(allowed["tags"]) == TAGS - {"b", "i"}
    assert {"colspan", "rowspan"} == set(allowed["attributes"]["td"]) == set(ATTRIBUTES["td"])


def test_the_editor_loads_our_parts_of_it(page: Client) -> None:
    form = page.get(address(Fragment, "add")).content.decode()
    assert "/static/catalog/admin/editor.js" in form
    assert "/static/catalog/admin/words.js" in form


def test_the_list_names_the_languages_without_text_and_filters_by_them(page: Client) -> None:
    make.make_fragment("half", body={"en": "One", "de": "Eins"})
    make.make_fragment("whole", body=dict.fromkeys(["en", "it", "ro", "de", "fr", "es"], "Text"))
    assert codes(page, missing="it") == ["half"]
    assert codes(page, missing="de") == []
    assert "it ro fr es" in messages_of(page.get(address(Fragment, "changelist")))


def test_the_list_filters_by_tag_slot_and_state(page: Client) -> None:
    tag, slot = make.make_tag(), make.make_slot("warning")
    fragment = make.make_fragment("hint", approved=True)
    fragment.tags.set([tag])
    place(make.ACTOR, fragment, slot, make.make_family())
    make.make_fragment("other")
    assert codes(page, tag=tag.pk) == codes(page, slot="warning") == codes(page, state__exact="approved") == ["hint"]


def codes(page: Client, **query: Any) -> list[str]:
    rows = page.get(address(Fragment, "changelist"), query).context["cl"].result_list
    return [row.code for row in rows]
