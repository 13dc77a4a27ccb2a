"""Approving is a right of its own, and what was submitted can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_what_is_out")]

    operations = [
        migrations.AlterModelOptions(
            name="fragment",
            options={"ordering": ["code"], "permissions": [("approve_fragment", "Can approve fragments")]},
        ),
        migrations.AddField(
            model_name="fragmentrevision",
            name="withdrawn_by",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
