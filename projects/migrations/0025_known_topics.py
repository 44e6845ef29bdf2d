from django.db import migrations

from projects.wording.topics import topics

_BATCH = 2000


def _what_changes_are_about(apps, schema_editor):
    """What is written with each change from now on."""
    log, kept = apps.get_model("projects", "DataChangeLog"), apps.get_model("projects", "ChangeTopic")
    rows = log.objects.order_by("pk").values_list("pk", "entity_type", "change_type", "field_changes", "rules")
    found = []
    for pk, *row in rows.iterator(chunk_size=_BATCH):
        found += [kept(change_id=pk, topic=topic, size=size) for topic, size in topics(*row).items()]
        if len(found) >= _BATCH:
            kept.objects.bulk_create(found)
            found = []
    kept.objects.bulk_create(found)


class Migration(migrations.Migration):
    """Of what the log has already. The flags of the projects are worked out once all is migrated, by code that
    knows today's tables alone: `projects.flags.keeping.on_migrated`."""

    dependencies = [("projects", "0024_flags")]
    operations = [migrations.RunPython(_what_changes_are_about, migrations.RunPython.noop)]
