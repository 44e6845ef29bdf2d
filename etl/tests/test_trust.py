"""Complete runs, held runs and honest absence: what is loaded when the site is not what it was."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from etl.decide.release import reject
from etl.exceptions import CannotDecide
from etl.scheduler import DataScheduler
from projects.models import DataChangeLog, MunicipalityListing, Project, Sighting, SyncRun

pytestmark = pytest.mark.django_db
forty = pytest.mark.parametrize("replica", [{"projects": 40, "provinces": ("NW",)}], indirect=True)


def record() -> tuple[list, list, int]:
    projects = Project.objects.order_by("id").values()
    listings = MunicipalityListing.objects.order_by("id").values()
    return list(projects), list(listings), DataChangeLog.objects.count()


def mass_edit(replica, share: int = 2) -> None:
    """A new budget for one project in `share`."""
    for number, external_id in enumerate(sorted(replica.site.facts())):
        if number % share == 0:
            replica.site.set_value(external_id, "budget", 123_456_00 + number)


# --- the breaker ----------------------------------------------------------------------------------


@forty
def test_a_mass_edit_is_held_whole_and_the_last_good_data_stay(replica, first, sync):
    before = record()
    mass_edit(replica)
    run = sync()
    assert (run.state, [reason["rule"] for reason in run.held]) == ("quarantined", ["many_changed"])
    assert "20 of 40 projects (50%) changed at once" in run.held[0]["sentence"]
    assert record() == before
    assert not Sighting.objects.filter(run=run, loaded=True).exists()


@pytest.mark.soak
@forty
def test_polling_goes_on_and_older_held_runs_are_superseded(replica, first, sync):
    mass_edit(replica)
    first, second = sync(), sync()
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "quarantined")
    with pytest.raises(CannotDecide, match="superseded"):
        DataScheduler().release(first.pk, "steward", "why not")


@forty
def test_a_steward_releases_all_of_a_held_run(replica, first, sync):
    mass_edit(replica)
    held = sync()
    run = DataScheduler().release(held.pk, "steward", "the department confirmed it")
    assert (run.pk, run.state, run.updated, run.decided_by) == (held.pk, "succeeded", 20, "steward")
    assert DataChangeLog.objects.filter(run=run, entity_type="project").count() == 20
    assert all(row.snapshot_id for row in DataChangeLog.objects.filter(run=run, entity_type="project"))
    assert run.first_change == first.last_change + 1
    assert sync().state == "unchanged"


@pytest.mark.soak
@forty
def test_a_steward_releases_some_municipalities(replica, first, sync):
    before = {p.external_id: p.budget for p in Project.objects.all()}
    mass_edit(replica)
    held = sync()
    place = Project.objects.order_by("id").first().municipality_id
    run = DataScheduler().release(held.pk, "steward", "checked by phone", [place])
    moved = {p.external_id for p in Project.objects.all() if p.budget != before[p.external_id]}
    there = set(Project.objects.filter(municipalities=place).values_list("external_id", flat=True))
    assert moved
    assert moved <= there
    assert (run.released_places, run.updated) == ([place], len(moved))
    codes = DataChangeLog.objects.filter(run=run, entity_type="municipality_listing")
    assert {row.external_id for row in codes} <= {place}


@pytest.mark.soak
@forty
def test_what_was_rejected_stays_rejected_until_the_source_changes(replica, first, sync):
    before = record()
    mass_edit(replica)
    reject(sync().pk, "steward", "a test of theirs")
    assert sync().state == "rejected"
    assert sync().state == "rejected"
    assert record() == before
    replica.site.mutate(1)
    assert sync().state == "quarantined"


@pytest.mark.soak
@forty
def test_a_held_run_that_the_source_took_back_is_superseded(replica, first, sync):
    replica.site.set_fault("drop_rows")
    held = sync()
    assert [reason["rule"] for reason in held.held][:1] == ["count_down"]
    replica.site.set_fault("none")
    assert sync().state == "unchanged"
    held.refresh_from_db()
    assert held.state == "superseded"


@pytest.mark.soak
@forty
def test_a_held_run_is_compared_anew_with_the_record_of_the_day(replica, first, sync, here):
    mass_edit(replica)
    held = sync()
    here.HOLD_CHANGED = 100
    assert sync().state == "succeeded"
    held.refresh_from_db()
    assert held.state == "superseded"


def test_a_source_without_a_past_is_not_held(replica, sync):
    assert sync(replica.url).state == "succeeded"


@forty
def test_the_command_says_it_exits_4_and_approves(replica, first, capsys, here):
    mass_edit(replica)
    with pytest.raises(SystemExit) as left:
        call_command("sync_dws")
    assert left.value.code == 4
    told = capsys.readouterr().out
    held = SyncRun.objects.latest("id")
    assert f"sync_dws --approve {held.pk}" in told
    call_command("sync_dws", "--approve", str(held.pk), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["run"], answer["state"], answer["updated"]) == (held.pk, "succeeded", 20)
    with pytest.raises(SystemExit) as left:
        call_command("sync_dws", "--approve", str(held.pk))
    assert left.value.code == 1
    assert "not held" in capsys.readouterr().err


@forty
def test_the_admin_shows_the_difference_and_decides(replica, first, sync, client):
    client.force_login(User.objects.create_superuser("steward", password="steward-password"))
    mass_edit(replica)
    held = sync()
    page = client.get(f"/admin/projects/syncrun/{held.pk}/decide/").content.decode()
    assert "changed at once" in page
    assert page.count('<td data-head="Field">Budget</td>') == 20
    rows = b"".join(client.get(f"/admin/projects/syncrun/{held.pk}/decide/?format=csv").streaming_content)
    assert rows.decode().count(",updated,budget,") == 20
    client.post(f"/admin/projects/syncrun/{held.pk}/decide/", {"release": "1"})
    held.refresh_from_db()
    assert held.state == "quarantined", "a reason is needed"
    decision = {"release": "1", "reason": "confirmed"}
    asked = client.post(f"/admin/projects/syncrun/{held.pk}/decide/", decision).content.decode()
    assert re.search(r"This loads (?:\d+ areas? with )?\d+ changes, \d+ of them major: \d+ changed", asked), (
        asked
    )
    held.refresh_from_db()
    assert held.state == "quarantined", "what it will do is said first"
    client.post(f"/admin/projects/syncrun/{held.pk}/decide/", {**decision, "confirmed": "yes"})
    held.refresh_from_db()
    assert (held.state, held.decision, held.decided_by) == ("succeeded", "confirmed", "steward")


def test_the_decision_is_for_stewards_with_the_right(client, db):
    user = User.objects.create_user("reader", password="reader-password", is_staff=True)
    client.force_login(user)
    assert client.get("/admin/projects/syncrun/1/decide/").status_code == 403


# --- absence --------------------------------------------------------------------------------------


def test_absence_goes_in_steps_that_runs_count(replica, first, sync, here):
    here.WITHDRAWN_AFTER_HOURS = 0
    external_id = Project.objects.order_by("id").first().external_id
    replica.site.remove(external_id)
    states = []
    for _ in range(4):
        sync()
        states.append(Project.objects.get(external_id=external_id).presence)
    assert states == ["missing", "missing", "withdrawn", "withdrawn"]
    replica.site.restore(external_id)
    sync()
    steps = DataChangeLog.objects.filter(external_id=external_id).order_by("id")
    assert [(row.change_type, row.field_changes.get("presence")) for row in steps][1:] == [
        ("missing", ["present", "missing"]),
        ("withdrawn", ["missing", "withdrawn"]),
        ("returned", ["withdrawn", "present"]),
    ]
    back = Project.objects.get(external_id=external_id)
    assert (back.presence, back.missing_run, back.last_listed_at) == ("present", None, None)


@pytest.mark.soak
def test_withdrawn_takes_a_day_however_often_we_look(replica, first, sync):
    external_id = Project.objects.order_by("id").first().external_id
    replica.site.remove(external_id)
    for _ in range(4):
        sync()
    project = Project.objects.get(external_id=external_id)
    assert project.presence == "missing"
    SyncRun.objects.filter(pk=project.missing_run_id).update(finished_at=timezone.now() - timedelta(hours=25))
    run = sync()
    assert (run.state, run.withdrawn) == ("succeeded", 1)


def test_an_incomplete_run_creates_and_updates_but_marks_nothing_absent(replica, first, sync, here):
    here.FETCH_MAX_ATTEMPTS = 1
    removed, changed = sorted(replica.site.facts())[:2]
    replica.site.remove(removed)
    replica.site.set_value(changed, "budget", 99_00)
    replica.site.set_fault("status500", after=4, times=1)
    run = sync()
    assert (run.complete, run.missing, run.updated) == (False, 0, 1)
    assert Project.objects.get(external_id=removed).presence == "present"
    replica.site.set_fault("none")
    assert sync().missing == 1


# --- completeness ---------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_pager_that_counts_a_row_too_many_makes_every_run_incomplete(replica, first, sync):
    replica.site.set_fault("drop_rows_few")
    first, second, third = sync(), sync(), sync()
    assert [run.complete for run in (first, second, third)] == [False, False, False]
    assert third.disagreements == second.disagreements
    assert first.disagreements
    assert first.missing == second.missing == 0


def test_a_site_that_is_edited_while_it_is_read_is_a_torn_crawl(replica, first, sync):
    replica.site.set_fault("self_edit", after=6)
    run = sync()
    assert run.complete is False
    assert any("edited while it was read" in note for note in run.notes), run.notes


# --- the parser moved -----------------------------------------------------------------------------


def test_a_word_that_a_steward_teaches_is_the_parser_s_doing_not_the_source_s(replica, first, sync):
    from projects.models import Vocabulary

    before = DataChangeLog.objects.latest("id").pk
    label = "Remarks"
    Vocabulary.objects.create(kind="field", text=label, meaning="description")
    run = sync()
    rows = DataChangeLog.objects.filter(id__gt=before)
    assert rows.exists()
    assert {row.cause for row in rows} == {"parser"}
    assert {row.run_id for row in rows} == {run.pk}
    assert sync().state == "unchanged"
    assert DataChangeLog.objects.latest("id").run_id == run.pk


@pytest.mark.soak
def test_a_parser_that_moves_corrects_a_missing_project_and_does_not_bring_it_back(replica, sync):
    from projects.models import Vocabulary

    gone = min(replica.site.facts())
    replica.site.set_value(gone, "remarks", "Site meeting held")
    replica.site.set_value(gone, "description", None)
    sync(replica.url)
    replica.site.remove(gone)
    absence = sync()
    before = DataChangeLog.objects.latest("id").pk
    Vocabulary.objects.create(kind="field", text="Remarks", meaning="description")
    sync()
    rows = DataChangeLog.objects.filter(id__gt=before, external_id=gone)
    told = [(row.change_type, row.cause, sorted(row.field_changes)) for row in rows]
    assert told == [("updated", "parser", ["description"])]
    project = Project.objects.get(external_id=gone)
    assert (project.presence, project.missing_run_id) == ("missing", absence.pk)
    assert project.last_listed_at is not None
    assert sync().state == "unchanged"
    replica.site.restore(gone)
    assert sync().returned == 1
    project.refresh_from_db()
    assert (project.presence, project.missing_run_id, project.last_listed_at) == ("present", None, None)
