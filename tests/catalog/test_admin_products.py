"""The product's form writes what was typed, where it was typed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Association, Attribute, Change, Family, Placement, Product
from catalog.operations.assets import attach
from catalog.operations.products import set_facts
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.sharing import Made, once

pytestmark = ADMIN


def make_family() -> Family:
    make.make_channel("print", currencies=["EUR", "RON"])
    attributes = [
        make.make_attribute("text", code="name", label="Name", localizable=True),
        make.make_attribute(
            "measurement", code="weight", label="Weight", settings={"unit_family": "mass", "unit": "kg"}
        ),
        make.make_attribute("boolean", code="warm", label="Cup warmer"),
        make.make_attribute("select", code="color", label="Colour", options=["red", "blue"]),
        make.make_attribute("multiselect", code="material", label="Material", options=["steel", "wood"]),
        make.make_attribute("date", code="since", label="Since"),
        make.make_attribute("price", code="price", label="Price", per_channel=True),
        make.make_attribute("number", code="cups", label="Cups", settings={"max": "9"}),
        make.make_attribute("asset", code="drawing", label="Drawing"),
        make.make_attribute("reference", code="spare", label="Spare"),
        make.make_attribute("longtext", code="notes", label="Notes"),
    ]
    return make.make_family("machines", attributes, label_attribute=Attribute.objects.get(code="name"))


made_family = once(make_family)


@pytest.fixture
def family(made_family: Made[Family], db: None) -> Family:
    return made_family.again()


@pytest.fixture
def page() -> Client:
    return browser()


def save(page: Client, product: Product, **typed: Any) -> Any:
    """Open a product's form, type something into the fields named, and save."""
    return page.post(address(product), {**filled(page, address(product)), **typed, "_continue": "1"})


def typed(code: str, scope: str = "", part: str = "") -> str:
    return f"fact:{code}:{scope}{part}"


def values_of(product: Product) -> Any:
    return Product.objects.get(pk=product.pk).values


def test_saving_an_untouched_form_changes_no_fact(page: Client, family: Family) -> None:
    drawing, spare = make.make_asset("plan"), make.make_product("SP-1")
    facts = {
        "name": {"en": "Lira", "de": "Lira"},
        "weight": {"amount": "5.2", "unit": "kg"},
        "warm": False,
        "color": "red",
        "material": ["steel", "wood"],
        "since": "2026-11-22",
        "price": {"": [{"amount": "449.00", "currency": "EUR"}], "@print": [{"amount": "459.00", "currency": "EUR"}]},
        "cups": "2",
        "drawing": drawing.code,
        "spare": spare.sku,
        "notes": "One\nTwo",
    }
    product = make.make_product("BZ", family, facts)
    before = values_of(product)
    assert save(page, product).status_code == 302
    assert values_of(product) == before


def test_each_type_is_written_as_it_was_typed(page: Client, family: Family) -> None:
    make.make_asset("plan")
    make.make_product("SP-1")
    product = make.make_product("BZ", family)
    entries = {
        typed("name", "de"): "Lira",
        typed("weight", part="_0"): "5.20",
        typed("weight", part="_1"): "kg",
        typed("warm"): "false",
        typed("color"): "blue",
        typed("material"): ["wood"],
        typed("since"): "2026-11-22",
        typed("price", part="_EUR"): "449",
        typed("price", "@print", "_RON"): "2249.5",
        typed("cups"): "2",
        typed("drawing"): "plan",
        typed("spare"): "SP-1",
        typed("notes"): "One\r\nTwo",
    }
    assert save(page, product, **entries).status_code == 302
    assert values_of(product) == {
        "name": {"de": "Lira"},
        "weight": {"": {"amount": "5.2", "unit": "kg"}},
        "warm": {"": False},
        "color": {"": "blue"},
        "material": {"": ["wood"]},
        "since": {"": "2026-11-22"},
        "price": {
            "": [{"amount": "449.00", "currency": "EUR"}],
            "@print": [{"amount": "2249.50", "currency": "RON"}],
        },
        "cups": {"": "2"},
        "drawing": {"": "plan"},
        "spare": {"": "SP-1"},
        "notes": {"": "One\nTwo"},
    }


def test_a_variant_says_only_what_was_typed_in_it(page: Client, family: Family) -> None:
    parent = make.make_product("BZ", family, {"name": {"en": "Lira"}, "cups": "2"})
    child = make.make_product("BZ-1", parent=parent)
    assert save(page, child, **{typed("cups"): "4"}).status_code == 302
    assert values_of(child) == {"cups": {"": "4"}}


def test_a_field_made_blank_inherits_again(page: Client, family: Family) -> None:
    parent = make.make_product("BZ", family, {"cups": "2"})
    child = make.make_product("BZ-1", parent=parent, facts={"cups": "4"})
    assert save(page, child, **{typed("cups"): ""}).status_code == 302
    assert values_of(child) == {}


