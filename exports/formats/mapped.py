"""Options that say what goes into a receiver's fields, and columns that people make themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from exports.formats.options import Option, Wrong, WrongPart
from exports.mapping.expression import WrongExpression, parse
from exports.mapping.fields import Field

MANY = 500  # columns


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping(Option):
    """Expressions by field, of those that are to be other than usual: an object, or lines such as `title = name`.

    An empty expression leaves a field empty that has something by default.
    """

    kind: ClassVar = "fields"
    label: str = "Fields"
    help: str = "What goes into each field, where it is to be something else than usual."
    group: str = "Fields"
    fields: tuple[Field, ...]

    @property
    def default(self) -> Mapping[str, str]:
        return {}

    def read(self, said: Any) -> Mapping[str, str]:
        rows = dict(_lines(said)) if isinstance(said, str) else said
        if not isinstance(rows, Mapping):
            raise Wrong("fields with an expression each, such as title = name | cut 70")
        known = {field.name: field for field in self.fields}
        for name, text in rows.items():
            if name not in known:
                raise WrongPart(f"There is no field “{str(name)[:60]}”. There are {', '.join(known)}.")
            _check(str(name), text)
            if known[name].required and not text.strip():
                raise WrongPart(f"“{name}” is required, and cannot be left empty.")
        return {
            name: rows[name].strip() for name in known if name in rows and rows[name].strip() != known[name].default
        }

    def kept(self, value: Mapping[str, str]) -> dict[str, str]:
        return dict(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns(Option):
    """Columns in order, each a name with an expression: a list of pairs, or lines such as `Title = name`."""

    kind: ClassVar = "columns"
    otherwise: tuple[tuple[str, str], ...] = ()

    @property
    def default(self) -> tuple[tuple[str, str], ...]:
        return self.otherwise

    def read(self, said: Any) -> tuple[tuple[str, str], ...]:
        rows = _lines(said) if isinstance(said, str) else said
        if not isinstance(rows, Sequence) or not all(isinstance(row, (list, tuple)) and len(row) == 2 for row in rows):
            raise Wrong("columns with an expression each, such as Title = name")
        if not 0 < len(rows) <= MANY:
            raise Wrong(f"between one and {MANY} columns")
        for name, text in rows:
            if not isinstance(name, str) or not name.strip() or len(name) > 200:
                raise Wrong("columns with names of at most 200 characters")
            _check(name, text)
        names = [name.strip() for name, _ in rows]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise WrongPart(f"The column “{twice}” is there twice.")
        return tuple((name.strip(), text.strip()) for name, text in rows)

    def usual(self) -> str:
        return ", ".join(name for name, _ in self.otherwise)

    def kept(self, value: Sequence[tuple[str, str]]) -> list[list[str]]:
        return [list(row) for row in value]


def _lines(said: str) -> list[tuple[str, str]]:
    rows = [line.partition("=") for line in said.splitlines() if line.strip()]
    strange = ["".join(row) for row in rows if not row[1] or not row[0].strip()]
    if strange:
        raise WrongPart(f"“{strange[0].strip()[:60]}” is no line such as title = name.")
    return [(name.strip(), text.strip()) for name, _, text in rows]


def _check(name: str, text: Any) -> None:
    if not isinstance(text, str):
        raise WrongPart(f"“{name[:60]}” takes an expression as text.")
    if text.strip():
        try:
            parse(text.strip())
        except WrongExpression as error:
            raise WrongPart(f"“{name[:60]}”: {error}") from None
