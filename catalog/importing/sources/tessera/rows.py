"""TOML files read strictly: every value has its type, every key its meaning, and an error its place."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from catalog.importing.plan import Refused

T = TypeVar("T")

REQUIRED: Any = object()
_NAMES: dict[type[Any], str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    datetime.date: "a date such as 2027-03-31",
}


class Row:
    """One table, read key by key. `place` names it in errors; a key that nobody read is refused by `done`.

    `number` is its place among its kind, in all files.
    """

    number = 0

    def __init__(self, place: str, table: Any) -> None:
        if not isinstance(table, dict):
            raise Refused(f"{place}: expected a table, not “{table}”.")
        self.place = place
        self._table = table
        self._read: set[str] = set()

    def named(self, *keys: str) -> Row:
        """The same row with its name in its place, for errors from here on."""
        name = ":".join(str(self._table[key]) for key in keys if key in self._table)
        self.place = f"{self.place} “{name}”" if name else self.place
        return self

    def text(self, key: str, default: str = REQUIRED) -> str:
        return self._value(key, str, default)

    def whole(self, key: str, default: int = REQUIRED) -> int:
        return self._value(key, int, default)

    def flag(self, key: str) -> bool:
        return self._value(key, bool, False)

    def date(self, key: str) -> datetime.date | None:
        return self._value(key, datetime.date, None)

    def table(self, key: str) -> dict[str, Any]:
        return self._value(key, dict, {})

    def texts(self, key: str) -> dict[str, str]:
        """Texts by language."""
        return {language: self._checked(f"{key}.{language}", text, str) for language, text in self.table(key).items()}

    def names(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._checked(key, name, str) for name in self._value(key, list, []))

    def lists(self, key: str) -> dict[str, tuple[str, ...]]:
        """Lists of texts by name."""
        inner = self.inner(key)
        return {name: inner.names(name) for name in self.table(key)}

    def inner(self, key: str) -> Row:
        """A table in the table."""
        return Row(f"{self.place}: {key}", self.table(key))

    def rows(self, key: str) -> list[Row]:
        """A list of tables."""
        tables = self._value(key, list, [])
        return [Row(f"{self.place}: {key} {number}", table) for number, table in enumerate(tables, 1)]

    def anything(self, key: str) -> Any:
        """Whatever stands there; decimals and dates as text, so that they stay exact and can be kept as JSON."""
        return _plain(self._value(key, object, None))

    def one_of(self, key: str, choices: Mapping[str, T], default: str = REQUIRED) -> T:
        value = self.text(key, default)
        if value not in choices:
            raise Refused(f"{self.place}: “{key}” is “{value}”; there are {', '.join(choices)}.")
        return choices[value]

    def has(self, key: str) -> bool:
        return key in self._table

    def done(self) -> None:
        """Raises Refused for keys that were not read."""
        unknown = [key for key in self._table if key not in self._read]
        if unknown:
            known = ", ".join(sorted(self._read))
            raise Refused(f"{self.place}: “{unknown[0]}” means nothing here; there are {known}.")

    def _value(self, key: str, kind: type[T], default: Any) -> T:
        self._read.add(key)
        if key in self._table:
            return self._checked(key, self._table[key], kind)
        if default is REQUIRED:
            raise Refused(f"{self.place}: “{key}” is missing.")
        given: T = default
        return given

    def _checked(self, key: str, value: Any, kind: type[T]) -> T:
        """The value, if of its type. A truth is no number to us, and a time is no date, though Python thinks so."""
        wrong = (kind is int and isinstance(value, bool)) or (
            kind is not object and isinstance(value, datetime.datetime)
        )
        if wrong or not isinstance(value, kind):
            raise Refused(f"{self.place}: “{key}” must be {_NAMES[kind]}, not “{str(value)[:80]}”.")
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return (
        value.isoformat() if isinstance(value, datetime.date) else str(value) if isinstance(value, Decimal) else value
    )


def read_toml(file: Path, name: str) -> dict[str, list[Row]]:
    """The rows of a file by the name of their table. Raises Refused naming file, line and column."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{name}: {' '.join(str(error).split())}") from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise Refused(f"{name}: not UTF-8 (at line {line})") from error
    except RecursionError as error:
        raise Refused(f"{name}: tables are nested too deep") from error
    except OSError as error:
        raise Refused(f"{name}: cannot be read: {error.strerror}") from error
    rows = {}
    for table, entries in document.items():
        if not isinstance(entries, list):
            raise Refused(f"{name}: “{table}” must be written as [[{table}]].")
        rows[table] = [Row(f"{name}: {table} {number}", entry) for number, entry in enumerate(entries, 1)]
    return rows
