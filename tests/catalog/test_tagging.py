"""Tags are given to many fragments at once, made into several, and merged."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Change, Fragment, Tag
from catalog.operations.recording import store
from catalog.operations.tagging import split_tag, tag_fragments
from catalog.operations.upkeep import merge
from tests.admin_pages import queries
from tests.factories import make_fragment, make_tag

ME = Actor(name="ada", path="admin")

pytestmark = pytest.mark.django_db


def tags_of(fragment: Fragment) -> list[str]:
    return [tag.code for tag in Fragment.objects.get(pk=fragment.pk).tags.all()]


def tagged(code: str, *tags: Tag) -> Fragment:
    fragment = make_fragment(code)
    fragment.tags.set(tags)
    return fragment


def test_tags_are_given_and_taken_and_only_what_differs_is_on_record() -> None:
    heat, steam = make_tag(code="heat"), make_tag(code="steam")
    one, two, three = tagged("one", heat), tagged("two", steam), tagged("three", heat, steam)
    assert tag_fragments(ME, [one, two, three], add=[steam], remove=[heat]) == 2
    assert [tags_of(fragment) for fragment in (one, two, three)] == [["steam"]] * 3
    assert set(Change.objects.filter(operation="tag").values_list("key", flat=True)) == {"one", "three"}


def test_a_tag_is_not_given_and_taken_at_once() -> None:
    tag = make_tag(code="heat")
    with pytest.raises(ValidationError, match="“topic:heat” cannot be given and taken away at once"):
        tag_fragments(ME, [make_fragment()], add=[tag], remove=[tag])


def test_many_are_tagged_with_as_many_queries_as_a_few() -> None:
    tag, other = make_tag(), make_tag()
    few = [make_fragment() for _ in range(2)]
    more = [make_fragment() for _ in range(22)]
    counts = [queries(lambda rows=rows: tag_fragments(ME, rows, add=[tag], remove=[other])) for rows in (few, more)]  # type: ignore[misc]
    assert counts[0] == counts[1]


def test_a_tag_is_split_into_those_that_its_fragments_are_of() -> None:
    hazard = make_tag(code="hazard")
    heat, power = make_tag(code="heat"), Tag(facet="topic", code="power", parent=hazard)
    store(ME, power)
    one, two, both, rest = (tagged(code, power) for code in ("one", "two", "both", "rest"))
    tags = split_tag(ME, power, {"HEAT": [one, both], "current": [two, both]})
    assert [str(tag) for tag in tags] == ["topic:heat", "topic:current"]
    assert (tags[0], tags[1].parent) == (heat, hazard)
    assert [tags_of(row) for row in (one, two, both, rest)] == [["heat"], ["current"], ["current", "heat"], ["power"]]


@pytest.mark.parametrize(
    ("code", "why"), [("power", "cannot be split into itself"), ("no code", "A code starts with a letter")]
)
def test_a_split_that_cannot_be_leaves_all_as_it_was(code: str, why: str) -> None:
    power = make_tag(code="power")
    one = tagged("one", power)
    with pytest.raises(ValidationError, match=why):
        split_tag(ME, power, {"fine": [one], code: [one]})
    assert (tags_of(one), Tag.objects.count()) == (["power"], 1)


def test_a_fragment_without_the_tag_gets_no_part_of_it() -> None:
    with pytest.raises(ValidationError, match="“one” does not have the tag “topic:power”"):
        split_tag(ME, make_tag(code="power"), {"heat": [make_fragment("one")]})


def test_merging_two_tags_leaves_each_fragment_one() -> None:
    heat, hot = make_tag(code="heat"), make_tag(code="hot")
    below = Tag(facet="topic", code="steam", parent=hot)
    store(ME, below)
    one, both = tagged("one", hot), tagged("both", hot, heat)
    merge(ME, hot, heat)
    below.refresh_from_db()
    assert (tags_of(one), tags_of(both), below.parent) == (["heat"], ["heat"], heat)


def test_tags_are_found_with_all_below_them() -> None:
    top = make_tag(code="hazard")
    heat = Tag(facet="topic", code="heat", parent=top)
    store(ME, heat)
    steam = Tag(facet="topic", code="steam", parent=heat)
    store(ME, steam)
    other = make_tag(code="other")
    assert querysets.tags_below([top.pk]) == {top.pk, heat.pk, steam.pk}
    assert querysets.tags_below([other.pk]) == {other.pk}
    assert querysets.tags_below([]) == set()
    assert [(str(tag), level) for tag, level in querysets.tags_in_order()] == [
        ("topic:hazard", 0),
        ("topic:heat", 1),
        ("topic:steam", 2),
        ("topic:other", 0),
    ]
    Tag.objects.filter(pk=top.pk).update(parent=steam)
    assert querysets.tags_below([top.pk]) == {top.pk, heat.pk, steam.pk}
    assert {tag.code for tag, _ in querysets.tags_in_order()} == {"hazard", "heat", "steam", "other"}
