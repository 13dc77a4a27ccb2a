"""The columns of translated texts: one per field and language.

Migrations know the shipped languages. Those that a site names besides are its own matter: FollowLanguages tells the
migrations' state of them, `manage.py sync_languages` adds their columns, and a check says when that is to be done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from modeltranslation.fields import TranslationField
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname

from catalog.languages import canonical

_SOURCE = settings.MODELTRANSLATION_DEFAULT_LANGUAGE


def added_languages() -> list[str]:
    """The languages of this site that have no columns in the migrations as they are written."""
    shipped = dict(settings.SHIPPED_LANGUAGES)
    return [code for code in settings.MODELTRANSLATION_LANGUAGES if code not in shipped]


def _tables(database: BaseDatabaseWrapper) -> Iterator[tuple[type[models.Model], set[str]]]:
    """The translated models whose tables are there, with the columns these have. One query or two per table."""
    with database.cursor() as cursor:
        there = set(database.introspection.table_names(cursor))
        for model in translator.get_registered_models(abstract=False):
            table = model._meta.db_table
            if table in there:
                yield model, {row.name for row in database.introspection.get_table_description(cursor, table)}


def _fields(model: type[models.Model]) -> dict[str, list[TranslationField]]:
    found = translator.get_options_for_model(model).all_fields
    return {name: sorted(fields, key=lambda field: str(field.name)) for name, fields in found.items()}


def missing(database: BaseDatabaseWrapper) -> list[TranslationField]:
    """Columns that a language lacks while English has its own. None without added languages, and then no query."""
    if not added_languages():
        return []
    return [
        field
        for model, columns in _tables(database)
        for name, fields in _fields(model).items()
        if build_localized_fieldname(name, _SOURCE) in columns
        for field in fields
        if field.column not in columns
    ]


def hidden(database: BaseDatabaseWrapper) -> set[str]:
    """Languages that have columns in the database and are neither shipped nor named any more."""
    found: set[str] = set()
    for model, columns in _tables(database):
        unknown = columns - {field.column for field in model._meta.local_concrete_fields}
        for name in _fields(model):
            found |= {column.removeprefix(f"{name}_") for column in unknown if column.startswith(f"{name}_")}
    return {code for suffix in found if (code := _language_of(suffix))}


def _language_of(suffix: str) -> str:
    """The language of a column's ending, or "" where it is none. modeltranslation writes Indonesian as "ind"."""
    try:
        return canonical("id" if suffix == "ind" else suffix)
    except ValueError:
        return ""


def add(database: BaseDatabaseWrapper) -> list[TranslationField]:
    """Add the columns that are missing, all or none. Existing rows have no text there."""
    with database.schema_editor(atomic=True) as editor:
        fields = missing(database)
        for field in fields:
            column: Any = field
            editor.add_field(column.model, column)
    return fields


# --- Before anything runs --------------------------------------------------------------------------------------------
def complaint(database: BaseDatabaseWrapper = connection) -> str:
    """What to tell who starts the system while columns are missing, or "". Nothing of a database out of reach."""
    try:
        lacking = sorted({field.language for field in missing(database)})
    except (DatabaseError, ImproperlyConfigured):
        return ""
    return f"PIM_LANGUAGES names {', '.join(lacking)}, which the database has no columns for." if lacking else ""


def check_columns(**_: Any) -> list[checks.CheckMessage]:
    found = complaint()
    return [checks.Error(found, hint="Run: manage.py sync_languages", id="catalog.E001")] if found else []


def insist() -> None:
    """For servers, which start without Django's checks. Raises ImproperlyConfigured while columns are missing."""
    if found := complaint():
        raise ImproperlyConfigured(f"{found} Run: manage.py sync_languages")


def guard_texts(*, using: str, plan: list[tuple[Any, bool]], **_: Any) -> None:
    """Before migrations: refuse those that would lose texts. Raises CommandError.

    SQLite changes a table by making it anew with the columns the migrations know of, so those of a language that is not
    named at the moment would be gone.
    """
    database = connections[using]
    if not any(migration.app_label == "catalog" for migration, _ in plan):
        return
    if found := complaint(database):
        raise CommandError(f"{found} Run: manage.py sync_languages")
    lost = sorted(hidden(database)) if database.vendor == "sqlite" else []
    if lost:
        named = ",".join([*dict(settings.LANGUAGES), *lost])
        raise CommandError(
            f"The database has texts in {', '.join(lost)}, which SQLite would lose now. "
            f"Migrate with PIM_LANGUAGES={named}; afterwards they may be hidden again."
        )


# --- In migrations ---------------------------------------------------------------------------------------------------
class FollowLanguages(Operation):
    """Gives each translated field of an app a column for every language of this site, like the one of English.

    A migration that adds or changes translated fields ends with it. Columns that `sync_languages` made stay.
    """

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for (app, model), fields in [(key, dict(row.fields)) for key, row in state.models.items()]:
            if app != app_label:
                continue
            for column, like in _followers(fields).items():
                put = state.alter_field if column in fields else state.add_field
                put(app, model, column, like.clone(), True)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for (app, name), row in to_state.models.items():
            columns = _followers(dict(row.fields)) if app == app_label else {}
            if not columns:
                continue
            model = to_state.apps.get_model(app, name)
            with schema_editor.connection.cursor() as cursor:
                described = schema_editor.connection.introspection.get_table_description(cursor, model._meta.db_table)
            for column in columns.keys() - {found.name for found in described}:
                schema_editor.add_field(model, model._meta.get_field(column))

    def database_backwards(self, *args: Any) -> None:
        """Texts are not thrown away: the columns stay."""

    def describe(self) -> str:
        return "Columns for the languages of this site"


def _followers(fields: dict[str, models.Field[Any, Any]]) -> dict[str, models.Field[Any, Any]]:
    """The columns the added languages have among these fields, each with the field of English it is like."""
    ending = f"_{_SOURCE}"
    return {
        build_localized_fieldname(name.removesuffix(ending), language): field
        for name, field in fields.items()
        if name.endswith(ending) and name.removesuffix(ending) in fields
        for language in added_languages()
    }
