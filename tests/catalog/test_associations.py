"""Associations, and sets that never contain themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing.plan import Refused
from catalog.models import Association, AssociationType, Product
from catalog.operations.associations import associate, refuse_cycle, save_association_type
from catalog.operations.inheriting import reset_to_inherited, set_own_only
from catalog.operations.products import save_product
from tests import factories as make
from tests.catalog.import_plans import run, small_plan
from tests.threads import at_once, shared_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def contains() -> AssociationType:
    return save_association_type(make.ACTOR, AssociationType(code="contains", bundle=True))


def chain(kind: AssociationType, *skus: str) -> list[Product]:
    """Products of which each contains the next."""
    made = [make.make_product(sku) for sku in skus]
    for whole, part in pairwise(made):
        associate(make.ACTOR, whole, kind, part, quantity=2)
    return made


def refused(source: Product, kind: AssociationType, target: Product) -> str:
    with pytest.raises(ValidationError) as caught:
        associate(make.ACTOR, source, kind, target)
    message: str
    (message,) = caught.value.messages
    return message


def test_a_set_does_not_contain_itself_through_any_chain(contains: AssociationType) -> None:
    first, _, last = chain(contains, "KIT", "BOX", "CUP")
    assert refused(last, contains, first) == "A set cannot contain itself: CUP → KIT → BOX → CUP."
    assert refused(first, contains, first) == "A product cannot point to itself."
    assert Association.objects.count() == 2


def test_the_shortest_way_round_is_told(contains: AssociationType) -> None:
    first, middle, _, last = chain(contains, "A", "B", "C", "D")
    associate(make.ACTOR, middle, contains, last)
    assert refused(last, contains, first) == "A set cannot contain itself: D → A → B → D."


def test_a_chain_may_run_through_several_types_of_sets(contains: AssociationType) -> None:
    other = save_association_type(make.ACTOR, AssociationType(code="includes", bundle=True))
    first, last = chain(contains, "KIT", "BOX")
    assert refused(last, other, first) == "A set cannot contain itself: BOX → KIT → BOX."


def test_a_part_in_two_sets_is_no_circle_and_other_types_may_go_round(contains: AssociationType) -> None:
    first, second = chain(contains, "KIT", "BOX")
    cup = make.make_product("CUP")
    for whole in (first, second):
        associate(make.ACTOR, whole, contains, cup)
    goes_with = make.make_association_type("goes-with")
    associate(make.ACTOR, first, goes_with, second)
    associate(make.ACTOR, second, goes_with, first)
    assert Association.objects.count() == 5


def test_what_a_variant_inherits_counts_too(contains: AssociationType) -> None:
    kit = make.make_product("KIT")
    small = make.make_product("KIT-S", parent=kit)
    box = make.make_product("BOX")
    assert refused(kit, contains, small) == "A set cannot contain itself: KIT → KIT-S."
    associate(make.ACTOR, kit, contains, box)
    assert refused(box, contains, small) == "A set cannot contain itself: BOX → KIT-S → BOX."


def test_a_variant_that_takes_only_its_own_parts_may_be_one(contains: AssociationType) -> None:
    kit = make.make_product("KIT")
    spare = make.make_product("KIT-S", parent=kit)
    box = make.make_product("BOX")
    associate(make.ACTOR, kit, contains, box)
    set_own_only(make.ACTOR, spare, add=["association:contains"])
    associate(make.ACTOR, box, contains, spare)
    with pytest.raises(ValidationError, match=r"A set cannot contain itself: KIT-S → BOX → KIT-S\."):
        reset_to_inherited(make.ACTOR, spare, "association:contains")
    assert Product.objects.get(sku="KIT-S").own_only == ["association:contains"]


def test_a_product_does_not_move_below_a_set_it_is_in(contains: AssociationType) -> None:
    kit, box = chain(contains, "KIT", "BOX")
    box.parent = kit
    with pytest.raises(ValidationError, match=r"A set cannot contain itself: BOX → BOX\."):
        save_product(make.ACTOR, box, {})
    assert Product.objects.get(sku="BOX").parent is None


def test_a_type_whose_products_go_round_does_not_become_one_of_sets() -> None:
    kind = make.make_association_type("goes-with")
    first, second = make.make_product("A"), make.make_product("B")
    associate(make.ACTOR, first, kind, second)
    associate(make.ACTOR, second, kind, first)
    kind.bundle = True
    with pytest.raises(ValidationError, match=r"A set cannot contain itself: A → B → A\."):
        save_association_type(make.ACTOR, kind)
    assert AssociationType.objects.get().bundle is False


def test_a_quantity_is_at_least_one(contains: AssociationType) -> None:
    kit, cup = make.make_product("KIT"), make.make_product("CUP")
    for quantity in (0, -1):
        with pytest.raises(ValidationError):
            associate(make.ACTOR, kit, contains, cup, quantity=quantity)
    assert associate(make.ACTOR, kit, contains, cup, quantity=6).quantity == 6
    assert associate(make.ACTOR, kit, contains, cup, quantity=4, position=1).quantity == 4
    assert Association.objects.get().position == 1


def test_a_wide_set_takes_no_more_queries_than_a_narrow_one(contains: AssociationType) -> None:
    kit, box = chain(contains, "KIT", "BOX")

    def queries_with(parts: int) -> int:
        for _ in range(parts):
            associate(make.ACTOR, box, contains, make.make_product())
        with CaptureQueriesContext(connection) as queries:
            refuse_cycle(kit)
        return len(queries)

    assert queries_with(2) == queries_with(20) <= 11


@pytest.mark.django_db(transaction=True)
def test_two_who_would_close_a_circle_together_do_not(tmp_path: Path) -> None:
    kind = save_association_type(make.ACTOR, AssociationType(code="contains", bundle=True))
    for sku in ("A", "B"):
        make.make_product(sku)
    answers: list[str] = []

    def point(source: str, target: str) -> None:
        try:
            associate(make.ACTOR, Product.objects.get(sku=source), kind, Product.objects.get(sku=target))
            answers.append("made")
        except ValidationError as error:
            answers.append(error.messages[0])

    with shared_database(tmp_path):
        at_once(lambda: point("A", "B"), lambda: point("B", "A"))
    assert sorted(answer[:24] for answer in answers) == ["A set cannot contain its", "made"]


def test_an_import_that_would_make_a_set_contain_itself_writes_nothing(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    plan.association_types[0] = replace(plan.association_types[0], bundle=True)
    plan.products[0] = replace(plan.products[0], associations=(("accessory", "LIRA-0", 1),))
    with pytest.raises(Refused, match="A set cannot contain itself: LIRA → LIRA-0"):
        run(plan)
    assert not Product.objects.exists()


def test_an_import_says_what_a_product_does_not_inherit(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    wanted = ("Categories", "asset:Main", "slot:Feature", "association:accessory", "slot:nope", "price", "asset:a b")
    plan.products[1] = replace(plan.products[1], own_only=wanted)
    report = run(plan)
    assert Product.objects.get(sku="LIRA-0").own_only == [
        "asset:main", "association:accessory", "categories", "slot:feature",
    ]  # fmt: skip
    assert [issue.value for issue in report.issues] == ["nope", "price", "asset:a b"]
    assert run(plan).total.updated == 0
