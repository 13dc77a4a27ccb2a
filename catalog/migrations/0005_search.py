"""What makes words findable: SQLite's FTS5 table with its triggers, PostgreSQL's GIN indexes.

A later migration that changes SearchText makes Django copy that table on SQLite, which drops the triggers: it has to end
with `RunPython(install, uninstall)` as this one does. tests/catalog/test_search.py sees to it.
"""

from django.db import migrations

from catalog.indexing import engine


def install(apps, schema_editor):
    engine.install(schema_editor)


def uninstall(apps, schema_editor):
    engine.uninstall(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_remove_required_by")]
    operations = [migrations.RunPython(install, uninstall)]
