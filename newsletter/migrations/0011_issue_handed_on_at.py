from django.db import migrations, models
from django.db.models.functions import Now


def settled(apps, schema_editor):
    """What was cancelled until now has come with its period, or stays untold: it does not come a second time."""
    apps.get_model("newsletter", "Issue").objects.filter(state="cancelled").update(handed_on_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0010_ways_of_leaving"),
    ]

    operations = [
        migrations.AddField(
            model_name="issue",
            name="handed_on_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(settled, migrations.RunPython.noop),
    ]
