from django.db import migrations, models

import catalog.models.channels


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="output",
            name="language",
            field=models.CharField(choices=catalog.models.channels.languages, max_length=10),
        ),
    ]
