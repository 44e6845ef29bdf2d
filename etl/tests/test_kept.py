"""What a first reading left is put back to the letter, for the tests that begin with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from etl.tests.conftest import Sync
from etl.tests.kept import Keeper, models
from projects.models import Project, SyncRun
from projects.tests.factories import a_project
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db


def test_rows_and_archive_are_those_that_the_reading_left(
    replica: ReplicaServer, sync: Sync, here: Any, tmp_path: Path
) -> None:
    keeper, archive, runs = Keeper(tmp_path), here.ARCHIVE_DIR, []
    here.DWS_URL = replica.url

    def begin() -> tuple[Any, list[str]]:
        keeper.begin("it", archive, lambda: runs.append(sync()))
        rows = {model: list(model._default_manager.order_by("pk").values_list()) for model in models()}
        return rows, sorted(str(path.relative_to(archive)) for path in archive.rglob("*"))

    with transaction.atomic():
        left = begin()
        transaction.set_rollback(True)
    shutil.rmtree(archive)
    assert not SyncRun.objects.exists()
    assert (begin(), len(runs)) == (left, 1)
    assert Project.objects.count() == len(replica.site.facts())
    assert sync().state == "unchanged"
    another = a_project("another")  # the next number is one that nobody has
    assert another.pk > Project.objects.exclude(pk=another.pk).latest("pk").pk
