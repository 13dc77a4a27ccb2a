"""Categories, assets, attributes and channels in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from catalog.admin import taxonomy
from catalog.indexing import differences, refresh, touch
from catalog.models import Asset, Attribute, Category, Change, Channel, Completeness, Family, Market, Product
from catalog.models.base import texts_of
from catalog.operations import trees, upkeep
from catalog.operations.assets import attach
from exports.models import Release
from exports.releasing.committing import release
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes, each time the tree is locked, how many queries of the request had read it before."""
    taken: list[int] = []
    real = trees.lock_tree
    monkeypatch.setattr(connections["default"], "force_debug_cursor", True)

    def noting() -> None:
        taken.append(sum("catalog_category" in query["sql"] for query in connection.queries_log))
        real()

    monkeypatch.setattr(trees, "lock_tree", noting)
    monkeypatch.setattr(taxonomy, "lock_tree", noting)
    return taken


def outline() -> list[str]:
    """The trees as they are stored, indented by level; says so where the tree columns contradict `parent`."""
    nodes = list(Category.objects.order_by("tree_id", "lft"))
    for node in nodes:
        if node.parent:
            assert node.parent.lft < node.lft < node.rght < node.parent.rght
            assert node.level == node.parent.level + 1
    return ["-" * node.level + node.code for node in nodes]


# --- Categories ------------------------------------------------------------------------------------------------------
def test_a_category_is_moved_under_the_lock_and_the_tree_stays_right(page: Client, locks: list[int]) -> None:
    a = make.make_category("a")
    b = make.make_category("b", a)
    make.make_category("c", b)
    d = make.make_category("d", a)
    locks.clear()
    assert move(page, b, d, "last-child").status_code == 200
    assert outline() == ["a", "-d", "--b", "---c"]
    assert locks
    assert Change.objects.filter(actor="anna", operation="move", key="b").exists()


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("left", ["a", "-c", "-b"]),
        ("right", ["a", "-b", "-c"]),
        ("first-child", ["a", "-b", "--c"]),
    ],
)
def test_a_category_goes_where_it_is_dropped(page: Client, position: str, expected: list[str]) -> None:
    a = make.make_category("a")
    b = make.make_category("b", a)
    c = make.make_category("c", a)
    assert move(page, c, b, position).status_code == 200
    assert outline() == expected


def test_a_category_is_not_moved_below_itself(page: Client) -> None:
    a = make.make_category("a")
    b = make.make_category("b", a)
    answer = move(page, a, b, "last-child")
    assert answer.status_code == 409
    assert answer.json()["error"]
    assert outline() == ["a", "-b"]


@pytest.mark.parametrize("wrong", [{"position": "sideways"}, {"target": "999"}, {"node": "nonsense"}, {"target": ""}])
def test_a_move_that_makes_no_sense_is_refused(page: Client, wrong: dict[str, str]) -> None:
    a, b = make.make_category("a"), make.make_category("b")
    data = {"node": str(a.pk), "target": str(b.pk), "position": "right", **wrong}
    assert page.post(address(Category, "move"), data).status_code == 409
    assert outline() == ["a", "b"]


def test_moving_needs_the_right_to_change_and_a_post(page: Client) -> None:
    a, b = make.make_category("a"), make.make_category("b")
    assert move(browser("bert", "view_category"), a, b, "last-child").status_code == 403
    assert page.get(address(Category, "move")).status_code == 405
    assert outline() == ["a", "b"]


def move(page: Client, node: Category, target: Category, position: str) -> Any:
    data = {"node": str(node.pk), "target": str(target.pk), "position": position}
    return page.post(address(Category, "move"), data)


def test_a_new_parent_in_the_form_moves_the_category_under_the_lock(page: Client, locks: list[int]) -> None:
    a, b = make.make_category("a"), make.make_category("b")
    c = make.make_category("c", a)
    data = filled(page, address(c))
    locks.clear()
    assert page.post(address(c), {**data, "parent": str(b.pk)}).status_code == 302
    assert outline() == ["a", "b", "-c"]
    assert locks[0] == 0


