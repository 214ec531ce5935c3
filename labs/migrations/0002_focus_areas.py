from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOCUS_AREAS = [
    ("sysselsattning", "Ökad sysselsättning", "Increased employment"),
    ("trygghet", "Trygghet", "Safety"),
    ("skolresultat", "Förbättrade skolresultat", "Better school results"),
    ("samhallsservice", "Förstärkt samhällsservice", "Stronger community services"),
]


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    FocusArea = apps.get_model("labs", "FocusArea")
    for position, (slug, name_sv, name_en) in enumerate(FOCUS_AREAS, start=1):
        FocusArea.objects.get_or_create(
            slug=slug, defaults={"name_sv": name_sv, "name_en": name_en, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("labs", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
