"""Documents that were reworded into their rows: new versions with what hung on the old ones, copied by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import orjson
from django.db import connection

from catalog.indexing.writing import Json, batches, insert_rows, reserve, update_rows
from catalog.many import among
from catalog.models import Channel
from exports.models import (
    DocumentVersion,
    Provenance,
    VersionAsset,
    VersionCategory,
    VersionFacts,
    VersionStatement,
)
from exports.releasing import storing
from exports.releasing.rewording import Retold, Reworded

# Documents that are written by one set of statements.
BATCH = 1_000
Pairs = Sequence[tuple[int, int]]


def renew(channel: Channel, number: int, reworded: Sequence[Reworded], until: int | None = None) -> None:
    """Write documents that begin with a release, and end nowhere or `until`, in place of those that they reword."""
    for part in batches(reworded, BATCH):
        storing.store_bodies({row.digest: row.body for row in part})
        ids = reserve(DocumentVersion, len(part))
        rows = [
            (pk, channel.pk, row.product, row.listed, row.sku, row.language, row.digest, number, until)
            for pk, row in zip(ids, part, strict=True)
        ]
        insert_rows(DocumentVersion, storing.VERSION, rows)
        _copy_hanging([(row.version, pk, row.revisions) for pk, row in zip(ids, part, strict=True)])


def retell(retold: Iterable[Retold]) -> None:
    """Keep the numbers of other revisions with documents that stay as they are."""
    by_numbers: dict[str, list[int]] = defaultdict(list)
    for row in retold:
        by_numbers[row.revisions].append(row.version)
    for revisions, versions in by_numbers.items():
        update_rows(Provenance, ("revisions",), [(pk, Json(revisions)) for pk in versions])
        for code, language, revision in _numbers(revisions):
            said = VersionStatement.objects.filter(fragment=code, language=language)
            for part in batches(versions):
                said.filter(version__in=among(part)).update(revision=revision)


def _copy_hanging(renewed: Iterable[tuple[int, int, str]]) -> None:
    """From old versions to new ones, which have these numbers besides their traces. Mostly all have the same."""
    pairs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for old, new, revisions in renewed:
        pairs[revisions].append((old, new))
    for revisions, some in pairs.items():
        _copy(Provenance, some, revisions=("CAST(%s AS jsonb)" if _is_postgresql() else "%s", [revisions]))
        _copy(VersionStatement, some, revision=_renumbered(revisions))
    every = list(chain.from_iterable(pairs.values()))
    for model in (VersionFacts, VersionAsset, VersionCategory):
        _copy(model, every)


def _copy(model: type[Any], pairs: Pairs, **others: tuple[str, list[Any]]) -> None:
    """Rows of old versions once more for new ones; `others` are columns that are said by SQL of their own."""
    columns = [field.column for field in model._meta.local_fields if field.name != "id"]
    said = {name: (f"was.{name}", []) for name in columns} | {"version_id": ("pair.fresh", [])} | others
    given, parameters = _pairs(pairs)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(said)}) "  # noqa: S608 - our own names
        f"SELECT {', '.join(taken for taken, _ in said.values())} "
        f"FROM {given}, {model._meta.db_table} was WHERE was.version_id = pair.old"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*chain.from_iterable(values for _, values in said.values()), *parameters])


def _pairs(pairs: Pairs) -> tuple[str, list[Any]]:
    """A table of two columns, old and fresh."""
    if _is_postgresql():
        columns = [list(column) for column in zip(*pairs, strict=True)]
        return "unnest(%s::bigint[], %s::bigint[]) AS pair (old, fresh)", columns
    given = "(SELECT json_extract(value, '$[0]') AS old, json_extract(value, '$[1]') AS fresh FROM json_each(%s)) pair"
    return given, [orjson.dumps(pairs).decode()]


def _renumbered(revisions: str) -> tuple[str, list[Any]]:
    """The number of a statement's revision: a new one for some fragments and languages."""
    numbers = list(_numbers(revisions))
    cases = " ".join(["WHEN was.fragment = %s AND was.language = %s THEN CAST(%s AS integer)"] * len(numbers))
    return f"CASE {cases} ELSE was.revision END", [*chain.from_iterable(numbers)]


def _numbers(revisions: str) -> Iterable[tuple[str, str, int]]:
    """Code in lower case, language, number."""
    for code, numbers in orjson.loads(revisions).items():
        yield from ((code.lower(), language, number) for language, number in numbers.items())


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
