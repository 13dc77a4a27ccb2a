"""Amounts with a unit, and ranges of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, ValueType, quoted
from catalog.values.decimals import check_decimals, check_limits, exact, localized
from catalog.values.numbers import DECIMAL_TEXT, check_ends, range_entry, range_schema, range_text, said_ends
from catalog.values.settings import DEFAULT, NUMERIC, UNIT, UNIT_FAMILY, UNITS_ALLOWED, check_order, check_units
from catalog.values.sortable import number_key
from catalog.values.units import UNITS, amount_and_unit, convert, in_base, listed, unit_called, units_of

_NO_BREAK = "\N{NO-BREAK SPACE}"


class Measurement(ValueType):
    """An amount with a unit, kept as written: `{"amount": "4.2", "unit": "kg"}`."""

    code = "measurement"
    label = "Measurement"
    operators = frozenset(["=", "<"])
    settings = (UNIT_FAMILY, UNIT, UNITS_ALLOWED, *NUMERIC, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, dict) or not {"amount"} <= set(raw) <= {"amount", "unit"}:
            raise Invalid('expected an amount with its unit, such as {"amount": "4.2", "unit": "kg"}')
        unit = unit_of(raw, spec)
        return {"amount": amount_of(raw["amount"], unit, spec), "unit": unit}

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return f"{localized(value['amount'], chain)}{_NO_BREAK}{value['unit']}"

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        return {**value, "unit_code": UNITS[value["unit"]].code}

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(_key(value["amount"], value["unit"])),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        amount, typed = amount_and_unit(raw)
        unit = unit_called(typed, unit_family_of(spec)) if typed else spec.settings.get("unit")
        if not unit:
            raise Invalid(f"{quoted(raw)} needs a unit; there are {listed(allowed_units(spec))}")
        return Entry(_key(exact(amount), unit))

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        properties = {"amount": DECIMAL_TEXT, **_unit_schema(spec)}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def check_together(self, spec: AttributeSpec) -> None:
        check_order(spec, "min", "max")
        check_units(spec)


class MeasurementRange(Measurement):
    """From one amount to another, both included, in one unit: `{"from": "10", "to": "20", "unit": "kg"}`.

    An end left out is open.
    """

    code = "measurement_range"
    label = "Range of measurements"
    ranged = True

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, dict) or not set(raw) <= {"from", "to", "unit"}:
            raise Invalid('expected a range with its unit, such as {"from": "10", "to": "20", "unit": "kg"}')
        ends = said_ends(raw)
        unit = unit_of(raw, spec)
        kept = {end: amount_of(raw[end], unit, spec) for end in ends}
        check_ends(kept)
        return {**kept, "unit": unit}

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return f"{range_text(_ends(value), chain)}{_NO_BREAK}{value['unit']}"

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        unit = value["unit"]
        return (range_entry({end: in_base(Decimal(text), unit) for end, text in _ends(value).items()}),)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return range_schema(_unit_schema(spec))


def unit_of(raw: dict[str, Any], spec: AttributeSpec) -> str:
    """The unit said, or the attribute's usual one. Raises Invalid naming those there are."""
    unit = raw.get("unit") or spec.settings.get("unit")
    allowed = allowed_units(spec)
    if not isinstance(unit, str) or unit not in allowed:
        raise Invalid(f"{quoted(unit or '')} is no unit of “{spec.code}”; there are {listed(allowed)}")
    return unit


def allowed_units(spec: AttributeSpec) -> Sequence[str]:
    """The symbols an attribute takes: those it names, else those of its kind, else all."""
    family = spec.settings.get("unit_family")
    return spec.settings.get("units") or (units_of(family) if family else list(UNITS))


def unit_family_of(spec: AttributeSpec) -> str:
    """The kind of unit an attribute's amounts are in, "" where it takes any."""
    usual = spec.settings.get("unit")
    return spec.settings.get("unit_family") or (UNITS[usual].family if usual else "")


def amount_of(raw: Any, unit: str, spec: AttributeSpec) -> str:
    """An amount in its canonical notation. Limits are said in the attribute's usual unit. Raises Invalid."""
    text = exact(raw)
    check_decimals(text, spec)
    usual = spec.settings.get("unit") or unit
    number = Decimal(text) if usual == unit else convert(Decimal(text), unit, usual)
    shown, said_in = (text, "") if usual == unit else (f"{text} {unit}", f" {usual}")
    check_limits(number, shown, spec, said_in)
    return text


# A knowledge base repeats its amounts, and a conversion by fractions takes some microseconds.
@lru_cache(maxsize=20_000)
def _key(amount: str, unit: str) -> str:
    return number_key(in_base(Decimal(amount), unit))


def _ends(value: dict[str, str]) -> dict[str, str]:
    return {end: value[end] for end in ("from", "to") if end in value}


def _unit_schema(spec: AttributeSpec) -> dict[str, Any]:
    """Of an attribute that takes any unit not all of them are listed."""
    allowed = list(allowed_units(spec)) if unit_family_of(spec) or spec.settings.get("units") else []
    units, codes = ({"enum": names} if names else {} for names in (allowed, [UNITS[name].code for name in allowed]))
    return {"unit": {"type": "string", **units}, "unit_code": {"type": "string", **codes}}
