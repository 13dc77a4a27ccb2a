"""What an output can be told, as data: from one declaration it is checked, asked for in forms and told in the docs.

What is said comes from forms, commands and JSON, so that a number may be a text and a list a text with commas.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from exports.errors import ExportError

SHORT, LONG = 160, 4_000  # characters
MANY = 5_000  # codes

_YES, _NO = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_ADDRESS = re.compile("https?://[!-~]+")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


class Unfit(Exception):
    """What was said is not `expected`, which completes “it has to be …”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(ABC):
    """`help` is a sentence or two for whoever fills in the form; `group` the heading it stands under there.

    `kind` says how it is asked for, see exports.admin.option_fields.
    """

    kind: ClassVar[str]

    label: str
    help: str = ""
    group: str = ""

    @property
    @abstractmethod
    def default(self) -> Any:
        """What holds where nothing is said."""

    @abstractmethod
    def read(self, said: Any) -> Any:
        """The value of what is said, which is not nothing. Raises Unfit."""

    def usual(self) -> str:
        """The default in words; empty where it goes without saying."""
        return ""

    def kept(self, value: Any) -> Any:
        """A value as JSON has it."""
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Option):
    """Words, at most `limit` characters; longer ones are refused."""

    kind: ClassVar = "text"
    limit: int = SHORT
    otherwise: str = ""

    @property
    def default(self) -> str:
        return self.otherwise

    def read(self, said: Any) -> str:
        if isinstance(said, (Mapping, list)) or len(str(said)) > self.limit or "\0" in str(said):
            raise Unfit(f"a text of at most {self.limit} characters")
        return str(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Option):
    """Yes or no."""

    kind: ClassVar = "flag"
    otherwise: bool = False

    @property
    def default(self) -> bool:
        return self.otherwise

    def read(self, said: Any) -> bool:
        text = str(said).lower()
        if text not in (*_YES, *_NO):
            raise Unfit("true or false")
        return text in _YES

    def usual(self) -> str:
        return "true" if self.otherwise else "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Option):
    """A number of `unit` within bounds, both allowed."""

    kind: ClassVar = "number"
    otherwise: float = 0
    least: float = 0
    most: float
    unit: str = "mm"

    @property
    def default(self) -> float:
        return self.otherwise

    def read(self, said: Any) -> float:
        try:
            value = Decimal(str(said).strip())
        except InvalidOperation:
            value = Decimal("NaN")
        if isinstance(said, bool) or not value.is_finite() or not self._allows(value):
            raise Unfit(self.expected())
        return float(value)

    def expected(self) -> str:
        return f"a number from {self.least:g} to {self.most:g} {self.unit}".rstrip()

    def usual(self) -> str:
        return f"{self.otherwise:g} {self.unit}".rstrip()

    def _allows(self, value: Decimal) -> bool:
        return Decimal(str(self.least)) <= value <= Decimal(str(self.most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Number):
    """A whole number."""

    kind: ClassVar = "whole"
    otherwise: int = 1
    unit: str = ""

    def read(self, said: Any) -> int:
        value = Number.read(self, said)
        if value != int(value):
            raise Unfit(self.expected())
        return int(value)

    def expected(self) -> str:
        return f"a whole number from {self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Option):
    """One of `choices`, by code with what it is called; `otherwise`, or the first, where nothing is said."""

    kind: ClassVar = "choice"
    choices: Mapping[str, str]
    otherwise: str = ""

    @property
    def default(self) -> str:
        return self.otherwise or next(iter(self.choices))

    def read(self, said: Any) -> str:
        if not isinstance(said, str) or said not in self.choices:
            raise Unfit(f"one of {', '.join(self.choices)}")
        return said

    def usual(self) -> str:
        return self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Option):
    """Codes of `what`, each once: a list, or a text with commas or line breaks between them."""

    kind: ClassVar = "codes"
    what: str = ""

    @property
    def default(self) -> tuple[str, ...]:
        return ()

    def read(self, said: Any) -> tuple[str, ...]:
        parts = re.split(r"[,\n]", said) if isinstance(said, str) else said
        if not isinstance(parts, Sequence) or not all(isinstance(code, str) for code in parts) or len(parts) > MANY:
            raise Unfit("a list of codes")
        return tuple(dict.fromkeys(code.strip() for code in parts if code.strip()))

    def kept(self, value: Any) -> list[str]:
        return list(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Option):
    """One code of `what`."""

    kind: ClassVar = "code"
    what: str = ""

    @property
    def default(self) -> str:
        return ""

    def read(self, said: Any) -> str:
        if not isinstance(said, str) or len(said) > SHORT:
            raise Unfit("a code")
        return said.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Option):
    """Codes of `what` with a text or number each: an object, or lines such as `BZ-1 9.90`."""

    kind: ClassVar = "table"
    what: str = ""

    @property
    def default(self) -> Mapping[str, str]:
        return {}

    def read(self, said: Any) -> Mapping[str, str]:
        rows = dict(_lines(said)) if isinstance(said, str) else said
        if not isinstance(rows, Mapping) or any(isinstance(value, (Mapping, list, bool)) for value in rows.values()):
            raise Unfit('codes with a value each, such as {"BZ-1": "9.90"}')
        return {str(code): str(value) for code, value in rows.items()}


