"""The clock, the command, the API and the admin: each asks for the same run, and two are told of one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from etl import scheduler
from etl.exceptions import LeaseLost, RunInProgress
from etl.runs import lease
from etl.scheduler import DataScheduler
from etl.tests.conftest import going_on
from projects.declared import REGISTRY
from projects.models import DataChangeLog, Project, RunState, SyncRun

pytestmark = pytest.mark.django_db
small = pytest.mark.parametrize("replica", [{"projects": 6, "provinces": ("NW",)}], indirect=True)


def exit_code(*args: str) -> int:
    try:
        call_command(*args)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def gone_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


# --- the command ----------------------------------------------------------------------------------


@small
def test_the_command_prints_one_json_object_and_nothing_else(replica, here, capsys):
    here.DWS_URL = replica.url
    assert exit_code("sync_dws", "--json") == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert told.err == ""
    assert (answer["state"], answer["complete"], answer["created"], answer["error"]) == (
        "succeeded",
        True,
        6,
        None,
    )
    assert answer["changes"]["count"] == answer["changes"]["last"] - answer["changes"]["first"] + 1
    wanted = """run source state trigger complete unchanged pages requests not_modified retries seen created
        updated same missing withdrawn returned invalid listings changes layouts error started_at finished_at
        duration_s""".split()
    assert set(wanted) <= set(answer)
    assert exit_code("sync_dws", "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "unchanged"


@small
def test_a_dry_run_shows_the_difference_and_writes_nothing(replica, here, capsys):
    here.DWS_URL = replica.url
    assert exit_code("sync_dws", "--dry-run") == 0
    assert "created WP10001" in capsys.readouterr().out
    assert exit_code("sync_dws", "--dry-run", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (len(answer["diff"]), answer["created"], answer["run"]) == (6, 6, None)
    assert (SyncRun.objects.count(), Project.objects.count(), DataChangeLog.objects.count()) == (0, 0, 0)
    assert not here.ARCHIVE_DIR.exists()


@small
def test_force_compares_every_record_of_an_unchanged_site(replica, first, sync):
    run = sync(force=True)
    assert (run.state, run.unchanged_by, run.change_count) == ("unchanged", "records", 0)


def test_a_saved_page_is_read_instead_of_the_site(sync, tmp_path, capsys):
    page = tmp_path / "saved.html"
    row = "<tr><td>P-{0}</td><td>Scheme {0}</td><td>{1}</td></tr>"
    head = "<table><tr><th>Project No</th><th>Project Name</th><th>Budget (R'000)</th></tr>"
    page.write_text(f"<html><body>{head}{row.format(1, '1 500')}{row.format(2, '')}</table></body></html>")
    assert exit_code("sync_dws", "--from-file", str(page)) == 0
    assert [str(budget) for budget in Project.objects.values_list("budget", flat=True).order_by("id")] == [
        "1500000.00",
        "None",
    ]
    page.write_text(f"<html><body>{head}{row.format(1, '1 600')}</table></body></html>")
    capsys.readouterr()
    assert exit_code("sync_dws", "--from-file", str(page), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["updated"], answer["missing"], answer["complete"]) == (1, 0, False)
    change = DataChangeLog.objects.latest("id")
    assert change.field_changes == {"budget": ["1500000.00", "1600000.00"]}
    assert change.evidence == {"Budget (R'000)": ["1 500", "1 600"]}


@small
def test_a_page_that_could_not_be_had_is_named_and_exits_5(replica, first, here, capsys):
    replica.site.set_fault("status500", after=4, times=2)  # both attempts at a page
    assert exit_code("sync_dws", "--json") == 5
    told = json.loads(capsys.readouterr().out)
    assert (told["state"] in ("succeeded", "unchanged"), told["complete"]) == (True, False)
    assert "answered 500" in told["notes"][0]
    replica.site.set_fault("status500", after=4, times=2)
    assert exit_code("sync_dws") == 5
    assert "Not all could be asked: http" in capsys.readouterr().out


@small
def test_a_claim_that_is_not_met_is_not_complete_and_exits_0(replica, first, here, capsys):
    replica.site.set_fault("totals_off")
    assert exit_code("sync_dws", "--json") == 0
    assert json.loads(capsys.readouterr().out)["complete"] is False


def test_a_file_that_is_not_there_is_named():
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match=r"no file /nowhere/x\.html"):
        call_command("sync_dws", "--from-file", "/nowhere/x.html")
    assert not SyncRun.objects.exists()


# --- two at once, killed runs ---------------------------------------------------------------------


def test_a_second_command_is_told_of_the_first_and_exits_3(here, capsys):
    first = going_on()
    assert exit_code("sync_dws", "--json") == 3
    assert json.loads(capsys.readouterr().out)["run"] == first.pk
    assert exit_code("sync_dws") == 3
    assert f"Run {first.pk} of dws is going on" in capsys.readouterr().out


@small
def test_a_run_whose_process_was_killed_does_not_block_the_next(replica, sync):
    import socket

    killed = going_on(holder=f"{socket.gethostname()}:{gone_pid()}")
    assert sync(replica.url).state == "succeeded"
    killed.refresh_from_db()
    assert killed.state == "abandoned"
    assert "nothing of the run was loaded" in killed.error


@small
def test_a_run_whose_lease_ran_out_is_taken_over(replica, sync):
    stale = going_on(lease_until=timezone.now() - timedelta(seconds=1))
    assert sync(replica.url).state == "succeeded"
    stale.refresh_from_db()
    assert stale.state == "abandoned"


def test_a_run_that_lost_its_lease_writes_nothing_more(here):
    run = lease.begin("dws", "command")
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.ABANDONED)
    renewal = lease.Renewal(run)
    renewal._next = 0
    with pytest.raises(LeaseLost):
        renewal()
    with pytest.raises(LeaseLost):
        lease.still_held(run)


def test_a_run_that_holds_its_lease_is_not_taken_over(here):
    going_on()
    with pytest.raises(RunInProgress):
        lease.begin("dws", "command")


# --- the clock ------------------------------------------------------------------------------------


def test_schedules_are_made_once_and_keep_their_next_run(here):
    call_command("schedules", verbosity=0)
    first = Schedule.objects.get(name="dws")
    assert (first.minutes, first.repeats, first.func) == (30, -1, "etl.scheduler.poll")
    here.INTERVAL_MINUTES = {**here.INTERVAL_MINUTES, "dws": 45}
    call_command("schedules", verbosity=0)
    again = Schedule.objects.get(name="dws")
    assert (again.minutes, again.next_run) == (45, first.next_run)


def test_the_first_run_is_queued_at_start_up_and_only_once(here):
    call_command("schedules", verbosity=0)
    call_command("schedules", verbosity=0)
    runs = SyncRun.objects.order_by("id")
    assert [run.source_id for run in runs] == list(REGISTRY)
    assert {(run.state, run.trigger) for run in runs} == {("queued", "startup")}
    assert OrmQ.objects.count() == sum(not run.waits_for for run in runs)


@small
def test_a_queued_run_is_worked_off_once(replica, here):
    here.DWS_URL = replica.url
    (run,) = DataScheduler().request("dws", "api")
    assert "succeeded" in scheduler.work_off(run.pk)
    assert "already" in scheduler.work_off(run.pk)
    assert SyncRun.objects.count() == 1


@small
def test_the_schedule_takes_up_a_queued_run_whose_task_was_lost(replica, here):
    here.DWS_URL = replica.url
    (run,) = DataScheduler().request("dws", "api")
    assert "succeeded" in scheduler.poll("dws")
    run.refresh_from_db()
    assert run.state == "succeeded"


def test_a_failed_poll_leaves_the_queue_going(here):
    here.DWS_URL = "https://ws.dws.invalid/pmd/level.aspx"
    assert scheduler.poll("dws").startswith("failed: The name ws.dws.invalid cannot be found")


def test_the_schedule_does_not_pile_up_behind_a_long_run(here):
    going_on()
    assert "is going on since" in scheduler.poll("dws")
    assert SyncRun.objects.count() == 1


# --- the API and the admin ------------------------------------------------------------------------


@pytest.fixture
def steward(db) -> User:
    return User.objects.create_superuser("steward", password="steward-password")


def trigger(client: APIClient, **data):
    return client.post("/api/v1/sync/trigger", data, format="json")


def test_a_token_triggers_a_run(steward):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=steward).key}")
    answer = trigger(client, source="dws", force=True)
    run = SyncRun.objects.get()
    assert answer.status_code == 202
    assert answer.json()["runs"] == [
        {"id": run.pk, "source": "dws", "state": "queued", "url": f"http://testserver/api/v1/runs/{run.pk}/"}
    ]
    assert (run.force, run.trigger, run.requested_by) == (True, "api", "steward")
    assert OrmQ.objects.count() == 1


def test_triggering_twice_answers_the_run_that_is_queued(steward):
    client = APIClient()
    client.force_authenticate(steward)
    first, second = trigger(client, source="dws"), trigger(client, source="all")
    assert first.json()["runs"] == second.json()["runs"][:1]
    queued = OrmQ.objects.count()
    assert trigger(client, source="all").json() == second.json()
    assert client.post("/api/v1/sync/trigger/", {"source": "dws"}, format="json").status_code == 202
    assert OrmQ.objects.count() == queued


def test_an_unknown_source_is_refused_with_the_known_ones(steward):
    client = APIClient()
    client.force_authenticate(steward)
    answer = trigger(client, source="eskom")
    assert answer.status_code == 400
    assert f"Known: {', '.join(REGISTRY)}, all." in answer.json()["source"][0]
    assert trigger(client).status_code == 400


def test_without_a_right_nothing_is_triggered(steward, db):
    assert trigger(APIClient()).status_code == 401
    reader = User.objects.create_user("reader", password="reader-password")
    client = APIClient()
    client.force_authenticate(reader)
    assert trigger(client, source="dws").status_code == 403
    assert not SyncRun.objects.exists()


def test_a_session_needs_its_csrf_token(steward):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(steward)
    assert trigger(client, source="dws").status_code == 403
    client.get("/admin/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else None
    if token is None:
        client.get("/admin/projects/source/")
        token = client.cookies["csrftoken"].value
    client.credentials(HTTP_X_CSRFTOKEN=token)
    assert trigger(client, source="dws").status_code == 202


def test_too_many_triggers_are_told_when_to_come_back(steward, monkeypatch):
    from etl.views import HelpfulThrottle

    cache.clear()
    monkeypatch.setattr(HelpfulThrottle, "THROTTLE_RATES", {"sync": "2/minute"})
    client = APIClient()
    client.force_authenticate(steward)
    answers = [trigger(client, source="dws") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    cache.clear()


def test_the_admin_s_button_asks_for_a_run(steward, client):
    client.force_login(steward)
    page = client.get("/admin/projects/source/")
    assert "Sync dws now" in page.content.decode()
    answer = client.post("/admin/projects/source/sync/dws/", follow=True)
    run = SyncRun.objects.get()
    assert (run.trigger, run.requested_by) == ("admin", "steward")
    assert f"run {run.pk} is queued" in answer.content.decode()
    assert client.get("/admin/projects/source/sync/dws/").status_code == 405


def test_the_admin_s_button_is_for_stewards(client):
    client.post("/admin/projects/source/sync/dws/")
    assert not SyncRun.objects.exists()
