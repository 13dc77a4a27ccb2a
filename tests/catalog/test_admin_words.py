"""What the editor of a fragment asks while somebody writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from catalog.models import Fragment
from catalog.operations.fragments import place
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled
from tests.factories import ACTOR

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    weight = make.make_attribute("number", "weight", {"en": "Weight", "de": "Gewicht"})
    family = make.make_family("lamps", [weight])
    make.make_product("L-1", family, {"weight": "4.5"})
    make.make_product("L-2", family)
    fragment = make.make_fragment("note", "<p>Hot.</p>", title="A note", approved=True)
    place(ACTOR, fragment, make.make_slot("teaser"), family)
    make.make_asset("front", make.png(2, 2))
    make.make_channel("shop", {"en": ""})
    return browser()


def ask(page: Client, text: str, **fields: Any) -> dict[str, Any]:
    data = {"code": "note", "pk": Fragment.objects.get(code="note").pk, "rich": "1", "text_en": text}
    answer = page.post(reverse("admin:catalog_fragment_words"), data | fields)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_problems_are_told_by_language_with_what_may_have_been_meant(page: Client) -> None:
    found = ask(page, "<p>{{ fact:wieght }}</p>", text_de="<ul>" * 30)
    assert found["problems"] == [
        {
            "language": "en",
            "reference": "{{ fact:wieght }}",
            "message": "The attribute “wieght” is not there.",
            "suggestion": "{{ fact:weight }}",
            "fatal": True,
        },
        {
            "language": "de",
            "reference": "",
            "message": "This text cannot be used: elements are nested more than 20 deep.",
            "suggestion": "",
            "fatal": True,
        },
    ]
    assert ask(page, "{{ fragment:note }}")["problems"][0]["message"] == (
        "The references note -> note go round in a circle."
    )


def test_products_without_the_fact_are_counted(page: Client) -> None:
    assert ask(page, "<p>{{ fact:weight }}</p>")["empty"] == [
        {"language": "en", "message": "1 of 2 products have no “weight”: L-2."}
    ]
    assert ask(page, "<p>{{ fact:weight }}</p>", pk="x")["empty"] == []


def test_the_text_is_shown_for_a_chosen_product(page: Client) -> None:
    text = "<p>{{ fact:weight decimals=2 }}<script>alert(1)</script></p>"
    found = ask(page, text, product="l-1", channel="shop", text_de="{{ label:weight }}")
    said = {row["language"]: (row["html"], row["text"], row["problem"]) for row in found["previews"]}
    assert said == {"en": ("<p>4.50</p>", "4.50", ""), "de": ("<p>Gewicht</p>", "Gewicht", "")}
    assert found["channels"] == ["shop"]
    assert ask(page, "x", product="none")["previews"][0]["problem"] == "There is no product “none”."


@pytest.mark.parametrize(
    ("kind", "words", "found"),
    [
        ("fact", "gewi", [("weight – Weight", "{{ fact:weight }}")]),
        ("label", "weig", [("weight – Weight", "{{ label:weight }}")]),
        ("fragment", "a note", [("note – A note", "{{ fragment:note }}")]),
        ("link", "l-2", [("L-2", "{{ link:L-2 }}")]),
        ("product", "na", [("name", "{{ product:name }}")]),
        ("asset", "fro", [("front", "asset:front")]),
        ("price", "", []),
        ("fact", "nothing", []),
    ],
)
def test_what_can_be_named_is_found_by_typing(
    page: Client, kind: str, words: str, found: list[tuple[str, str]]
) -> None:
    answer = page.get(reverse("admin:catalog_fragment_words"), {"kind": kind, "q": words})
    assert [(row["label"], row["insert"]) for row in answer.json()["results"]] == found


def test_who_may_not_see_fragments_is_told_nothing(page: Client, client: Client) -> None:
    someone = User.objects.create_user("someone", is_staff=True)
    client.force_login(someone)
    url = reverse("admin:catalog_fragment_words")
    assert client.get(url).status_code == 403
    someone.user_permissions.add(Permission.objects.get(codename="view_fragment"))
    assert client.get(url).status_code == 200
    told = ask(client, "<p>{{ fact:weight }}</p>", product="L-1")
    assert (told["previews"], told["empty"]) == ([], [])
    assert Client().get(url).status_code == 302


def test_a_save_that_refers_in_vain_shows_it_at_the_text(page: Client) -> None:
    fragment = Fragment.objects.get(code="note")
    answer = page.post(
        address(fragment), {**filled(page, address(fragment)), "body_en": "<p>{{ fact:wieght }}</p>", "_continue": "1"}
    )
    assert answer.context["adminform"].form.errors == {
        "body_en": ["The attribute “wieght” is not there. Did you mean {{ fact:weight }}?"]
    }
    assert Fragment.objects.get(code="note").body_en == "<p>Hot.</p>"  # type: ignore[attr-defined]
