"""The admin of translation: what there is to do, jobs out and back, memory and terms, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import Concept, Fragment, MemorySegment, Tag, TranslationJob, TranslationState
from catalog.operations.fragments import write_fragment
from catalog.operations.reviewing import approve
from catalog.operations.translating.jobs import create_job
from catalog.operations.translating.selecting import Selection
from catalog.operations.translations import states
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.catalog import xliff_files as files

pytestmark = ADMIN
CANARY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def fragment() -> Fragment:
    fragment = make.make_fragment("warning", {"en": "Hot water comes out.", "de": "Heißes Wasser tritt aus."})
    write_fragment(make.ACTOR, fragment, title={}, body={"en": "Very hot water comes out."})
    return fragment


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


OVERVIEW = "admin:catalog_translationstate_changelist"


def test_the_overview_counts_and_leads_to_the_texts(page: Client, fragment: Fragment) -> None:
    assert "5 words" in text(page.get(reverse(OVERVIEW)))
    shown = text(page.get(reverse(OVERVIEW), {"language": "de", "state": "outdated"}))
    assert "<ins>Very hot</ins>" in shown
    assert "<del>Hot</del>" in shown
    assert "warning" in text(page.get(reverse(OVERVIEW), {"language": "it", "state": "missing"}))
    for query in ({"language": "xx", "state": "missing"}, {"language": "de", "state": "' OR 1"}, {"page": "x"}):
        assert page.get(reverse(OVERVIEW), query).status_code == 200


def test_labels_and_facts_are_counted_when_asked_for_and_lead_to_a_job(page: Client) -> None:
    Tag.objects.create(facet="audience", code="home", label_en="Private kitchens at home")
    assert "4 words" not in text(page.get(reverse(OVERVIEW)))
    shown = text(page.get(reverse(OVERVIEW), {"others": "1"}))
    assert "4 words" in shown
    assert f"{address(TranslationJob, 'add')}?language=de&amp;states=missing&amp;kinds=label" in shown
    offered = page.get(address(TranslationJob, "add"), {"language": "de", "states": "missing", "kinds": "label"})
    assert offered.context["form"]["kinds"].value() == ["label"]
    strange = page.get(address(TranslationJob, "add"), {"kinds": "user"})
    assert strange.context["form"]["kinds"].value() == ["asset", "fragment"]


def test_markup_in_texts_stays_text(page: Client) -> None:
    make.make_fragment("canary", {"en": f"<p>{CANARY.replace('<', '&lt;')} words</p>", "de": "Wörter"})
    for state in ("missing", "translated"):
        shown = text(page.get(reverse(OVERVIEW), {"language": "de", "state": state}))
        assert CANARY not in shown


def test_a_translation_is_marked_as_reviewed_against_the_source_as_it_is(page: Client, fragment: Fragment) -> None:
    url = reverse("admin:catalog_translationstate_mark")
    data = {"kind": "fragment", "object": fragment.pk, "language": "de", "state": "outdated"}
    assert page.get(url).status_code == 405
    assert page.post(url, data).status_code == 302
    assert (states(fragment)["de"].state, states(fragment)["de"].outdated) == ("reviewed", False)
    assert "There is no text" in messages_of(page.post(url, {**data, "language": "it"}, follow=True))
    assert "is gone" in messages_of(page.post(url, {**data, "object": "999999"}, follow=True))
    assert page.post(url, {**data, "kind": "user"}).status_code == 403


def test_a_job_is_counted_made_sent_and_taken_back(page: Client, fragment: Fragment) -> None:
    form = {"language": "it", "states": ["missing"], "kinds": ["fragment"], "currency": "EUR", "price_per_word": "0.1"}
    url = address(TranslationJob, "add")
    assert page.get(url, {"language": "it", "states": "missing"}).status_code == 200
    assert "This would be 5 words in 1 texts, 0.50 EUR" in text(page.post(url, {**form, "count": "1"}))
    assert not TranslationJob.objects.exists()
    assert page.post(url, {**form, "make": "1"}).status_code == 302
    job = TranslationJob.objects.get()
    act = reverse("admin:catalog_translationjob_do", args=[job.pk])
    content = page.post(act, {"what": "1.2"})
    assert content["Content-Disposition"] == f'attachment; filename="{job.code}.xlf"'
    back = SimpleUploadedFile("it.xlf", files.translated(content.content, str.upper))
    answer = page.post(act, {"what": "import", "file": back}, follow=True)
    assert "The file was read: 1 taken." in messages_of(answer)
    fragment.refresh_from_db()
    assert states(fragment)["it"].state == "translated"
    assert page.post(act, {"what": "finish"}).status_code == 302
    assert "is done" in messages_of(page.post(act, {"what": "2.1"}, follow=True))
    assert job.code in text(page.get(address(TranslationJob, "changelist")))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"language": "xx"}, "valid choice"),
        ({"codes": "nothing"}, "There is no fragment"),
        ({"filter": "weight >"}, "character"),
        ({"tags": "a:b"}, "There is no tag"),
        ({"price_per_word": "-1"}, "greater than or equal"),
        ({"currency": "euro"}, "valid value"),
        ({"states": ["approved"]}, "nothing to translate"),
    ],
)
def test_what_cannot_be_chosen_is_told(page: Client, fragment: Fragment, wrong: dict[str, Any], reason: str) -> None:
    form = {"language": "it", "states": ["missing"], "kinds": ["fragment"], "currency": "EUR", **wrong}
    assert reason in text(page.post(address(TranslationJob, "add"), {**form, "make": "1"}))
    assert not TranslationJob.objects.exists()


def test_a_wrong_file_is_told_and_shown_escaped(page: Client, fragment: Fragment) -> None:
    job = create_job(make.ACTOR, TranslationJob(note=CANARY), Selection("it"))
    act = reverse("admin:catalog_translationjob_do", args=[job.pk])
    upload = SimpleUploadedFile("x.xlf", f"<a>{CANARY}</a>".encode())
    answer = page.post(act, {"what": "import", "file": upload}, follow=True)
    assert "damaged" in messages_of(answer)
    assert CANARY not in text(answer)
    assert page.post(act, {"what": "import"}).status_code == 200
    assert page.get(act).status_code == 405
    assert page.post(act, {"what": "nonsense"}).status_code == 302


def test_who_may_only_look_changes_nothing(fragment: Fragment) -> None:
    job = create_job(make.ACTOR, TranslationJob(), Selection("it"))
    reader = browser("reader", "view_translationjob", "view_translationstate")
    assert "Download" not in text(reader.get(address(job)))
    assert reader.get(address(TranslationJob, "add")).status_code == 403
    act = reverse("admin:catalog_translationjob_do", args=[job.pk])
    assert reader.post(act, {"what": "2.1"}).status_code == 403
    mark = reverse("admin:catalog_translationstate_mark")
    assert reader.post(mark, {"kind": "fragment", "object": fragment.pk, "language": "de"}).status_code == 403
    sender = browser("sender", "view_translationjob", "change_translationjob")
    assert sender.post(act, {"what": "2.1"}).status_code == 200
    assert sender.post(act, {"what": "import", "file": SimpleUploadedFile("x", b"x")}).status_code == 403
    stranger = browser("stranger", "view_product")
    assert stranger.get(reverse(OVERVIEW)).status_code == 403
    assert stranger.get(address(job)).status_code in (302, 403)


def test_the_fragments_page_offers_what_the_memory_has(page: Client, fragment: Fragment) -> None:
    other = make.make_fragment(
        "other", {"en": "<p>Very hot <b>water</b> came out.</p>", "de": "<p>Heiß <b>kam</b>.</p>"}
    )
    approve(make.ACTOR, other)
    shown = text(page.get(address(fragment)))
    assert "<ins>Very hot</ins>" in shown
    assert "Heiß kam." in shown
    same = make.make_fragment("same", {"en": "<p>Very hot <b>water</b> came out.</p>"})
    assert 'data-insert="Heiß &lt;b&gt;kam&lt;/b&gt;."' in text(page.get(address(same)))


def test_an_edit_that_keeps_the_meaning(page: Client, fragment: Fragment) -> None:
    TranslationState.objects.update(outdated=False)
    write_fragment(make.ACTOR, fragment, title={}, body={"de": "<p>Sehr heiß.</p>"})
    data = {**filled(page, address(fragment)), "body_en": "<p>Hot!</p>", "meaning_kept": "on"}
    assert page.post(address(fragment), data).status_code == 302
    assert not states(fragment)["de"].outdated
    data = {**filled(page, address(fragment)), "body_en": "<p>Cold!</p>"}
    data.pop("meaning_kept", None)
    page.post(address(fragment), data)
    assert states(fragment)["de"].outdated


def test_memory_and_terms_are_there(page: Client) -> None:
    approve(make.ACTOR, make.make_fragment("a", {"en": f"Hot {CANARY.replace('<', '&lt;')}", "de": "Heiß"}))
    row = MemorySegment.objects.first()
    concept = Concept.objects.create(code="grinder")
    for url in (address(MemorySegment, "changelist"), address(Concept, "changelist"), address(concept)):
        assert CANARY not in text(page.get(url))
    if row is not None:
        assert page.get(address(row)).status_code == 200
