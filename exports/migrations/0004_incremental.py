"""Documents know their products, and what is amiss is kept like documents."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

BATCH = 1_000


def know_products(apps, schema_editor):
    """The ids of the products documents are of; 0 for one that is gone. What is a variant says its parent."""
    Product = apps.get_model("catalog", "Product")
    Version = apps.get_model("exports", "DocumentVersion")
    ids = {sku: pk for sku, pk in Product.objects.annotate(lower=Lower("sku")).values_list("lower", "pk")}
    batch = []
    rows = Version.objects.select_related("body").order_by("pk")
    for version in rows.iterator(chunk_size=BATCH):
        version.product = ids.get(version.sku.lower(), 0)
        version.listed = b'"parent":null' in bytes(version.body.content)
        batch.append(version)
        if len(batch) == BATCH:
            Version.objects.bulk_update(batch, ["product", "listed"])
            batch = []
    Version.objects.bulk_update(batch, ["product", "listed"])


def keep_problems(apps, schema_editor):
    """From one release's report to the next what stays is one row."""
    Release = apps.get_model("exports", "Release")
    Product = apps.get_model("catalog", "Product")
    Problem = apps.get_model("exports", "Problem")
    ids = {sku: pk for sku, pk in Product.objects.annotate(lower=Lower("sku")).values_list("lower", "pk")}
    for channel in Release.objects.order_by().values_list("channel", flat=True).distinct():
        known = {}
        done = []
        for release in Release.objects.filter(channel=channel).order_by("number"):
            said = {}
            for row in release.report:
                if isinstance(row, dict) and {"sku", "kind", "message"} <= row.keys():
                    said[row["sku"], row["kind"], row["message"], tuple(row.get("languages", ()))] = row
            for key in [key for key in known if key not in said]:
                known[key].valid_until = release.number
                done.append(known.pop(key))
            counts = {}
            for key in said:
                sku, kind, message, languages = key
                counts[kind] = counts.get(kind, 0) + 1
                if key not in known:
                    known[key] = Problem(
                        channel_id=channel,
                        product=ids.get(sku.lower(), 0),
                        sku=sku,
                        kind=kind,
                        message=message,
                        languages=list(languages),
                        valid_from=release.number,
                    )
            release.problems = dict(sorted(counts.items()))
            release.save(update_fields=["problems"])
        Problem.objects.bulk_create([*done, *known.values()], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_outbox"), ("exports", "0003_statements")]

    operations = [
        migrations.CreateModel(
            name='ChannelState',
            fields=[
                ('channel', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='release_state', serialize=False, to='catalog.channel')),
                ('batch', models.PositiveBigIntegerField()),
                ('judged_on', models.DateField()),
                ('asked', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.PositiveBigIntegerField()),
                ('sku', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=30)),
                ('message', models.TextField()),
                ('languages', models.JSONField()),
                ('valid_from', models.PositiveIntegerField()),
                ('valid_until', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ['sku', 'id'],
            },
        ),
        migrations.AddField(
            model_name='documentversion',
            name='listed',
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='documentversion',
            name='product',
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='release',
            name='problems',
            field=models.JSONField(default=dict, help_text='How many of each kind.'),
        ),
        migrations.AddIndex(
            model_name='documentversion',
            index=models.Index(condition=models.Q(('valid_until__isnull', True)), fields=['channel', 'product'], name='document_of_product'),
        ),
        migrations.AddField(
            model_name='problem',
            name='channel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='catalog.channel'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['channel', 'sku'], name='problem_of_a_product'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('valid_until__isnull', True)), fields=['channel', 'product'], name='problem_still_there'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='problem_interval_not_empty'),
        ),
        migrations.RunPython(know_products, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_problems, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='release',
            name='report',
        ),
    ]
