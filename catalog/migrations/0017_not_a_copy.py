"""What reads alike and is no copy is remembered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_outbox")]

    operations = [
        migrations.CreateModel(
            name="NotACopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.CharField(max_length=32)),
                ("second", models.CharField(max_length=32)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("text", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["-id"], "verbose_name_plural": "not copies"},
        ),
        migrations.AddConstraint(
            model_name="notacopy",
            constraint=models.UniqueConstraint(fields=["first", "second"], name="not_a_copy_once"),
        ),
    ]
