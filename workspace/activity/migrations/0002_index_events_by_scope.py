"""The events of one topic by their place: whether anything has happened to a board since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["scope", "seq"], name="event_by_scope"),
        ),
    ]