def test_a_category_put_below_itself_in_the_form_is_told_there(page: Client) -> None:
    a = make.make_category("a")
    b = make.make_category("b", a)
    answer = page.post(address(a), {**filled(page, address(a)), "parent": str(b.pk), "label_en": "Typed"})
    assert answer.status_code == 200
    assert "below itself" in messages_of(answer) or "child of" in messages_of(answer)
    assert outline() == ["a", "-b"]
    assert texts_of(Category.objects.get(code="a"), "label") == {}


def test_a_category_is_deleted_under_the_lock(page: Client, locks: list[int]) -> None:
    a = make.make_category("a")
    b = make.make_category("b", a)
    locks.clear()
    assert page.post(address(b, "delete"), {"post": "yes"}).status_code == 302
    assert outline() == ["a"]
    assert locks


def test_a_category_with_others_below_it_is_not_deleted_but_explains_itself(page: Client) -> None:
    a = make.make_category("a")
    make.make_category("b", a, label="Below")
    answer = page.post(address(a, "delete"), {"post": "yes"})
    assert "Below" in messages_of(answer)
    assert outline() == ["a", "-b"]


# --- Assets ----------------------------------------------------------------------------------------------------------
def test_a_file_is_uploaded(page: Client) -> None:
    upload = SimpleUploadedFile("front.gif", make.png(6, 4))
    answer = page.post(address(Asset, "add"), {"code": "front", "upload": upload, "alt_en": "Front"})
    assert answer.status_code == 302
    asset = Asset.objects.get()
    assert (asset.media_type, asset.width, asset.height) == ("image/png", 6, 4)
    assert texts_of(asset, "alt") == {"en": "Front"}
    assert Change.objects.filter(actor="anna", operation="create", kind="asset", key="front").exists()


