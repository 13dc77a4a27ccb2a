"""What is there, by code: loaded in few queries, joined by what is about to be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar, cast

from django.db.models import ForeignKey, Model, QuerySet
from django.db.models.functions import Lower

from catalog.aliases import Aliases
from catalog.models import Asset, AttributeOption, Category, ForbiddenTerm, Fragment, Product, Record, Tag

M = TypeVar("M", bound=Model)

# SQLite takes up to 32,766 parameters in one statement; PostgreSQL plans long lists badly long before that.
BATCH = 2_000
# Of these there may be hundreds of thousands, so only those an import names are loaded; of the others, all.
_NAMED: dict[type[Model], str] = {Product: "sku", Asset: "code", Fragment: "code"}
# Those whose code is unique within something else only.
_OWNERS: dict[type[Model], str] = {AttributeOption: "attribute", Record: "entity_type"}
_TREES: tuple[type[Model], ...] = (Category, Product, Tag)


def rows_of(model: type[M]) -> QuerySet[M]:
    """A plain queryset: columns as they are, without the rewriting to the active language."""
    return QuerySet(model)


def batches(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """The items, at most `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def key_of(row: Model) -> str:
    """What a row is found by: its code in lower case, after that of its attribute or its facet; words by all of it."""
    if isinstance(row, AttributeOption):
        return f"{row.attribute.code}:{row.code}".lower()
    if isinstance(row, Record):
        return f"{row.entity_type.code}:{row.code}".lower()
    if isinstance(row, Tag):
        return f"{row.facet}:{row.code}".lower()
    if isinstance(row, ForbiddenTerm):
        return f"{row.language}:{row.channel.code if row.channel else ''}:{row.term}".lower()
    return str(getattr(row, _NAMED.get(type(row), "code"))).lower()


class Known:
    """Rows by model and code, whatever its case. With `lock`, nobody else changes what was loaded meanwhile."""

    def __init__(self, *, lock: bool) -> None:
        self.lock = lock
        self.aliases = Aliases()
        self._rows: dict[type[Model], dict[str, Any]] = {}
        self._by_id: dict[type[Model], dict[int, Any]] = {}
        self._asked: dict[type[Model], set[str]] = {}

    def load(self, model: type[Model], codes: Iterable[str]) -> None:
        """Fetch the rows of these codes, if they were not yet; of a small table all rows."""
        if model not in _NAMED:
            self._load_all(model)
            return
        asked = self._asked.setdefault(model, set())
        fresh = {self._key(model, code) for code in codes} - asked
        asked |= fresh
        for batch in batches(sorted(fresh)):
            self._take(model, rows_of(model).alias(key=Lower(_NAMED[model])).filter(key__in=batch))
        if fresh and model in _TREES:
            self._load_ancestors(model)

    def get(self, model: type[M], code: str) -> M | None:
        """The row of a code. Raises LookupError for one that `load` was never asked for."""
        key = self._key(model, code)
        if model not in _NAMED:
            self._load_all(model)
        found: M | None = self._rows.get(model, {}).get(key)
        if found is None and model in _NAMED and key not in self._asked.get(model, ()):
            raise LookupError(f"{model.__name__} “{code}” was not loaded before it was looked for.")
        return found

    def _key(self, model: type[Model], code: str) -> str:
        """What the row of a code is found by; a code that it was renamed from counts as the present one."""
        kind, present = model._meta.model_name or "", self.aliases.present
        owner, colon, own = code.partition(":")
        if model in _OWNERS and colon:
            owner = present(_OWNERS[model].replace("_", ""), owner)
            return f"{owner}:{present(kind, own, owner)}".lower()
        return present(kind, code).lower()

    def put(self, row: Model) -> None:
        """A row that is about to be made can be pointed to from now on."""
        self._rows.setdefault(type(row), {})[key_of(row)] = row

    def all(self, model: type[M]) -> list[M]:
        """Every row of a small table, with those about to be made."""
        self._load_all(model)
        return list(self._rows[model].values())

    def numbered(self, model: type[M], number: int) -> M:
        """The loaded row with this primary key."""
        if model not in _NAMED:
            self._load_all(model)
        found: M = self._by_id[model][number]
        return found

    def pointed(self, row: Model, name: str) -> Any:
        """What a row's foreign key points to, there or coming, without a query."""
        column = cast("ForeignKey[Any, Any]", row._meta.get_field(name))
        if column.is_cached(row):
            return getattr(row, name)
        number = getattr(row, column.attname)
        return None if number is None else self.numbered(column.related_model, number)

    def _load_all(self, model: type[Model]) -> None:
        if model in self._by_id:
            return
        owner = "channel" if model is ForbiddenTerm else _OWNERS.get(model)
        self._take(model, rows_of(model).select_related(owner) if owner else rows_of(model))
        if model in _TREES:
            self._load_ancestors(model)

    def _take(self, model: type[Model], found: QuerySet[Any]) -> None:
        rows, by_id = self._rows.setdefault(model, {}), self._by_id.setdefault(model, {})
        if self.lock:
            found = found.select_for_update(no_key=True, of=("self",))
        for row in found.order_by("pk"):
            rows.setdefault(key_of(row), row)
            by_id.setdefault(row.pk, row)

    def _load_ancestors(self, model: type[Model]) -> None:
        """Give every loaded row its parent's row, loading those still missing level by level."""
        by_id = self._by_id[model]
        while missing := {row.parent_id for row in by_id.values() if row.parent_id} - set(by_id):
            for batch in batches(sorted(missing)):
                self._take(model, rows_of(model).filter(pk__in=batch))
        for row in by_id.values():
            if row.parent_id:
                row.parent = by_id[row.parent_id]
