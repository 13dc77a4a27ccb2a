"""All that counts for a product: its own, inherited, its family's, defaults, and what is computed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.values import AttributeSpec, Level
from catalog.values.effective import COMPUTED, DEFAULT, FAMILY, effective, levels_of

WIDTH = AttributeSpec("width", "number")
HEIGHT = AttributeSpec("height", "number", settings={"default": "7"})
NAME = AttributeSpec("name", "text", localizable=True)
AREA = AttributeSpec("area", "computed", settings={"expression": "width * height", "result": "number"})
TWICE = AttributeSpec("twice", "computed", settings={"expression": "area * 2", "result": "number"})
SPECS = (TWICE, NAME, WIDTH, AREA, HEIGHT)


def line(*levels: dict[str, Any]) -> list[Level]:
    return [Level(f"P{number}", values) for number, values in enumerate(levels)]


def values(levels: tuple[Level, ...], specs: tuple[AttributeSpec, ...] = SPECS) -> dict[str, Any]:
    found = effective(specs, levels, "", ("en",))
    return {code: resolution.winner.value for code, resolution in found.items()}


def test_a_family_speaks_after_the_root_and_a_default_after_the_family() -> None:
    levels = levels_of(line({}, {"width": {"": "3"}}), "boxes", {"width": {"": "1"}, "height": {"": "2"}}, SPECS)
    found = effective((WIDTH, HEIGHT), levels, "", ("en",))
    assert found["width"].winner.sku == "P1"
    assert [candidate.sku for candidate in found["width"].beaten] == [FAMILY + "boxes"]
    assert (found["height"].winner.sku, found["height"].winner.value) == (FAMILY + "boxes", "2")
    assert [candidate.sku for candidate in found["height"].beaten] == [DEFAULT]


def test_without_family_facts_and_defaults_there_are_no_levels_for_them() -> None:
    assert levels_of(line({}), "boxes", {}, (WIDTH, NAME)) == (Level("P0", {}),)


def test_a_default_is_no_word_in_a_language() -> None:
    spec = AttributeSpec("name", "text", localizable=True, settings={"default": "x"})
    assert levels_of(line({}), "", {}, (spec,)) == (Level("P0", {}),)


def test_a_computed_fact_is_made_of_what_counts_and_may_be_made_of_another() -> None:
    levels = levels_of(line({}, {"width": {"": "3"}}), "", {}, SPECS)
    assert values(levels) == {"twice": "42", "width": "3", "area": "21", "height": "7"}


def test_the_order_is_that_of_the_attributes() -> None:
    levels = levels_of(line({"width": {"": "3"}, "name": {"en": "Box"}}), "", {}, SPECS)
    assert list(values(levels)) == ["twice", "name", "width", "area", "height"]


def test_a_computed_fact_says_that_it_is_one() -> None:
    levels = levels_of(line({"width": {"": "3"}}), "", {}, SPECS)
    winner = effective(SPECS, levels, "", ("en",))["area"].winner
    assert (winner.sku, str(winner.scope), winner.value) == (COMPUTED, "", "21")


def test_a_computed_fact_without_one_of_its_sources_has_no_value() -> None:
    assert values(levels_of(line({"width": {"": None}}), "", {}, SPECS)) == {"width": None, "height": "7"}


def test_facts_that_are_made_of_each_other_have_no_value() -> None:
    there = AttributeSpec("there", "computed", settings={"expression": "back + 1", "result": "number"})
    back = AttributeSpec("back", "computed", settings={"expression": "there + 1", "result": "number"})
    assert values(tuple(line({})), (there, back)) == {}


LEVEL_VALUES = st.dictionaries(
    st.sampled_from(["width", "height"]),
    st.dictionaries(st.just(""), st.one_of(st.none(), st.integers(0, 99).map(str)), min_size=1),
)


@given(st.lists(LEVEL_VALUES, min_size=1, max_size=4), LEVEL_VALUES)
def test_effective_values_equal_a_naive_recomputation(own: list[dict[str, Any]], family: dict[str, Any]) -> None:
    found = values(levels_of(line(*own), "f", family, SPECS))
    said: dict[str, Any] = {"height": "7"}
    for level in (family, *reversed(own)):
        said |= {code: scopes[""] for code, scopes in level.items()}
    expected = dict(said)
    if said.get("width") is not None and said.get("height") is not None:
        area = int(said["width"]) * int(said["height"])
        expected |= {"area": str(area), "twice": str(2 * area)}
    assert found == expected