@pytest.mark.parametrize("content", [b"not a picture", b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_no_picture_is_told_at_its_field(page: Client, content: bytes) -> None:
    upload = SimpleUploadedFile("front.png", content)
    answer = page.post(address(Asset, "add"), {"code": "front", "upload": upload})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["upload"]
    assert not Asset.objects.exists()


def test_texts_of_an_asset_change_without_a_new_file(page: Client) -> None:
    asset = make.make_asset("front")
    data = {**filled(page, address(asset)), "alt_de": "Vorn"}
    assert page.post(address(asset), data).status_code == 302
    after = Asset.objects.get()
    assert (texts_of(after, "alt"), after.digest) == ({"de": "Vorn"}, asset.digest)


def test_an_asset_shows_where_it_is_used_and_is_not_deleted_while_it_is(page: Client) -> None:
    asset, product = make.make_asset("front"), make.make_product("BZ")
    attach(make.ACTOR, product, asset, "main")
    assert "BZ · main" in messages_of(page.get(address(asset)))
    answer = page.post(address(asset, "delete"), {"post": "yes"})
    assert "BZ main: front" in messages_of(answer)
    assert Asset.objects.exists()


def test_several_that_are_in_use_are_not_deleted_together(page: Client) -> None:
    asset, other = make.make_asset("front"), make.make_asset("other")
    attach(make.ACTOR, make.make_product("BZ"), asset, "main")
    data = {"action": "delete_selected", "_selected_action": [str(asset.pk), str(other.pk)], "post": "yes"}
    page.post(address(Asset, "changelist"), data)
    assert Asset.objects.count() == 2


def test_the_preview_is_a_small_jpeg_for_those_who_may_see_it(page: Client) -> None:
    asset = make.make_asset("front", make.png(900, 600))
    url = reverse("admin:catalog_asset_preview", args=[asset.pk, "small"])
    answer = page.get(url)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert page.get(url.replace("small", "huge")).status_code == 404
    seen = browser("bert", "view_product").get(url)
    assert b"".join(seen.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert browser("carla", "view_slot").get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_the_original_is_saved_and_never_shown(page: Client) -> None:
    asset = make.make_asset("front", make.png())
    answer = page.get(reverse("admin:catalog_asset_original", args=[asset.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="front.png"'
    assert b"".join(answer.streaming_content) == make.png()  # type: ignore[attr-defined]


# --- Attributes, families, channels ----------------------------------------------------------------------------------
def test_settings_of_an_attribute_are_fields_and_are_kept_in_one_way_of_writing_them(page: Client) -> None:
    attribute = make.make_attribute("measurement", settings={"unit_family": "mass", "unit": "kg"})
    data = filled(page, address(attribute))
    typed = {"setting_unit": "g", "setting_min": "0.50", "setting_decimals": "2"}
    assert page.post(address(attribute), {**data, **typed}).status_code == 302
    expected = {"unit_family": "mass", "unit": "g", "min": "0.5", "decimals": 2}
    assert Attribute.objects.get().settings == expected


def test_a_unit_of_another_kind_is_told_at_its_field(page: Client) -> None:
    attribute = make.make_attribute("measurement", settings={"unit_family": "mass"})
    answer = page.post(address(attribute), {**filled(page, address(attribute)), "setting_unit": "mm"})
    assert "“mm” is no unit of mass; there are µg, mg, gr, ct, g, oz, lb, kg, st, t." in messages_of(answer)
    assert Attribute.objects.get().settings == {"unit_family": "mass"}


def test_options_stand_in_the_form_of_a_choice_only(page: Client) -> None:
    choice, text = make.make_attribute("select", options=["red"]), make.make_attribute("text")
    assert "options-TOTAL_FORMS" in page.get(address(choice)).content.decode()
    assert "options-TOTAL_FORMS" not in page.get(address(text)).content.decode()
    row = {
        "options-TOTAL_FORMS": "2",
        "options-1-code": "blue",
        "options-1-label_de": "Blau",
        "options-1-position": "1",
    }
    assert page.post(address(choice), {**filled(page, address(choice)), **row}).status_code == 302
    labels = [(option.code, texts_of(option, "label")) for option in choice.options.all()]
    assert labels == [("red", {}), ("blue", {"de": "Blau"})]


def test_a_new_attribute_goes_on_to_its_settings(page: Client) -> None:
    group = make.make_group()
    data = {"code": "weight", "type": "measurement", "group": group.pk, "position": 0, "role": ""}
    answer = page.post(address(Attribute, "add"), data)
    assert answer.headers["Location"].startswith(address(Attribute.objects.get()))


def test_a_family_says_which_channels_need_an_attribute(page: Client) -> None:
    channel = make.make_channel("print")
    attribute = make.make_attribute()
    family = make.make_family(attributes=[attribute])
    data = {
        **filled(page, address(family)),
        "requirements-TOTAL_FORMS": "1",
        "requirements-0-family": str(family.pk),
        "requirements-0-channel": str(channel.pk),
        "requirements-0-attribute": str(attribute.pk),
    }
    assert page.post(address(family), data).status_code == 302
    assert [(row.channel, row.attribute) for row in family.requirements.all()] == [(channel, attribute)]


def test_the_form_of_a_family_costs_the_same_however_many_attributes_and_requirements(page: Client) -> None:
    small = make.make_family(attributes=[make.make_attribute() for _ in range(2)], required_by=[make.make_channel()])
    large = make.make_family(attributes=[make.make_attribute() for _ in range(12)], required_by=[make.make_channel()])
    page.get(address(small))
    few = queries(lambda: page.get(address(small)))
    many = queries(lambda: page.get(address(large)))
    assert many == few


def test_a_family_says_which_texts_and_files_a_channel_needs_and_of_which_products(page: Client) -> None:
    channel, slot = make.make_channel("print"), make.make_slot("warning")
    family = make.make_family(attributes=[make.make_attribute()])
    data = {
        **filled(page, address(family)),
        "requirements-TOTAL_FORMS": "2",
        "requirements-0-family": str(family.pk),
        "requirements-0-channel": str(channel.pk),
        "requirements-0-slot": str(slot.pk),
        "requirements-1-family": str(family.pk),
        "requirements-1-channel": str(channel.pk),
        "requirements-1-asset_role": "main",
        "requirements-1-condition": "status = enabled",
    }
    assert page.post(address(family), data).status_code == 302
    found = [(row.slot, row.asset_role, row.condition) for row in family.requirements.all()]
    assert found == [(slot, "", ""), (None, "main", "status = enabled")]


def test_many_rows_of_a_family_bring_its_products_up_to_date_once(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, attributes = make.make_channel("print"), [make.make_attribute(filterable=True) for _ in range(6)]
    family = make.make_family()
    make.make_product("P", family)
    data = {
        **filled(page, address(family)),
        "family_attributes-TOTAL_FORMS": "6",
        "requirements-TOTAL_FORMS": "6",
    }
    for place in range(6):
        for rows in ("family_attributes", "requirements"):
            data |= {f"{rows}-{place}-family": str(family.pk), f"{rows}-{place}-attribute": str(attributes[place].pk)}
        data |= {f"family_attributes-{place}-position": str(place), f"requirements-{place}-channel": str(channel.pk)}
    refreshed: list[set[int]] = []

    def noting(ids: set[int], **what: Any) -> None:
        refreshed.append(set(ids))
        refresh(ids, **what)

    monkeypatch.setattr(touch, "refresh", noting)
    assert page.post(address(family), data).status_code == 302
    assert (family.family_attributes.count(), family.requirements.count()) == (6, 6)
    assert refreshed == [{Product.objects.get().pk}]
    assert (Completeness.objects.get().required, differences()) == (6, {})


def test_a_form_that_is_refused_brings_nothing_up_to_date(page: Client) -> None:
    family = make.make_family(attributes=[make.make_attribute("text", "name")])
    make.make_product("P", family)
    channel = make.make_channel("print")
    data = {
        **filled(page, address(family)),
        "requirements-TOTAL_FORMS": "2",
        "requirements-0-family": str(family.pk),
        "requirements-0-channel": str(channel.pk),
        "requirements-0-asset_role": "main",
        "requirements-1-family": str(family.pk),
        "requirements-1-channel": str(channel.pk),
        "requirements-1-asset_role": "gallery",
        "requirements-1-condition": "colour = red",
    }
    answer = page.post(address(family), data)
    assert answer.status_code == 200
    assert "there is no attribute" in messages_of(answer)
    assert (Completeness.objects.count(), family.requirements.count(), differences()) == (0, 0, {})


def test_a_retired_channel_is_marked_in_lists_of_channels_and_releases(page: Client) -> None:
    channel = make.make_channel("old")
    release(make.ACTOR, channel)
    for kind in (Channel, Release):
        assert "releases nothing any more" not in page.get(address(kind, "changelist")).content.decode()
    upkeep.retire(make.ACTOR, channel)
    for kind in (Channel, Release):
        assert "releases nothing any more" in page.get(address(kind, "changelist")).content.decode()


def test_the_currencies_of_a_channel_are_a_list_of_codes(page: Client) -> None:
    channel = make.make_channel("shop")
    data = filled(page, address(channel))
    assert page.post(address(channel), {**data, "currencies": "EUR, RON EUR"}).status_code == 302
    assert Channel.objects.get().currencies == ["EUR", "RON"]
    answer = page.post(address(channel), {**data, "currencies": "euro"})
    assert "“euro” cannot be used here" in messages_of(answer)


def test_languages_of_a_channel_are_recorded_with_it(page: Client) -> None:
    channel = make.make_channel("shop", languages=["en"])
    row = {"languages-TOTAL_FORMS": "2", "languages-1-language": "de", "languages-1-fallback": "en"}
    data = {**filled(page, address(channel)), **row, "languages-1-position": "1"}
    assert page.post(address(channel), data).status_code == 302
    assert channel.chains() == {"en": ("en",), "de": ("de", "en")}
    assert Change.objects.filter(actor="anna", kind="channellanguage", operation="create").exists()


def test_a_market_in_use_is_not_deleted_but_explains_itself(page: Client) -> None:
    market = make.make_market("it")
    make.make_channel("shop", market=market)
    assert "shop" in messages_of(page.post(address(market, "delete"), {"post": "yes"}))
    assert Market.objects.exists()


def test_labels_are_written_in_every_language_offered(page: Client) -> None:
    family = make.make_family("lamps", label={"en": "Lamps"})
    data = {**filled(page, address(family)), "label_de": "Leuchten", "label_it": "Lampade"}
    assert page.post(address(family), data).status_code == 302
    assert texts_of(Family.objects.get(), "label") == {"en": "Lamps", "de": "Leuchten", "it": "Lampade"}


def test_a_change_of_a_user_is_in_the_history(page: Client) -> None:
    data = {"username": "bert", "usable_password": "true", "password1": "a-long-one-9", "password2": "a-long-one-9"}
    assert page.post("/admin/auth/user/add/", data).status_code == 302
    assert Change.objects.filter(actor="anna", kind="user", operation="create", key="bert").exists()
