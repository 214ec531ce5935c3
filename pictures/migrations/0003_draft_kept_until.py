from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pictures", "0002_focal_point")]

    operations = [
        migrations.AddField(model_name="draft", name="kept_until", field=models.DateTimeField(blank=True, null=True)),
    ]
