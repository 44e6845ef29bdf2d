"""Each filter of the projects says the same of rows in the database and of records in memory."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.http import QueryDict

from projects.api.records import last_whole, project_writer
from projects.filters import ProjectFilter
from projects.models import Project
from projects.tests.factories import a_project

pytestmark = pytest.mark.django_db
ASKED = (
    "q=pipe", "q=PIPE+wp2", "q=nothing", "q=%25", "q=p%C3%ADpe",
    "province=LIM", "province=LIM,WC", "status=null",
    "status=design,null", "status=construction", "municipality=LIM331", "municipality=cpt", "programme=RBIG",
    "source=dws", "source=treasury", "presence=missing", "presence=present,missing", "min_progress=50",
    "max_progress=50", "min_budget=1000", "max_budget=1000", "min_budget=0&max_budget=5000.50",
    "changed_since=2020-01-01", "changed_since=2199-01-01",
)  # fmt: skip


@pytest.fixture
def some(db: None) -> None:
    a_project("WP1", name="Bulk pipeline", status="design", programme=None, budget=None)
    a_project("WP2", name="Pipe bridge", municipality="CPT", budget="1000.00")
    a_project("WP3", name="Reservoir", budget="5000.50", progress_percentage="50.00", status=None)
    a_project("WP4", name="Borehole", presence="missing", progress_percentage="49.99", shared=["CPT"])
    a_project("WP5", name=None, municipality=None, progress_percentage=None)


def the_same(query: str) -> list[str]:
    filterset = ProjectFilter(QueryDict(query), Project.objects.all())
    assert filterset.is_valid(), filterset.errors
    write = project_writer(last_whole())
    rows = sorted(filterset.qs.values_list("external_id", flat=True))
    records = map(write, Project.objects.for_api().order_by("external_id"))
    assert [record["external_id"] for record in records if filterset.passes(record)] == rows, query
    return rows


def test_one_by_one_and_two_by_two(some):
    found = [the_same(query) for query in ASKED]
    assert len({tuple(rows) for rows in found}) > 8, "the queries tell the projects apart"
    for one, other in combinations(ASKED, 2):
        the_same(f"{one}&{other}")
