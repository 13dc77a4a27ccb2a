from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_longer_fields_of_jobs")]

    operations = [
        migrations.AddField(
            "comment",
            "sent_back",
            models.BooleanField(
                default=False, help_text="The revision was sent back with it: the next one is an answer."
            ),
        )
    ]
