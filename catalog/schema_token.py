"""Whether the names that filters and searches look up may stand for something else: a token says so, in one tiny query.

Whoever writes one of these tables, in whatever way and from whatever process, replaces the token in the same
transaction: triggers do. A token is random, so that it never comes back: what was read while it stood may be kept for
as long as it stands, in any process, and what a transaction read that was rolled back is never taken for true.

On PostgreSQL the row is written when the transaction commits, so that writers do not wait for each other before; until
then a setting of the transaction tells its own changes. docs/decisions/0024-schema-token.md has the reasons.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.models import (
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    CodeAlias,
    EntityType,
    FacetTerm,
    FactContext,
    Family,
    FamilyAttribute,
    FamilyVariantAttribute,
    Market,
    Record,
    Requirement,
    SchemaToken,
    Slot,
    Tag,
)

WATCHED: tuple[type[models.Model], ...] = (
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    CodeAlias,
    EntityType,
    FacetTerm,
    FactContext,
    Family,
    FamilyAttribute,
    FamilyVariantAttribute,
    Market,
    Record,
    Requirement,
    Slot,
    Tag,
)
_TABLE = SchemaToken._meta.db_table
_PREFIX = "schema_token_"
_EVENTS = ("INSERT", "UPDATE", "DELETE")

# Not one statement with ON CONFLICT: in a trigger, SQLite goes by the outer statement's word on conflicts instead.
_INSERT = f"INSERT INTO {_TABLE} (id, token) VALUES (1, "  # noqa: S608 - our own names, here and below
_SQLITE_RENEW = f"DELETE FROM {_TABLE}; {_INSERT} hex(randomblob(16)));"  # noqa: S608
_SETTING = "tessera.schema"
_POSTGRESQL_FUNCTIONS = (
    f"""CREATE OR REPLACE FUNCTION schema_token_touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM set_config('{_SETTING}', gen_random_uuid()::text, true);
        RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION schema_token_renewed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF coalesce(current_setting('{_SETTING}', true), '') <> '' THEN
            {_INSERT} gen_random_uuid()::text)
                ON CONFLICT (id) DO UPDATE SET token = excluded.token;
            PERFORM set_config('{_SETTING}', '', true);
        END IF;
        RETURN NULL;
    END $$""",
)
_READ = {
    "sqlite": f"SELECT token FROM {_TABLE}",  # noqa: S608
    "postgresql": f"SELECT token || coalesce(current_setting('{_SETTING}', true), '') FROM {_TABLE}",  # noqa: S608
}


def current() -> str:
    """The token as it stands for this transaction; "" where there is none, and then nothing may be kept."""
    with connection.cursor() as cursor:
        cursor.execute(_READ[connection.vendor])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def install(database: BaseDatabaseWrapper) -> None:
    """Give the tables the triggers they lack, and replace the token if any did.

    On SQLite, Django copies a table to change it, and its triggers go with the old one: so after all migrations.
    """
    tables = lacking(database)
    if not tables:
        return
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        for statement in _POSTGRESQL_FUNCTIONS if database.vendor == "postgresql" else ():
            cursor.execute(statement)
        for table in tables:
            for statement in _triggers(database.vendor, table):
                cursor.execute(statement)
        cursor.execute(f"DELETE FROM {_TABLE}")  # noqa: S608
        random = "gen_random_uuid()::text" if database.vendor == "postgresql" else "hex(randomblob(16))"
        cursor.execute(f"{_INSERT} {random})")


def uninstall(database: BaseDatabaseWrapper) -> None:
    """Take the triggers away, before the token's table goes."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS schema_token_touched() CASCADE")
            cursor.execute("DROP FUNCTION IF EXISTS schema_token_renewed() CASCADE")
            return
        for model in WATCHED:
            for event in _EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {_PREFIX}{model._meta.db_table}_{event.lower()}")


def lacking(database: BaseDatabaseWrapper) -> list[str]:
    """The tables whose writes do not replace the token, as they should. One query."""
    watched = _watched(database)
    return [model._meta.db_table for model in WATCHED if model._meta.db_table not in watched]


def install_after_migrations(*, using: str, **_: Any) -> None:
    """For the signal post_migrate. Before the migration that makes the token's table there is nothing to do."""
    database = connections[using]
    if _TABLE in database.introspection.table_names():
        install(database)


def _watched(database: BaseDatabaseWrapper) -> set[str]:
    """The tables that have all their triggers: each is made with the last one last."""
    if database.vendor == "postgresql":
        sql = "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE %s"
    else:
        sql = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    with database.cursor() as cursor:
        cursor.execute(sql, [f"{_PREFIX}%\\_renewed" if database.vendor == "postgresql" else f"{_PREFIX}%_delete"])
        return {row[0] for row in cursor.fetchall()}


def _triggers(vendor: str, table: str) -> list[str]:
    name = _PREFIX + table
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {name}_touched ON {table}",
            f"DROP TRIGGER IF EXISTS {name}_emptied ON {table}",
            f"""CREATE TRIGGER {name}_touched BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION schema_token_touched()""",
            f"""CREATE TRIGGER {name}_emptied AFTER TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION schema_token_renewed()""",
            f"""CREATE CONSTRAINT TRIGGER {name}_renewed AFTER INSERT OR UPDATE OR DELETE ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION schema_token_renewed()""",
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{event.lower()} AFTER {event} ON {table} BEGIN {_SQLITE_RENEW} END"
        for event in _EVENTS
    ]
