import django.db.models.deletion
from django.db import migrations, models

from projects.log import index


def install(apps, schema_editor):
    # The one for rewritten rows comes when all is migrated: the next migration does not need it.
    index.install(schema_editor.connection, for_rewritten=False)


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0017_damaged_snapshots'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=200)),
                ('cause', models.CharField(max_length=10)),
                ('source_id', models.CharField(max_length=20)),
                ('entity_type', models.CharField(max_length=20)),
                ('change_type', models.CharField(max_length=10)),
                ('count', models.PositiveIntegerField()),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('majors', models.PositiveIntegerField()),
                ('minors', models.PositiveIntegerField()),
                ('place', models.CharField(max_length=20, null=True)),
                ('is_spread', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('count__gte', 3)), fields=['-last'], name='events_newest')],
                'constraints': [models.UniqueConstraint(fields=('run_id', 'kind', 'cause'), name='one_event_of_a_kind_a_run')],
            },
        ),
        migrations.CreateModel(
            name='ChangeFacet',
            fields=[
                ('pk', models.CompositePrimaryKey('facet', 'change_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('facet', models.CharField(max_length=250)),
                ('change', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='facets', to='projects.datachangelog')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectStep',
            fields=[
                ('pk', models.CompositePrimaryKey('project_id', 'key', 'at', 'change_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('project_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=250)),
                ('at', models.DateTimeField()),
                ('change_id', models.BigIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='datachangelog',
            name='projects_da_municip_f6cf5d_idx',
        ),
        migrations.RemoveIndex(
            model_name='datachangelog',
            name='projects_da_at_3e1e77_idx',
        ),
        migrations.AddField(
            model_name='datachangelog',
            name='size',
            field=models.DecimalField(db_default=0, decimal_places=2, max_digits=20),
        ),
        migrations.AddIndex(
            model_name='datachangelog',
            index=models.Index(fields=['entity_type', '-id'], name='projects_da_entity__c9e8c0_idx'),
        ),
        migrations.AddIndex(
            model_name='datachangelog',
            index=models.Index(fields=['change_type', '-id'], name='projects_da_change__c6c7ed_idx'),
        ),
        migrations.AddIndex(
            model_name='datachangelog',
            index=models.Index(fields=['at', 'id'], name='projects_da_at_f9d774_idx'),
        ),
        migrations.AddIndex(
            model_name='datachangelog',
            index=models.Index(fields=['-size', '-id'], name='projects_da_size_2d11a7_idx'),
        ),
        migrations.AddIndex(
            model_name='syncrun',
            index=models.Index(fields=['source', '-id'], name='projects_sy_source__8f8306_idx'),
        ),
        # Last: a table that SQLite makes anew loses its triggers.
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
