"""Fold what is known already, a thousand rows a statement: nothing that is published changes."""

from django.db import migrations

from projects.models.project import SEARCHED, searchable

_BATCH = 1000  # rows


def fold(apps, schema_editor):
    project = apps.get_model("projects", "Project")
    # a field that is searched since has a column later on, and no text yet
    had = {field.name for field in project._meta.get_fields()}
    searched = [name for name in SEARCHED if name in had]
    projects, last = project.objects.order_by("pk"), 0
    while rows := list(projects.filter(pk__gt=last).only("pk", *searched)[:_BATCH]):
        for row in rows:
            row.search_text = searchable(getattr(row, name) for name in searched)
        projects.bulk_update(rows, ["search_text"], batch_size=200)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("projects", "0022_search_text")]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