def test_a_fact_said_to_be_empty_and_one_outside_the_family_stay(page: Client, family: Family) -> None:
    make.make_attribute("text", code="other")
    parent = make.make_product("BZ", family, {"cups": "2"})
    child = make.make_product("BZ-1", parent=parent, facts={"cups": None, "other": "Kept"})
    assert save(page, child, **{typed("notes"): "New"}).status_code == 302
    assert values_of(child) == {"cups": {"": None}, "other": {"": "Kept"}, "notes": {"": "New"}}


def test_an_answer_that_is_no_option_any_more_stays_until_somebody_chooses(page: Client, family: Family) -> None:
    product = make.make_product("BZ", family, {"color": "red"})
    Attribute.objects.get(code="color").options.get(code="red").delete()
    assert save(page, product, **{typed("cups"): "2"}).status_code == 302
    assert values_of(product) == {"color": {"": "red"}, "cups": {"": "2"}}
    assert "red (no option any more)" in messages_of(page.get(address(product)))


def test_the_form_tells_what_is_inherited_and_from_where(page: Client, family: Family) -> None:
    parent = make.make_product("BZ-LIRA", family, {"weight": {"amount": "5.2", "unit": "kg"}, "cups": "2"})
    child = make.make_product("BZ-LIRA-1", parent=parent)
    text = page.get(address(child)).content.decode()
    assert "inherited from BZ-LIRA: 5.2\N{NO-BREAK SPACE}kg" in text
    assert 'placeholder="2"' in text
    assert "inherited from" not in page.get(address(parent)).content.decode()


