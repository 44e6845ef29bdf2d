"""Real clusters: two at once on one database, and one whose idle workers are killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from buka.dev.embedded import redis_url, start_redis
from buka.dev.processes import Nursery
from buka.tests.patience import wait_for
from etl.tests.crashing import ROOT, Database, Gate, Machine
from etl.tests.test_bounds_crawl import HEAVY
from etl.tests.tinysite import serving
from projects.processes import born
from replica.server import ReplicaServer

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(600)]
SILENT = 15  # seconds without a heartbeat until the workers count as dead
PATIENCE = 120.0  # seconds for each step of what begins anew, on a machine that has other work too


@pytest.fixture
def machine(tmp_path: Path, migrated_copy: Callable[[], str]) -> Iterator[Machine]:
    database = Database(migrated_copy())
    with Nursery() as nursery, ReplicaServer(projects=6, seed=7, provinces=("NC",)) as replica:
        folder = nursery.folder()
        start_redis(nursery, folder)
        machine = Machine(database, tmp_path, replica, redis_url(folder))
        machine.env |= {"WORKER_SILENT_SECONDS": str(SILENT), "DWS_INTERVAL_MINUTES": "1"}
        yield machine
        machine.clean_up()


class Cluster:
    """A qcluster with its log in a file."""

    def __init__(self, machine: Machine, log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=ROOT,
                env=machine.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for(lambda: " running." in log.read_text(), "the cluster", 90)

    def workers(self) -> list[int]:
        """The process ids of all workers that ever began, oldest first."""
        return [int(pid) for pid in re.findall(r"ready for work at (\d+)", self.log.read_text())]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()  # all others go with it
        self.process.wait()


def python(machine: Machine, script: str) -> subprocess.Popen[str]:
    return machine.start("manage.py", "shell", "-v0", "-c", script)


def test_two_clusters_on_one_database_read_a_source_once_a_tick(machine: Machine, tmp_path: Path) -> None:
    first, second = (Cluster(machine, tmp_path / f"{name}.log") for name in ("first", "second"))
    many = "from django_q.tasks import async_task\n"
    many += "for _ in range(12): async_task('etl.scheduler.poll', 'dws')"
    assert python(machine, many).wait(90) == 0
    wait_for(lambda: not machine.database.rows("SELECT id FROM django_q_ormq"), "an empty queue", 90)
    assert machine.states() == ["succeeded"], "twelve ticks at once are one"
    past = "from django_q.models import Schedule; from django.utils import timezone\n"
    past += "Schedule.objects.filter(name='dws').update(next_run=timezone.now())"
    machine.replica.site.mutate(2)
    time.sleep(21)  # the next tick is another one
    assert python(machine, past).wait(90) == 0
    wait_for(lambda: len(machine.states()) > 1 and machine.states()[-1] != "running", "the tick", 120)
    ticks = sum(log.read_text().count("from schedule [dws]") for log in (first.log, second.log))
    for cluster in (first, second):
        cluster.stop()
    assert set(machine.states()) == {"succeeded"}
    assert len(machine.states()) <= 1 + ticks <= 3
    spans = machine.database.rows("SELECT started_at, finished_at FROM projects_syncrun ORDER BY id")
    assert all(str(earlier[1]) <= str(later[0]) for earlier, later in pairwise(spans))
    names = machine.database.rows("SELECT name FROM django_q_schedule ORDER BY name")
    assert [name for (name,) in names] == sorted({name for (name,) in names})


# --- the known hang -------------------------------------------------------------------------------

BEATS = """
import time
from django_q.tasks import async_task
while True:
    async_task("etl.scheduler.beat", q_options={"save": False})
    time.sleep(0.3)
