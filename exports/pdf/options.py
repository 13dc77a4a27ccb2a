"""Reading an output's options: each is right or told with what it may be. Options come through forms and commands too,
so a number may be a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from exports.errors import ExportError

Options = Mapping[str, Any]

_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")
_COLOR = re.compile("#[0-9a-fA-F]{6}")


def number(
    options: Options, name: str, otherwise: float, least: float, most: float, unit: str = "millimetres"
) -> float:
    """Raises ExportError naming the option, `unit` and the range."""
    said = options.get(name)
    if said in (None, ""):
        return otherwise
    try:
        value = Decimal(str(said))
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(said, bool) or not value.is_finite() or not Decimal(str(least)) <= value <= Decimal(str(most)):
        raise _wrong(name, said, f"a number of {unit} from {least:g} to {most:g}")
    return float(value)


def whole(options: Options, name: str, otherwise: int, least: int, most: int) -> int:
    """Raises ExportError naming the option and the range."""
    value = number(options, name, otherwise, least, most, "pieces")
    if value != int(value):
        raise _wrong(name, options[name], f"a whole number from {least} to {most}")
    return int(value)


def flag(options: Options, name: str, *, otherwise: bool) -> bool:
    """Raises ExportError for what is neither yes nor no."""
    said = options.get(name)
    if said in (None, ""):
        return otherwise
    text = str(said).lower()
    if text not in (*_YES, *_NO):
        raise _wrong(name, said, "true or false")
    return text in _YES


def choice(options: Options, name: str, otherwise: str, choices: Sequence[str]) -> str:
    """Raises ExportError naming the option and the choices."""
    said = str(options.get(name) or otherwise)
    if said not in choices:
        raise _wrong(name, said, f"one of {', '.join(choices)}")
    return said


def listed(options: Options, name: str) -> tuple[str, ...]:
    """Codes: a list, or a text with commas or line breaks between them. Raises ExportError for anything else."""
    said = options.get(name) or ()
    if isinstance(said, str):
        said = re.split(r"[,\n]", said)
    if not isinstance(said, Sequence) or not all(isinstance(code, str) for code in said):
        raise _wrong(name, said, "a list of codes")
    return tuple(dict.fromkeys(code.strip() for code in said if code.strip()))


def table(options: Options, name: str) -> Mapping[str, str]:
    """Codes with a text or number each. Raises ExportError for anything else."""
    said = options.get(name) or {}
    if not isinstance(said, Mapping) or any(isinstance(value, (Mapping, list, bool)) for value in said.values()):
        raise _wrong(name, said, 'codes with a value each, such as {"BZ-1": "9.90"}')
    return {str(code): str(value) for code, value in said.items()}


def day(options: Options, name: str) -> date | None:
    """A date, as ISO 8601 writes it. Raises ExportError for anything else."""
    said = options.get(name)
    if said in (None, ""):
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise _wrong(name, said, "a date such as 2027-01-31") from None


def color(options: Options, name: str, otherwise: str) -> str:
    """A colour as #rrggbb. Raises ExportError for anything else."""
    said = str(options.get(name) or otherwise)
    if not _COLOR.fullmatch(said):
        raise _wrong(name, said, "a colour such as #a4552e")
    return said


def address(options: Options, name: str, otherwise: str = "") -> str:
    """A web address. Raises ExportError for anything else."""
    said = str(options.get(name) or otherwise)
    if said and not re.fullmatch(r"https?://[!-~]{1,2000}", said):
        raise _wrong(name, said, "an address that begins with https://")
    return said


def _wrong(name: str, said: Any, expected: str) -> ExportError:
    return ExportError(f"The option “{name}” is “{str(said)[:80]}”; it has to be {expected}.")