def test_a_price_for_one_channel_is_compared_with_the_one_for_all(page: Client, family: Family) -> None:
    product = make.make_product("BZ", family, {"price": [{"amount": "449.00", "currency": "EUR"}]})
    assert "as for all channels: €449.00" in page.get(address(product)).content.decode()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (typed("cups"), "ten", "“ten” is no number."),
        (typed("cups"), "10", "10 is above the most allowed, 9."),
        (typed("weight", part="_0"), "5,2", "“5,2” is no number; write decimals with a point."),
        (typed("drawing"), "no-such", "There is no asset “no-such”."),
        (typed("spare"), "no-such", "There is no product “no-such”."),
        (typed("color"), "green", "“green” is no option of “color”."),
        (typed("since"), "22.11.2026", "“22.11.2026” is no date; write it as 2027-03-31."),
        (typed("name", "de"), "a\x00b", "Character U+0000 at position 2 cannot be stored."),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(
    page: Client, family: Family, name: str, value: str, message: str
) -> None:
    product = make.make_product("BZ", family)
    answer = save(page, product, **{name: value, typed("notes"): "Typed", "status": "disabled"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {name.removesuffix("_0"): [message]}
    assert message in messages_of(answer)
    assert "Typed" in answer.content.decode()
    unchanged = Product.objects.get(pk=product.pk)
    assert (unchanged.values, unchanged.status) == ({}, "enabled")


def test_a_form_opened_before_somebody_elses_change_is_refused(page: Client, family: Family) -> None:
    product = make.make_product("BZ", family, {"cups": "1"})
    data = filled(page, address(product))
    set_facts(make.ACTOR, product, {"notes": {"": "By somebody else"}})
    answer = page.post(address(product), {**data, typed("cups"): "2"})
    assert answer.status_code == 200
    assert "Somebody else changed “BZ” while you had it open" in messages_of(answer)
    assert values_of(product) == {"cups": {"": "1"}, "notes": {"": "By somebody else"}}
    assert not Change.objects.filter(actor="anna").exists()


def test_what_an_operation_refuses_comes_back_as_a_form_and_rolls_everything_back(page: Client, family: Family) -> None:
    parent = make.make_product("BZ", family)
    child = make.make_product("BZ-1", parent=parent)
    answer = save(page, parent, parent=str(child.pk), **{typed("cups"): "2"})
    assert answer.status_code == 200
    assert "cannot be its parent." in messages_of(answer)
    assert values_of(parent) == {}
    assert not Change.objects.filter(actor="anna").exists()


def test_a_new_product_goes_on_to_its_facts(page: Client, family: Family) -> None:
    data = {"sku": "NEW-1", "family": family.pk, "parent": "", "status": "draft"}
    answer = page.post(address(Product, "add"), data)
    product = Product.objects.get(sku="NEW-1")
    assert answer.headers["Location"].startswith(address(product))
    assert Change.objects.filter(actor="anna", path="admin", operation="create", key="NEW-1").exists()


def test_a_sku_that_is_taken_is_told_at_its_field(page: Client, family: Family) -> None:
    make.make_product("BZ")
    answer = page.post(address(Product, "add"), {"sku": "bz", "family": "", "parent": "", "status": "draft"})
    assert answer.status_code == 200
    assert "This code is taken already." in messages_of(answer)


def test_rows_that_hang_on_a_product_are_saved_and_recorded_with_it(page: Client, family: Family) -> None:
    product, target = make.make_product("BZ", family), make.make_product("TAMPER")
    kind, slot, fragment = make.make_association_type("accessory"), make.make_slot(), make.make_fragment("hint")
    asset = make.make_asset("front")
    rows = {
        **inline("associations", type=kind.pk, target=target.pk, quantity=2, position=0),
        **inline("product_assets", asset=asset.pk, role="main", position=0),
        **inline("placements", slot=slot.pk, fragment=fragment.pk, position=0),
    }
    assert save(page, product, **rows).status_code == 302
    assert Association.objects.get(source=product).quantity == 2
    assert product.product_assets.get().asset == asset
    assert Placement.objects.get(product=product).fragment == fragment
    kinds = set(Change.objects.filter(actor="anna").values_list("kind", flat=True))
    assert kinds == {"product", "productasset", "placement"}


def inline(prefix: str, **fields: Any) -> dict[str, Any]:
    """One new row of an inline."""
    return {f"{prefix}-TOTAL_FORMS": "1", **{f"{prefix}-0-{name}": str(value) for name, value in fields.items()}}


def test_a_row_that_is_wrong_keeps_the_whole_form_from_being_saved(page: Client, family: Family) -> None:
    product = make.make_product("BZ", family)
    kind = make.make_association_type("accessory")
    row = inline("associations", type=kind.pk, target=product.pk, quantity=1, position=0)
    assert save(page, product, **row, **{typed("cups"): "2"}).status_code == 200
    assert values_of(product) == {}
    assert not product.associations.exists()


def test_attributes_of_a_lower_level_stand_with_the_variants(page: Client, family: Family) -> None:
    color = Attribute.objects.get(code="color")
    split = make.make_family_variant(family, axes=[color])
    root = make.make_product("BZ", family, family_variant=split)
    variant = make.make_product("BZ-RED", parent=root, facts={"color": "red"})
    assert typed("color") not in page.get(address(root)).content.decode()
    sheet = page.get(address(variant)).context["sheet"]
    assert sheet.groups[0].label == "This variant"
    assert [(row.spec.code, row.axis) for row in sheet.groups[0].rows] == [("color", True)]


def test_a_product_lists_its_variants(page: Client, family: Family) -> None:
    root = make.make_product("BZ", family)
    variant = make.make_product("BZ-RED", parent=root, facts={"name": {"en": "Red one"}})
    text = page.get(address(root)).content.decode()
    assert address(variant) in text
    assert "Red one" in text


def test_a_product_that_has_variants_is_not_deleted_but_explains_itself(page: Client, family: Family) -> None:
    root = make.make_product("BZ", family)
    make.make_product("BZ-RED", parent=root)
    answer = page.post(address(root, "delete"), {"post": "yes"})
    assert "BZ-RED" in messages_of(answer)
    assert Product.objects.filter(pk=root.pk).exists()


def test_deleting_is_recorded_with_the_users_name(page: Client, family: Family) -> None:
    product = make.make_product("BZ", family)
    assert page.post(address(product, "delete"), {"post": "yes"}).status_code == 302
    assert not Product.objects.filter(pk=product.pk).exists()
    assert Change.objects.filter(actor="anna", operation="delete", kind="product", key="BZ").exists()


def test_products_are_found_by_sku_and_by_name_in_the_readers_language(page: Client, family: Family) -> None:
    make.make_product("A-1", family, {"name": {"en": "Red lamp", "de": "Rote Leuchte"}})
    make.make_product("A-2", family, {"name": {"en": "Blue lamp"}})
    assert skus(page, q="a-1") == ["A-1"]
    assert skus(page, q="leuchte") == []
    page.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert skus(page, q="leuchte") == ["A-1"]
    assert skus(page, q="lamp blue") == ["A-2"]
    assert skus(page, q="lamp") == ["A-1", "A-2"]
    assert skus(page, q="100%") == []


def skus(page: Client, **query: Any) -> list[str]:
    rows = page.get(address(Product, "changelist"), query).context["cl"].result_list
    return [row.sku for row in rows]


def test_a_list_shows_the_name_and_picture_a_variant_inherits(page: Client, family: Family) -> None:
    parent = make.make_product("A-1", family, {"name": {"en": "Lamp", "it": "Lampada"}})
    asset = make.make_asset()
    attach(make.ACTOR, parent, asset, "main")
    make.make_product("A-2", parent=parent)
    rows = page.get(address(Product, "changelist"), headers={"accept-language": "it"}).context["cl"].result_list
    assert [(row.shown.name, row.shown.picture) for row in rows] == [("Lampada", asset.pk)] * 2
    assert rows[0].shown.variants == 1


def test_the_lookup_of_products_answers_with_skus(page: Client, family: Family) -> None:
    make.make_product("A-1", family)
    found = page.get(address(Product, "lookup"), {"term": "a"}).json()
    assert found == {"results": [{"id": "A-1", "text": "A-1"}], "pagination": {"more": False}}
    assert page.get(address(Product, "lookup"), {"page": "nonsense"}).status_code == 200
