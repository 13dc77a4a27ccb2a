"""Copies of a large base: a job looks for them and keeps a report, which the pages show and never trust blindly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog.admin import copies_found
from catalog.copies import alike
from catalog.copies.groups import Group, groups
from catalog.copies.packing import packed, unpacked
from catalog.copies.reading import read, stand
from catalog.copies.report import group_as_json
from catalog.jobs import Work, cancel, enqueue
from catalog.jobs.kinds.copies import FindCopies
from catalog.jobs.running import perform
from catalog.models import CopiesGroup, CopiesReport, Fragment, Job, NotACopy
from catalog.models.base import texts_of
from catalog.operations.fragments import write_fragment
from catalog.operations.products import save_product
from catalog.operations.reviewing import retire
from catalog.operations.uniting import keep_apart, keep_report, settled
from tests import factories as make
from tests.admin_pages import ADMIN, browser, messages_of, queries
from tests.factories import ACTOR
from tests.jobs import fresh, run_due, take

pytestmark = ADMIN
PUMP = "<p>The pump builds nine bar within seconds and keeps the temperature.</p>"
PUMPS = "<p>The pump builds ten bar within seconds and keeps the temperature.</p>"
BOILER = "<p>Fill the boiler with fresh water every day before the first cup.</p>"
LIST = "/admin/catalog/notacopy/found/"


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four paragraphs are more than is looked through within a request."""
    monkeypatch.setattr(copies_found, "MOST", 3)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def texts() -> None:
    for code, body in (("one", PUMP + BOILER), ("other", PUMP), ("third", PUMPS)):
        make.make_fragment(code, body, approved=True)


@pytest.fixture
def report(texts: None) -> CopiesReport:
    return looked()


def looked() -> CopiesReport:
    enqueue(ACTOR, FindCopies.code, {}, key="all")
    assert run_due() == 1
    return CopiesReport.objects.get()


def found(kind: str) -> Group:
    return next(group for group in groups(read(8)) if group.kind == kind)


def url(kind: str) -> str:
    """The page of the group that the report has of this kind."""
    return reverse("admin:catalog_copies_group", args=[CopiesGroup.objects.get(kind=kind).digest])


# --- The list --------------------------------------------------------------------------------------------------------
def test_up_to_the_limit_groups_are_found_at_once(page: Client, texts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_found, "MOST", 4)
    words = messages_of(page.get(LIST))
    assert "2 groups; 33 words less" in words
    assert "looked through" not in words


def test_above_it_the_list_says_that_nobody_has_looked_yet(page: Client, texts: None) -> None:
    words = messages_of(page.get(LIST))
    assert "nobody has had that done yet. Look through all texts" in words
    assert "Nothing is written twice" not in words
    assert page.get(reverse("admin:catalog_copies_group", args=[found("equal").digest])).status_code == 404


def test_the_button_puts_one_job_in_line_and_its_report_is_shown(page: Client, texts: None) -> None:
    page.post(LIST)
    assert "The groups will be here then." in messages_of(page.post(f"{LIST}?kind=near", follow=True))
    job = Job.objects.get()
    words = messages_of(page.get(LIST))
    assert f"It waits for a worker. Job {job.pk} Reload" in words
    assert "Look through all texts" not in words
    run_due()
    assert fresh(job).result == {"groups": 2, "paragraphs": 4}
    words = messages_of(page.get(LIST))
    assert "4 paragraphs. Nothing was written since. Look again" in words
    assert "2 groups; 33 words less to write and translate." in words
    assert "equal en The pump builds nine bar within seconds and keeps the temperature. 2 places 11 words" in words
    assert "3 places, 2 texts 22 words" in words


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=equal", 1), ("kind=near", 1), ("language=en", 2), ("language=de", 0), ("words=12", 0), ("words=²", 2)],
)
def test_a_report_is_filtered(page: Client, report: CopiesReport, query: str, count: int) -> None:
    words = messages_of(page.get(f"{LIST}?{query}"))
    assert (f"{count} group" in words) if count else ("Nothing is written twice here." in words)


def test_a_report_tells_that_something_was_written_since(page: Client, report: CopiesReport) -> None:
    make.make_fragment("fourth", PUMP)
    words = messages_of(page.get(LIST))
    assert "Something was written since." in words
    assert "2 places 11 words" in words
    looked()
    words = messages_of(page.get(LIST))
    assert "Nothing was written since." in words
    assert "3 places 22 words" in words


