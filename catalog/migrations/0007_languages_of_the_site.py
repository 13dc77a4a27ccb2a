from django.db import migrations

from catalog.columns import FollowLanguages


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_responsible")]

    operations = [FollowLanguages()]
