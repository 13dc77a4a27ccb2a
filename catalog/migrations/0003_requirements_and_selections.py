"""What channels require, and which products they select, said in the new way."""

from django.db import migrations


def requirements(apps, schema_editor):
    Requirement = apps.get_model("catalog", "Requirement")
    FamilyAttribute = apps.get_model("catalog", "FamilyAttribute")
    Through = FamilyAttribute._meta.get_field("required_by").remote_field.through
    rows = Through.objects.values_list("familyattribute__family", "familyattribute__attribute", "channel")
    Requirement.objects.bulk_create(
        [Requirement(family_id=family, attribute_id=attribute, channel_id=channel) for family, attribute, channel in rows],
        batch_size=500,
    )


def selections(apps, schema_editor):
    """{"voltage": ["v230"]} becomes: (voltage is empty or voltage in ("v230"))."""
    import json

    for channel in apps.get_model("catalog", "Channel").objects.exclude(selection=""):
        parts = []
        for code, options in json.loads(channel.selection).items():
            apps.get_model("catalog", "Attribute").objects.filter(code__iexact=code).update(filterable=True)
            listed = ", ".join(json.dumps(str(option), ensure_ascii=False) for option in options)
            parts.append(f"(fact:{code} is empty or fact:{code} in ({listed}))" if listed else f"fact:{code} is empty")
        channel.selection = " and ".join(parts)
        channel.save(update_fields=["selection"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_the_fact_side")]
    operations = [
        migrations.RunPython(requirements, migrations.RunPython.noop),
        migrations.RunPython(selections, migrations.RunPython.noop),
    ]