def _lines(said: str) -> list[tuple[str, str]]:
    parts = [line.rsplit(None, 1) for line in said.splitlines() if line.strip()]
    if any(len(part) != 2 for part in parts):
        raise Unfit("a line for each code with its value after a blank, such as BZ-1 9.90")
    return [(code.strip(), value) for code, value in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Option):
    """A date (ISO 8601)."""

    kind: ClassVar = "day"

    @property
    def default(self) -> None:
        return None

    def read(self, said: Any) -> date:
        try:
            return date.fromisoformat(str(said))
        except ValueError:
            raise Unfit("a date such as 2027-01-31") from None

    def kept(self, value: Any) -> str:
        return str(value.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Option):
    """A date with a time and a time zone (ISO 8601), in at most 25 characters, as receivers of feeds take it."""

    kind: ClassVar = "text"
    limit: ClassVar[int] = 25

    @property
    def default(self) -> str:
        return ""

    def read(self, said: Any) -> str:
        try:
            moment = datetime.fromisoformat(str(said))
        except ValueError:
            moment = datetime.min
        if moment.tzinfo is None or len(str(said)) > self.limit:
            raise Unfit("a date with a time and a time zone, such as 2027-02-01T09:00+01:00")
        return str(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Color(Option):
    """A colour as #rrggbb."""

    kind: ClassVar = "color"
    otherwise: str

    @property
    def default(self) -> str:
        return self.otherwise

    def read(self, said: Any) -> str:
        if not _COLOR.fullmatch(str(said)):
            raise Unfit("a colour such as #a4552e")
        return str(said)

    def usual(self) -> str:
        return self.otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Option):
    """A complete web address of at most `limit` characters."""

    kind: ClassVar = "address"
    limit: int = 2_000

    @property
    def default(self) -> str:
        return ""

    def read(self, said: Any) -> str:
        if not _ADDRESS.fullmatch(str(said)) or len(str(said)) > self.limit:
            raise Unfit(f"an address that begins with https://, of at most {self.limit:,} characters")
        return str(said)


class WrongOptions(ExportError):
    """`faults` has a sentence for each option that is wrong; the message is the first of them."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(next(iter(faults.values())))
        self.faults = faults


def read(declared: Mapping[str, Option], said: Mapping[str, Any], form: str) -> dict[str, Any]:
    """The value of every option of a format (called `form` in messages). Raises WrongOptions."""
    faults = {}
    for name in said.keys() - declared.keys():
        faults[name] = f"Format “{form}” has {', '.join(declared) or 'no options'}, not “{name}”."
    found = {}
    for name, option in declared.items():
        raw = said.get(name)
        try:
            found[name] = option.default if raw in _NOTHING else option.read(raw)
        except Unfit as wrong:
            faults[name] = f"“{str(raw)[:80]}” cannot be the option “{name}”: it has to be {wrong}."
    if faults:
        raise WrongOptions(dict(sorted(faults.items())))
    return found


def kept(declared: Mapping[str, Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """What `read` found as it is stored: what differs from what would hold anyway."""
    return {name: option.kept(values[name]) for name, option in declared.items() if values[name] != option.default}
