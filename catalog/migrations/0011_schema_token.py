"""A token that says whether the schema stands: the triggers that replace it come after all migrations."""

from django.db import migrations, models

from catalog import schema_token


def leave(apps, schema_editor):
    """The signal post_migrate adds the triggers."""


def uninstall(apps, schema_editor):
    schema_token.uninstall(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_approve_permission")]

    operations = [
        migrations.CreateModel(
            name="SchemaToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=40)),
            ],
        ),
        migrations.RunPython(leave, uninstall),
    ]
