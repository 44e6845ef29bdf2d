"""The clock and the queue over several sources: one schedule each, no double runs, nothing waits for ever."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from rest_framework.test import APIClient

from buka.tests.patience import SOON
from etl import scheduler
from etl.exceptions import FetchFailed, RunInProgress
from etl.monitor import DeclaredSource
from etl.runs import lease, queue, stop, timetable
from etl.scheduler import DataScheduler
from etl.sources import UnknownSource
from etl.tests.conftest import going_on
from projects.declared import REGISTRY
from projects.models import Heartbeat, RunState, SyncRun

pytestmark = pytest.mark.django_db
THREE = ["dws", "treasury", "correlation"]


class Quick:
    """A source that is read in no time. `ends` says how: a state, or the error that ends it."""

    ends: Any = RunState.SUCCEEDED
    began: list[str] = []

    def __init__(self, run: SyncRun, **options: Any) -> None:
        self.run = run

    def execute(self) -> SyncRun:
        type(self).began.append(self.run.source_id)
        problem = self.ends if isinstance(self.ends, Exception) else None
        self.run.state = RunState.FAILED if problem else self.ends
        self.run.complete, self.run.finished_at, self.run.lease_until = True, timezone.now(), None
        self.run.save()
        if problem:
            raise problem
        return self.run


@pytest.fixture
def sources(here) -> Iterator[dict[str, type[Quick]]]:
    """Three sources that take no time; each is a class of its own, to be told how it ends.

    The registry comes back as it was, in its order, which says who waits for whom.
    """
    before = dict(REGISTRY)
    quick = {name: type(f"Quick_{name}", (Quick,), {}) for name in THREE}
    Quick.began.clear()
    for name, source in before.items():
        assert isinstance(source, DeclaredSource)
        REGISTRY[name] = replace(source, monitor=quick[name])
    yield quick
    REGISTRY.clear()
    REGISTRY.update(before)


def runs() -> dict[str, str]:
    return {run.source_id: run.state for run in SyncRun.objects.order_by("id")}


def work(tasks: int | None = None) -> list[str]:
    """Do what the worker would: the tasks of the queue, oldest first, also those that come meanwhile."""
    said = []
    while (row := OrmQ.objects.order_by("id").first()) and (tasks is None or len(said) < tasks):
        row.delete()
        said.append(scheduler.work_off(*row.task["args"]))
    return said


def kill(run: SyncRun) -> None:
    """Its worker is gone without a word."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    SyncRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        holder=f"{socket.gethostname()}:{process.pid}",
        started_at=timezone.now(),
        lease_until=timezone.now() + timedelta(minutes=5),
    )


# --- schedules ------------------------------------------------------------------------------------


def test_each_source_and_the_heartbeat_have_one_schedule(sources, here):
    assert DataScheduler().ensure_schedules() == [
        ("dws", 30), ("treasury", 60), ("correlation", 120), ("pruning", 360), ("heartbeat", 1),
        ("alerts", 1), ("forgetting", 1440), ("downloads", 5), ("flags", 1440), ("contacts", 1440),
    ]  # fmt: skip
    rows = {row.name: row for row in Schedule.objects.all()}
    assert rows["treasury"].func == "etl.scheduler.poll"
    assert rows["heartbeat"].func == "etl.scheduler.beat"
    assert rows["heartbeat"].next_run <= timezone.now() < rows["dws"].next_run


def test_doubles_of_a_schedule_go_and_the_first_stays(sources, here):
    DataScheduler().ensure_schedules()
    first = Schedule.objects.get(name="dws")
    for _ in range(3):
        Schedule.objects.create(name="dws", func="etl.scheduler.poll", args="('dws',)", minutes=30)
    DataScheduler().ensure_schedules()
    assert Schedule.objects.get(name="dws") == first


def test_a_shorter_interval_brings_the_next_run_forward_and_a_longer_one_leaves_it(sources, here):
    DataScheduler().ensure_schedules()
    first = Schedule.objects.get(name="treasury").next_run
    here.INTERVAL_MINUTES = {**here.INTERVAL_MINUTES, "treasury": 600}
    DataScheduler().ensure_schedules()
    longer = Schedule.objects.get(name="treasury")
    assert (longer.minutes, longer.next_run) == (600, first)
    here.INTERVAL_MINUTES = {**here.INTERVAL_MINUTES, "treasury": 10}
    DataScheduler().ensure_schedules()
    shorter = Schedule.objects.get(name="treasury")
    assert shorter.minutes == 10
    assert shorter.next_run < first - timedelta(minutes=45)


