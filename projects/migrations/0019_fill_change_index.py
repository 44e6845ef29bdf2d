from django.db import migrations, transaction

from projects.log import index
from projects.log.writer import amount_moved

_BATCH = 20_000


def fill(apps, schema_editor):
    """What was logged before the triggers were there; stopped half way, it can be done again."""
    connection, log = schema_editor.connection, apps.get_model("projects", "DataChangeLog")
    head = apps.get_model("projects", "ChainHead")
    last = log.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for after in range(0, last, _BATCH):
        with transaction.atomic():
            index.fill(connection, after, min(after + _BATCH, last))
            _measure(log.objects.filter(pk__gt=after, pk__lte=after + _BATCH))
    with transaction.atomic():
        list(head.objects.select_for_update())  # nobody appends while all is counted
        index.count_events(connection)


def _measure(rows):
    found = [row for row in rows.only("change_type", "field_changes") if _of_size(row)]
    rows.bulk_update(found, ["size"], batch_size=500)


def _of_size(row):
    row.size = amount_moved(row.change_type, row.field_changes)
    return row.size


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('projects', '0018_change_index'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
