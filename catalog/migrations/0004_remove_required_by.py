from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_requirements_and_selections")]
    operations = [migrations.RemoveField(model_name="familyattribute", name="required_by")]
