"""Who supplies what is missing, and a digest by which products that are probably one are found."""

from django.db import migrations, models


def _responsible(model: str) -> migrations.AddField:
    help_text = "Who supplies what is missing here, such as: engineering"
    return migrations.AddField(
        model_name=model,
        name="responsible",
        field=models.CharField(max_length=100, default="", blank=True, help_text=help_text),
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_assets_of_a_channel")]

    operations = [
        _responsible("attributegroup"),
        _responsible("slot"),
        migrations.AddField(
            model_name="productindex",
            name="likeness",
            field=models.CharField(max_length=32, default="", blank=True, db_index=True),
        ),
    ]
