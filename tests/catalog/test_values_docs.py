"""The page on attributes tells of every type, setting, function and unit, as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog.values import TYPES
from catalog.values.expressions import FUNCTIONS
from catalog.values.units import FAMILIES, UNITS

PAGE = (Path(__file__).parents[2] / "docs/attributes.md").read_text()


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


ROWS = {
    row[0].strip("`"): row
    for row in map(cells, re.findall(r"^\| `\w+` \|.*$", PAGE.partition("## What every")[0], re.MULTILINE))
}


def test_every_type_is_documented_in_the_order_of_the_registry() -> None:
    assert list(ROWS) == list(TYPES)


@pytest.mark.parametrize("code", TYPES)
def test_what_is_told_of_a_type_is_so(code: str) -> None:
    kind = TYPES[code]
    _, label, _, settings, operators, counted = ROWS[code]
    assert label == kind.label
    assert set(re.findall(r"`(\w+)`", settings)) == {setting.name for setting in kind.settings}
    assert counted == ("yes" if kind.faceted else "")
    if not kind.computed:
        assert set(operators.split()) == kind.operators


def test_every_setting_and_function_is_explained() -> None:
    explained = PAGE.partition("## Settings")[2]
    names = {setting.name for kind in TYPES.values() for setting in kind.settings}
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []
    assert [name for name in FUNCTIONS if f"`{name}(" not in explained] == []


def test_every_unit_is_listed_with_its_code() -> None:
    rows = [cells(row) for row in re.findall(r"^\| `\w+` \|.*$", PAGE.partition("## Units")[2], re.MULTILINE)]
    assert rows == [
        [f"`{code}`", family.base, ", ".join(f"{symbol} ({UNITS[symbol].code})" for symbol in family.units)]
        for code, family in FAMILIES.items()
    ]
