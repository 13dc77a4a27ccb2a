"""Released documents as lines of NDJSON, in pieces that an engine hands over in the way that costs it least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from django.db import connection

from exports.models import Release

# A piece is of so many documents, or of fewer where they are large: it is held in memory.
DOCUMENTS = 1_000
BYTES = 4 * 1024 * 1024
_AT_FIRST = 200
# Documents of a release from a SKU on (as querysets.versions_at, which takes longer to write its SQL than this to run).
_PART = """
    WITH part (sku, digest, body) AS (
        SELECT version.sku, version.body_id, body.content
        FROM exports_documentversion version JOIN exports_documentbody body ON body.digest = version.body_id
        WHERE version.channel_id = %(channel)s AND version.language = %(language)s
            AND version.valid_from <= %(number)s
            AND (version.valid_until IS NULL OR version.valid_until > %(number)s)
            AND version.sku {beyond} %(sku)s {below}
        ORDER BY version.sku LIMIT %(limit)s
    )
"""
_BELOW = "AND version.sku < %(until)s"
# SQLite joins the lines, which costs less than to hand over each. It does so in the order of the rows: that is due to
# the limit, by which the inner query is one of its own.
_SQLITE = """
    SELECT min(sku), max(sku), count(*), CAST(group_concat(
        '{"sku":' || json_quote(sku) || ',"digest":"' || digest || '","document":' || body || '}' || char(10), ''
    ) AS BLOB) FROM part
"""
# PostgreSQL hands over row by row: to put a thousand documents together there, and to send what they make, costs as
# much as to find them. COPY sends bytes as they are, where ordinary answers spell them in hexadecimal.
_POSTGRESQL = """
    SELECT '{"sku":' || to_json(sku) || ',"digest":"' || digest || '","document":', body FROM part
"""


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
    asked = {"channel": release.channel_id, "language": language, "number": release.number, "until": until}
    beyond, sku, limit = ">=", first, _AT_FIRST
    while piece := _piece(beyond, {**asked, "sku": sku, "limit": limit}):
        yield piece
        if piece.documents < limit:
            return
        beyond, sku = ">", piece.last
        limit = max(1, min(DOCUMENTS, BYTES * piece.documents // len(piece.lines)))


def _piece(beyond: str, asked: Mapping[str, Any]) -> Piece | None:
    """None where there is no document."""
    part = _PART.format(beyond=beyond, below="" if asked["until"] is None else _BELOW)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copied(cursor.cursor, part + _POSTGRESQL, asked)
        piece = Piece(*cursor.execute(part + _SQLITE, asked).fetchone())
    return piece if piece.documents else None


def _copied(cursor: Any, sql: str, parameters: Mapping[str, Any]) -> Piece | None:
    """The same from PostgreSQL. The bytes of a text are its UTF-8, so that beginnings of lines need no decoding."""
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", parameters) as copy:
        copy.set_types(["bytea", "bytea"])
        rows = list(copy.rows())
    if not rows:
        return None
    parts: list[bytes] = []
    for begin, body in rows:
        parts += (begin, body, b"}\n")
    first, last = (orjson.loads(begin + b"null}")["sku"] for begin, _ in (rows[0], rows[-1]))
    return Piece(first, last, len(rows), b"".join(parts))


def joined(rows: Iterable[tuple[str, str, bytes]]) -> bytes:
    """Stored bytes go in as they are."""
    parts: list[bytes] = []
    for sku, digest, body in rows:
        parts += (b'{"sku":', orjson.dumps(sku), b',"digest":"', digest.encode(), b'","document":', body, b"}\n")
    return b"".join(parts)
