"""Many narrow rows in few statements. The ORM makes an object of each row first, which costs more than the writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from django.db import IntegrityError, connection
from django.db.models import DateTimeField, Field, JSONField, Model, QuerySet

from catalog.many import among as among

# Both engines take more, but plan long lists badly.
BATCH = 2_000
# So many rows that are to say the same are worth a statement of their own.
_MANY = 20


def batches(items: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """The items, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Json(str):
    """A JSON field's value that is text already."""

    __slots__ = ()


def reserve(model: type[Model], count: int) -> Sequence[int]:
    """So many ids that no other row of the model gets; within the transaction that uses them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [_table(model), model._meta.pk.column if model._meta.pk else "id", count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        # Nobody else writes before this transaction ends, and the sequence follows the ids that are used.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


def insert_rows(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows of these fields (by attribute name); the others get what the database gives them."""
    if not rows:
        return
    end = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    head = f"INSERT INTO {_table(model)} ({', '.join(_column(model, name) for name in columns)}) "
    prepared = _prepared(model, columns, rows)
    if connection.vendor == "postgresql":
        _execute_once(head + f"SELECT * FROM {_arrays(model, columns)}{end}", prepared)  # noqa: S608 - our own names
    else:
        _execute_each(head + f"VALUES ({', '.join(['%s'] * len(columns))}){end}", prepared)


def copy_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert long or many rows as PostgreSQL takes them fastest. Raises IntegrityError.

    A tenth of what arrays cost, of which bytes become text. The rows have what the database has: str, bytes, int, bool.
    """
    names = ", ".join(_column(model, name) for name in columns)
    types = [_field(model, name).rel_db_type(connection).partition("(")[0] for name in columns]
    documents = [place for place, name in enumerate(columns) if isinstance(_field(model, name), JSONField)]
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {_table(model)} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(types)
        for row in rows:
            copy.write_row(_with_documents(row, documents) if documents else row)


def _with_documents(row: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    from psycopg.types.json import Jsonb  # there is PostgreSQL, then

    values = list(row)
    for place in places:
        values[place] = Jsonb(_json(values[place]), str)
    return values


def copied(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Copy all rows or none; whether there was no conflict with any."""
    # psycopg takes a transaction in which nothing has been said yet for one of its own, and would commit it.
    connection.connection.execute("SELECT")
    try:
        with connection.wrap_database_errors, connection.connection.transaction():
            copy_rows(model, columns, rows)
    except IntegrityError:
        return False
    return True


def insert_rows_like(model: type[Model], shared: Mapping[str, Any], column: str, texts: Sequence[str]) -> None:
    """Insert rows that are alike but for one column of text: a statement that says the rest once."""
    if not texts:
        return
    names = ", ".join(_column(model, name) for name in (*shared, column))
    (values,) = _prepared(model, tuple(shared), [tuple(shared.values())])
    if connection.vendor == "postgresql":
        kinds = [_field(model, name).rel_db_type(connection) for name in shared]
        given, each, many = ", ".join(f"%s::{kind}" for kind in kinds), "unnest(%s::text[])", list(texts)
        sql = f"INSERT INTO {_table(model)} ({names}) SELECT {given}, {each}"
        _execute(sql, [*values, many])
    else:
        given = ", ".join(["%s"] * len(shared))
        sql = f"INSERT INTO {_table(model)} ({names}) SELECT {given}, value FROM json_each(%s)"  # noqa: S608
        _execute(sql, [*values, _json(list(texts))])


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set these fields; each row begins with its primary key."""
    # Documents are not compared: they are long, and mostly differ.
    alike = {} if any(isinstance(_field(model, name), JSONField) for name in columns) else _alike(rows)
    for values, keys in alike.items():
        for batch in batches(keys):
            QuerySet(model).filter(pk__in=among(batch)).update(**dict(zip(columns, values, strict=True)))
    if rows and not alike:
        _update_each(model, columns, rows)


def _alike(rows: Sequence[Sequence[Any]]) -> Mapping[Sequence[Any], Sequence[Any]]:
    """The primary keys of rows by the values they get; nothing where too few get the same for it to be worth while."""
    found: dict[Sequence[Any], list[Any]] = {}
    most = len(rows) // _MANY
    for row in rows if most else ():
        found.setdefault(tuple(row[1:]), []).append(row[0])
        if len(found) > most:
            return {}
    return found


def _update_each(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
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


def _execute(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


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
    return str(value) if isinstance(value, Json) else orjson.dumps(value).decode()


def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