def test_a_source_that_nobody_reads_has_no_schedule_and_is_refused(sources, here):
    DataScheduler().ensure_schedules()
    del REGISTRY["treasury"]
    DataScheduler().ensure_schedules()
    assert not Schedule.objects.filter(name="treasury").exists()
    assert scheduler.poll("treasury") == "treasury is not polled"
    with pytest.raises(UnknownSource):
        DataScheduler().request("treasury", "api")


def test_schedules_of_others_are_left_alone(sources, here):
    Schedule.objects.create(name="prune", func="somebody.else")
    DataScheduler().ensure_schedules()
    assert Schedule.objects.filter(name="prune").exists()


def test_nothing_is_written_when_the_schedules_are_as_they_should_be(
    sources, here, django_assert_num_queries
):
    DataScheduler().ensure_schedules()
    with django_assert_num_queries(14):  # a savepoint, its end, the lock, one a name, the stray ones
        DataScheduler().ensure_schedules()


@pytest.mark.django_db(transaction=True)
def test_workers_that_start_at_once_make_one_schedule_each(sources, here):
    barrier, problems = threading.Barrier(4), []

    def start() -> None:
        try:
            barrier.wait(SOON)
            timetable.keep(list(REGISTRY.values()))
        except Exception as problem:  # noqa: BLE001 - told to the test
            problems.append(problem)
        finally:
            connections.close_all()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("a database in memory has one connection; the run on PostgreSQL has four")
    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(Schedule.objects.values_list("name", flat=True)) == sorted(
        [*THREE, "pruning", "heartbeat", "alerts", "forgetting", "downloads", "flags", "contacts"]
    )


# --- the clock ------------------------------------------------------------------------------------


def test_a_tick_that_comes_twice_reads_once(sources):
    assert "succeeded" in scheduler.poll("dws")
    assert scheduler.poll("dws").endswith("this tick came late or twice")
    assert SyncRun.objects.count() == 1


def test_the_next_tick_reads_again(sources, here):
    scheduler.poll("dws")
    SyncRun.objects.update(started_at=timezone.now() - timedelta(minutes=16))
    assert "succeeded" in scheduler.poll("dws")


def test_ticks_of_one_minute_are_as_little_as_half_a_minute_apart(sources, here):
    here.INTERVAL_MINUTES = {**here.INTERVAL_MINUTES, "dws": 1}
    scheduler.poll("dws")
    SyncRun.objects.update(started_at=timezone.now() - timedelta(seconds=25))
    assert "succeeded" in scheduler.poll("dws")


def test_what_a_person_asked_for_a_moment_ago_does_not_make_the_clock_wait(sources):
    DataScheduler().run_now("dws", "command")
    assert "succeeded" in scheduler.poll("dws")


def test_one_failing_source_holds_up_no_other(sources):
    sources["dws"].ends = FetchFailed("The host is down.")
    assert scheduler.poll("dws") == "failed: The host is down."
    assert "succeeded" in scheduler.poll("treasury")
    assert "succeeded" in scheduler.poll("correlation")


def test_the_heartbeat_is_written_by_whoever_works(sources):
    assert scheduler.beat() == "alive"
    first = Heartbeat.objects.get(pk="worker")
    assert first.holder == f"{socket.gethostname()}:{os.getpid()}"
    scheduler.beat()
    assert Heartbeat.objects.get(pk="worker").at > first.at


def test_a_run_that_a_dead_process_left_is_queued_anew_as_it_was_asked_for(sources):
    (run,) = DataScheduler().request("dws", "api", force=True, requested_by="thandi")
    assert DataScheduler().left_runs() == []
    kill(run)
    (left,) = DataScheduler().left_runs()
    assert (left.pk, left.state) == (run.pk, "abandoned")
    assert re.fullmatch(
        r"The process that ran this \(process \d+ on .+\) is gone; nothing of the run was loaded\.",
        left.error,
    )
    (again,) = DataScheduler().take_over([left])
    asked = (again.state, again.trigger, again.force, again.requested_by)
    assert asked == ("queued", "api", True, "thandi")
    assert DataScheduler().left_runs() == []
    assert OrmQ.objects.count() == 2


