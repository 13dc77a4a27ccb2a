from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0023_products_below")]

    operations = [
        migrations.AlterField("jobunit", "field", models.CharField(max_length=100, help_text="Of a fact, its attribute."))
    ]
