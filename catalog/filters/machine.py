"""The JSON form of a filter, with the same meaning as its text.

    {"and": [FILTER, ...]}   {"or": [FILTER, ...]}   {"not": FILTER}
    {"field": "capacity", "op": "between", "value": ["1 TB", "4 TB"]}

`value` is a text, a whole number, true or false; a list of them for in, not in and between; and absent for is empty and
is not empty. {"and": []} is the empty filter.
"""

from __future__ import annotations

from typing import Any

from catalog.filters.errors import FilterError, instead
from catalog.filters.reading import check_text, field_of
from catalog.filters.tree import (
    EVERYTHING,
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LENGTH,
    OPERATORS,
    And,
    Condition,
    Filter,
    Not,
    Or,
    Place,
    Word,
)
from catalog.values.base import quoted

_SHAPE = '{"and": [...]}, {"or": [...]}, {"not": {...}} or {"field": ..., "op": ..., "value": ...}'
_MAX_NUMBER = 10**100


def to_json(filter: Filter) -> dict[str, Any]:
    """The filter as JSON; every value is a text."""
    if isinstance(filter, Condition):
        return {"field": filter.name(), "op": filter.operator, **_value_of(filter)}
    if isinstance(filter, Not):
        return {"not": to_json(filter.part)}
    if isinstance(filter, Or):
        return {"or": [to_json(part) for part in filter.any]}
    return {"and": [to_json(part) for part in filter.parts()]}


def _value_of(condition: Condition) -> dict[str, Any]:
    values = [value.text for value in condition.values]
    if not values:
        return {}
    return {"value": values[0] if OPERATORS[condition.operator] == 1 else values}


def from_json(raw: Any) -> Filter:
    """The filter that JSON says. Raises FilterError with the path to what is wrong."""
    if raw == {"and": []}:
        return EVERYTHING
    found = _Reader().filter(raw, "", 0)
    if found.depth() > MAX_DEPTH:
        raise FilterError(f"a filter may be {MAX_DEPTH} levels deep.", _at(""))
    if len(found.text()) > MAX_LENGTH:
        raise FilterError(f"a filter may have {MAX_LENGTH:,} characters; split it.", _at(""))
    return found


class _Reader:
    """Counts as it goes, so that what is too large is refused before it is read."""

    def __init__(self) -> None:
        self.count = 0
        self.length = 0

    def filter(self, raw: Any, path: str, nesting: int) -> Filter:
        # An “or” of “and”s is one level of parentheses in the text, and two of JSON.
        if nesting > 2 * MAX_DEPTH + 2:
            raise FilterError(f"a filter may be {MAX_DEPTH} levels deep.", _at(path))
        if not isinstance(raw, dict):
            raise FilterError(f"a filter must stand here, not {_kind(raw)}; write {_SHAPE}.", _at(path))
        name = next(iter(raw), "") if len(raw) == 1 else ""
        if name in ("and", "or"):
            parts = self.parts(raw[name], _below(path, name), nesting)
            return parts[0] if len(parts) == 1 else (And(parts) if name == "and" else Or(parts))
        if name == "not":
            return Not(self.filter(raw["not"], _below(path, "not"), nesting + 1))
        return self.condition(raw, path)

    def parts(self, raw: Any, path: str, nesting: int) -> tuple[Filter, ...]:
        if not isinstance(raw, list) or not raw or len(raw) > MAX_CONDITIONS:
            raise FilterError(f"a list of one to {MAX_CONDITIONS} filters must stand here.", _at(path))
        return tuple(self.filter(each, f"{path}[{at}]", nesting + 1) for at, each in enumerate(raw))

    def condition(self, raw: dict[Any, Any], path: str) -> Condition:
        if not {"field", "op"} <= set(raw) <= {"field", "op", "value"}:
            raise FilterError(f"this is no filter; write {_SHAPE}.", _at(path))
        self.count += 1
        if self.count > MAX_CONDITIONS:
            raise FilterError(f"a filter may have {MAX_CONDITIONS} conditions; join some with “in”.", _at(path))
        name = self.word(raw["field"], _below(path, "field"))
        field, code = field_of(name.text, name.place)
        operator = raw["op"].lower() if isinstance(raw["op"], str) else ""
        if operator not in OPERATORS:
            shown = quoted(raw["op"])
            raise FilterError(f"there is no operator {shown}{instead(operator, OPERATORS)}", _at(_below(path, "op")))
        values = self.values(operator, raw, _below(path, "value"))
        return Condition(field, code, operator, values, name.place)

    def values(self, operator: str, raw: dict[Any, Any], path: str) -> tuple[Word, ...]:
        count = OPERATORS[operator]
        if count == 0:
            if "value" in raw:
                raise FilterError(f"“{operator}” has no value; leave it out.", _at(path))
            return ()
        if count == 1:
            return (self.word(raw.get("value"), path),)
        given = raw.get("value")
        if not isinstance(given, list) or len(given) != (count or len(given)) or not 0 < len(given) <= MAX_ITEMS:
            wanted = "two values" if count else f"one to {MAX_ITEMS} values"
            raise FilterError(f"“{operator}” needs a list of {wanted}.", _at(path))
        return tuple(self.word(each, f"{path}[{at}]") for at, each in enumerate(given))

    def word(self, raw: Any, path: str) -> Word:
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        elif isinstance(raw, int) and abs(raw) < _MAX_NUMBER:
            raw = str(raw)
        if not isinstance(raw, str):
            hint = '; write it as a text, such as "1.5", to keep it exact' if isinstance(raw, float | int) else ""
            raise FilterError(f"a text must stand here, not {_kind(raw)}{hint}.", _at(path))
        self.length += len(raw)
        if self.length > MAX_LENGTH:
            raise FilterError(f"a filter may have {MAX_LENGTH:,} characters; split it.", _at(path))
        return Word(check_text(raw, _at(path)), _at(path))


def _at(path: str) -> Place:
    return Place(path=path or "the top")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _kind(raw: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        type(None): "nothing",
        int: "a number",
        float: "a number",
        str: "a text",
    }
    return names.get(type(raw), "true or false")