def test_of_a_run_elsewhere_that_is_silent_nobody_says_that_it_is_gone(sources):
    (run,) = DataScheduler().request("dws", "api")
    lease_until = timezone.now() - timedelta(seconds=1)
    SyncRun.objects.filter(pk=run.pk).update(state="running", holder="far:1", lease_until=lease_until)
    (left,) = DataScheduler().left_runs()
    assert re.match(
        r"Nothing was heard of the process that ran this \(process 1 on far\) since \d\d:\d\d", left.error
    )


def test_a_run_that_kills_each_worker_is_left_to_the_clock(sources):
    (run,) = DataScheduler().request("dws", "schedule")
    for deaths in (1, 2, 3):
        kill(run)
        left = DataScheduler().left_runs()
        assert [one.pk for one in left] == ([run.pk] if deaths < 3 else [])
        if left:
            (run,) = DataScheduler().take_over(left)


@pytest.mark.parametrize(("trigger", "goes_on"), [("schedule", True), ("command", False)])
def test_a_run_that_was_stopped_with_its_cluster_goes_on_and_a_command_does_not(sources, trigger, goes_on):
    (run,) = DataScheduler().request("dws", trigger)
    SyncRun.objects.filter(pk=run.pk).update(state="abandoned", error=stop.SENTENCE)
    assert [one.pk for one in DataScheduler().left_runs()] == [run.pk] * goes_on


def test_the_heartbeat_takes_up_a_queued_run_whose_task_was_lost(sources):
    (run,) = DataScheduler().request("dws", "api")
    OrmQ.objects.all().delete()
    assert scheduler.beat() == "alive", "it may be on its way to a worker"
    SyncRun.objects.update(requested_at=timezone.now() - timedelta(minutes=2))
    assert scheduler.beat() == f"taken up: {run.pk}"
    assert scheduler.beat() == "alive", "it has a task again"
    assert work() == [f"run {run.pk}: succeeded, 0 changes"]


def test_a_task_that_a_dead_worker_holds_does_not_keep_a_run_waiting(sources):
    DataScheduler().request("dws", "api")
    SyncRun.objects.update(requested_at=timezone.now() - timedelta(minutes=2))
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=8))
    assert len(queue.take_up(REGISTRY)) == 1


# --- all sources with one trigger -----------------------------------------------------------------


def test_all_queues_every_source_and_the_correlation_behind_the_others(sources):
    dws, treasury, correlation = DataScheduler().request("all", "api", requested_by="thandi")
    assert [run.source_id for run in (dws, treasury, correlation)] == THREE
    assert correlation.waits_for == [dws.pk, treasury.pk]
    assert {run.requested_by for run in (dws, treasury, correlation)} == {"thandi"}
    assert OrmQ.objects.count() == 2
    work()
    assert Quick.began == THREE
    assert set(runs().values()) == {"succeeded"}


def test_the_correlation_also_begins_when_one_of_the_others_failed(sources):
    DataScheduler().request("all", "api")
    sources["treasury"].ends = FetchFailed("The host is down.")
    work()
    assert runs() == {"dws": "succeeded", "treasury": "failed", "correlation": "succeeded"}


def test_the_clock_leaves_a_waiting_run_alone_and_takes_it_when_the_others_have_ended(sources):
    *_, correlation = DataScheduler().request("all", "api")
    assert "waits for runs" in scheduler.poll("correlation")
    work(1)
    assert "waits for run" in scheduler.poll("correlation")
    SyncRun.objects.filter(source="treasury").update(state=RunState.ABANDONED)
    assert "succeeded" in scheduler.poll("correlation")
    correlation.refresh_from_db()
    assert correlation.state == "succeeded"


def test_the_correlation_does_not_wait_for_a_run_whose_worker_was_killed(sources):
    _, treasury, _ = DataScheduler().request("all", "api")
    kill(treasury)
    assert work(1) == [f"run {SyncRun.objects.get(source='dws').pk}: succeeded, 0 changes"]
    treasury.refresh_from_db()
    assert treasury.state == "abandoned"
    work()
    assert runs()["correlation"] == "succeeded"


