"""What was found when all texts were last compared is kept, for the admin to show."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0025_sent_back")]

    operations = [
        migrations.CreateModel(
            name="CopiesReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("change", models.BigIntegerField()),
                ("paragraphs", models.PositiveIntegerField()),
            ],
            options={"ordering": ["-change", "-id"]},
        ),
        migrations.CreateModel(
            name="CopiesGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=5)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("text", models.CharField(max_length=200)),
                ("words", models.PositiveIntegerField()),
                ("variants", models.PositiveIntegerField()),
                ("places", models.PositiveIntegerField()),
                ("saved", models.PositiveIntegerField()),
                ("packed", models.BinaryField()),
                ("report", models.ForeignKey("catalog.CopiesReport", models.CASCADE, related_name="groups")),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="copiesgroup",
            constraint=models.UniqueConstraint(fields=["report", "digest"], name="copies_group_once"),
        ),
    ]
