"""What counts of a line: against a recomputation that reads the rules one by one, and what the operations refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from catalog import inheritance
from catalog.models import Change, Product
from catalog.operations.assets import attach
from catalog.operations.associations import associate
from catalog.operations.fragments import place
from catalog.operations.inheriting import empty_here, reset_to_inherited, set_own_only
from catalog.operations.products import set_facts
from tests import factories as make


@dataclass(frozen=True)
class Row:
    """An asset in a role, or an association of a type."""

    number: int
    role: str
    channel_id: int | None = None


@dataclass
class Stage:
    """A level with all that it says itself."""

    own_only: list[str] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    assets: list[Row] = field(default_factory=list)
    associations: list[Row] = field(default_factory=list)


ROLES = ("main", "Gallery")
THINGS = ("categories", "asset:main", "asset:gallery", "association:main")
rows = st.builds(Row, st.integers(0, 99), st.sampled_from(ROLES), st.sampled_from([None, 1, 2]))
stages = st.builds(
    Stage,
    own_only=st.lists(st.sampled_from(THINGS), unique=True),
    categories=st.lists(st.integers(0, 5), unique=True),
    assets=st.lists(rows, max_size=4),
    associations=st.lists(rows, max_size=4),
)
lines = st.lists(stages, min_size=1, max_size=5)


def levels_for(line: list[Stage], what: str) -> list[Stage]:
    """The levels up to the first that takes only its own word, one after the other."""
    counting = []
    for stage in line:
        counting.append(stage)
        if what in stage.own_only:
            break
    return counting


def naive_assets(line: list[Stage], role: str, channel: int) -> list[Row]:
    for wanted in (channel, None):
        for stage in levels_for(line, f"asset:{role.lower()}"):
            here = [row for row in stage.assets if row.role == role and row.channel_id == wanted]
            if here:
                return here
    return []


@given(lines)
def test_categories_are_those_of_every_level_that_counts(line: list[Stage]) -> None:
    naive = {pk for stage in levels_for(line, "categories") for pk in stage.categories}
    found = inheritance.categories([stage.categories for stage in line], inheritance.cuts(line))
    assert set(found) == naive
    assert all(pk in line[depth].categories for pk, depth in found.items())
    assert all(pk not in stage.categories for pk, depth in found.items() for stage in line[:depth])


@given(lines)
def test_a_role_is_filled_for_the_channel_first_then_by_the_nearest_level(line: list[Stage]) -> None:
    own = [stage.assets for stage in line]
    found = [row for _, row in inheritance.assets(own, inheritance.cuts(line), 1)]
    for role in ROLES:
        assert [row for row in found if row.role == role] == naive_assets(line, role, 1)
    assert all(row in own[depth] for depth, row in inheritance.assets(own, inheritance.cuts(line), 1))


@given(lines)
def test_associations_are_those_of_every_level_that_counts(line: list[Stage]) -> None:
    own = [stage.associations for stage in line]
    found = [row for _, row in inheritance.associations(own, inheritance.cuts(line), lambda row: row.role)]
    naive = [
        row
        for depth, stage in enumerate(line)
        for row in stage.associations
        if depth < len(levels_for(line, f"association:{row.role.lower()}"))
    ]
    assert found == naive


def test_the_nearest_cut_counts_and_what_stands_above_the_root_is_behind_all() -> None:
    line = [Stage(), Stage(own_only=["slot:note"]), Stage(own_only=["slot:note", "categories"])]
    cut = inheritance.cuts(line)
    assert cut == {"slot:note": 2, "categories": 3}
    assert [inheritance.counts(cut, "slot:note", depth) for depth in range(4)] == [True, True, False, False]
    assert [inheritance.counts(cut, "categories", depth) for depth in (2, 3)] == [True, False]
    assert inheritance.counts(cut, "slot:other", 3)


def test_a_category_is_as_far_as_the_shortest_way_up_to_it() -> None:
    assert inheritance.category_distances([[1, 2, 3], [1, 4]]) == {3: 0, 2: 1, 1: 1, 4: 0}


# --- Operations ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("", "“” is nothing that is inherited"),
        ("price", "“price” is nothing that is inherited"),
        ("categories:all", "“categories:all” is nothing that is inherited"),
        ("asset:", "“asset:” is nothing that is inherited"),
        ("asset:a b", "“asset:a b” is nothing that is inherited"),
        ("asset:" + "r" * 51, "is too long for a role; at most 50 characters are allowed."),
        ("slot:nope", "There is no slot “nope”."),
        ("slot:\x00", "is nothing that is inherited"),
        ("slot:\ud800", "is nothing that is inherited"),
        ("association:nope", "There is no association type “nope”."),
        ("association:" + "x" * 100_000, "is nothing that is inherited"),
    ],
)
def test_what_cannot_be_cut_off_is_refused_by_its_name(what: str, message: str) -> None:
    product = make.make_product("A")
    for operation in (empty_here, reset_to_inherited):
        with pytest.raises(ValidationError) as refused:
            operation(make.ACTOR, product, what)
        assert message in refused.value.messages[0]
    with pytest.raises(ValidationError):
        set_own_only(make.ACTOR, product, add=["categories", what])
    assert Product.objects.get().own_only == []


@pytest.mark.django_db
def test_a_fact_that_cannot_be_emptied_is_refused_by_its_label() -> None:
    product = make.make_product("A")
    for what in ("fact:nope", "fact:nope:de"):
        with pytest.raises(ValidationError, match="There is no attribute “nope”"):
            empty_here(make.ACTOR, product, what)
    make.make_attribute("text", "name", label="Name", localizable=True)
    with pytest.raises(ValidationError, match="Name: this attribute has one value per language"):
        empty_here(make.ACTOR, product, "fact:name:")


@pytest.mark.django_db
def test_one_scope_of_a_fact_is_emptied_and_inherited_again_alone() -> None:
    make.make_attribute("text", "name", localizable=True)
    product = make.make_product("A", facts={"name": {"de": "Tasse", "en": "Cup"}})
    empty_here(make.ACTOR, product, "fact:name:de")
    assert Product.objects.get().values == {"name": {"de": None, "en": "Cup"}}
    reset_to_inherited(make.ACTOR, product, "fact:name:de")
    assert Product.objects.get().values == {"name": {"en": "Cup"}}
    reset_to_inherited(make.ACTOR, product, "fact:name")
    assert Product.objects.get().values == {}


@pytest.mark.django_db
def test_emptying_takes_the_products_own_word_away_and_is_on_record() -> None:
    product, other = make.make_product("A"), make.make_product("B")
    slot, kind = make.make_slot("note"), make.make_association_type("accessory")
    place(make.ACTOR, make.make_fragment("f", approved=True), slot, product)
    attach(make.ACTOR, product, make.make_asset(), "Main")
    associate(make.ACTOR, product, kind, other)
    product.categories.set([make.make_category()])
    Change.objects.all().delete()
    for what in ("slot:Note", "asset:MAIN", "association:accessory", "categories"):
        empty_here(make.ACTOR, product, what)
    assert product.own_only == ["asset:main", "association:accessory", "categories", "slot:note"]
    assert Product.objects.get(sku="A").own_only == product.own_only
    assert [
        product.placements.count(),
        product.product_assets.count(),
        product.associations.count(),
        product.categories.count(),
    ] == [0, 0, 0, 0]
    assert list(Change.objects.values_list("key", flat=True)) == ["A"] * 4


@pytest.mark.django_db
def test_saying_the_same_again_changes_nothing() -> None:
    product = make.make_product("A")
    set_own_only(make.ACTOR, product, add=["categories"])
    stamp, changes = Product.objects.get().updated_at, Change.objects.count()
    set_own_only(make.ACTOR, product, add=["categories"], remove=["asset:main"])
    assert (Product.objects.get().updated_at, Change.objects.count()) == (stamp, changes)


@pytest.mark.django_db
def test_what_somebody_else_said_meanwhile_stays() -> None:
    make.make_attribute("text", "name")
    mine = make.make_product("A")
    theirs = Product.objects.get()
    set_facts(make.ACTOR, theirs, {"name": {"": "Cup"}})
    set_own_only(make.ACTOR, theirs, add=["categories"])
    set_own_only(make.ACTOR, mine, add=["asset:main"])
    stored: Any = Product.objects.get()
    assert (stored.values, stored.own_only) == ({"name": {"": "Cup"}}, ["asset:main", "categories"])