def test_a_base_that_became_small_is_looked_through_at_once_again(
    page: Client, report: CopiesReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    retire(ACTOR, Fragment.objects.get(code="third"))
    assert "2 groups" in messages_of(page.get(LIST))
    looked()
    words = messages_of(page.get(LIST))
    assert "1 group;" in words
    assert "looked through" not in words


def test_how_far_a_job_is_and_that_it_failed_is_told(page: Client, texts: None) -> None:
    job = enqueue(ACTOR, FindCopies.code, {}, key="all")
    work = Work(fresh(job), take(job))
    with work.step(None, 20, 50, "Comparing paragraphs"):
        pass
    answer = page.get(LIST)
    assert "Comparing paragraphs …" in messages_of(answer)
    assert 'max="50" value="20"' in answer.content.decode()
    Job.objects.filter(pk=job.pk).update(state="failed", lease_until=None, ended_at=job.created_at)
    assert "The last time it failed. See why Look through all texts" in messages_of(page.get(LIST))
    looked()
    assert "failed" not in messages_of(page.get(LIST))


# --- A group ---------------------------------------------------------------------------------------------------------
def test_a_group_of_a_report_is_united_and_not_shown_any_more(page: Client, report: CopiesReport) -> None:
    address = url("equal")
    assert "one will refer to “other”, in en." in messages_of(page.get(address))
    assert "“other” says it now." in messages_of(page.post(address, {"do": "unite"}, follow=True))
    assert texts_of(Fragment.objects.get(code="one"), "body")["en"].startswith("<p>{{ fragment:other }}</p>")
    assert "1 group;" in messages_of(page.get(LIST))
    assert page.get(address).status_code == 404


def test_one_text_of_a_group_of_a_report_stands_for_all(page: Client, report: CopiesReport) -> None:
    master = found("near").texts[0].digest
    words = messages_of(page.post(url("near"), {"do": "unify", "master": master}, follow=True))
    assert "“other” says it for all of them." in words
    assert [row.kind for row in CopiesGroup.objects.all()] == ["equal"]


def test_a_group_of_a_report_is_called_no_copies(page: Client, report: CopiesReport) -> None:
    page.post(url("near"), {"do": "apart"})
    assert NotACopy.objects.exists()
    assert [row.kind for row in CopiesGroup.objects.all()] == ["equal"]


@pytest.mark.parametrize("wish", ["unite", "unify", "apart"])
@pytest.mark.parametrize("kind", ["equal", "near"])
def test_a_group_whose_texts_have_changed_is_shown_and_not_acted_on(
    page: Client, report: CopiesReport, kind: str, wish: str
) -> None:
    master, address = found(kind).master.digest, url(kind)
    other = Fragment.objects.get(code="other")
    write_fragment(ACTOR, other, title={}, body={"en": BOILER})
    words = messages_of(page.get(address))
    assert "These texts have changed since they were looked through." in words
    assert "The pump builds" in words
    assert "Make one fragment of it" not in words
    words = messages_of(page.post(address, {"do": wish, "master": master}, follow=True))
    assert "These texts have changed meanwhile. Look at them anew." in words
    assert not NotACopy.objects.exists()
    assert texts_of(Fragment.objects.get(code="one"), "body")["en"] == PUMP + BOILER


def test_what_was_called_no_copies_since_is_not_acted_on(page: Client, report: CopiesReport) -> None:
    keep_apart(ACTOR, found("near"))
    assert "have changed" in messages_of(page.get(url("near")))
    assert "have changed" not in messages_of(page.get(url("equal")))


# --- Who may ---------------------------------------------------------------------------------------------------------
def test_who_does_not_change_fragments_only_looks(report: CopiesReport) -> None:
    client = browser("eva", "view_fragment")
    words = messages_of(client.get(LIST))
    assert "2 groups" in words
    assert "Look again" not in words
    assert client.post(LIST).status_code == 403
    assert client.post(url("equal"), {"do": "unite"}).status_code == 403
    assert Job.objects.count() == 1


def test_who_changes_fragments_has_them_looked_through_and_sees_no_jobs(texts: None) -> None:
    client = browser("ida", "view_fragment", "change_fragment")
    assert client.post(LIST).status_code == 302
    assert Job.objects.get().created_by == "ida"
    assert "It waits for a worker. Reload" in messages_of(client.get(LIST))


def test_others_see_nothing(report: CopiesReport) -> None:
    client = browser("tom", "change_fragment")
    assert {client.get(LIST).status_code, client.post(LIST).status_code, client.get(url("near")).status_code} == {403}


# --- The job ---------------------------------------------------------------------------------------------------------
def test_a_run_that_is_stopped_writes_nothing_and_another_begins_anew(texts: None) -> None:
    job = enqueue(ACTOR, FindCopies.code, {}, key="all")
    taken = take(job)
    cancel(ACTOR, job)
    perform(taken)
    assert fresh(job).state == "cancelled"
    assert not CopiesReport.objects.exists()
    assert looked().groups.count() == 2


def test_a_second_report_takes_the_place_of_the_first(report: CopiesReport) -> None:
    again = looked()
    assert again.pk != report.pk
    assert CopiesGroup.objects.count() == 2


def test_a_run_that_read_older_texts_does_not_hide_what_a_later_one_found(report: CopiesReport) -> None:
    keep_report(report.change - 1, 9, [])
    assert copies_found.last_report() == report


def test_a_job_tells_how_many_texts_are_compared(texts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_TOLD", 1)
    told: list[Any] = []
    monkeypatch.setattr(FindCopies, "_tell", lambda self, work, *step: told.append(step))
    looked()
    assert told == [(0, 0, "Reading all texts"), *((done, 3, "Comparing paragraphs") for done in range(4))]
    assert (Job.objects.get().done, Job.objects.get().total) == (3, 3)
    assert Job.objects.get().message == "2 groups among 4 paragraphs"


def test_a_group_is_kept_whole(texts: None) -> None:
    for kind in ("equal", "near"):
        group = found(kind)
        again = unpacked(packed(group))
        assert group_as_json(again) == group_as_json(group)
        assert [each.text for each in again.texts] == [each.text for each in group.texts]
        assert again.digest == group.digest


# --- What is asked of the database -----------------------------------------------------------------------------------
def test_pages_of_a_report_make_as_many_queries_for_many_groups_and_places(page: Client, report: CopiesReport) -> None:
    def asked() -> list[int]:
        return [queries(partial(page.get, address)) for address in (LIST, url_of("nine"), url_of("one"))]

    def url_of(word: str) -> str:
        row = CopiesGroup.objects.filter(text__contains=word).order_by("kind").first()
        return reverse("admin:catalog_copies_group", args=[row.digest if row else ""])

    make.make_fragment("x", "<p>This one is said by two fragments and by no other ever.</p>", approved=True)
    make.make_fragment("y", "<p>This one is said by two fragments and by no other ever.</p>", approved=True)
    looked()
    asked()  # what is looked up once
    few = asked()
    for number in range(20):
        make.make_fragment(f"n{number}", PUMP, approved=True)
        for twin in "ab":
            body = f"<p>{' '.join(f'w{number}x{place}' for place in range(10))}</p>"
            make.make_fragment(f"t{number}{twin}", body, approved=True)
    looked()
    assert CopiesGroup.objects.count() > 20
    assert asked() == few


def test_texts_are_looked_for_where_they_were_found_only() -> None:
    family = make.make_family(attributes=[make.make_attribute("longtext", "story")])
    story = "It was roasted slowly and by hand, as it was in the old days."
    products = [make.make_product(sku, family, {"story": story}) for sku in ("P-1", "P-2")]
    make.make_fragment("one", PUMP)
    make.make_fragment("other", PUMP)
    fact, fragment = sorted(groups(read(8)), key=lambda group: group.language)
    assert stand(fact.texts)
    assert stand(fragment.texts)
    save_product(ACTOR, products[0], {"story": {"": "Another story."}})
    assert not stand(fact.texts)
    assert stand(fragment.texts)
    make.make_fragment("more", PUMP)  # stands in one place more, and where it stood as well
    assert stand(fragment.texts)
    retire(ACTOR, Fragment.objects.get(code="one"))
    assert not stand(fragment.texts)


def test_what_is_settled_can_be_asked_of_some(texts: None) -> None:
    make.make_fragment("draft", PUMP)
    wanted = {row.pk for row in Fragment.objects.filter(code__in=["one", "draft"])}
    sources, unsettled = settled(wanted)
    assert ([each.code for each in sources], unsettled) == (["one"], ["draft"])
    assert sources == [each for each in settled()[0] if each.pk in wanted]
    assert settled(()) == ([], [])
