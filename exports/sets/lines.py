"""Released documents as lines of NDJSON, read from the database by the fastest way each engine has.

PostgreSQL's ordinary answers spell bytes in hexadecimal; COPY sends them as they are, at twice the rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import QuerySet

from exports.models import DocumentVersion, Release
from exports.querysets import versions_at

# A piece is of so many documents, or of fewer where they are large: it is held in memory.
DOCUMENTS = 1_000
BYTES = 4 * 1024 * 1024
_AT_FIRST = 200


class Piece(NamedTuple):
    """Lines that follow each other: how many, the SKUs of the first and the last, and their bytes."""

    first: str
    last: str
    documents: int
    lines: bytes


def pieces(release: Release, language: str, first: str = "", until: str | None = None) -> Iterator[Piece]:
    """The documents of a release from a SKU on, up to but without another, in the database's order of SKUs.

    A query per piece: a slow reader holds no transaction open, and as a release never changes he sees one set.
    """
    versions = versions_at(release, language)
    if until is not None:
        versions = versions.filter(sku__lt=until)
    following, limit = versions.filter(sku__gte=first), _AT_FIRST
    while rows := _rows(following[:limit]):
        lines = joined(rows)
        yield Piece(rows[0][0], rows[-1][0], len(rows), lines)
        if len(rows) < limit:
            return
        following = versions.filter(sku__gt=rows[-1][0])
        limit = max(1, min(DOCUMENTS, BYTES * len(rows) // len(lines)))


def _rows(versions: QuerySet[DocumentVersion]) -> list[tuple[str, str, bytes]]:
    sql, parameters = versions.values_list("sku", "body_id", "body__content").query.sql_with_params()
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
        return _copied(cursor.cursor, sql, parameters)


def _copied(cursor: Any, sql: str, parameters: tuple[Any, ...]) -> list[tuple[str, str, bytes]]:
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", parameters) as copy:
        copy.set_types(["text", "text", "bytea"])
        return list(copy.rows())


def joined(rows: Iterable[tuple[str, str, bytes]]) -> bytes:
    """Stored bytes go in as they are."""
    parts: list[bytes] = []
    for sku, digest, body in rows:
        parts += (b'{"sku":', orjson.dumps(sku), b',"digest":"', digest.encode(), b'","document":', body, b"}\n")
    return b"".join(parts)
