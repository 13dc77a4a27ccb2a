"""Exact numbers, and ranges of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from catalog.values.base import HIGHEST, LOWEST, AttributeSpec, Entry, Invalid, InvalidSetting, Json, Setting, ValueType
from catalog.values.decimals import bounded, exact, localized
from catalog.values.settings import DECIMALS, DEFAULT, MAX, MIN, NUMERIC, STEP, check_order
from catalog.values.sortable import number_key

DECIMAL_TEXT = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


class Number(ValueType):
    """A decimal number, stored as text and never rounded."""

    code = "number"
    label = "Decimal number"
    operators = frozenset(["=", "<"])
    settings: ClassVar[tuple[Setting, ...]] = (*NUMERIC, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        return bounded(exact(raw), spec)

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return localized(value, chain)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(number_key(Decimal(value))),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return Entry(number_key(Decimal(exact(raw))))

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return DECIMAL_TEXT

    def check_together(self, spec: AttributeSpec) -> None:
        check_order(spec, "min", "max")


class Integer(Number):
    """A whole number, stored as text like every other."""

    code = "integer"
    label = "Whole number"
    settings = (MIN, MAX, STEP, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        text = exact(raw)
        if "." in text:
            raise Invalid(f"{text} is no whole number")
        return bounded(text, spec)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": "^-?[0-9]+$"}

    def check_together(self, spec: AttributeSpec) -> None:
        super().check_together(spec)
        for name in ("min", "max", "step"):
            if "." in str(spec.settings.get(name, "")):
                raise InvalidSetting(name, f"{spec.settings[name]} is no whole number")


class NumberRange(Number):
    """Numbers from one to another, both included: `{"from": "10", "to": "20"}`. An end left out is open."""

    code = "number_range"
    label = "Range of numbers"
    ranged = True
    settings = (MIN, MAX, STEP, DECIMALS, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, dict) or not set(raw) <= {"from", "to"}:
            raise Invalid('expected a range with its ends, such as {"from": "10", "to": "20"}')
        kept = {end: bounded(exact(raw[end]), spec) for end in said_ends(raw)}
        check_ends(kept)
        return kept

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return range_text(value, chain)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (range_entry({end: Decimal(text) for end, text in value.items()}),)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return range_schema({})


def said_ends(raw: dict[str, Any]) -> list[str]:
    """Which ends of a range are said: at least one. Raises Invalid."""
    ends = [end for end in ("from", "to") if raw.get(end) not in (None, "")]
    if not ends:
        raise Invalid("a range with no end at all; say from or to, or leave the value out")
    return ends


def check_ends(ends: dict[str, str]) -> None:
    """Raises Invalid where a range runs backwards."""
    if len(ends) == 2 and Decimal(ends["from"]) > Decimal(ends["to"]):
        raise Invalid(f"the range begins at {ends['from']} and ends before it, at {ends['to']}")


def range_text(ends: dict[str, str], chain: tuple[str, ...], decimals: int | None = None) -> str:
    """A range for people: 10–20, ≥ 10, ≤ 20; -5 – 20 where a sign would run into the dash; one number if both agree."""
    low, high = (localized(ends[end], chain, decimals) if end in ends else "" for end in ("from", "to"))
    if not low or not high:
        return f"≥{_NO_BREAK}{low}" if low else f"≤{_NO_BREAK}{high}"
    if low == high:
        return low
    space = _NO_BREAK if ends["from"].startswith("-") or ends["to"].startswith("-") else ""
    return f"{low}{space}–{space}{high}"


def range_entry(ends: dict[str, Decimal]) -> Entry:
    """The keys of a range's ends; an open end is below or above all keys."""
    low, high = (number_key(ends[end]) if end in ends else "" for end in ("from", "to"))
    return Entry(low or LOWEST, high or HIGHEST)


def range_schema(more: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"from": DECIMAL_TEXT, "to": DECIMAL_TEXT, **more},
        "required": list(more),
        "additionalProperties": False,
        "minProperties": len(more) + 1,
    }
