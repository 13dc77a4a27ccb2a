"""Category trees come in as mptt would build them, in the order of the plan."""

from __future__ import annotations

import pytest

from catalog.importing.plan import (
    CategoryRecord,
    Plan,
    TagRecord,
)
from catalog.importing.report import Counts
from catalog.models import (
    Category,
    Tag,
)
from catalog.operations.trees import move_category, save_category
from tests.catalog.import_plans import ACTOR, reasons, run

pytestmark = pytest.mark.django_db


def tree() -> list[str]:
    """Every category in reading order, indented by its level."""
    return ["." * category.level + category.code for category in Category.objects.order_by("tree_id", "lft")]


def assert_as_mptt_would_number_it() -> None:
    columns = ("code", "tree_id", "lft", "rght", "level")
    ours = list(Category.objects.order_by("code").values_list(*columns))
    Category.objects.rebuild()
    assert list(Category.objects.order_by("code").values_list(*columns)) == ours


def categories(*pairs: str) -> Plan:
    """`a` is a root, `a/b` is b below a."""
    split = [pair.rpartition("/") for pair in pairs]
    return Plan("test", categories=[CategoryRecord(code, parent) for parent, _, code in split])


def test_trees_are_as_mptt_builds_them() -> None:
    report = run(categories("a", "a/b", "b/c", "a/d", "x", "x/y", "d/e", "b/f"))

    assert report.kinds["categories"] == Counts(created=8)
    assert tree() == ["a", ".b", "..c", "..f", ".d", "..e", "x", ".y"]
    assert_as_mptt_would_number_it()


def test_children_may_stand_before_their_parents() -> None:
    run(categories("b/c", "a/b", "a"))

    assert tree() == ["a", ".b", "..c"]
    assert_as_mptt_would_number_it()


def test_trees_that_are_there_gain_and_move_and_order_nodes() -> None:
    run(categories("a", "a/b", "a/c", "a/d", "x", "x/y"))
    save_category(ACTOR, Category(code="own", parent=Category.objects.get(code="b")))
    save_category(ACTOR, Category(code="hand-made", parent=Category.objects.get(code="a")))
    move_category(ACTOR, Category.objects.get(code="hand-made"), Category.objects.get(code="b"), "right")

    report = run(categories("a", "a/d", "a/new", "a/b", "x", "b/y"))

    assert report.kinds["categories"] == Counts(created=1, updated=3, unchanged=2)
    assert tree() == ["a", ".d", ".new", ".b", "..own", "..y", ".hand-made", ".c", "x"]
    assert_as_mptt_would_number_it()
    assert run(categories("a", "a/d", "a/new", "a/b", "x", "b/y")).total == Counts(unchanged=6)


def test_a_category_never_comes_below_itself() -> None:
    run(categories("a", "a/b", "b/c"))

    report = run(categories("c/a"))

    assert reasons(report) == ["categories a.parent c: that one stands below this category itself; it is left out."]
    assert tree() == ["a", ".b", "..c"]


def test_a_circle_in_the_plan_is_broken_and_reported() -> None:
    report = run(categories("b/a", "a/b"))

    assert len(report.issues) == 1
    assert Category.objects.count() == 2
    assert_as_mptt_would_number_it()


def test_a_tree_may_be_deeper_than_the_stack() -> None:
    pairs = ["n0", *(f"n{number}/n{number + 1}" for number in range(60))]
    run(categories(*pairs))

    assert Category.objects.get(code="n60").level == 60
    assert_as_mptt_would_number_it()


def test_tags_know_their_broader_tag() -> None:
    run(Plan("test", tags=[TagRecord("topic", "recycling", parent="topic:green"), TagRecord("topic", "green")]))

    assert str(Tag.objects.get(code="recycling").parent) == "topic:green"
