"""The admin's pages of what is out, and placements by filter in its forms."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.urls import reverse

from catalog.importing.apply import apply
from catalog.importing.plan import FragmentRecord, PlacementRecord, Plan
from catalog.models import Attribute, Category, Channel, Fragment, Placement, Product, Slot
from catalog.models.base import texts_of
from exports.releasing.committing import release
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.catalog.api.people import Author, problem
from tests.catalog.api.test_description import answered, conforms
from tests.exports.test_placement import fragment, made_shop, shop, slot, world  # noqa: F401
from tests.factories import ACTOR, switch

pytestmark = ADMIN


def page(name: str, instance: Any, **asked: Any) -> str:
    kind = instance._meta.model_name
    answer = browser().get(reverse(f"admin:catalog_{kind}_{name}", args=[instance.pk]), asked)
    assert answer.status_code == 200
    return messages_of(answer)


def test_a_fragment_says_where_it_stands_and_what_would_change(world: Fragment) -> None:  # noqa: F811
    text = page("where", world)
    assert "Nothing that is out will change." in text
    assert "In 6 documents of 3 products" in text
    assert "Edition list-de from release 1" in text
    assert "Nothing that is out will change." in messages_of(browser("berta").get(address(world)))


def test_before_it_is_saved_a_form_tells_what_it_would_change(world: Fragment) -> None:  # noqa: F811
    client, url = browser("berta"), reverse("admin:catalog_fragment_impact", args=[world.pk])
    kept = filled(client, address(world))
    told = client.post(url, {**kept, "body_en": "<p>Very hot</p>"}).json()
    assert told["impact"].startswith(
        "2 statements in 3 documents of 1 channel in 1 language will change; 1 translation"
    )
    assert told["problems"] == []
    meant = client.post(url, {**kept, "body_en": "<p>Very hot</p>", "meaning_kept": "on"}).json()
    assert meant["impact"] == "2 statements in 3 documents of 1 channel in 1 language will change."
    assert client.post(url, kept).json()["impact"] == "Nothing that is out will change."
    wrong = client.post(url, {**kept, "body_en": "<p>{{ fact:none }}</p>"}).json()
    assert "none" in wrong["problems"][0]
    assert not wrong["impact"]
    assert client.post(url, {**kept, "opened_at": "2001-01-01"}).json()["problems"][0].startswith("Somebody else")
    assert client.get(url).status_code == 405
    assert browser("reader", "view_fragment").post(url, kept).status_code == 403
    stored = Fragment.objects.get(pk=world.pk)
    assert (texts_of(stored, "body"), stored.updated_at) == (texts_of(world, "body"), world.updated_at)
    assert url in client.get(address(world)).content.decode()


def test_the_api_tells_what_a_change_would_do_and_stores_nothing(world: Fragment) -> None:  # noqa: F811
    author, url = Author(), f"fragments/{world.code}/impact/"
    answer = author.send("POST", url, {"body": {"en": "<p>Very hot</p>"}})
    found = orjson.loads(answer.content)
    assert (answer.status_code, found["documents"], found["languages"]) == (200, 3, ["en"])
    assert found["sentence"].startswith("2 statements in 3 documents")
    conforms(found, answered("/api/v1/fragments/{key}/impact/", "post", 200))
    problem(author.send("POST", url, {"body": {"en": "{{ fact:none }}"}}), 400)
    problem(author.send("POST", "fragments/none/impact/", {}), 404)
    problem(Author("view_fragment", name="eve").send("POST", url, {}), 403)
    assert orjson.loads(author.send("POST", url, {}).content)["documents"] == 0
    assert texts_of(Fragment.objects.get(pk=world.pk), "body") == texts_of(world, "body")


@pytest.mark.parametrize("kind", ["tag", "attribute", "category"])
def test_other_things_say_where_they_stand_too(world: Fragment, kind: str) -> None:  # noqa: F811
    thing = {
        "tag": world.tags.get(),
        "attribute": Attribute.objects.get(code="battery"),
        "category": Category.objects.get(code="all"),
    }[kind]
    assert "In 6 documents of 3 products" in page("where", thing)


def test_a_placement_is_previewed_and_what_is_wrong_with_it_stands_beside_it(world: Fragment) -> None:  # noqa: F811
    asked: dict[str, Any] = {"slot": slot("teaser").pk, "filter": "battery = lithium"}
    text = page("preview", world, **asked)
    assert "It reaches 2 products A, A-1" in text
    assert Placement.objects.count() == 2
    client = browser("berta")
    url = reverse("admin:catalog_fragment_preview", args=[world.pk])
    faults: tuple[tuple[dict[str, str], str], ...] = (
        ({"filter": "slot:teaser is empty"}, "a rule cannot ask for “slot:teaser”"),
        ({"product": "NONE"}, "There is no product “NONE”."),
        ({"product": "A", "filter": "battery = none"}, "Choose exactly one"),
        ({}, "Choose exactly one"),
    )
    for wrong, message in faults:
        assert message in messages_of(client.get(url, {"slot": str(slot().pk), **wrong}))


def test_a_product_says_why_its_documents_say_so(world: Fragment) -> None:  # noqa: F811
    product = Product.objects.get(sku="A")
    text = page("explain", product, to="shop/de")
    assert "Release 1" in text
    assert "Hot revision 1 in de, placed on filter battery = lithium" in text
    assert "empty: nothing is placed in it that reaches the product" in text
    client = browser("berta")
    url = reverse("admin:catalog_product_explain", args=[product.pk])
    assert "As it would be released now" in messages_of(client.get(url, {"to": "shop/de", "draft": "on"}))
    switch("B", "draft")
    release(ACTOR, world_channel(), full=True)
    gone = reverse("admin:catalog_product_explain", args=[Product.objects.get(sku="B").pk])
    assert "is not in release 2" in messages_of(client.get(gone, {"to": "shop/de"}))
    assert "Select a valid choice" in messages_of(client.get(url, {"to": "none/xx"}))


def world_channel() -> Any:
    return Channel.objects.get(code="shop")


def test_who_may_not_see_a_thing_does_not_see_these_pages(world: Fragment) -> None:  # noqa: F811
    client = browser("carla", "view_channel")
    for name in ("where", "preview"):
        assert client.get(reverse(f"admin:catalog_fragment_{name}", args=[world.pk])).status_code == 403


def test_a_placement_by_filter_is_written_in_the_form_of_its_fragment(world: Fragment) -> None:  # noqa: F811
    client = browser()
    data = filled(client, address(world))
    row = {"slot": slot("teaser").pk, "filter": "Battery=none", "position": "0", "excluded": "on"}
    data |= {f"placements-1-{name}": value for name, value in row.items()}
    data["placements-TOTAL_FORMS"] = ["2"]
    client.post(address(world), data)
    made = Placement.objects.get(slot__code="teaser", fragment=world)
    assert (made.filter, made.excluded) == ("Battery = none", True)
    data = filled(client, address(world))
    data |= {"placements-0-filter": "battery = gold"}
    assert "lithium, none" in messages_of(client.post(address(world), data))


def test_rules_exclusions_and_limits_come_in_by_import(shop: Any) -> None:  # noqa: F811
    placements = (
        PlacementRecord("warning", filter="Battery=lithium"),
        PlacementRecord("warning", category="outdoor", excluded=True),
        PlacementRecord("warning", filter="complete = shop"),
    )
    record = FragmentRecord("hot", {}, {"en": "Hot"}, placements=placements, products="battery = lithium")
    plan = Plan("test", fragments=[record])
    report = apply(plan, ACTOR)
    (issue,) = report.issues
    assert "At character 1: a rule cannot ask for “complete”" in issue.reason
    rows = Placement.objects.order_by("pk").values_list("filter", "category__code", "excluded")
    assert list(rows) == [("Battery = lithium", None, False), ("", "outdoor", True)]
    out = Fragment.objects.get().revisions.get().out or {}
    assert out["applies"]["products"] == "battery = lithium"
    again = apply(plan, ACTOR)
    assert (again.kinds["fragments"].updated, Placement.objects.count(), Slot.objects.count()) == (0, 2, 2)
