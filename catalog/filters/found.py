"""The products that meet a filter, as a query that counts itself without reading products where it can."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.lookups import In
from django.db.models.sql import Query

from catalog.models import FactEntry, Product


class FoundProducts(QuerySet[Product]):
    """Products are wide rows, and an index that has found them knows how many there are."""

    # What counts them, once it is known: a statement with its parameters; it is shared by copies that ask for the same.
    _counting: list[tuple[str, tuple[Any, ...]]] | None = None

    def same(self) -> FoundProducts:
        """A copy that has not been read, and need not find out again how it is counted."""
        if self._counting is None:
            self._counting = []
        copy: FoundProducts = self.all()
        copy._counting = self._counting
        return copy

    def count(self) -> int:
        ids = ids_in_index(self) if self._result_cache is None else None
        if ids is None or ids.model is not FactEntry or ids.combinator or ids.is_sliced:
            return super().count()
        kept = self._counting if self._counting is not None else []
        try:
            if not kept:
                kept.append(_counting(ids))
        except EmptyResultSet:
            return 0
        with connections[self.db].cursor() as cursor:
            cursor.execute(*kept[0])
            return int(cursor.fetchone()[0])


def _counting(ids: Query) -> tuple[str, tuple[Any, ...]]:
    """An entry's product is there, as a foreign key sees to; one product may have several entries."""
    sql, parameters = ids.sql_with_params()
    return f"SELECT COUNT(DISTINCT product) FROM ({sql}) AS found", parameters  # noqa: S608 - Django wrote it


def ids_in_index(found: QuerySet[Product]) -> Query | None:
    """The query of the ids by which alone a filter finds its products, if it does."""
    query: Any = found.query
    conditions = query.where.children
    if len(conditions) != 1 or query.where.negated or query.is_sliced or query.combinator:
        return None
    only = conditions[0]
    is_ids = isinstance(only, In) and getattr(only.lhs, "target", None) is Product._meta.pk
    return only.rhs if is_ids and isinstance(only.rhs, Query) else None
