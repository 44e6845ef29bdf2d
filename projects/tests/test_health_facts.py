"""Is all well: staleness, the worker, the queue, the hubs, the disk; for people, programs and Prometheus."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis as redis_client
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from buka.dev.embedded import redis_url, start_redis
from buka.dev.processes import Nursery
from projects import datasets
from projects.health.checks import Check, checks
from projects.health.hubs import KEY, _born, hubs, life
from projects.health.metrics import metric
from projects.health.sources import all_facts
from projects.health.worker import cluster_started, cluster_stopped
from projects.models import Heartbeat, SyncRun
from projects.tests.factories import a_figure, a_project, a_run, change

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _no_redis(settings):
    settings.REDIS_URL = ""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Nursery() as nursery:
        folder = nursery.folder()
        start_redis(nursery, folder)
        yield redis_url(folder)


@pytest.fixture
def redis(server, settings) -> Iterator[redis_client.Redis]:
    settings.REDIS_URL = server
    with redis_client.from_url(server) as client:
        client.flushall()
        yield client


def scheduled(source: str = "dws", due: timedelta = MINUTE) -> Schedule:
    return Schedule.objects.create(name=source, func="f", next_run=timezone.now() + due)


def read(ago: timedelta, took: timedelta = MINUTE, source: str = "dws", **fields) -> SyncRun:
    end = timezone.now() - ago
    return a_run(source, finished_at=end, started_at=end - took, requested_at=end - took, **fields)


def facts(source: str = "dws"):
    return next(one for one in all_facts() if one.name == source)


def check(name: str) -> Check:
    return next(one for one in checks() if one.name == name)


# --- staleness ------------------------------------------------------------------------------------


def test_a_source_is_stale_after_three_intervals_without_a_complete_reading():
    read(89 * MINUTE)
    assert not facts().stale
    SyncRun.objects.all().delete()
    last = read(91 * MINUTE)
    assert facts().stale_since == last.finished_at + 90 * MINUTE
    assert facts().stale_after_s == 5400


def test_a_source_that_takes_long_to_read_has_three_times_as_long():
    read(300 * MINUTE, took=150 * MINUTE, source="treasury")
    assert facts("treasury").stale_after_s == 3 * 150 * 60
    assert not facts("treasury").stale
    assert facts("treasury").last_duration_s == 9000


@pytest.mark.parametrize(
    "run", [{"complete": False}, {"state": "failed"}, {"state": "quarantined"}, {"state": "abandoned"}]
)
def test_only_a_complete_reading_that_was_believed_counts(run):
    read(91 * MINUTE)
    read(5 * MINUTE, **run)
    assert facts().stale


def test_a_source_that_was_never_read_completely_counts_from_its_first_run():
    read(100 * MINUTE, state="failed", complete=None)
    read(5 * MINUTE, state="failed", complete=None)
    assert facts().stale
    assert facts().last_complete is None


def first_run(**fields) -> SyncRun:
    began = timezone.now() - 300 * MINUTE
    values = {"state": "running", "complete": None, "finished_at": None, "started_at": began}
    return a_run("treasury", requested_at=began, **{**values, **fields})


def test_a_first_reading_that_is_visibly_at_work_is_waited_for():
    run = first_run(lease_until=timezone.now() + MINUTE)
    assert not facts("treasury").stale
    SyncRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - MINUTE)
    assert facts("treasury").stale, "nobody renews its lease"


def test_a_second_try_at_the_first_reading_is_not_waited_for():
    first_run(state="failed", finished_at=timezone.now() - 60 * MINUTE)
    run = a_run("treasury", state="running", finished_at=None, lease_until=timezone.now() + MINUTE)
    assert facts("treasury").stale
    assert facts("treasury").active == run


@pytest.mark.parametrize("before", ["abandoned", "failed"])
def test_a_first_reading_that_was_cut_off_is_waited_for_when_it_goes_on(before):
    first_run(state=before, finished_at=timezone.now() - 60 * MINUTE)
    progress = {"read": 12, "of": 207, "kind": "lists"} if before == "failed" else {}
    soon = timezone.now() + MINUTE
    run = a_run("treasury", state="running", finished_at=None, lease_until=soon, progress=progress)
    assert not facts("treasury").stale
    SyncRun.objects.filter(pk=run.pk).update(state="failed", finished_at=timezone.now())
    assert facts("treasury").stale


def a_restart(ago: timedelta) -> None:
    """The cluster was ended as planned, and began again just so long ago."""
    now = timezone.now()
    cluster_stopped(now - ago - 300 * MINUTE)
    cluster_started(now - ago)


def test_right_after_a_planned_restart_nothing_is_stale_until_one_reading_could_have_ended():
    read(400 * MINUTE)
    Heartbeat.objects.create(name="worker", at=timezone.now() - 350 * MINUTE)
    assert facts().stale
    a_restart(29 * MINUTE)
    assert not facts().stale
    a_restart(31 * MINUTE)
    assert facts().stale_since == pytest.approx(timezone.now() - MINUTE, abs=timedelta(seconds=20))
    Heartbeat.objects.all().delete()
    read(600 * MINUTE, took=60 * MINUTE, source="treasury")
    a_restart(59 * MINUTE)
    assert not facts("treasury").stale, "a reading of it takes an hour"
    a_restart(61 * MINUTE)
    assert facts("treasury").stale


def test_a_cluster_that_was_killed_or_begins_beside_another_was_not_restarted_as_planned():
    read(400 * MINUTE)
    now = timezone.now()
    cluster_started(now)
    assert facts().stale, "the very first start, or after a kill"
    cluster_stopped(now - 5 * MINUTE)
    Heartbeat.objects.create(name="worker", at=now - MINUTE)
    cluster_started(now)
    assert facts().stale, "somebody worked since"


def test_a_source_that_has_been_read_is_stale_although_a_reading_goes_on_and_says_so():
    scheduled()
    read(91 * MINUTE)
    soon = timezone.now() + MINUTE
    run = a_run(state="running", finished_at=None, started_at=timezone.now(), lease_until=soon)
    assert f"; run {run.pk} reads it since" in check("dws").problems["stale:dws"]


def test_a_source_whose_every_run_is_held_is_stale_and_held_and_not_down():
    scheduled()
    read(200 * MINUTE)
    read(150 * MINUTE, state="failed", complete=None, error="The host is down.")
    for minutes in (100, 50, 5):
        read(minutes * MINUTE, state="quarantined", held=[{"rule": "x", "sentence": "Half are gone."}])
    assert set(check("dws").problems) == {"stale:dws", "held:dws"}
    assert (facts().failure_streak, facts().down_since, facts().circuit.failures) == (0, None, 0)


def test_while_a_source_is_tried_again_the_last_failure_is_still_said():
    read(100 * MINUTE)
    read(5 * MINUTE, state="failed", complete=None, error="The host is down.")
    a_run(state="running", finished_at=None)
    assert (facts().state, facts().last_error) == ("running", "The host is down.")


def test_a_source_that_was_never_read_at_all_counts_from_when_that_was_due():
    plan = scheduled(due=-89 * MINUTE)
    assert not facts().stale
    Schedule.objects.filter(pk=plan.pk).update(next_run=timezone.now() - 91 * MINUTE)
    assert facts().stale


def test_a_steward_s_release_does_not_make_a_reading_long():
    read(5 * MINUTE, took=2 * MINUTE)
    read(1 * MINUTE, took=600 * MINUTE, decided_at=timezone.now())
    assert (facts().stale_after_s, facts().last_duration_s) == (5400, 120)


def test_down_since_is_when_the_present_row_of_failures_began():
    read(500 * MINUTE, state="failed", complete=None)
    read(400 * MINUTE)
    first = read(120 * MINUTE, state="failed", complete=None)
    read(60 * MINUTE, state="abandoned", complete=None)
    read(30 * MINUTE, state="failed", complete=None)
    assert facts().down_since == first.started_at
    read(5 * MINUTE, state="quarantined")
    assert facts().down_since is None, "a held reading shows that the source is there"


def test_the_api_tells_of_a_stale_and_failing_source(client):
    last = read(91 * MINUTE)
    failed = read(3 * MINUTE, state="failed", complete=None, error="The host is down.")
    held = a_run("treasury", state="quarantined")
    row = client.get("/api/v1/sources/dws/").json()
    stale_since = datetime.fromisoformat(row["stale_since"])
    assert (row["stale"], stale_since) == (True, last.finished_at + 90 * MINUTE)
    assert datetime.fromisoformat(row["down_since"]) == failed.started_at
    assert (row["stale_after_s"], row["last_duration_s"], row["active_run"]) == (5400, 60, None)
    assert client.get("/api/v1/sources/treasury/").json()["held_run"] == held.pk


# --- checks ---------------------------------------------------------------------------------------


def test_a_source_without_a_schedule_is_left_out_and_none_at_all_is_a_problem():
    assert "manage.py schedules" in check("clock").sentence
    assert not check("clock").ok
    scheduled("dws")
    read(5 * MINUTE)
    assert check("clock").ok
    assert check("dws").ok
    assert "treasury" not in [one.name for one in checks()]


def test_a_source_that_was_read_once_is_missed_when_its_schedule_is_lost():
    scheduled("treasury")
    read(600 * MINUTE)
    assert check("clock").sentence == "does not read dws any more: run `manage.py schedules`"
    assert "stale:dws" in check("dws").problems


def test_a_source_has_one_line_with_all_that_is_wrong():
    scheduled()
    read(600 * MINUTE)
    held = read(500 * MINUTE, state="quarantined", held=[{"rule": "x", "sentence": "Half are gone."}])
    for number in range(5):
        read((100 - number) * MINUTE, state="failed", complete=None, error="The host is down.")
    dws = check("dws")
    assert set(dws.problems) == {"stale:dws", "broken:dws", "held:dws"} == set(dws.keys)
    assert "dws failed 5 times in a row since" in dws.problems["broken:dws"]
    assert dws.problems["broken:dws"].endswith("The host is down.")
    assert f"run {held.pk} of dws is held" in dws.sentence


def test_the_worker_is_alive_while_its_heartbeat_is_young():
    assert check("worker").sentence == "has never shown a sign of life"
    beat = Heartbeat.objects.create(name="worker", at=timezone.now() - 2 * MINUTE)
    assert check("worker").ok
    beat.at -= 2 * MINUTE
    beat.save()
    assert not check("worker").ok
    assert "last heartbeat 4 min ago" in check("worker").problems["worker"]


def test_a_task_that_nobody_takes_makes_the_queue_late():
    for minutes in (0, 3):
        OrmQ.objects.create(key="buka", payload="x", lock=timezone.now() - minutes * MINUTE)
    OrmQ.objects.create(key="buka", payload="x", lock=timezone.now() + 60 * MINUTE)  # somebody does it
    assert check("queue").ok
    assert check("queue").figures["tasks"] == 2
    OrmQ.objects.create(key="buka", payload="x", lock=timezone.now() - 11 * MINUTE)
    assert check("queue").sentence == "does not move: 3 waiting, the oldest for 11 min"


def test_a_disk_that_is_nearly_full_is_a_problem(settings):
    assert check("disk").ok
    settings.DISK_LEAST_FREE_MB = 1e12
    assert "is nearly full" in check("disk").sentence
    assert check("disk").figures["free_bytes"] > 0
    settings.VAR_DIR = Path("/nowhere")
    assert "cannot be looked at" in check("disk").sentence


def test_the_loop_s_own_silence_is_seen_by_whoever_asks(settings):
    assert check("health").ok
    Heartbeat.objects.create(name="health", at=timezone.now() - timedelta(minutes=17))
    assert not check("health").ok


def test_downloads_are_late_when_the_last_are_of_two_days_ago_and_only_if_there_were_any(settings, tmp_path):
    settings.DOWNLOADS_DIR = tmp_path / "downloads"
    assert check("downloads").sentence == "none have been made yet"
    for hours, ok in ((49, False), (47, True)):
        with datasets.making(timezone.now() - timedelta(hours=hours)) as folder:
            (folder / datasets.MANIFEST).write_text("{}")
        assert check("downloads").ok is ok
    assert check("downloads").sentence == "were last made 47 h ago"


def hub(redis, process: str = "web:1", ago: float = 0, **said) -> None:
    record = {"cursor": 0, "sockets": 2, "delays": None, "at": time.time() - ago, **said}
    redis.hset(KEY, process, json.dumps(record))


def test_a_hub_is_late_when_an_old_change_has_not_left_it(redis):
    first = change(a_project(), "budget", Decimal(1))
    hub(redis, cursor=first.pk - 1)
    assert check("hubs").ok, "it is a moment old"
    assert check("hubs").figures["processes"] == [{"process": "web:1", "behind": 1, "sockets": 2}]
    change(a_project("WP2"), "budget", Decimal(1), at=timezone.now() - 5 * MINUTE)
    hub(redis, cursor=first.pk + 1)
    assert check("hubs").sentence == "are far behind the log: web:1"


def test_the_record_of_a_process_that_is_gone_is_ignored_and_goes(redis):
    hub(redis, "gone:1", ago=40)
    hub(redis, "long:gone", ago=300)
    redis.hset(KEY, "odd:1", "{}")
    assert check("hubs").sentence == "no web process has had a socket yet"
    assert redis.hkeys(KEY) == [b"gone:1"]


def test_a_web_process_that_was_killed_is_gone_from_the_figures_at_once(redis, client):
    process = subprocess.Popen(["sleep", "1000"])
    name = f"{socket.gethostname()}:{process.pid}"
    said = {**life(), "born": _born(process.pid), "delays": {"count": 7, "median": 0.25, "p95": 0.5}}
    others = {"elsewhere:1": {**said, "machine": "elsewhere"}, f"{socket.gethostname()}:1": {}}
    for process_name, facts_ in {name: said, **others}.items():
        hub(redis, process_name, **facts_)
    assert f'buka_hub_sockets{{process="{name}"}}' in samples(client)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is a zombie
    assert not [sample for sample in samples(client) if name in sample]
    process.wait()
    hub(redis, name, **said)
    assert [one.process for one in hubs()] == sorted(others), "what cannot be asked is believed for a while"
    hub(redis, f"{socket.gethostname()}:{os.getpid()}", **{**life(), "born": "1"})
    assert [one.process for one in hubs()] == sorted(others), "its number is ours by now"


def test_without_redis_nobody_knows_of_the_hubs():
    assert (check("hubs").known, check("hubs").ok, check("redis").ok) == (False, False, False)


# --- the command ----------------------------------------------------------------------------------


def health(*words: str) -> int:
    try:
        call_command("health", *words)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_the_command_has_a_line_for_each_part_and_exits_0_when_all_is_well(redis, capsys):
    scheduled()
    read(5 * MINUTE)
    Heartbeat.objects.create(name="worker", at=timezone.now())
    assert health() == 0
    lines = capsys.readouterr().out.splitlines()
    parts = "database redis disk archive worker queue hubs outbox downloads health clock dws".split()
    assert [line.split()[:2] for line in lines] == [["ok", name] for name in parts]


def test_the_command_exits_1_and_says_what_is_wrong(redis, capsys):
    scheduled()
    read(600 * MINUTE)
    assert health("--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    parts = {part["name"]: part for part in answer["checks"]}
    assert (parts["redis"]["ok"], parts["worker"]["ok"], parts["dws"]["ok"]) == (True, False, False)
    assert parts["dws"]["stale_since"]
    assert health() == 1
    assert "BAD  dws" in capsys.readouterr().out


def test_the_command_alerts_nobody(redis):
    from projects.models import Alert

    health()
    assert not Alert.objects.exists()


@pytest.mark.soak  # a process that loads all of Django; what it says is held above and below, within this one
def test_a_database_that_is_not_there_is_said_and_no_error_of_ours():
    env = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "health", "--json"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    parts = {part["name"]: part for part in json.loads(done.stdout)["checks"]}
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert parts["database"]["sentence"].startswith("does not answer")
    assert parts["worker"]["sentence"] == "not known without the database"


# --- readyz ---------------------------------------------------------------------------------------


def test_readyz_takes_the_heartbeat_as_the_sign_of_the_worker(client, redis):
    assert client.get("/readyz").json()["worker"] == {"ok": False, "reason": "no sign of life"}
    Heartbeat.objects.create(name="worker", at=timezone.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


# --- metrics --------------------------------------------------------------------------------------


def samples(client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = answer.content.decode().splitlines()
    named = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    for name in found:
        assert any(name.startswith(known) for known in named), name
    return {name: float(value) for name, value in found.items()}


def test_metrics_tell_of_sources_parts_hubs_and_delays(client, redis):
    scheduled()
    run = read(5 * MINUTE)
    last = change(a_project(run=run), "budget", Decimal(1))
    Heartbeat.objects.create(name="worker", at=timezone.now() - MINUTE)
    OrmQ.objects.create(key="buka", payload="x", lock=timezone.now() - MINUTE)
    hub(redis, cursor=last.pk - 1, delays={"count": 7, "median": 0.25, "p95": 0.5})
    found = samples(client)
    assert found['buka_source_last_complete_timestamp_seconds{source="dws"}'] == pytest.approx(
        run.finished_at.timestamp(), abs=1
    )
    assert found['buka_source_stale{source="dws"}'] == 0
    assert found['buka_source_circuit_open{source="dws"}'] == 0
    assert found['buka_source_failures_in_a_row{source="dws"}'] == 0
    assert found['buka_run_duration_seconds{source="dws"}'] == 60
    assert (found["buka_database_up"], found["buka_redis_up"], found["buka_alerts_open"]) == (1, 1, 0)
    assert (found["buka_queue_tasks"], found["buka_log_last_id"]) == (1, last.pk)
    assert found["buka_queue_oldest_seconds"] == pytest.approx(60, abs=5)
    assert found["buka_worker_heartbeat_age_seconds"] == pytest.approx(60, abs=5)
    assert found['buka_hub_behind{process="web:1"}'] == 1
    assert found['buka_hub_sockets{process="web:1"}'] == 2
    assert found['buka_commit_to_screen_seconds{process="web:1",quantile="0.95"}'] == 0.5
    assert found['buka_commit_to_screen_reports{process="web:1"}'] == 7
    assert found["buka_disk_free_bytes"] > 0


def test_what_is_not_known_is_left_out_of_the_metrics(client):
    scheduled()
    found = samples(client)
    assert found["buka_redis_up"] == 0
    assert not [name for name in found if "last_complete" in name or "heartbeat" in name or "hub" in name]


def test_metrics_answer_while_the_database_is_down(client, redis):
    def down(execute, sql, params, many, context):
        raise OperationalError("the server is gone")

    hub(redis)
    with connection.execute_wrapper(down):
        found = samples(client)
    assert (found["buka_database_up"], found["buka_redis_up"]) == (0, 1)
    assert found['buka_hub_sockets{process="web:1"}'] == 2
    assert "buka_log_last_id" not in found


def test_metrics_answer_at_once(client, redis):
    for source in ("dws", "treasury", "correlation"):
        scheduled(source)
    for _ in range(50):
        read(MINUTE)
    assert min(_seconds(lambda: client.get("/metrics")) for _ in range(6)) < 1.5, "it waits for something"


def _seconds(ask: Callable[[], object]) -> float:
    started = time.monotonic()
    ask()
    return time.monotonic() - started


def test_labels_are_escaped():
    sample = metric("m", "told", [({"process": 'a"b\\c\nd'}, 1)]).splitlines()[2]
    assert sample == 'm{process="a\\"b\\\\c\\nd"} 1'


# --- the pages ------------------------------------------------------------------------------------


def html(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_trust_pages_keep_attempt_complete_change_and_down_apart(client):
    read(200 * MINUTE)
    first = read(20 * MINUTE, state="failed", complete=None, error="The host is down.")
    for path in ("/sources/", "/sources/dws/"):
        page = html(client, path)
        for words in ("Last attempt", "Last read completely", "Last change found", "Source down since"):
            assert f"<dt>{words}</dt>" in page
        assert '<span class="tag major">stale</span>' in page
        assert "Stale since <time" in page
        assert first.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") in page


def test_the_trust_pages_say_what_was_measured_or_that_nothing_was(client, redis):
    assert "Not measured yet" in html(client, "/sources/")
    hub(redis, delays={"count": 7, "median": 0.251, "p95": 1.5})
    for path in ("/sources/", "/sources/dws/"):
        page = html(client, path)
        assert "within <strong>0.25 s</strong> of their entry into the log" in page
        assert "95% within <strong>1.50 s</strong>" in page


def test_without_redis_the_trust_pages_say_that_the_delay_is_not_known(client):
    assert "Not known just now" in html(client, "/sources/")


def test_the_trust_page_tells_how_much_is_published_field_by_field(client):
    a_project("WP1", contractor="A")
    a_project("WP2", contractor="", budget=None)
    a_project("WP3", presence="withdrawn")
    page = html(client, "/sources/dws/")
    assert '<th scope="row">Budget</th><td class="num">1 of 2</td><td class="num">50%</td>' in page
    assert '<th scope="row">Contractor</th><td class="num">1 of 2</td>' in page
    assert '<th scope="row">Name</th><td class="num">2 of 2</td><td class="num">100%</td>' in page
    assert "by financial year" not in page


def test_the_trust_page_of_figures_counts_municipalities_by_year_and_kind(client):
    run = a_run("treasury")
    a_figure(run=run)
    a_figure(run=run, code="4203")
    a_figure(run=run, municipality="LIM331", amount=None)
    a_figure("grant", "RBIG", "SCHD", run=run, municipality="LIM331", year=2022)
    page = html(client, "/sources/treasury/")
    assert '<th scope="row" class="amount">2021-22</th><td class="num">0</td><td class="num">1</td>' in page
    assert '<th scope="row" class="amount">2020-21</th><td class="num">1</td><td class="num">0</td>' in page
    assert "field by field" not in page


def test_a_run_that_waits_says_for_which(client):
    first = a_run("dws", state="running", finished_at=None)
    waiting = a_run("correlation", state="queued", finished_at=None, waits_for=[first.pk])
    assert f'waits for <a href="/runs/{first.pk}/">run {first.pk}</a> to end' in html(
        client, f"/runs/{waiting.pk}/"
    )
    assert f'waits for <a href="/runs/{first.pk}/">' in html(client, "/sources/correlation/")


def test_fifty_rows_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    scheduled("treasury")
    for number in range(50):
        a_figure(year=2020 + number % 5, code=f"42{number:02}")
        a_run("treasury", state="failed")
        if number in (0, 49):
            for path, most in (("/sources/treasury/", 17), ("/metrics", 16), ("/sources/", 7)):
                with django_assert_max_num_queries(most, info=path):
                    client.get(path)
