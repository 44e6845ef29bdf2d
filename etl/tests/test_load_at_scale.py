"""A whole country in few statements: counted, on the database that the suite runs on."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import DataChangeLog, Project
from replica.server import ReplicaServer

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


def save_list(replica: ReplicaServer, path: Path) -> list[Path]:
    """The replica's list of all projects, as one saved page."""
    path.write_bytes(requests.get(f"{replica.root}/pmd/projects/Default.aspx", timeout=60).content)
    return [path]


LONG = pytest.mark.soak


@pytest.mark.parametrize(
    ("many", "most"),
    [(300, 48), pytest.param(1_000, 48, marks=LONG), pytest.param(10_000, 100, marks=LONG)],
)
def test_ten_thousand_projects_load_in_under_100_statements_and_one_percent_in_under_50(
    sync, tmp_path, many, most
):
    with ReplicaServer(projects=many, rows_of_all=2 * many) as replica:
        with CaptureQueriesContext(connection) as first:
            run = sync(files=save_list(replica, tmp_path / "all.html"))
        assert run.created == Project.objects.count() == DataChangeLog.objects.count() == many
        replica.site.mutate(many // 100)
        with CaptureQueriesContext(connection) as second:
            run = sync(files=save_list(replica, tmp_path / "all.html"))
        assert run.change_count == many // 100
        with CaptureQueriesContext(connection) as third:
            run = sync(files=save_list(replica, tmp_path / "all.html"))
        assert (run.state, run.unchanged_by) == ("unchanged", "page")
    assert len(third) < 30
    if connection.vendor == "postgresql":  # SQLite takes 999 values a statement
        assert len(first) < most
        assert len(second) < 50
