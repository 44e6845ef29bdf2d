"""The 257 municipalities, the sources, and the head of the change log's chain."""

from django.db import migrations

from projects.facts import municipalities

SOURCES = {
    "dws": "Department of Water and Sanitation: Project Monitoring Dashboard",
    "treasury": "National Treasury: Municipal Money",
    "correlation": "DWS projects beside municipal finance",
}


def seed(apps, schema_editor):
    Municipality = apps.get_model("projects", "Municipality")
    facts = sorted(municipalities(), key=lambda fact: fact.category != "C")  # districts before their locals
    Municipality.objects.bulk_create(
        Municipality(
            code=fact.code,
            name=fact.name,
            province=fact.province,
            category=fact.category,
            district_id=fact.district or None,
            population_2016=fact.population_2016,
            area_km2=fact.area_km2,
            latitude=fact.latitude,
            longitude=fact.longitude,
            place_name=fact.place_name or "",
        )
        for fact in facts
    )
    apps.get_model("projects", "ChainHead").objects.create(id=1)
    Source = apps.get_model("projects", "Source")
    Source.objects.bulk_create(Source(name=name, title=title) for name, title in SOURCES.items())


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_tables")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
