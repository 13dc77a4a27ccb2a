"""A release's documents as they are asked for: a page at a time in bounded work, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from django.db.models import QuerySet

from exports.asking.filtering import Wanted
from exports.asking.projection import Projection
from exports.models import DocumentVersion, Release
from exports.querysets import Stored, spellings_of, stored, versions_at

# A page of what a filter finds looks at so many documents at most, in as many queries as that takes; then it ends,
# however few it has found.
LOOKED_AT, AT_ONCE = 2_000, 500


class Page(NamedTuple):
    """`after` is the SKU after which to go on; None where there is nothing more."""

    rows: list[Stored]
    after: str | None


@dataclass(frozen=True)
class Asked:
    """The documents of a release in a language, all or what a filter finds, whole or with some members.

    `updated`: only those that came or became other after the release of this number.
    """

    release: Release
    language: str
    filter: Wanted | None = None
    projection: Projection | None = None
    updated: int = 0

    @property
    def is_everything(self) -> bool:
        """Whether it is the documents as they are stored."""
        return self.filter is None and self.projection is None and not self.updated

    def page(self, after: str, limit: int) -> Page:
        """At most `limit` documents after a SKU, in SKU order; without a filter one query."""
        page = self._everything(after, limit) if self.filter is None else self._found(self.filter, after, limit)
        return page._replace(rows=list(map(self._shown, page.rows)))

    def batches(self) -> Iterator[list[Stored]]:
        """All of it, in SKU order, read a batch at a time."""
        after = ""
        while rows := stored(self._versions(after)[:AT_ONCE]):
            yield [self._shown(row) for row in rows if self._holds(row)]
            after = rows[-1].sku

    def shown(self, body: bytes) -> bytes:
        return self.projection(body) if self.projection else body

    def _everything(self, after: str, limit: int) -> Page:
        rows = stored(self._versions(after)[: limit + 1])
        return Page(rows[:limit], rows[limit - 1].sku if len(rows) > limit else None)

    def _found(self, filter: Wanted, after: str, limit: int) -> Page:
        found: list[Stored] = []
        for _ in range(0, LOOKED_AT, AT_ONCE):
            rows = stored(self._versions(after)[:AT_ONCE])
            for row in rows:
                if filter.holds(orjson.loads(row.body)):
                    found.append(row)
                if len(found) > limit:
                    return Page(found[:limit], found[limit - 1].sku)
            if len(rows) < AT_ONCE:
                return Page(found, None)
            after = rows[-1].sku
        return Page(found, after)

    def _versions(self, after: str) -> QuerySet[DocumentVersion]:
        versions = versions_at(self.release, self.language).filter(sku__gt=after)
        if self.updated:
            versions = versions.filter(valid_from__gt=self.updated)
        if self.filter and self.filter.skus is not None:
            versions = versions.filter(sku__in=spellings_of(self.filter.skus))
        return versions

    def _holds(self, row: Stored) -> bool:
        return self.filter is None or self.filter.holds(orjson.loads(row.body))

    def _shown(self, row: Stored) -> Stored:
        return row._replace(body=self.shown(row.body))
