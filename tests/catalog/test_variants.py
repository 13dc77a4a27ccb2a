"""What tells variants apart, and making those that are missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import Attribute, Change, Family, FamilyVariant, FamilyVariantAttribute, Product
from catalog.operations.axes import renew_axis_keys
from catalog.operations.products import INHERIT, save_product, set_facts
from catalog.operations.variants import MOST, make_variants, plan_variants
from tests import factories as make
from tests.admin_pages import address, browser, filled
from tests.catalog.import_plans import run, small_plan
from tests.exports.world import counted
from tests.threads import at_once, shared_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoes() -> Family:
    color = make.make_attribute("select", "color", label="Colour", options=["red", "blue", "green"])
    size = make.make_attribute("number", "size", label="Size")
    volume = make.make_attribute(
        "measurement", "volume", label="Volume", settings={"unit_family": "volume", "unit": "l"}
    )
    note = make.make_attribute("text", "note", label="Note")
    return make.make_family("shoes", [color, size, volume, note])


def split(family: Family, *levels: list[str]) -> FamilyVariant:
    """A way to split: the axes of each level below the root."""
    variant = make.make_family_variant(family)
    for number, codes in enumerate(levels, 1):
        for code in codes:
            FamilyVariantAttribute.objects.create(
                family_variant=variant, attribute=family.attributes.get(code=code), level=number, axis=True
            )
    return variant


@pytest.fixture
def shoe(shoes: Family) -> Product:
    return make.make_product("SHOE", shoes, family_variant=split(shoes, ["color", "size"]))


def refused(callable_: Any, *args: Any, **kwargs: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        callable_(*args, **kwargs)
    return list(caught.value.messages)


def make_shoe(sku: str, parent: Product, color: str | None = None, size: str | None = None) -> Product:
    facts = {code: value for code, value in (("color", color), ("size", size)) if value is not None}
    return make.make_product(sku, parent=parent, facts=facts)


# --- Said when one is saved ------------------------------------------------------------------------------------------


def test_a_variant_says_all_its_axes_itself(shoe: Product) -> None:
    set_facts(make.ACTOR, shoe, {"color": {"": "red"}})
    assert refused(make_shoe, "S-1", shoe) == [
        "A variant of “SHOE” must say its Colour.",
        "A variant of “SHOE” must say its Size.",
    ]
    assert refused(make_shoe, "S-1", shoe, size="42") == ["A variant of “SHOE” must say its Colour."]
    assert not Product.objects.filter(sku="S-1").exists()


def test_a_combination_is_there_once_under_a_parent(shoe: Product, shoes: Family) -> None:
    make_shoe("S-1", shoe, "red", "42")
    assert refused(make_shoe, "S-2", shoe, "red", "42.0") == ["“S-1” is this variant already: Colour red, Size 42."]
    make_shoe("S-2", shoe, "red", "43")
    other = make.make_product("OTHER", shoes, family_variant=shoe.family_variant)
    make_shoe("O-1", other, "red", "42")


def test_the_same_amount_in_another_unit_is_the_same_combination(shoes: Family) -> None:
    cup = make.make_product("CUP", shoes, family_variant=split(shoes, ["volume"]))
    make.make_product("C-1", parent=cup, facts={"volume": {"amount": "0.5", "unit": "l"}})
    messages = refused(make.make_product, "C-2", parent=cup, facts={"volume": {"amount": "500", "unit": "ml"}})
    assert messages[0].startswith("“C-1” is this variant already: Volume")


def test_an_axis_cannot_be_emptied_or_inherited(shoe: Product) -> None:
    variant = make_shoe("S-1", shoe, "red", "42")
    for raw in (None, INHERIT):
        assert refused(set_facts, make.ACTOR, variant, {"color": {"": raw}}) == [
            "A variant of “SHOE” must say its Colour."
        ]
    assert Product.objects.get(sku="S-1").values["color"] == {"": "red"}


def test_other_facts_of_a_variant_change_and_its_key_stays(shoe: Product) -> None:
    variant = make_shoe("S-1", shoe, "red", "42")
    key = variant.axis_key
    set_facts(make.ACTOR, variant, {"note": {"": "Soft"}})
    assert Product.objects.get(sku="S-1").axis_key == key != ""
    set_facts(make.ACTOR, variant, {"size": {"": "43"}})
    assert Product.objects.get(sku="S-1").axis_key not in ("", key)


def test_each_level_has_its_own_axes(shoes: Family) -> None:
    root = make.make_product("R", shoes, family_variant=split(shoes, ["color"], ["size"]))
    red, blue = make_shoe("R-R", root, "red"), make_shoe("R-B", root, "blue")
    make_shoe("R-R-1", red, size="42")
    make_shoe("R-B-1", blue, size="42")
    assert refused(make_shoe, "R-R-2", red, size="42") == ["“R-R-1” is this variant already: Size 42."]
    assert refused(make_shoe, "R-R-2", red, "green") == ["A variant of “R-R” must say its Size."]


def test_without_axes_there_is_no_key(shoes: Family) -> None:
    root = make.make_product("R", shoes)
    assert (root.axis_key, make_shoe("R-1", root).axis_key, make_shoe("R-2", root).axis_key) == ("", "", "")


def test_the_database_refuses_a_combination_twice_whatever_way_it_comes(shoe: Product) -> None:
    first, second = make_shoe("S-1", shoe, "red", "42"), make_shoe("S-2", shoe, "red", "43")
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=second.pk).update(axis_key=first.axis_key)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_variant_at_once_one_is_told(shoe: Product, tmp_path: Path) -> None:
    answers: list[str] = []

    def save(sku: str) -> None:
        try:
            make_shoe(sku, Product.objects.get(sku="SHOE"), "red", "42")
            answers.append("made")
        except ValidationError as error:
            answers.append(error.messages[0])

    with shared_database(tmp_path):
        at_once(lambda: save("S-1"), lambda: save("S-2"))
    told = [answer for answer in answers if answer != "made"]
    assert len(told) == 1
    assert told[0].endswith("is this variant already: Colour red, Size 42.")


# --- When something above changes ------------------------------------------------------------------------------------


def test_a_way_to_split_that_comes_later_gives_keys_to_variants_that_say_enough(shoes: Family) -> None:
    root = make.make_product("R", shoes)
    for sku, color in (("R-1", "red"), ("R-2", "red"), ("R-3", "blue"), ("R-4", None)):
        make_shoe(sku, root, color)
    root.family_variant = split(shoes, ["color"])
    save_product(make.ACTOR, root, {})
    keys = dict(Product.objects.filter(parent=root).values_list("sku", "axis_key"))
    assert [sku for sku, key in keys.items() if key] == ["R-1", "R-3"]
    set_facts(make.ACTOR, Product.objects.get(sku="R-4"), {"note": {"": "Kept as it is"}})
    assert refused(set_facts, make.ACTOR, Product.objects.get(sku="R-4"), {"color": {"": "blue"}}) == [
        "“R-3” is this variant already: Colour blue."
    ]


def test_a_branch_that_moves_takes_its_keys_along(shoes: Family) -> None:
    variant = split(shoes, ["color"], ["size"])
    one, other = (make.make_product(sku, shoes, family_variant=variant) for sku in ("ONE", "OTHER"))
    branch = make_shoe("ONE-R", one, "red")
    leaf = make_shoe("ONE-R-1", branch, size="42")
    make_shoe("OTHER-R", other, "red")
    branch.parent = other
    assert refused(save_product, make.ACTOR, branch, {}) == ["“OTHER-R” is this variant already: Colour red."]
    branch.parent = None
    save_product(make.ACTOR, branch, {})
    assert Product.objects.get(pk=leaf.pk).axis_key == ""


def test_variants_that_change_places_do_not_stand_in_each_others_way(shoe: Product) -> None:
    first, second = make_shoe("S-1", shoe, "red", "42"), make_shoe("S-2", shoe, "blue", "42")
    values = {first.pk: second.values, second.pk: first.values}
    for pk, swapped in values.items():
        Product.objects.filter(pk=pk).update(values=swapped)
    renew_axis_keys([first.pk, second.pk])
    keys = dict(Product.objects.filter(parent=shoe).values_list("sku", "axis_key"))
    assert keys == {"S-1": second.axis_key, "S-2": first.axis_key}


def test_axes_that_are_changed_in_the_admin_tell_other_variants_apart(shoe: Product) -> None:
    make_shoe("S-1", shoe, "red", "42")
    make_shoe("S-2", shoe, "red", "43")
    variant = shoe.family_variant
    assert variant is not None
    page = browser()
    data = filled(page, address(variant))
    pk = str(Attribute.objects.get(code="size").pk)
    size = next(name for name, value in data.items() if name.endswith("-attribute") and value == [pk])
    data[size.replace("attribute", "DELETE")] = ["on"]
    assert page.post(address(variant), data).status_code == 302
    assert keys_of("S-1", "S-2") == [True, False]


# --- The generator ---------------------------------------------------------------------------------------------------


def test_only_the_combinations_that_are_missing_are_made_as_drafts(shoe: Product) -> None:
    make_shoe("S-1", shoe, "red", "42")
    wanted = {"color": ["red", "blue"], "Size": ["42", "43", "42.0"]}
    planned = plan_variants(shoe, wanted)
    assert [(row.sku, row.text, row.problem) for row in planned] == [
        ("SHOE-red-43", "Colour red, Size 43", ""),
        ("SHOE-blue-42", "Colour blue, Size 42", ""),
        ("SHOE-blue-43", "Colour blue, Size 43", ""),
    ]
    Change.objects.all().delete()
    made = make_variants(make.ACTOR, shoe, wanted, "{SKU}.{size}.{color}")
    assert [product.sku for product in made] == ["SHOE.43.red", "SHOE.42.blue", "SHOE.43.blue"]
    stored = Product.objects.get(sku="SHOE.43.red")
    assert (stored.status, stored.parent, stored.family) == ("draft", shoe, shoe.family)
    assert stored.values == {"color": {"": "red"}, "size": {"": "43"}}
    assert Change.objects.filter(operation="create", kind="product").count() == 3
    assert make_variants(make.ACTOR, shoe, wanted) == []
    assert refused(make_shoe, "S-9", shoe, "blue", "42") == [
        "“SHOE.42.blue” is this variant already: Colour blue, Size 42."
    ]


@pytest.mark.parametrize(
    ("values", "pattern", "message"),
    [
        ({"color": ["red"]}, "", "Choose at least one value of Size."),
        ({"color": ["red"], "size": []}, "", "Choose at least one value of Size."),
        ({"color": ["pink"], "size": ["42"]}, "", "Colour: “pink” is no option of “color”."),
        ({"color": ["red"], "size": ["42\x00"]}, "", "Size: “42\N{REPLACEMENT CHARACTER}” is no number"),
        ({"color": ["red"], "size": [None]}, "", "Choose at least one value of Size."),
        ({"color": ["red"], "size": ["42"], "note": ["x"]}, "", "There is no axis “note” here."),
        ({"color": ["red"], "size": ["42"]}, "{sku}-{note}", "“{note}” stands for nothing in a SKU here"),
        ({"color": ["red"], "size": ["42"]}, "{sku.__class__}", "“{sku.__class__}” stands for nothing in a SKU here"),
        ({"color": ["red"], "size": ["42"]}, "{sku} {color}", "“SHOE red” cannot be a SKU"),
        ({"color": ["red"], "size": ["42"]}, "{sku}" * 26, "cannot be a SKU"),
        ({"color": ["red"], "size": ["42"]}, "shoe", "There is a product “shoe” already."),
        ({"color": ["red"], "size": ["42", "43"]}, "{sku}-{color}", "Several variants would be called “SHOE-red”"),
        ({"color": ["red"], "size": [str(n) for n in range(MOST + 1)]}, "", "at most 1,000 are made at once."),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is(
    shoe: Product, values: dict[str, list[Any]], pattern: str, message: str
) -> None:
    assert message in "\n".join(refused(make_variants, make.ACTOR, shoe, values, pattern))
    assert Product.objects.count() == 1


def test_a_product_that_does_not_split_says_so(shoes: Family) -> None:
    lone = make.make_product("LONE", shoes)
    assert refused(plan_variants, lone, {"color": ["red"]}) == [
        "“LONE” does not split into variants by axes; choose how it does as its family variant."
    ]


def test_more_variants_take_no_more_queries(shoe: Product) -> None:
    def plan(count: int) -> None:
        plan_variants(
            Product.objects.select_related("family").get(pk=shoe.pk), {"color": ["red"], "size": sizes[:count]}
        )

    sizes = [str(n) for n in range(1, 43)]
    make_variants(make.ACTOR, shoe, {"color": ["blue"], "size": sizes[:2]})
    with counted(6):
        plan(2)
    with counted(6):
        plan(40)


# --- Imports ---------------------------------------------------------------------------------------------------------


def keys_of(*skus: str) -> list[bool]:
    found = dict(Product.objects.values_list("sku", "axis_key"))
    return [bool(found[sku]) for sku in skus]


def test_imported_variants_have_keys_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    assert run(small_plan(tmp_path)).issues == ()
    assert keys_of("LIRA", "LIRA-0", "LIRA-1") == [False, True, True]
    assert run(small_plan(tmp_path)).total.updated == 0


def test_an_imported_variant_that_says_too_little_or_the_same_comes_in_and_is_reported(tmp_path: Path) -> None:
    plan = small_plan(tmp_path, 3)
    plan.products[2] = replace(plan.products[2], values={"color": {"": "c0"}})
    plan.products[3] = replace(plan.products[3], values={})
    report = run(plan)
    assert [str(issue.reason) for issue in report.issues] == [
        "LIRA-0 is the same variant of LIRA already.",
        "a variant of LIRA says its color, and this one does not.",
    ]
    assert keys_of("LIRA-0", "LIRA-1", "LIRA-2") == [True, False, False]
    assert run(plan).total.updated == 0


def test_a_variant_made_here_is_known_to_an_import_that_does_not_name_it(tmp_path: Path) -> None:
    run(small_plan(tmp_path))
    parent = Product.objects.get(sku="LIRA")
    Product.objects.filter(sku="LIRA-1").delete()
    make.make_product("MINE", parent=parent, facts={"color": "c1"})
    report = run(small_plan(tmp_path))
    assert "MINE is the same variant of LIRA already." in [issue.reason for issue in report.issues]
    assert keys_of("MINE", "LIRA-1") == [True, False]


def test_imported_variants_may_change_places(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    first, second = plan.products[1:3]
    plan.products[1:3] = [replace(first, values=second.values), replace(second, values=first.values)]
    before = dict(Product.objects.values_list("sku", "axis_key"))
    assert run(plan).issues == ()
    after = dict(Product.objects.values_list("sku", "axis_key"))
    assert (after["LIRA-0"], after["LIRA-1"]) == (before["LIRA-1"], before["LIRA-0"])


def test_an_import_that_changes_the_axes_gives_other_variants_other_keys(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    level = replace(plan.family_variants[0].levels[0], axes=("extra-0",), attributes=("name",))
    plan.family_variants[0] = replace(plan.family_variants[0], levels=(level,))
    del plan.products[1:]
    run(plan)
    assert keys_of("LIRA-0", "LIRA-1") == [False, False]
    assert run(plan).total.updated == 0
