from django.db import migrations

CODES = ["one-click", "mailto", "through the mail service"]


def keep_words_only(apps, schema_editor):
    """What stood there in codes is an event of its own now; what people wrote stays."""
    apps.get_model("newsletter", "Subscriber").objects.filter(left_because__in=CODES).update(left_because="")


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0009_letters"),
    ]

    operations = [
        migrations.RunPython(keep_words_only, migrations.RunPython.noop, elidable=True),
    ]
