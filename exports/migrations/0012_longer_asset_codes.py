from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0005_webhooks")]

    operations = [migrations.AlterField("versionasset", "asset", models.CharField(max_length=200))]
