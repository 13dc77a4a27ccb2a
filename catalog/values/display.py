"""Measurements in the unit a channel's readers expect. What machines get stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from catalog.values.decimals import plain
from catalog.values.units import UNITS, convert

# A converted amount has no more significant digits than this, unless what was written had.
DIGITS = 4


def in_unit(value: Mapping[str, Any], wanted: str, digits: int = DIGITS) -> Mapping[str, Any]:
    """A measurement, or a range of them, in another unit of its family, rounded to so many significant digits.

    Unchanged where it is in that unit already or the unit is of another family.
    """
    unit = value["unit"]
    if unit == wanted or wanted not in UNITS or UNITS[wanted].family != UNITS[unit].family:
        return value
    amounts = {
        name: _converted(value[name], unit, wanted, digits) for name in ("amount", "from", "to") if name in value
    }
    return {**value, **amounts, "unit": wanted}


def _converted(amount: str, unit: str, wanted: str, digits: int) -> str:
    written = len(Decimal(amount).as_tuple().digits)
    return plain(Context(prec=max(digits, written)).plus(convert(Decimal(amount), unit, wanted)))


def as_shown(value: Any, units: Mapping[str, str]) -> Any:
    """A value as a channel's readers see it, cells of tables too; `units` are the channel's, by family of units."""
    if not units:
        return value
    if not isinstance(value, list):
        return _shown(value, units)
    return [
        {name: _shown(cell, units) for name, cell in row.items()} if isinstance(row, dict) else row for row in value
    ]


def _shown(value: Any, units: Mapping[str, str]) -> Any:
    if not isinstance(value, dict) or "unit" not in value:
        return value
    wanted = units.get(UNITS[value["unit"]].family)
    return in_unit(value, wanted) if wanted else value
