"""Polls after a merge: nothing is created anew nor told as news, and history comes out the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from etl.tests.conftest import Sync
from projects.models import DataChangeLog, Merge, Project, SyncRun
from projects.stewards import merging
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db


def merged_pair() -> tuple[Merge, Project, Project]:
    survivor, merged = Project.objects.order_by("external_id")[:2]
    return merging.merge(survivor, merged, reason="One scheme.", user=None), survivor, merged


def is_identical(capsys: Any) -> bool:
    capsys.readouterr()
    call_command("replay", "--json")
    return bool(json.loads(capsys.readouterr().out)["identical"])


def test_the_next_poll_writes_nothing_and_history_comes_out_the_same(
    first: SyncRun, sync: Sync, capsys: Any
) -> None:
    row, _, _ = merged_pair()
    last = DataChangeLog.objects.latest("pk").pk
    number = Project.objects.count()
    for options in ({}, {"force": True}):
        sync(**options)
        assert (DataChangeLog.objects.latest("pk").pk, Project.objects.count()) == (last, number)
    assert is_identical(capsys)
    merging.undo(row, reason="Two schemes.", user=None)
    sync(force=True)
    assert DataChangeLog.objects.latest("pk").pk == last + 1
    assert Project.objects.count() == number + 1
    assert is_identical(capsys)
    call_command("verify_log")


def test_what_the_source_says_of_the_merged_number_is_kept_for_the_undo(
    replica: ReplicaServer, first: SyncRun, sync: Sync, capsys: Any
) -> None:
    row, survivor, merged = merged_pair()
    before = survivor.budget
    replica.site.set_value(merged.external_id, "budget", 77_700_00)
    replica.site.set_value(survivor.external_id, "name", "Another name by now")
    sync()
    survivor.refresh_from_db()
    assert (survivor.budget, survivor.name) == (before, "Another name by now")
    told = DataChangeLog.objects.filter(entity_id=merged.pk, change_type="updated", cause="source")
    assert "budget" in told.get().field_changes
    assert is_identical(capsys)
    merging.undo(row, reason="Two schemes.", user=None)
    merged = Project.objects.get(pk=merged.pk)
    assert str(merged.budget) == told.get().field_changes["budget"][1]
    assert is_identical(capsys)


def test_a_merge_whose_project_goes_while_its_other_number_stays_is_to_be_looked_at(
    replica: ReplicaServer, first: SyncRun, sync: Sync
) -> None:
    row, survivor, _ = merged_pair()
    assert not Merge.objects.to_look_at().exists()
    replica.site.remove(survivor.external_id)
    sync()
    assert list(Merge.objects.to_look_at()) == [row]
    assert row.made_at <= timezone.now()
