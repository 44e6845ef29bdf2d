from django.db import migrations

ROLES = ("viewer", "steward", "admin")


def make(apps, schema_editor):
    """The groups; their permissions follow when all tables are there (`projects.stewards.roles`)."""
    for name in ROLES:
        apps.get_model("auth", "Group").objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0028_merges"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
