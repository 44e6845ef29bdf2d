"""The archive tells the same history again, as long as the parser is the same."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from etl.runs import lease
from etl.scheduler import DataScheduler
from projects.models import DataChangeLog, Project, ReadingPlan, Sighting, SyncRun, Vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture
def eventful(replica, first, sync, here):
    """A history with updates, an absence and a return, an incomplete run and a released one."""
    here.WITHDRAWN_AFTER_HOURS = 0
    here.FETCH_MAX_ATTEMPTS = 1
    replica.site.mutate(6)
    replica.site.noise("all")
    sync()
    gone = sorted(replica.site.facts())[0]
    replica.site.remove(gone)
    for _ in range(3):
        sync()
    replica.site.restore(gone)
    replica.site.set_fault("status500", after=5, times=1)
    sync()
    replica.site.set_fault("none")
    sync()
    for number, external_id in enumerate(sorted(replica.site.facts())):
        replica.site.set_value(external_id, "budget", 100_000 + number)
    DataScheduler().release(sync().pk, "steward", "confirmed")
    replica.site.mutate(2)
    sync()
    return replica


@pytest.mark.soak
@pytest.mark.parametrize("replica", [{"projects": 24}], indirect=True)
def test_with_an_unchanged_parser_history_comes_out_the_same(eventful):
    outcome = DataScheduler().replay("dws")
    assert outcome.replayed >= 5
    assert (outcome.runs, outcome.records) == ({}, {"projects": {}, "listings": {}})


def test_the_command_says_so_and_exits_by_it(replica, first, capsys):
    call_command("replay", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["identical"], answer["replayed"]) == (True, 1)
    Project.objects.order_by("id").update(budget=1)
    with pytest.raises(SystemExit) as left:
        call_command("replay")
    assert left.value.code == 1
    assert "known '1.00', replayed" in capsys.readouterr().out


def test_what_a_run_that_changed_nothing_remembered_is_played_again(replica, first, sync):
    """How it understood the columns is what the next reading is held against."""
    assert sync().state == "unchanged"
    assert DataScheduler().replay("dws").replayed == 1
    run = sync()
    ReadingPlan.objects.create(source_id="dws", run=run, version=9, digest="otherwise", shapes=[])
    outcome = DataScheduler().replay("dws")
    assert (outcome.replayed, outcome.is_identical) == (2, True)


@pytest.mark.soak
def test_who_is_withdrawn_by_pages_that_stay_the_same_is_so_in_a_replay(replica, first, sync, here):
    here.WITHDRAWN_AFTER_HOURS = 0
    replica.site.remove(min(replica.site.facts()))
    runs = [sync() for _ in range(here.WITHDRAWN_AFTER_RUNS)]
    assert [run.missing + run.withdrawn for run in (runs[0], runs[-1])] == [1, 1]
    assert [(run.state, run.unchanged_by) for run in (runs[0], runs[-1])] == [
        ("succeeded", ""),
        ("succeeded", "page"),
    ]
    assert DataScheduler().replay("dws").is_identical


@pytest.mark.soak
def test_a_quiet_run_counts_after_the_held_ones_that_were_released_before_it(replica, first, sync, here):
    here.WITHDRAWN_AFTER_HOURS, here.HOLD_LEAST_RECORDS = 0, 1
    replica.site.remove(min(replica.site.facts()))
    assert sync().missing == 1
    for budget in (100_000, 777_000):
        for number, external_id in enumerate(sorted(replica.site.facts())):
            replica.site.set_value(external_id, "budget", budget + number)
        held = sync()
        assert held.state == "quarantined"
        last = DataScheduler().release(held.pk, "steward", "confirmed")
    assert last.withdrawn == 1
    assert sync().state == "unchanged"
    assert DataScheduler().replay("dws").is_identical


def test_a_new_word_is_shown_and_applied_when_told_to(replica, first, sync, capsys):
    Vocabulary.objects.create(kind="field", text="Remarks", meaning="description")
    outcome = DataScheduler().replay("dws")
    assert outcome.records["projects"]
    assert outcome.runs
    last = DataChangeLog.objects.latest("id").pk
    call_command("replay", "--apply")
    assert {row.cause for row in DataChangeLog.objects.filter(id__gt=last)} == {"parser"}
    assert DataScheduler().replay("dws").records["projects"] == {}
    assert sync().change_count == 0


def test_applied_corrections_leave_a_missing_project_missing(replica, first, sync):
    replica.site.remove(gone := min(replica.site.facts()))
    sync()
    last = DataChangeLog.objects.latest("id").pk
    Vocabulary.objects.create(kind="field", text="Remarks", meaning="description")
    call_command("replay", "--apply")
    assert {row.change_type for row in DataChangeLog.objects.filter(id__gt=last)} == {"updated"}
    assert Project.objects.get(external_id=gone).presence == "missing"
    assert DataScheduler().replay("dws").records["projects"] == {}


@pytest.mark.soak
def test_applied_corrections_bring_back_what_was_missing_by_mistake(replica, first, sync):
    project = Project.objects.earliest("id")
    Project.objects.filter(pk=project.pk).update(presence="missing", missing_run=sync())
    call_command("replay", "--apply")
    row = DataChangeLog.objects.latest("id")
    assert (row.change_type, row.external_id, row.cause) == ("returned", project.external_id, "parser")
    project.refresh_from_db()
    assert (project.presence, project.missing_run_id) == ("present", None)


def test_what_was_loaded_while_a_replay_went_on_is_not_taken_back(replica, first, sync, monkeypatch):
    Vocabulary.objects.create(kind="field", text="Remarks", meaning="description")
    external_id = min(replica.site.facts())
    begin, loaded = lease.begin, []

    def poll_first(*asked, **named):
        """Somebody else polls between the first reading of history and its correction."""
        monkeypatch.setattr(lease, "begin", begin)
        replica.site.set_value(external_id, "budget", 76_543)
        assert sync().updated >= 1
        loaded.append(Project.objects.get(external_id=external_id).budget)
        return begin(*asked, **named)

    monkeypatch.setattr(lease, "begin", poll_first)
    call_command("replay", "--apply")
    assert [Project.objects.get(external_id=external_id).budget] == loaded
    assert sync().change_count == 0


def test_nothing_is_applied_where_one_source_cannot_be_replayed(replica, first, here):
    Vocabulary.objects.create(kind="field", text="Remarks", meaning="description")
    run = SyncRun.objects.get()
    lost = SyncRun.objects.create(
        source_id="treasury", trigger="command", state="succeeded", profile={"read": ["capital_v2"]}
    )
    look = {"key": "capital_v2 model", "url": "x", "at": run.started_at, "content_sha256": "x"}
    Sighting.objects.create(source_id="treasury", run=lost, loaded=True, **look)
    before = DataChangeLog.objects.count()
    with pytest.raises(CommandError, match="did not get to its end"):
        call_command("replay", "--apply")
    assert DataChangeLog.objects.count() == before


def test_a_broken_file_of_the_archive_is_said_to_be_so(replica, first, here):
    for file in here.ARCHIVE_DIR.rglob("*.gz"):
        file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(CommandError, match="cannot be read: the file is broken"):
        call_command("replay")
