from django.db import migrations, models

from projects.log import index


def install(apps, schema_editor):
    index.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0034_bounces'),
    ]

    operations = [
        migrations.AddField(
            model_name='projectstep',
            name='was',
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
