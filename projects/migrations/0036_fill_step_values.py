from django.db import migrations, transaction

from projects.log import index

_BATCH = 20_000


def fill(apps, schema_editor):
    """What was logged before the steps said what stood there; stopped half way, it can be done again."""
    connection, log = schema_editor.connection, apps.get_model("projects", "DataChangeLog")
    last = log.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for after in range(0, last, _BATCH):
        with transaction.atomic():
            index.fill_values(connection, after, min(after + _BATCH, last))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('projects', '0035_step_values'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
