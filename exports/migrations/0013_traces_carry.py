"""What documents carry hangs on their traces, which many share, and documents know their trace themselves."""

import django.db.models.deletion

import exports.models.releases
from django.db import migrations, models

# Of a trace's documents the one that what hangs on it is taken from: one that has no numbers besides it, if there is.
SOURCES = """
    SELECT trace_id, COALESCE(MIN(CASE WHEN revisions = '{}' THEN version_id END), MIN(version_id)) AS version_id
    FROM exports_provenance GROUP BY trace_id
"""
CARRIED = {
    "facts": "fact_set_id",
    "asset": "asset",
    "category": "code",
    "statement": "place, slot, language, fragment, revision, via",
}


def hang_on_traces(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        told = "(SELECT {} FROM exports_provenance told WHERE told.version_id = exports_documentversion.id)"
        cursor.execute(
            f"UPDATE exports_documentversion SET trace_id = {told.format('trace_id')}, "
            f"revisions = {told.format('revisions')}"
        )
        for name, columns in CARRIED.items():
            cursor.execute(
                f"INSERT INTO exports_trace{name} (trace_id, {columns}) SELECT source.trace_id, {columns} "
                f"FROM ({SOURCES}) source JOIN exports_version{name} was ON was.version_id = source.version_id"
            )
        if schema_editor.connection.vendor == "postgresql":
            # Tables can be altered only when nothing waits to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def trace(related_name, **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to="exports.trace", **options
    )


class Migration(migrations.Migration):
    dependencies = [("exports", "0012_wanted_sets")]

    operations = [
        migrations.CreateModel(
            name="TraceAsset",
            fields=[("id", key()), ("asset", models.CharField(max_length=200)), ("trace", trace("assets"))],
            options={
                "constraints": [models.UniqueConstraint(fields=("asset", "trace"), name="trace_asset_once")],
            },
        ),
        migrations.CreateModel(
            name="TraceCategory",
            fields=[("id", key()), ("code", models.CharField(max_length=100)), ("trace", trace("categories"))],
            options={
                "constraints": [models.UniqueConstraint(fields=("code", "trace"), name="trace_category_once")],
            },
        ),
        migrations.CreateModel(
            name="TraceFacts",
            fields=[
                (
                    "trace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="facts",
                        serialize=False,
                        to="exports.trace",
                    ),
                ),
                (
                    "fact_set",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="traces",
                        to="exports.factset",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["fact_set"], name="trace_facts_of_set")]},
        ),
        migrations.CreateModel(
            name="TraceStatement",
            fields=[
                ("id", key()),
                ("place", models.PositiveSmallIntegerField()),
                ("slot", models.CharField(max_length=100)),
                ("language", models.CharField(max_length=10)),
                ("fragment", models.CharField(max_length=150)),
                ("revision", models.PositiveIntegerField()),
                ("via", models.CharField(blank=True, max_length=150)),
                ("trace", trace("statements", db_index=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["fragment", "slot", "via", "language", "trace"], name="trace_statement_of_fragment"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("trace", "place", "fragment"), name="trace_statement_once")
                ],
            },
        ),
        migrations.AddField("documentversion", "revisions", models.JSONField(default=dict)),
        migrations.AddField(
            "documentversion",
            "trace",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told_of",
                to="exports.trace",
            ),
        ),
        migrations.RunPython(hang_on_traces, elidable=True),
        migrations.AlterField(
            "documentversion",
            "trace",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told_of",
                to="exports.trace",
            ),
        ),
        migrations.AddIndex("documentversion", models.Index(fields=["trace"], name="document_of_trace")),
        migrations.RemoveIndex("documentversion", "document_of_body"),
        migrations.AddIndex(
            "documentversion", exports.models.releases.EqualityIndex(fields=["body"], name="document_of_body")
        ),
        migrations.RemoveIndex("documentversion", "document_disappeared"),
        migrations.AddIndex(
            "documentversion",
            models.Index(
                fields=["channel", "valid_until"],
                condition=models.Q(valid_until__isnull=False),
                name="document_disappeared",
            ),
        ),
        *(
            migrations.DeleteModel(name)
            for name in ("Provenance", "VersionAsset", "VersionCategory", "VersionFacts", "VersionStatement")
        ),
    ]
