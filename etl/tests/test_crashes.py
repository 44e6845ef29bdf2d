"""Killed or stopped at any step: nothing half done, the next run takes over, each change is logged once."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from buka.tests.patience import wait_for
from etl.tests.crashing import Database, Gate, Machine
from replica.server import ReplicaServer

pytestmark = [pytest.mark.live, pytest.mark.soak]
PROJECTS = 6


@pytest.fixture(scope="module")
def database(migrated_copy: Callable[[], str]) -> Database:
    return Database(migrated_copy())


@pytest.fixture(scope="module")
def loaded(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine whose database has had its first run."""
    with ReplicaServer(projects=PROJECTS, seed=7, provinces=("NC",)) as replica:
        machine = Machine(database, tmp_path_factory.mktemp("var"), replica)
        assert machine.sync()["created"] == PROJECTS
        yield machine


@pytest.fixture
def machine(loaded: Machine) -> Iterator[Machine]:
    yield loaded
    loaded.clean_up()


def kill(process) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def the_next_run_says_it_all(machine: Machine, before: list, wanted: int) -> None:
    """`wanted` changes came after `before`, each once, from one run; the killed run is abandoned."""
    answer = machine.sync()
    assert (answer["state"], answer["changes"]["count"]) == ("succeeded", wanted)
    assert machine.states()[-2:] == ["abandoned", "succeeded"]
    log = machine.log()
    assert log[: len(before)] == before
    new = [row[1:] for row in log[len(before) :]]
    assert len(new) == len(set(new)) == wanted


@pytest.mark.parametrize("after", [0, 7], ids=["before the first page", "between two pages"])
def test_a_run_that_is_killed_while_it_reads_leaves_nothing_behind(machine, after):
    wanted = len(machine.replica.site.mutate(3))
    before, gate = machine.log(), Gate(machine.replica, after)
    process = machine.start()
    assert gate.reached.wait(60)
    assert machine.states()[-1] == "running"
    kill(process)
    gate.open()
    assert machine.log() == before
    the_next_run_says_it_all(machine, before, wanted)


def test_a_run_that_is_killed_in_its_load_leaves_nothing_behind(machine):
    wanted = len(machine.replica.site.mutate(3))
    before, asked = machine.log(), sum(machine.replica.requests.values())
    gate = Gate(machine.replica, 7)
    process = machine.start()
    assert gate.reached.wait(60)
    with machine.database.held():
        gate.open()
        _settled(machine, asked + 8)
        wait_for(machine.database.somebody_waits, "the load to wait for the lock")
        kill(process)
    assert machine.log() == before
    the_next_run_says_it_all(machine, before, wanted)
    assert machine.sync()["state"] == "unchanged"


def _settled(machine: Machine, least: int) -> None:
    """Wait until the crawl has read all that it reads: no request for half a second."""
    last, since = 0, time.monotonic()
    while last < least or time.monotonic() - since < 0.5:
        now = sum(machine.replica.requests.values())
        last, since = (now, time.monotonic()) if now != last else (last, since)
        assert time.monotonic() - since < 60
        time.sleep(0.02)


def test_a_run_that_is_killed_before_it_rings_has_said_everything(machine):
    """Redis never answers, so that the process hangs in the bell, after its commit; the log has it all."""
    from socket import create_server

    wanted = len(machine.replica.site.mutate(3))
    before = len(machine.log())
    with create_server(("127.0.0.1", 0)) as deaf:
        process = machine.start(REDIS_URL=f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        machine.wait_for_state("succeeded")
        kill(process)
    assert len(machine.log()) == before + wanted
    assert machine.sync()["state"] == "unchanged"
    assert len(machine.log()) == before + wanted


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_asked_to_stop_ends_between_two_pages(machine, number):
    wanted = len(machine.replica.site.mutate(2))
    before, gate = machine.log(), Gate(machine.replica, 7)
    process = machine.start()
    assert gate.reached.wait(60)
    asked = time.monotonic()
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - asked < 30, "the page takes two minutes"
    gate.open()
    answer = json.loads(out)
    assert (process.returncode, answer["state"], answer["complete"]) == (1, "abandoned", False)
    assert answer["error"] == "Stopped on request between two pages; nothing was loaded."
    assert answer["finished_at"] is not None
    assert not re.search("ERROR|CRITICAL|Traceback", err), "it is what was asked for"
    assert machine.log() == before
    if number == signal.SIGTERM:
        the_next_run_says_it_all(machine, before, wanted)


# --- the cluster ----------------------------------------------------------------------------------

QUEUE = "from etl.scheduler import DataScheduler; DataScheduler().request('dws', 'api')"


@pytest.fixture
def cluster(machine):
    """A cluster whose worker hangs in the middle of a crawl."""
    machine.replica.site.mutate(2)
    assert machine.run("manage.py", "shell", "-c", QUEUE).returncode == 0
    gate = Gate(machine.replica, 7)
    process = machine.start("manage.py", "qcluster")
    assert gate.reached.wait(60)
    yield process, gate
    gate.open()


def holder(machine: Machine) -> int:
    rows = machine.database.rows("SELECT holder FROM projects_syncrun ORDER BY id DESC LIMIT 1")
    return int(rows[0][0].rpartition(":")[2])


@pytest.mark.parametrize("whom", ["the cluster", "its whole group"])
def test_a_cluster_that_is_asked_to_stop_ends_its_runs_within_seconds(machine, cluster, whom):
    process, _ = cluster
    before, worker, asked = machine.log(), holder(machine), time.monotonic()
    (os.kill if whom == "the cluster" else os.killpg)(process.pid, signal.SIGTERM)
    log = "".join(process.communicate(timeout=60))
    machine.wait_for_state("abandoned")
    wait_for(lambda: not _lives(worker), "the worker's end")
    assert time.monotonic() - asked < 60, "the page takes two minutes"
    (error,) = machine.database.rows("SELECT error FROM projects_syncrun ORDER BY id DESC LIMIT 1")
    assert error == ("Stopped on request between two pages; nothing was loaded.",)
    assert machine.log() == before
    assert "Stopped on request" in log
    assert not [line for line in log.splitlines() if re.search("ERROR|CRITICAL|Traceback", line)], log
    assert machine.database.rows("SELECT name FROM projects_heartbeat WHERE name = 'stopped'")


def test_a_worker_that_is_killed_in_mid_run_gives_way_to_the_next(machine, cluster):
    before, (process, gate) = machine.log(), cluster
    os.kill(holder(machine), signal.SIGKILL)
    gate.open()
    answer = machine.sync()
    assert (answer["state"], machine.states()[-2:]) == ("succeeded", ["abandoned", "succeeded"])
    assert len(machine.log()) == len(before) + answer["changes"]["count"] > len(before)
    os.kill(process.pid, signal.SIGTERM)
    process.wait(60)


def _lives(pid: int) -> bool:
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat") as stat:
                return stat.read().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
