"""JSON documents changed and read where they are: what is in the database need not come out of it.

The names of their members are codes (catalog.models.base.is_code), so that none has a quotation mark.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import orjson
from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from catalog.many import among
from catalog.models import FactEntry, Product


def patched(column: str, members: Mapping[str, Any]) -> RawSQL:
    """A column's JSON object with these members in place of its own; without those that are None."""
    put = {name: value for name, value in members.items() if value is not None}
    gone = [name for name in members if name not in put]
    sql, parameters = connection.ops.quote_name(column), list[Any]()
    if connection.vendor == "postgresql":
        if put:
            sql, parameters = f"{sql} || %s::jsonb", [_json(put)]
        if gone:
            sql, parameters = f"({sql}) - %s::text[]", [*parameters, gone]
    else:
        if put:
            places = [(_path(name), _json(value)) for name, value in put.items()]
            sql, parameters = f"json_set({sql}{', %s, json(%s)' * len(put)})", [*chain.from_iterable(places)]
        if gone:
            sql, parameters = f"json_remove({sql}{', %s' * len(gone)})", [*parameters, *map(_path, gone)]
    return RawSQL(sql, parameters)  # noqa: S611 - the model's own column


def picked(column: str, names: Sequence[str]) -> RawSQL:
    """Of a column's JSON object only the members of these names, as the text of an array; null where one is missing."""
    document = connection.ops.quote_name(column)
    if connection.vendor == "postgresql":
        sql = f"jsonb_build_array({', '.join([f'{document}->%s'] * len(names))})::text"
        return RawSQL(sql, list(names), TextField())  # noqa: S611 - as above
    sql = f"json_array({', '.join([f'json_extract({document}, %s)'] * len(names))})"
    return RawSQL(sql, list(map(_path, names)), TextField())  # noqa: S611 - as above


# By fact the attribute's id and the key under which the fact index has the value.
Entries = Mapping[str, tuple[int, str]]


def say_where_different(
    ids: Iterable[int], facts: Mapping[str, Any], entries: Entries, now: datetime, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Say these facts for everybody on those of the products that say something else; returns these columns of them.

    One statement that fetches no document: to read them first costs as much as to change them. `entries` are of facts
    that are in the index: a product of which it has another value is changed without a look at what it says.
    """
    if connection.vendor == "postgresql":
        sql, parameters = _for_postgresql(ids, facts)
    else:
        sql, parameters = _for_sqlite(ids, facts, entries)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} RETURNING {', '.join(columns)}", [connection.ops.adapt_datetimefield_value(now), *parameters]
        )
        return list(cursor.fetchall())


def tells_where_different(values: Iterable[Any]) -> bool:
    """Whether the engine can do so, and these are spelled in one way only: as the attribute's type makes them."""
    texts = [_json(value) for value in values]
    plain = all(text.isascii() and "\\" not in text for text in texts)
    return plain and (connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= _ARROWS)


def _for_sqlite(ids: Iterable[int], facts: Mapping[str, Any], entries: Entries) -> tuple[str, list[Any]]:
    """To compare, a document is parsed, and parsed again to be changed: a look at the index first takes a third of it.

    Products that the index has the value of are compared, since they may have it from above.
    """
    fresh = f'json_set("values"{", %s, json(%s)" * len(facts)})'
    putting = [part for code, value in facts.items() for part in (f'{_path(code)}.""', _json(value))]
    differ, telling = list[str](), list[Any]()
    for code, value in facts.items():
        unlike = '("values" -> %s) IS NOT json(%s)'
        if code in entries:
            here = f"{_ENTRIES}.product_id = {_TABLE}.id AND attribute_id = %s AND key = %s"
            unlike = f"NOT EXISTS (SELECT 1 FROM {_ENTRIES} WHERE {here}) OR {unlike}"  # noqa: S608 - our names
            telling += entries[code]
        differ.append(unlike)
        telling += [f'{_path(code)}.""', _json(value)]
    named = among(ids)
    where = f"id IN ({named.sql}) AND ({' OR '.join(differ)})"
    sql = f'UPDATE {_TABLE} SET updated_at = %s, "values" = {fresh} WHERE {where}'  # noqa: S608 - our names
    return sql, [*putting, *named.params, *telling]


def _for_postgresql(ids: Iterable[int], facts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Rows are locked in the order in which everybody locks them."""
    fresh = '"values"' + " || jsonb_build_object(%s::text, COALESCE(\"values\" -> %s::text, '{}') || %s::jsonb)" * len(
        facts
    )
    putting = [part for code, value in facts.items() for part in (code, code, _json({"": value}))]
    differ = " OR ".join(['"values" #> %s::text[] IS DISTINCT FROM %s::jsonb'] * len(facts))
    telling = [part for code, value in facts.items() for part in ([code, ""], _json(value))]
    named = among(ids)
    locked = f"SELECT id FROM {_TABLE} WHERE id IN ({named.sql}) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608 - our names
    sql = f'UPDATE {_TABLE} SET updated_at = %s, "values" = {fresh} WHERE id IN ({locked}) AND ({differ})'  # noqa: S608
    return sql, [*putting, *named.params, *telling]


# The release of SQLite that has `->`; RETURNING is older.
_ARROWS = (3, 38)
_TABLE = Product._meta.db_table
_ENTRIES = FactEntry._meta.db_table


def _path(name: str) -> str:
    return f'$."{name}"'


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
