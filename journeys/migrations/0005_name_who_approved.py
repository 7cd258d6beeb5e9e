from django.db import migrations, models


def name_who_approved(apps, schema_editor):
    """Until now whoever gave the ownership was also who approved it across units. May run again."""
    ownerships = apps.get_model("journeys", "Ownership").objects
    ownerships.filter(outside_approved=True, outside_approved_by=None).update(outside_approved_by=models.F("approved_by"))


class Migration(migrations.Migration):

    dependencies = [
        ("journeys", "0004_who_approved_across_units"),
    ]

    operations = [
        migrations.RunPython(name_who_approved, migrations.RunPython.noop),
    ]
