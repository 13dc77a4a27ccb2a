"""Many narrow rows in few statements. The ORM makes an object of each row first, which costs more than the writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import BinaryField, DateTimeField, Field, JSONField, Model, QuerySet

# Both engines take more, but plan long lists badly.
BATCH = 2_000


def batches(items: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """The items, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of these fields (by attribute name); the others get what the database gives them."""
    if rows:
        names = ", ".join(_column(model, name) for name in columns)
        places = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {_table(model)} ({names}) VALUES ({places})"  # noqa: S608 - names of our own models
        _execute(sql, _prepared(model, columns, rows))


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set these fields; each row begins with its primary key."""
    if rows:
        settings = ", ".join(f"{_column(model, name)} = %s" for name in columns)
        sql = f"UPDATE {_table(model)} SET {settings} WHERE {_column(model, 'pk')} = %s"  # noqa: S608 - as above
        _execute(sql, _prepared(model, (*columns, "pk"), [(*row[1:], row[0]) for row in rows]))


def delete_rows(model: type[Model], keys: Sequence[Any]) -> None:
    """Delete by primary key. Derived rows have nothing hanging on them, so nothing is looked for."""
    for batch in batches(keys):
        rows: QuerySet[Model] = QuerySet(model).filter(pk__in=batch)
        rows._raw_delete(rows.db)


def _execute(sql: str, rows: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _prepared(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Values as the database's driver takes them: most as they are, and asking every field costs more than writing."""
    changes = [_change(_field(model, name)) for name in columns]
    changing = [(place, change) for place, change in enumerate(changes) if change]
    prepared = [list(row) for row in rows]
    for values in prepared:
        for place, change in changing:
            values[place] = change(values[place])
    return prepared


def _change(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What the driver cannot take as it is."""
    if isinstance(field, JSONField):
        return lambda value: orjson.dumps(value).decode()
    if isinstance(field, DateTimeField | BinaryField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
