"""What hangs on a row: an ordered or unordered list of its own, compared whole with the list its record names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model

from catalog.importing.known import batches, rows_of
from catalog.importing.writing import insert, update

if TYPE_CHECKING:
    from catalog.importing.compare import Item, Kind

Wanted = Callable[[Any, Any], Iterable[Mapping[str, Any]]]


def differs(row: Model, name: str, wanted: Any) -> bool:
    """Whether a column has another value than the wanted one; no text and an empty text are the same."""
    column = row._meta.get_field(name)
    have = getattr(row, column.attname) if isinstance(column, ForeignKey) else getattr(row, name)
    if isinstance(wanted, Model):
        return wanted.pk is None or have != wanted.pk
    if isinstance(wanted, str):
        return bool((have or "") != wanted)
    return bool(have != wanted)


def plain_json(value: Any) -> Any:
    """A value as JSON gives it back: lists for tuples, dictionaries for other mappings."""
    if isinstance(value, Mapping):
        return {key: plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    return value


@dataclass(frozen=True)
class Links:
    """Rows of `model` that belong to an `owner`, told apart by `identity`, with `payload` columns.

    `wanted(kind, item)` gives the columns of each that an item's record names; those there and not wanted go, unless
    the record knows nothing of them, which `keeps(kind, item, row)` says. `refused(kind, item, row)` says why a new or
    changed one cannot be, beyond its columns; "" where it can.
    """

    name: str
    model: type[Model]
    owner: str
    identity: tuple[str, ...]
    wanted: Wanted
    payload: tuple[str, ...] = ()
    keeps: Callable[[Any, Any, Any], bool] | None = None
    refused: Callable[[Any, Any, Any], str] | None = None

    @cached_property
    def _attnames(self) -> tuple[str, ...]:
        columns = {column.name: column.attname for column in self.model._meta.fields}
        return tuple(columns[name] for name in self.identity)

    @cached_property
    def _unchecked(self) -> set[str]:
        """Foreign keys: their rows are known to be there, and validation would ask the database for each."""
        return {column.name for column in self.model._meta.fields if isinstance(column, ForeignKey)}

    def compare(self, kind: Kind[Any], items: Sequence[Item]) -> LinkChanges:
        """What must be made, changed and removed so that each item has the links its record names."""
        changes = LinkChanges(self)
        there = self._there(items)
        for item in items:
            _Comparison(self, kind, item, there.get(item.row.pk, {}), changes).run()
        return changes

    def token(self, row: Model) -> tuple[Any, ...]:
        return tuple(_token(getattr(row, name)) for name in self._attnames)

    def token_wanted(self, columns: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(_token(columns.get(name)) for name in self.identity)

    def problems(self, row: Model) -> str:
        """What is wrong with the columns of a link, in one line."""
        try:
            row.clean_fields(exclude=self._unchecked)
        except ValidationError as error:
            return " ".join(error.messages)
        return ""

    def _there(self, items: Iterable[Item]) -> dict[int, dict[tuple[Any, ...], Model]]:
        found: dict[int, dict[tuple[Any, ...], Model]] = defaultdict(dict)
        for batch in batches(item.row.pk for item in items if not item.new):
            for row in rows_of(self.model).filter(**{f"{self.owner}__in": batch}).order_by("pk"):
                found[getattr(row, f"{self.owner}_id")][self.token(row)] = row
        return found


def _token(value: Any) -> Any:
    """Equal for what is the same, whether or not it is written yet."""
    if isinstance(value, Model):
        return value.pk if value.pk is not None else ("coming", id(value))
    return value.lower() if isinstance(value, str) else value


@dataclass
class LinkChanges:
    """What a comparison of links found; `write` makes it true."""

    links: Links
    created: list[Model] = field(default_factory=list)
    updated: list[Model] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def write(self) -> None:
        """Removals first, so that what comes in their place does not collide with them."""
        for batch in batches(self.removed):
            rows_of(self.links.model).filter(pk__in=batch).delete()
        update(self.links.model, self.updated, set(self.links.payload))
        insert(self.links.model, self.created)


@dataclass
class _Comparison:
    """One item's links."""

    links: Links
    kind: Kind[Any]
    item: Item
    there: dict[tuple[Any, ...], Model]
    changes: LinkChanges

    def run(self) -> None:
        kept = self.item.linked[self.links.name] = []
        seen = set()
        for columns in self.links.wanted(self.kind, self.item):
            token = self.links.token_wanted(columns)
            if token in seen:
                continue
            seen.add(token)
            row = self._taken(token, columns)
            if row is not None:
                kept.append(row)
        for row in self.there.values():
            if self.links.keeps and self.links.keeps(self.kind, self.item, row):
                kept.append(row)
            else:
                self.changes.removed.append(row.pk)
                self.item.touched = True

    def _taken(self, token: tuple[Any, ...], columns: Mapping[str, Any]) -> Model | None:
        """The link with these columns, made or changed where it must be; None where it cannot be."""
        row = self.there.pop(token, None)
        if row is None:
            row = self.links.model(**{self.links.owner: self.item.row}, **columns)
            target = self.changes.created
        else:
            changed = [name for name in self.links.payload if differs(row, name, columns[name])]
            if not changed:
                return row
            for name in changed:
                setattr(row, name, columns[name])
            target = self.changes.updated
        problems = self.links.problems(row)
        if not problems and self.links.refused:
            problems = self.links.refused(self.kind, self.item, row)
        if problems:
            self.kind.issue(self.item.record, self.links.name, _shown(columns), f"{problems} It is left out.")
            return None
        target.append(row)
        self.item.touched = True
        return row


def _shown(columns: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in columns.values() if isinstance(value, str | Model))
