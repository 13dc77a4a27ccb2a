import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_search")]

    operations = [
        migrations.AddField(
            model_name="productasset",
            name="channel",
            field=models.ForeignKey(
                blank=True,
                help_text="Shown there in place of what all channels show in this role.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="product_assets",
                to="catalog.channel",
            ),
        ),
        migrations.RemoveConstraint(model_name="productasset", name="product_asset_once_per_role"),
        migrations.AddConstraint(
            model_name="productasset",
            constraint=models.UniqueConstraint(
                models.F("product"),
                models.F("asset"),
                Lower("role"),
                Coalesce(models.F("channel"), 0),
                name="product_asset_once_per_role",
                violation_error_message="This asset has this role here already.",
            ),
        ),
    ]
