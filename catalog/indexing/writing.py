"""Many narrow rows in few statements. The ORM makes an object of each row first, which costs more than the writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model, QuerySet
from django.db.models.expressions import RawSQL

from catalog.many import among as among

# Both engines take more, but plan long lists badly.
BATCH = 2_000


def batches(items: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """The items, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def patched(column: str, members: Mapping[str, Any]) -> RawSQL:
    """A column's JSON object with these members in place of its own; without those that are None.

    The names are codes (catalog.models.base.is_code), so that none has a quotation mark.
    """
    put = {name: value for name, value in members.items() if value is not None}
    gone = [name for name in members if name not in put]
    document = connection.ops.quote_name(column)
    if connection.vendor == "postgresql":
        return RawSQL(f"({document} || %s::jsonb) - %s::text[]", [_json(put), gone])  # noqa: S611 - the model's own
    places = [(f'$."{name}"', _json(value)) for name, value in put.items()]
    setting = f"json_set({', '.join([document, *['%s, json(%s)'] * len(put)])})"
    sql = f"json_remove({', '.join([setting, *['%s'] * len(gone)])})"
    return RawSQL(sql, [*chain.from_iterable(places), *(f'$."{name}"' for name in gone)])  # noqa: S611 - as above


def insert_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of these fields (by attribute name); the others get what the database gives them."""
    if not rows:
        return
    head = f"INSERT INTO {_table(model)} ({', '.join(_column(model, name) for name in columns)}) "
    prepared = _prepared(model, columns, rows)
    if connection.vendor == "postgresql":
        _execute_once(head + f"SELECT * FROM {_arrays(model, columns)}", prepared)  # noqa: S608 - our own names
    else:
        _execute_each(head + f"VALUES ({', '.join(['%s'] * len(columns))})", prepared)


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set these fields; each row begins with its primary key."""
    if not rows:
        return
    names, key = [_column(model, name) for name in columns], _column(model, "pk")
    head = f"UPDATE {_table(model)} SET"
    prepared = _prepared(model, (*columns, "pk"), [(*row[1:], row[0]) for row in rows])
    if connection.vendor == "postgresql":
        settings = ", ".join(f"{name} = fresh.{name}" for name in names)
        arrays = f"{_arrays(model, (*columns, 'pk'))} AS fresh ({', '.join([*names, 'fresh_key'])})"
        _execute_once(f"{head} {settings} FROM {arrays} WHERE {_table(model)}.{key} = fresh.fresh_key", prepared)
    else:
        _execute_each(f"{head} {', '.join(f'{name} = %s' for name in names)} WHERE {key} = %s", prepared)


def delete_rows(model: type[Model], keys: Sequence[Any]) -> None:
    """Delete by primary key. Derived rows have nothing hanging on them, so nothing is looked for."""
    for batch in batches(keys):
        rows: QuerySet[Model] = QuerySet(model).filter(pk__in=among(batch))
        rows._raw_delete(rows.db)


def _execute_each(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """A statement that SQLite compiles once and runs for each row, in this process."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _execute_once(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """A statement that takes all rows as an array for each column: PostgreSQL plans it and answers it once."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def _arrays(model: type[Model], columns: Sequence[str]) -> str:
    # Without their lengths: a value made to fit by a cast would be cut off, where one that is stored is refused.
    types = [_field(model, name).rel_db_type(connection).partition("(")[0] for name in columns]
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in types)})"


def _prepared(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Values as the database's driver takes them: most as they are, and asking every field costs more than writing."""
    changes = [_change(_field(model, name)) for name in columns]
    changing = [(place, change) for place, change in enumerate(changes) if change]
    if not changing:
        return rows
    prepared = [list(row) for row in rows]
    for values in prepared:
        for place, change in changing:
            values[place] = change(values[place])
    return prepared


def _change(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What the driver cannot take as it is."""
    if isinstance(field, JSONField):
        return _json
    if isinstance(field, DateTimeField):
        # Rows written together mostly have the same time.
        return cache(lambda value: field.get_db_prep_save(value, connection))
    return None


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
