from django.db import migrations

import projects.models.project


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0020_looks_that_differ'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='search_text',
            field=projects.models.project.SearchText(blank=True, db_default='', editable=False),
        ),
    ]