def test_with_the_last_of_the_others_killed_the_heartbeat_begins_the_correlation(sources):
    _, treasury, correlation = DataScheduler().request("all", "api")
    work(1)
    OrmQ.objects.all().delete()
    kill(treasury)
    assert scheduler.beat() == f"taken up: {correlation.pk}"
    work()
    assert runs()["correlation"] == "succeeded"


def test_a_run_that_is_gone_is_not_waited_for(sources):
    *_, correlation = DataScheduler().request("all", "api")
    SyncRun.objects.filter(pk=correlation.pk).update(waits_for=[999_999])
    assert "succeeded" in scheduler.poll("correlation")


def test_a_command_does_not_overtake_the_runs_that_a_queued_one_waits_for(sources):
    DataScheduler().request("all", "api")
    with pytest.raises(RunInProgress, match="waits for runs"):
        DataScheduler().run_now("correlation", "command")


def test_all_a_second_time_answers_the_same_runs(sources):
    first = DataScheduler().request("all", "api")
    assert DataScheduler().request("all", "admin") == first
    assert OrmQ.objects.count() == 2


def test_asked_again_with_force_a_queued_run_is_forced_and_a_running_one_goes_on_as_it_is(sources):
    going_on("dws")
    DataScheduler().request("all", "api")
    running, *queued = DataScheduler().request("all", "api", force=True)
    assert [run.force for run in (running, *queued)] == [False, True, True]
    DataScheduler().request("all", "api")
    forced = SyncRun.objects.order_by("id").values_list("force", flat=True)
    assert list(forced) == [False, True, True], "who asks without force takes nobody's away"


def test_a_correlation_that_is_queued_already_waits_for_the_runs_of_all(sources):
    (alone,) = DataScheduler().request("correlation", "api")
    dws, treasury, same = DataScheduler().request("all", "api")
    assert same == alone
    assert same.waits_for == [dws.pk, treasury.pk]
    work()
    assert Quick.began == THREE


def test_all_waits_for_a_run_that_is_going_on(sources):
    running = going_on("dws")
    dws, _, correlation = DataScheduler().request("all", "api")
    assert dws == running
    assert running.pk in correlation.waits_for


def test_on_a_fresh_database_the_correlation_waits_for_the_first_readings(sources):
    dws, treasury, correlation = DataScheduler().request_overdue()
    assert correlation.waits_for == [dws.pk, treasury.pk]


def test_a_trigger_of_all_answers_with_all_runs(sources):
    client = APIClient()
    client.force_authenticate(User.objects.create_superuser("steward", password="steward-password"))
    answer = client.post("/api/v1/sync/trigger", {"source": "all"}, format="json")
    assert answer.status_code == 202
    assert [(run["source"], run["state"]) for run in answer.json()["runs"]] == [
        (name, "queued") for name in THREE
    ]
    rows = {row["name"]: row for row in client.get("/api/v1/sources/").json()["results"]}
    waiting = rows["correlation"]["active_run"]
    others = [run["id"] for run in answer.json()["runs"][:2]]
    assert (waiting["state"], waiting["waits_for"], waiting["queue_position"]) == ("queued", others, 3)
    listed = client.get("/api/v1/runs/").json()["results"]
    assert [(run["queue_position"], run["waits_for"]) for run in listed] == [(3, others), (2, []), (1, [])]


# --- a stop ---------------------------------------------------------------------------------------


def test_runs_that_wait_stay_queued_when_the_workers_stop(sources, monkeypatch):
    """The byte that the cluster's stop sets is shared with forks alone; here it is set by hand."""
    from etl.runs import stop

    DataScheduler().request("all", "api")
    stop.stop_workers()
    try:
        assert all("stays queued" in said for said in work())
        assert "stopping" in scheduler.poll("treasury")
    finally:
        stop._cluster[0] = 0
    assert set(runs().values()) == {"queued"}
    SyncRun.objects.update(requested_at=timezone.now() - timedelta(minutes=2))
    scheduler.beat()
    work()
    assert Quick.began == THREE


def test_a_run_of_another_source_is_not_waited_for_by_mistake(sources):
    """`waits` asks for the run itself: a later run of the same source is not it."""
    dws, treasury, correlation = DataScheduler().request("all", "api")
    SyncRun.objects.filter(pk__in=[dws.pk, treasury.pk]).update(state=RunState.FAILED)
    going_on("dws")
    assert lease.waits(correlation) == []
