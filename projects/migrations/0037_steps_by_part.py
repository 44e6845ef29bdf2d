from django.db import migrations, models


class Migration(migrations.Migration):
    """After the values were filled in: an index is made faster than it is kept."""

    dependencies = [
        ('projects', '0036_fill_step_values'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='projectstep',
            index=models.Index(condition=models.Q(('was__isnull', False)), fields=['key', 'project_id', 'at', 'change_id', 'was'], name='steps_by_part'),
        ),
    ]
