from django.db import migrations, models


def _as_complete(apps, schema_editor):
    apps.get_model("projects", "SyncRun").objects.update(concludes=models.F("complete"))


class Migration(migrations.Migration):
    """Until now these were one thing: absence was concluded where all that the site says it has was read."""

    dependencies = [("projects", "0012_progress")]
    operations = [migrations.RunPython(_as_complete, migrations.RunPython.noop)]
