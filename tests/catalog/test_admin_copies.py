"""The pages of copies: what is written several times, what would change, and who decides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog.copies.groups import Group, groups
from catalog.copies.reading import read
from catalog.models import Fragment, NotACopy
from catalog.models.base import texts_of
from catalog.operations.fragments import place
from catalog.operations.uniting import apart
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, messages_of
from tests.factories import ACTOR

pytestmark = ADMIN
PUMP = "<p>The pump builds nine bar within seconds and keeps the temperature.</p>"
PUMPS = "<p>The pump builds ten bar within seconds and keeps the temperature.</p>"
BOILER = "<p>Fill the boiler with fresh water every day before the first cup.</p>"
LIST = "/admin/catalog/notacopy/found/"


@pytest.fixture(autouse=True)
def no_groups_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def texts() -> None:
    """Two fragments share a paragraph, a third says nearly the same."""
    slot = make.make_slot("description", multiple=True)
    make.make_channel("shop")
    for code, body in (("one", PUMP + BOILER), ("other", PUMP), ("third", PUMPS + "<h3>End</h3>")):
        place(ACTOR, make.make_fragment(code, body, approved=True), slot, make.make_product(f"P-{code}"))


def group(kind: str) -> Group:
    return next(each for each in groups(read(8), apart=apart()) if each.kind == kind)


def url(kind: str) -> str:
    return reverse("admin:catalog_copies_group", args=[group(kind).digest])


def decider(name: str, *permissions: str) -> Client:
    """Somebody with these rights and that to approve."""
    client = browser(name, *permissions)
    kind = ContentType.objects.get_for_model(Fragment)
    right, _ = Permission.objects.get_or_create(codename="approve_fragment", content_type=kind)
    User.objects.get(username=name).user_permissions.add(right)
    return client


def test_the_list_tells_groups_and_what_they_would_save(page: Client, texts: None) -> None:
    words = messages_of(page.get(LIST))
    assert "2 groups; 33 words less to write and translate." in words
    assert "equal en The pump builds nine bar within seconds and keeps the temperature. 2 places 11 words" in words


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=equal", 1), ("kind=near", 1), ("language=en", 2), ("language=de", 0), ("words=12", 0), ("words=x", 2)],
)
def test_the_list_is_filtered(page: Client, texts: None, query: str, count: int) -> None:
    words = messages_of(page.get(f"{LIST}?{query}"))
    assert (f"{count} group" in words) if count else ("Nothing is written twice here." in words)


def test_a_group_tells_places_and_what_would_change(page: Client, texts: None) -> None:
    words = messages_of(page.get(url("equal")))
    assert "one paragraph 1 · other paragraph 1" in words
    assert "one will refer to “other”, in en." in words
    assert "Which documents carry it?" in words
    words = messages_of(page.get(url("equal") + "?documents=1"))
    assert "2 documents carry it: P-one (shop, en), P-other (shop, en)" in words


def test_a_near_group_shows_the_difference_in_words(page: Client, texts: None) -> None:
    content = page.get(url("near")).content.decode()
    assert re.search(r"<del>\s*nine\s*</del><ins>\s*ten\s*</ins>", content)
    assert re.search(r"9\d % like the first", content)


def test_equal_texts_become_one_fragment(page: Client, texts: None) -> None:
    words = messages_of(page.post(url("equal"), {"do": "unite"}, follow=True))
    assert "“other” says it now. 2 documents carry it and are what they were, byte for byte." in words
    assert texts_of(Fragment.objects.get(code="one"), "body")["en"].startswith("<p>{{ fragment:other }}</p>")


def test_a_chosen_text_stands_for_those_that_are_nearly_the_same(page: Client, texts: None) -> None:
    master = group("near").texts[0].digest
    words = messages_of(page.post(url("near"), {"do": "unify", "master": master}, follow=True))
    assert "“other” says it for all of them. Working copies to review and approve: one, third." in words
    third = Fragment.objects.get(code="third")
    assert texts_of(third, "body")["en"] == "<p>{{ fragment:other }}</p><h3>End</h3>"
    assert (third.revisions.count(), third.revisions.get().out or {})[1]["body"]["en"].startswith(PUMPS)


def test_the_other_text_can_be_chosen_too(page: Client, texts: None) -> None:
    master = group("near").texts[1].digest
    page.post(url("near"), {"do": "unify", "master": master})
    shared = Fragment.objects.get(code__startswith="shared-")
    assert texts_of(shared, "body") == {"en": PUMPS}
    assert shared.state == "approved"
    assert texts_of(Fragment.objects.get(code="other"), "body") == {"en": f"<p>{{{{ fragment:{shared.code} }}}}</p>"}


def test_without_a_choice_nothing_is_unified(page: Client, texts: None) -> None:
    words = messages_of(page.post(url("near"), {"do": "unify"}, follow=True))
    assert "Choose the text that shall stand for all of them." in words


def test_what_is_not_a_copy_is_not_shown_again_until_it_is_taken_back(page: Client, texts: None) -> None:
    page.post(url("near"), {"do": "apart"})
    assert "1 group;" in messages_of(page.get(LIST))
    kept = NotACopy.objects.get()
    assert "The pump builds nine bar" in messages_of(page.get(address(NotACopy, "changelist")))
    page.post(address(kept, "delete"), {"post": "yes"})
    assert "2 groups" in messages_of(page.get(LIST))


def test_texts_changed_meanwhile_are_looked_at_anew(page: Client, texts: None) -> None:
    before = url("equal")
    page.post(before, {"do": "unite"})
    assert "changed meanwhile" in messages_of(page.post(before, {"do": "unite"}, follow=True))
    assert page.get(before).status_code == 404


def test_why_nothing_can_be_done_is_said(page: Client) -> None:
    for code, german in (("one", PUMPS), ("other", BOILER)):
        make.make_fragment(code, {"en": PUMP, "de": german}, approved=True)
    assert "In other languages it is translated differently" in messages_of(page.get(url("equal")))
    make.make_fragment("draft", PUMP)
    assert "People are working on draft." in messages_of(page.get(url("equal")))


@pytest.mark.parametrize("permissions", [("view_fragment",), ("view_fragment", "change_fragment")])
def test_who_may_not_change_and_approve_only_looks(texts: None, permissions: tuple[str, ...]) -> None:
    client = browser("eva", *permissions)
    assert "Not a copy" not in messages_of(client.get(url("equal"))).replace("Not copies", "")
    for wish in ("unite", "apart"):
        assert client.post(url("equal"), {"do": wish}).status_code == 403
    assert not NotACopy.objects.exists()


def test_who_may_change_and_approve_decides(texts: None) -> None:
    client: Any = decider("ida", "view_fragment", "change_fragment")
    assert client.post(url("equal"), {"do": "unite"}).status_code == 302
    assert "fragment:other" in texts_of(Fragment.objects.get(code="one"), "body")["en"]


def test_others_see_nothing(texts: None) -> None:
    client = browser("tom", "view_product")
    assert client.get(LIST).status_code == 403
    assert client.get(url("equal")).status_code == 403