"""
LOOP = """
from django.conf import settings
from projects.management.commands import health
settings.HEALTH_INTERVAL_MINUTES = 0.5 / 60
health.watch()
"""


def worker_part(machine: Machine) -> dict[str, Any]:
    done = machine.run("manage.py", "health", "--json")
    return next(part for part in json.loads(done.stdout)["checks"] if part["name"] == "worker")


def alerts(machine: Machine) -> list[tuple[bool, list[str]]]:
    """Of each alert on the worker: is it over, and what was told of it."""
    rows = machine.database.rows("SELECT id, ended_at FROM projects_alert WHERE key = 'worker' ORDER BY id")
    told = machine.database.rows("SELECT alert_id, step FROM projects_alertmessage ORDER BY id")
    return [(end is not None, [step for of, step in told if of == pk]) for pk, end in rows]


def beat(machine: Machine) -> Any:
    return machine.database.rows("SELECT at FROM projects_heartbeat WHERE name = 'worker'")


def test_a_cluster_that_hangs_is_ended_by_the_health_loop_and_begins_anew(
    machine: Machine, tmp_path: Path
) -> None:
    """A worker that waits for a task holds the queue's lock; killed, it takes that along, and those that
    the guard starts in its place wait for it for ever. The guard itself reports on as if all were well.
    """
    cluster = Cluster(machine, tmp_path / "first.log")
    python(machine, BEATS)
    python(machine, LOOP)
    wait_for(lambda: beat(machine), "the first heartbeat", PATIENCE)
    wait_for(
        lambda: machine.database.rows("SELECT 1 FROM projects_heartbeat WHERE name = 'health'"),
        "the loop",
        PATIENCE,
    )
    time.sleep(SILENT + 1)  # the loop's grace is over
    assert worker_part(machine)["ok"]
    assert alerts(machine) == []

    before = cluster.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(cluster.workers()) == 2 * len(before), "the guard's new workers", PATIENCE)
    last = _last_beat(machine)
    if last is None:  # no worker was idle in that moment: freeze those that came
        for pid in cluster.workers()[len(before) :]:
            os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: alerts(machine)[:1] == [(False, ["started"])], "the alert", PATIENCE)
    hung = cluster.workers()
    wait_for(lambda: "begins anew" in cluster.log.read_text(), "the end of what hangs", PATIENCE)
    wait_for(lambda: alerts(machine)[0] == (True, ["started", "ended"]), "the end of the alert", PATIENCE)
    wait_for(lambda: worker_part(machine)["ok"], "a living worker", PATIENCE)
    assert cluster.process.poll() is None, "it is the same process that began anew"
    assert not [pid for pid in hung if lives(pid)]
    cluster.stop()
    wait_for(lambda: not [pid for pid in cluster.workers() if lives(pid)], "the workers' end")


@pytest.fixture
def at_work(machine: Machine, tmp_path: Path) -> Iterator[tuple[Cluster, Gate]]:
    """A cluster whose worker waits for a page in the middle of a crawl."""
    queued = "from etl.scheduler import DataScheduler; DataScheduler().request('dws', 'api')"
    assert python(machine, queued).wait(90) == 0
    gate = Gate(machine.replica, 3)
    cluster = Cluster(machine, tmp_path / "cluster.log")
    assert gate.reached.wait(90)
    yield cluster, gate
    gate.open()
    cluster.kill()


def test_a_master_that_is_killed_leaves_nobody_at_work(at_work: tuple[Cluster, Gate]) -> None:
    cluster, _ = at_work
    family = [pid for pid in descendants(cluster.process.pid) if lives(pid)]
    assert len(family) > 5
    cluster.process.kill()
    cluster.process.wait()
    wait_for(lambda: not [pid for pid in family if lives(pid)], "the end of all", 40)


def test_a_run_whose_worker_is_killed_goes_on_within_a_minute(
    machine: Machine, at_work: tuple[Cluster, Gate]
) -> None:
    _, gate = at_work
    (holder,) = machine.database.rows("SELECT holder FROM projects_syncrun ORDER BY id DESC LIMIT 1")
    os.kill(int(holder[0].rpartition(":")[2]), signal.SIGKILL)
    killed = time.monotonic()
    gate.open()
    wait_for(lambda: machine.states()[:2] == ["abandoned", "succeeded"], "the run that goes on", 90)
    assert time.monotonic() - killed < 60
    (error,) = machine.database.rows("SELECT error FROM projects_syncrun ORDER BY id LIMIT 1")
    assert re.fullmatch(
        r"The process that ran this \(process \d+ on .+\) is gone; nothing of the run was loaded\.", error[0]
    )


def test_a_guard_that_is_killed_takes_all_along_and_the_cluster_begins_anew(
    machine: Machine, at_work: tuple[Cluster, Gate]
) -> None:
    cluster, gate = at_work
    (guard,) = children(cluster.process.pid)
    family = descendants(guard)
    gate.open()
    os.kill(guard, signal.SIGKILL)
    wait_for(lambda: not [pid for pid in family if lives(pid)], "the end of all", 40)
    wait_for(lambda: cluster.log.read_text().count(" running.") == 2, "another guard", 90)
    assert "has lost its guard" in cluster.log.read_text()
    wait_for(lambda: "succeeded" in machine.states(), "the run that goes on", 90)


def children(of: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(of)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def descendants(of: int) -> list[int]:
    return [pid for child in children(of) for pid in (child, *descendants(child))]


def lives(pid: int) -> bool:
    """A zombie does not: the machine's first process asks for it when it comes to it."""
    return bool(born(pid))


