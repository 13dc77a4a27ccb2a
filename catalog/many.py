"""Naming many rows in one query."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """What to say after `__in` for many ids: one parameter. Of a list, Django asks the field about each item."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [orjson.dumps(list(ids)).decode()])


def is_any(field: str, ids: Iterable[int]) -> Func:
    """The same as a condition (`= ANY`), for PostgreSQL alone, which from 14 on tests it row by row with a hash.

    `among` is a table to join there: before anybody has counted the other one's rows, the planner may take them for
    one, and compares each of many with each of many.
    """
    named = RawSQL("%s::bigint[]", [list(ids)])
    return Func(F(field), named, template="%(expressions)s", arg_joiner=" = ANY ", output_field=BooleanField())


def one_of(field: str, ids: Iterable[int]) -> Q:
    """`among` as a part of a condition with "or" in it, for which PostgreSQL reads whole tables where it is a query."""
    if connection.vendor == "postgresql":
        return Q(is_any(field, ids))
    return Q(**{f"{field}__in": among(ids)})
