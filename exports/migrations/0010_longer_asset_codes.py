from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0009_policies")]

    operations = [migrations.AlterField("versionasset", "asset", models.CharField(max_length=200))]
