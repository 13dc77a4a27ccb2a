"""A number as a text wants it: in another unit of its family, with just so many decimals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.values.base import AttributeSpec, Invalid
from catalog.values.decimals import localized
from catalog.values.display import as_shown, in_unit
from catalog.values.measures import unit_family_of
from catalog.values.numbers import range_text
from catalog.values.registry import TYPES
from catalog.values.units import UNITS, convert, listed, unit_called, units_of

_MEASURES = ("measurement", "measurement_range")
_NUMBERS = (*_MEASURES, "number", "integer", "number_range")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def check_wanted(spec: AttributeSpec, unit: str, *, decimals: bool) -> None:
    """Whether an attribute's values can be written in a unit ("" for their own), or with a number of decimals.

    Raises Invalid naming the units there are.
    """
    kind = TYPES[spec.type].code_of(spec)
    if unit and kind not in _MEASURES:
        raise Invalid(f"“{spec.code}” is no measurement, so it has no unit")
    if decimals and kind not in _NUMBERS:
        raise Invalid(f"“{spec.code}” is no number, so it has no decimals")
    family = unit_family_of(spec)
    if unit and family:
        try:
            unit_called(unit, family)
        except Invalid:
            raise Invalid(f"“{unit}” is no unit of “{spec.code}”; there are {listed(units_of(family))}") from None
    elif unit:
        unit_called(unit)


def wanted_text(
    value: Any, spec: AttributeSpec, chain: tuple[str, ...], units: Mapping[str, str], unit: str, decimals: int | None
) -> str:
    """A value for people, in the unit wanted, else in the one its readers expect (by family of units).

    With `decimals` it is converted exactly, then rounded half up; without, it is rounded to a few significant digits
    where it had to be converted. Raises Invalid where the value cannot be written so.
    """
    check_wanted(spec, unit, decimals=decimals is not None)
    kind = TYPES[spec.type].code_of(spec)
    if kind not in _MEASURES:
        if decimals is None:
            return TYPES[spec.type].text(as_shown(value, units), spec, chain)
        return range_text(value, chain, decimals) if kind == "number_range" else localized(value, chain, decimals)
    symbol = _unit(value, unit, units)
    shown = in_unit(value, symbol) if decimals is None else _exactly_in(value, symbol)
    amounts = {name: text for name, text in shown.items() if name != "unit"}
    text = (
        localized(amounts["amount"], chain, decimals) if "amount" in amounts else range_text(amounts, chain, decimals)
    )
    return f"{text}{_NO_BREAK}{symbol}"


def _unit(value: Mapping[str, Any], unit: str, units: Mapping[str, str]) -> str:
    """The symbol of the unit to write a value in. Raises Invalid for one of another family."""
    family = UNITS[value["unit"]].family
    if unit:
        return unit_called(unit, family)
    expected = units.get(family, "")
    return expected if expected in units_of(family) else str(value["unit"])


def _exactly_in(value: Mapping[str, Any], symbol: str) -> dict[str, str]:
    return {
        name: format(convert(Decimal(text), value["unit"], symbol), "f")
        for name, text in value.items()
        if name != "unit"
    }