def _last_beat(machine: Machine) -> Any:
    """The heartbeat, when none came for two seconds; None when they go on."""
    first = beat(machine)
    time.sleep(2)
    return first if beat(machine) == first else None


# --- a page that no worker gets to the end of ------------------------------------------------------

ASKED = """
import time
from django_q.tasks import async_task
from etl.scheduler import DataScheduler
for _ in range({rounds}):
    DataScheduler().request("dws", "api")
    DataScheduler().request("treasury", "api")
    async_task("etl.scheduler.beat", q_options={{"save": False}})
    time.sleep({pause})
"""
ROUNDS, PAUSE = (10, 60) if os.environ.get("FULL") else (4, 6)


@pytest.mark.timeout(ROUNDS * PAUSE + 600)
def test_a_page_beyond_all_bounds_keeps_no_worker_from_the_rest(machine: Machine, tmp_path: Path) -> None:
    with serving({"/list.aspx": HEAVY * 5}) as site:
        treasury = {"TREASURY_URL": f"{machine.replica.root}/api", "TREASURY_REREAD_DAYS": "0"}
        machine.env |= {"DWS_URL": f"{site.root}/list.aspx", "READ_SECONDS": "2", **treasury}
        cluster = Cluster(machine, tmp_path / "cluster.log")
        asking = python(machine, ASKED.format(rounds=ROUNDS, pause=PAUSE))
        beats = set()
        while asking.poll() is None:
            beats |= {at for (at,) in beat(machine)}
            time.sleep(0.5)
        wait_for(lambda: not machine.database.rows("SELECT id FROM django_q_ormq"), "an empty queue", 90)
        ended = "SELECT state, error FROM projects_syncrun WHERE source_id = '{}' ORDER BY id"
        wait_for(
            lambda: "running" not in dict(machine.database.rows(ended.format("dws"))), "the last run", 90
        )
        asked = time.monotonic()
        cluster.stop()
        assert time.monotonic() - asked < 30
    read, books = (machine.database.rows(ended.format(source)) for source in ("dws", "treasury"))
    assert len(beats) >= 3, "the short work goes on beside it"
    assert {state for state, _ in books} <= {"succeeded", "unchanged"}
    assert len(books) >= 2
    assert {state for state, _ in read} == {"failed"}
    # of processor time; on a machine that gives a process little of it, of time
    assert all(re.search(r"Reading it took more than \d+ seconds", error) for _, error in read)
    assert len(read) >= 2
