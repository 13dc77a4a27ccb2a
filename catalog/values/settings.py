"""What attributes can be told, as data: the types choose among these."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2

from catalog.values.base import AttributeSpec, Invalid, InvalidSetting, Json, Setting, clean_text, quoted
from catalog.values.decimals import exact, limit
from catalog.values.units import FAMILIES, UNITS, units_of

MAX_PATTERN = 500
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def whole(low: int, high: int) -> Any:
    """A check for whole numbers between two bounds, both included."""

    def check(raw: Any) -> Json:
        text = exact(raw)
        if "." in text or not low <= int(text) <= high:
            raise Invalid(f"this is a whole number from {low} to {high}")
        return int(text)

    return check


def above_zero(raw: Any) -> Json:
    text = exact(raw)
    if Decimal(text) <= 0:
        raise Invalid("this has to be above 0")
    return text


def pattern(raw: Any) -> Json:
    """A regular expression that RE2 takes; what it cannot do in linear time is none. Raises Invalid with its reason."""
    text = clean_text(raw, MAX_PATTERN)
    compiled(text)
    return text


@lru_cache(maxsize=1_000)
def compiled(text: str) -> Any:
    """A pattern made ready. Raises Invalid."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise Invalid(f"{quoted(text)} is no pattern: {reason}") from None


def unit_family(raw: Any) -> Json:
    if not isinstance(raw, str) or raw not in FAMILIES:
        raise Invalid(f"{quoted(raw)} is no kind of unit; there are {', '.join(FAMILIES)}")
    return raw


def unit(raw: Any) -> Json:
    if not isinstance(raw, str) or raw not in UNITS:
        raise Invalid(f"{quoted(raw)} is no unit that is known here")
    return raw


def units(raw: Any) -> Json:
    if not isinstance(raw, list):
        raise Invalid("expected a list of units")
    return list(dict.fromkeys(str(unit(item)) for item in raw))


def code(raw: Any) -> Json:
    if not isinstance(raw, str) or not _CODE.fullmatch(raw):
        raise Invalid(f"{quoted(raw)} is no code")
    return raw


def as_it_is(raw: Any) -> Json:
    """A default value is checked by the type itself, when the other settings are known."""
    value: Json = raw
    return value


DEFAULT = Setting(
    "default", "value", "Default", "Counts where neither a product nor its family says anything.", as_it_is
)
MAX_LENGTH = Setting("max_length", "whole", "At most characters", "", whole(1, 100_000))
MIN_LENGTH = Setting("min_length", "whole", "At least characters", "", whole(1, 100_000))
PATTERN = Setting(
    "pattern",
    "pattern",
    "Pattern",
    "A regular expression (RE2) that the whole text has to match, such as [A-Z]{2}-[0-9]+.",
    pattern,
)
MIN = Setting("min", "number", "Least allowed", "", exact)
MAX = Setting("max", "number", "Most allowed", "", exact)
STEP = Setting(
    "step", "number", "Step", "Only multiples of it are allowed, counted from the least allowed.", above_zero
)
DECIMALS = Setting("decimals", "whole", "Decimals", "At most so many digits after the point.", whole(0, 20))
UNIT_FAMILY = Setting("unit_family", "unit_family", "Kind of unit", "", unit_family)
UNIT = Setting(
    "unit",
    "unit",
    "Usual unit",
    "Offered first, and meant where an amount comes without a unit; limits are said in it.",
    unit,
)
UNITS_ALLOWED = Setting("units", "units", "Units allowed", "None chosen means all of the kind.", units)
ENTITY = Setting("entity", "entity", "Kind of record", "Such as brand or material.", code, required=True)

NUMERIC = (MIN, MAX, STEP, DECIMALS)


def check_order(spec: AttributeSpec, low: str, high: str) -> None:
    """Raises InvalidSetting where the lower of two limits is above the other."""
    least, most = limit(spec, low), limit(spec, high)
    if least is not None and most is not None and least > most:
        raise InvalidSetting(high, f"the most allowed, {spec.settings[high]}, is below the least, {spec.settings[low]}")


def check_units(spec: AttributeSpec) -> None:
    """Raises InvalidSetting where units are of another kind than the attribute's, or the usual one is not allowed."""
    family, usual, allowed = (spec.settings.get(name) for name in ("unit_family", "unit", "units"))
    for name, symbol in (("unit", usual), *(("units", each) for each in allowed or ())):
        if symbol and family and UNITS[symbol].family != family:
            raise InvalidSetting(name, f"“{symbol}” is no unit of {family}; there are {', '.join(units_of(family))}")
    if usual and allowed and usual not in allowed:
        raise InvalidSetting("unit", f"“{usual}” is not among the units allowed: {', '.join(allowed)}")
