"""What each database engine adds to the table of search texts so that words are found fast.

SQLite: an FTS5 table over it (sqlite.org/fts5.html, "External Content Tables"), kept by triggers, and its vocabulary.
PostgreSQL: a GIN index of its words, one of the weightier ones alone, and one of their trigrams (extension pg_trgm).
Words are cut by catalog.indexing.words and only split at spaces here, so that both engines know the same ones.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FTS = "catalog_searchtext_fts"
VOCABULARY = "catalog_searchtext_words"
_TRIGGERS = ("added", "removed", "changed")

_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS catalog_searchtext_fts USING fts5(
        name, body, content='catalog_searchtext', content_rowid='id', tokenize='ascii', detail=column
    )""",
    "CREATE VIRTUAL TABLE IF NOT EXISTS catalog_searchtext_words USING fts5vocab(catalog_searchtext_fts, 'col')",
    """CREATE TRIGGER IF NOT EXISTS catalog_searchtext_added AFTER INSERT ON catalog_searchtext BEGIN
        INSERT INTO catalog_searchtext_fts (rowid, name, body) VALUES (new.id, new.name, new.body);
    END""",
    """CREATE TRIGGER IF NOT EXISTS catalog_searchtext_removed AFTER DELETE ON catalog_searchtext BEGIN
        INSERT INTO catalog_searchtext_fts (catalog_searchtext_fts, rowid, name, body)
            VALUES ('delete', old.id, old.name, old.body);
    END""",
    """CREATE TRIGGER IF NOT EXISTS catalog_searchtext_changed AFTER UPDATE ON catalog_searchtext BEGIN
        INSERT INTO catalog_searchtext_fts (catalog_searchtext_fts, rowid, name, body)
            VALUES ('delete', old.id, old.name, old.body);
        INSERT INTO catalog_searchtext_fts (rowid, name, body) VALUES (new.id, new.name, new.body);
    END""",
    "INSERT INTO catalog_searchtext_fts (catalog_searchtext_fts) VALUES ('rebuild')",
)
_SQLITE_UNDO = (
    *(f"DROP TRIGGER IF EXISTS catalog_searchtext_{name}" for name in _TRIGGERS),
    f"DROP TABLE IF EXISTS {VOCABULARY}",
    f"DROP TABLE IF EXISTS {FTS}",
)

# An array of words becomes a vector as it is; a text would go through a parser that cuts words in its own way.
VECTOR = "array_to_tsvector(array_remove(string_to_array(%s, ' '), ''))"
_INDEXES = {
    "search_text_words": "(" + VECTOR % "name || ' ' || body" + ")",
    "search_text_name": "(" + VECTOR % "name" + ")",
    "search_text_near": "name gin_trgm_ops",
}
_POSTGRESQL = tuple(
    f"CREATE INDEX IF NOT EXISTS {name} ON catalog_searchtext USING gin ({indexed})"
    for name, indexed in _INDEXES.items()
)
_POSTGRESQL_UNDO = tuple(f"DROP INDEX IF EXISTS {name}" for name in _INDEXES)


def install(editor: BaseDatabaseSchemaEditor) -> None:
    """Add what is missing and index what is there. Raises ImproperlyConfigured with what has to be done first.

    On SQLite, Django copies a table to change it, and the triggers go with the old one: a migration that changes
    SearchText has to end with this.
    """
    if editor.connection.vendor == "sqlite":
        _run(editor, _SQLITE, "This SQLite has no FTS5. Use a Python whose SQLite was built with it; most are.")
    else:
        _add_trigrams(editor)
        _run(
            editor,
            _POSTGRESQL,
            "The user of the database must own its tables.",
        )


def uninstall(editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again; the extension stays, since others may use it."""
    for statement in _SQLITE_UNDO if editor.connection.vendor == "sqlite" else _POSTGRESQL_UNDO:
        editor.execute(statement)


def _add_trigrams(editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            return
    name = editor.connection.settings_dict["NAME"]
    _run(
        editor,
        ("CREATE EXTENSION IF NOT EXISTS pg_trgm",),
        "Search needs PostgreSQL's extension pg_trgm, which this user may not add or the server does not have. "
        f"Install the server's contrib package, let the database's owner run CREATE EXTENSION pg_trgm; in “{name}”, "
        "and migrate again.",
    )


def _run(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...], advice: str) -> None:
    try:
        with transaction.atomic(using=editor.connection.alias):
            for statement in statements:
                editor.execute(statement)
    except DatabaseError as error:
        raise ImproperlyConfigured(f"{advice} ({' '.join(str(error).split())})") from error
