"""The product's form says where everything comes from; a click empties it or inherits it again, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from catalog.models import Association, AssociationType, Change, Family, Product, Slot
from catalog.operations.assets import attach
from catalog.operations.associations import associate, save_association_type
from catalog.operations.fragments import place
from catalog.operations.inheriting import empty_here, set_own_only
from catalog.operations.products import save_product
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries

pytestmark = ADMIN


@pytest.fixture
def family() -> Family:
    name = make.make_attribute("text", "name", label="Name", localizable=True)
    cups = make.make_attribute("number", "cups", label="Cups")
    color = make.make_attribute("select", "color", label="Colour", options=["red", "blue"])
    size = make.make_attribute("measurement", "size", label="Size", settings={"unit_family": "volume", "unit": "l"})
    warm = make.make_attribute("boolean", "warm", label="Warm")
    return make.make_family("cups", [name, cups, color, size, warm], values={"cups": {"": "6"}})


@pytest.fixture
def page() -> Client:
    return browser()


@pytest.fixture
def cup(family: Family) -> Product:
    return make.make_product("CUP", family, {"name": {"en": "Cup"}})


def click(page: Client, product: Product, **button: str) -> Any:
    """What a browser sends for one of the small buttons, followed to the form again."""
    url = reverse("admin:catalog_product_inheritance", args=[product.pk])
    return page.post(url, button, follow=True)


def buttons(page: Client, product: Product) -> set[tuple[str, str]]:
    """The small buttons of a form, all of which belong to a form of their own."""
    found = html.fromstring(page.get(address(product)).content.decode()).xpath("//button[@form='t-inheritance']")
    return {(button.get("name"), button.get("value")) for button in found}


def thing_of(page: Client, product: Product, what: str) -> Any:
    things = {thing.what: thing for thing in page.get(address(product)).context["things"]}
    return things[what]


# --- Facts -----------------------------------------------------------------------------------------------------------


def test_every_fact_says_whether_it_is_own_inherited_or_emptied(page: Client, cup: Product) -> None:
    small = make.make_product("CUP-S", parent=cup, facts={"name": {"de": "Tasse"}})
    assert "from the family cups" in messages_of(page.get(address(small)))
    assert "inherited from CUP" in messages_of(page.get(address(small)))
    assert buttons(page, small) == {("empty", "fact:cups:"), ("empty", "fact:name:en")}
    empty_here(make.ACTOR, small, "fact:cups:")
    assert "Empty here, in place of 6 from the family cups" in messages_of(page.get(address(small)))
    assert ("reset", "fact:cups:") in buttons(page, small)


def test_a_fact_is_emptied_and_inherited_again_by_one_click_each(page: Client, cup: Product) -> None:
    small = make.make_product("CUP-S", parent=cup, facts={"cups": "2"})
    assert "In place of 6 from the family cups" in messages_of(page.get(address(small)))
    click(page, small, empty="fact:cups:")
    assert Product.objects.get(pk=small.pk).values == {"cups": {"": None}}
    answer = click(page, small, reset="fact:cups:")
    assert answer.redirect_chain[0][0] == address(small)
    assert Product.objects.get(pk=small.pk).values == {}
    assert Change.objects.filter(actor="anna", kind="product", key="CUP-S").count() == 2


def test_what_cannot_be_emptied_is_told_and_the_form_comes_back(page: Client, cup: Product) -> None:
    for what, reason in (
        ("fact:nope", "There is no attribute “nope”."),
        ("price", "“price” is nothing that is inherited"),
        ("", "“” is nothing that is inherited"),
        ("slot:\x00", "is nothing that is inherited"),
    ):
        assert reason in messages_of(click(page, cup, empty=what) if what else click(page, cup, reset=what))
    assert Product.objects.get(pk=cup.pk).own_only == []


def test_only_who_may_change_products_has_the_buttons_and_only_a_click_does_it(page: Client, cup: Product) -> None:
    url = reverse("admin:catalog_product_inheritance", args=[cup.pk])
    assert page.get(url).status_code == 405
    assert page.post(reverse("admin:catalog_product_inheritance", args=[0]), {"empty": "categories"}).status_code == 404
    reader = browser("rita", "view_product")
    assert buttons(reader, cup) == set()
    assert reader.post(url, {"empty": "categories"}).status_code == 403
    assert reader.post(reverse("admin:catalog_product_variants", args=[cup.pk]), {}).status_code == 403
    assert Client().post(url, {"empty": "categories"}).status_code == 302
    assert Product.objects.get(pk=cup.pk).own_only == []


# --- Texts, files, categories, associations --------------------------------------------------------------------------


def furnished(cup: Product, family: Family) -> Product:
    """A variant of a product that has something of everything."""
    category, slot = make.make_category("kitchen", label="Kitchen"), make.make_slot("warning", label="Warning")
    cup.categories.set([category])
    place(make.ACTOR, make.make_fragment("hot", approved=True), slot, cup)
    place(make.ACTOR, make.make_fragment("fragile", approved=True), slot, family)
    place(make.ACTOR, make.make_fragment("clean", approved=True), slot, category)
    attach(make.ACTOR, cup, make.make_asset("front"), "main")
    associate(make.ACTOR, cup, make.make_association_type("accessory"), make.make_product("SPOON"))
    return make.make_product("CUP-S", parent=cup)


def test_the_form_lists_what_is_inherited_and_from_where(page: Client, cup: Product, family: Family) -> None:
    small = furnished(cup, family)
    shown = {thing.what: thing.shown for thing in page.get(address(small)).context["things"]}
    assert shown == {
        "asset:main": ["front (from CUP)"],
        "association:accessory": ["SPOON (from CUP)"],
        "categories": ["Kitchen (from CUP)"],
        "slot:warning": ["hot (from CUP)", "fragile (family cups)", "clean (category kitchen)"],
    }


@pytest.mark.parametrize("what", ["asset:main", "association:accessory", "categories", "slot:warning"])
def test_each_is_emptied_and_inherited_again_by_one_click(
    page: Client, cup: Product, family: Family, what: str
) -> None:
    small = furnished(cup, family)
    before = thing_of(page, small, what).shown
    assert ("empty", what) in buttons(page, small)
    click(page, small, empty=what)
    thing = thing_of(page, small, what)
    assert (thing.shown, thing.left_out, thing.cut) == ([], before, True)
    assert "empty here" in messages_of(page.get(address(small)))
    assert ("reset", what) in buttons(page, small)
    click(page, small, reset=what)
    assert thing_of(page, small, what).shown == before
    assert Product.objects.get(pk=small.pk).own_only == []


def test_what_the_product_has_itself_is_its_own(page: Client, cup: Product, family: Family) -> None:
    small = furnished(cup, family)
    attach(make.ACTOR, small, make.make_asset("small-front"), "main")
    set_own_only(make.ACTOR, small, add=["slot:warning"])
    place(make.ACTOR, make.make_fragment("mine", approved=True), Slot.objects.get(), small)
    main, warning = (thing_of(page, small, what) for what in ("asset:main", "slot:warning"))
    assert (main.own, main.cut, main.shown) == (True, False, ["small-front"])
    assert (warning.own, warning.cut, warning.shown, len(warning.left_out)) == (True, True, ["mine"], 3)


def test_a_form_with_more_on_it_takes_no_more_queries(page: Client, cup: Product, family: Family) -> None:
    small = furnished(cup, family)
    page.get(address(small))
    before = queries(lambda: page.get(address(small)))
    slot = Slot.objects.get()
    for number in range(8):
        place(make.ACTOR, make.make_fragment(f"f{number}", approved=True), slot, cup)
        attach(make.ACTOR, cup, make.make_asset(f"a{number}"), f"role{number}")
        associate(make.ACTOR, cup, make.make_association_type(f"t{number}"), make.make_product(f"T{number}"))
    assert queries(lambda: page.get(address(small))) == before


def test_an_association_that_closes_a_circle_of_sets_comes_back_as_a_form(page: Client, cup: Product) -> None:
    kind = save_association_type(make.ACTOR, AssociationType(code="contains", bundle=True))
    kit = make.make_product("KIT")
    associate(make.ACTOR, kit, kind, cup)
    row = {"associations-TOTAL_FORMS": "1", "associations-0-type": kind.pk, "associations-0-target": kit.pk}
    row |= {"associations-0-quantity": "1", "associations-0-position": "0"}
    answer = page.post(address(cup), {**filled(page, address(cup)), **row})
    assert answer.status_code == 200
    assert "A set cannot contain itself: CUP → KIT → CUP." in messages_of(answer)
    assert Association.objects.count() == 1


# --- Making variants -------------------------------------------------------------------------------------------------


@pytest.fixture
def split(cup: Product, family: Family) -> str:
    """The address of the page on which variants of the cup are made."""
    axes = [family.attributes.get(code=code) for code in ("color", "size")]
    cup.family_variant = make.make_family_variant(family, axes=axes)
    save_product(make.ACTOR, cup, {})
    return reverse("admin:catalog_product_variants", args=[cup.pk])


def test_what_is_missing_is_shown_before_it_is_made(page: Client, cup: Product, split: str) -> None:
    assert split in page.get(address(cup)).content.decode()
    chosen = {"axis:color": ["red", "blue"], "axis:size": "0.2\r\n 0.5 l\r\n\r\n", "pattern": "{sku}-{color}-{size}"}
    preview = page.post(split, {**chosen, "preview": "1"})
    assert [row.sku for row in preview.context["planned"]] == [
        "CUP-red-0.2-l", "CUP-red-0.5-l", "CUP-blue-0.2-l", "CUP-blue-0.5-l",
    ]  # fmt: skip
    assert "Make 4 as drafts" in messages_of(preview)
    assert Product.objects.count() == 1
    made = page.post(split, {**chosen, "make": "1"}, follow=True)
    assert "Variants made, as drafts: 4." in messages_of(made)
    assert set(Product.objects.filter(parent=cup).values_list("status", flat=True)) == {"draft"}
    assert "All these variants are there already." in messages_of(page.post(split, {**chosen, "preview": "1"}))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"axis:size": ""}, "Choose at least one value of Size."),
        ({"axis:size": "big"}, "“big” does not begin with a number."),
        ({"axis:size": "1 stone"}, "Size: "),
        ({"axis:color": "pink"}, "Select a valid choice."),
        ({"pattern": "{price}"}, "“{price}” stands for nothing in a SKU here"),
        ({"pattern": ""}, "This field is required."),
        ({"axis:size": "1\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_made_is_told_on_the_page(page: Client, split: str, typed: Any, reason: str) -> None:
    chosen = {"axis:color": ["red"], "axis:size": "1 l", "pattern": "{sku}-{color}", **typed}
    answer = page.post(split, {**chosen, "make": "1"})
    assert answer.status_code == 200
    assert reason in messages_of(answer)
    assert Product.objects.count() == 1


def test_a_sku_that_is_taken_is_shown_and_nothing_can_be_made(page: Client, cup: Product, split: str) -> None:
    make.make_product("CUP-red")
    chosen = {"axis:color": ["red"], "axis:size": "1 l", "pattern": "{sku}-{color}"}
    preview = page.post(split, {**chosen, "preview": "1"})
    assert "There is a product “CUP-red” already." in messages_of(preview)
    assert "as drafts" not in messages_of(preview)
    assert "There is a product “CUP-red” already." in messages_of(page.post(split, {**chosen, "make": "1"}))
    assert not Product.objects.filter(parent=cup).exists()


def test_a_product_without_axes_says_what_to_do(page: Client, cup: Product) -> None:
    answer = page.get(reverse("admin:catalog_product_variants", args=[cup.pk]))
    assert "CUP does not split into variants by axes." in messages_of(answer)
    assert "Add a variant" in messages_of(page.get(address(cup)))
