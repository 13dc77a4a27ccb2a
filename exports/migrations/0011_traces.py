"""Traces are rows of their own, which documents that differ in words only share; indexes that nobody needs go."""

import django.db.models.deletion
from django.db import migrations, models


def keep_traces(apps, schema_editor):
    """Every document's trace becomes a row under the number of its version."""
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO exports_trace (id, content) SELECT version_id, content FROM exports_provenance")
        cursor.execute("UPDATE exports_provenance SET trace_id = version_id")
        if vendor == "postgresql":
            # The table can be altered only when nothing waits to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('exports_trace', 'id'), GREATEST(MAX(id), 1)) FROM exports_trace"
            )
            _pack(cursor)
            _forget_like(cursor)


def _pack(cursor):
    """As documents are, where the server can (0008)."""
    cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
    if cursor.fetchone() == (True,):
        cursor.execute("ALTER TABLE exports_trace ALTER COLUMN content SET COMPRESSION lz4")


def _forget_like(cursor):
    """The index by which digests could be found by their beginning, which nobody does."""
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index "
        "WHERE indrelid = 'exports_documentbody'::regclass AND NOT indisunique"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("exports", "0010_longer_asset_codes")]

    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField()),
            ],
        ),
        migrations.AddField(
            "provenance",
            "trace",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="told_of", to="exports.trace"
            ),
        ),
        migrations.AddField("provenance", "revisions", models.JSONField(default=dict)),
        migrations.RunPython(keep_traces, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("provenance", "content"),
        migrations.AlterField(
            "provenance",
            "trace",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="told_of", to="exports.trace"
            ),
        ),
        migrations.AlterField(
            "documentversion",
            "channel",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="document_versions",
                to="catalog.channel",
            ),
        ),
        migrations.AlterField(
            "documentversion",
            "body",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="exports.documentbody",
            ),
        ),
        migrations.AddIndex("documentversion", models.Index(fields=["body"], name="document_of_body")),
        migrations.AlterField(
            "versionfacts",
            "fact_set",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="exports.factset",
            ),
        ),
        migrations.AddIndex("versionfacts", models.Index(fields=["fact_set"], name="version_facts_of_set")),
        migrations.AlterField(
            "versionstatement",
            "version",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="statements",
                to="exports.documentversion",
            ),
        ),
    ]
