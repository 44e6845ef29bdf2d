"""Every part killed in turn, under a crowd: nothing is lost or comes twice, and each part's return is all
that is needed. 500 sockets and 20 requests a second with `make soak FULL=1`, else a quarter of them.

`KILLS_SOCKETS` and `KILLS_REQUESTS` (a second) change the crowd.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import requests

from buka.dev.embedded import start_postgres
from buka.dev.processes import Account, Nursery
from buka.tests.crowd import Sockets
from etl.tests.crashing import Database, Gate
from projects.processes import born
from realtime.tests.processes import ROOT, SOON, Redis, Web, Writer, environment, wait_for
from replica.server import ReplicaServer

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(600)]

FULL = bool(os.environ.get("FULL"))
SOCKETS = int(os.environ.get("KILLS_SOCKETS", "500" if FULL else "125"))
REQUESTS = float(os.environ.get("KILLS_REQUESTS", "20" if FULL else "5"))
CAUGHT_UP, RESUMED = 10.0, 60.0  # seconds
PAGES = ["/", "/projects/", "/changes/", "/municipalities/", "/api/v1/changes/?page_size=20", "/sources/"]
FROM_THE_API = "from etl.scheduler import DataScheduler; DataScheduler().request('dws', 'api')"


class Postgres:
    """A server of the test's own, that can be killed and started again."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self.process, self.url = start_postgres(nursery)
        self._command = [str(word) for word in self.process.args]  # type: ignore[union-attr]
        self._folder = Path(self._command[self._command.index("-k") + 1])
        owner = self._folder.stat()
        self._account = Account(owner.st_uid, owner.st_gid) if owner.st_uid != os.geteuid() else None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGQUIT)  # at once, as in a crash: nothing is tidied up
        self.process.wait()
        self._nursery.forget(self.process)

    def start(self) -> None:
        with (self._folder / "postgres.log").open("a") as log:
            self.process = self._nursery.spawn(
                self._command, cwd=self._folder, account=self._account, stdout=log, end=signal.SIGINT
            )
        wait_for(self._answers, "PostgreSQL")

    def _answers(self) -> bool:
        try:
            return Database(self.url).rows("SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False


class Cluster:
    """A qcluster, which somebody starts again when it was killed."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env, self._log = env, log
        self.start()

    def start(self) -> None:
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=ROOT, env=self._env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Scribe(threading.Thread):
    """Two changes a second, by a process that is started again when it fell with the database."""

    def __init__(self, env: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self._env, self.stops = env, threading.Event()

    def run(self) -> None:
        writer = Writer(self._env)
        while not self.stops.wait(0.5):
            try:
                writer.append("a change")
            except (ValueError, OSError):  # it ended
                self._close(writer)
                writer = Writer(self._env)
        self._close(writer)

    def _close(self, writer: Writer) -> None:
        with suppress(OSError, ValueError):
            writer.close()


class Readers:
    """Ask for so many pages a second, as through a proxy: another web process, where one does not answer."""

    def __init__(self, webs: list[Web]) -> None:
        self._webs, self.stops, self.told = webs, threading.Event(), Counter[str]()
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=self._read, args=(n,), daemon=True) for n in range(20)]
        for thread in self._threads:
            thread.start()

    def _read(self, number: int) -> None:
        n = number
        while not self.stops.wait(len(self._threads) / REQUESTS):
            n += 1
            self.told[self._ask(n)] += 1

    def _ask(self, n: int) -> str:
        told = ""
        for web in (self._webs[n % 2], self._webs[(n + 1) % 2]):
            try:
                return str(requests.get(f"{web.origin}{PAGES[n % len(PAGES)]}", timeout=SOON).status_code)
            except requests.ConnectionError as error:
                told = type(error).__name__
        return told

    def slowness(self) -> float:
        """How many times fewer it were than it should have been: of a machine that has much else to do."""
        return max(1.0, (time.monotonic() - self._began) * REQUESTS / self.told.total())

    def end(self) -> dict[str, int]:
        self.stops.set()
        for thread in self._threads:
            thread.join(SOON)
        return dict(self.told)


class House:
    """All parts, and what goes on in them."""

    def __init__(self, nursery: Nursery, replica: ReplicaServer, folder: Path) -> None:
        self.postgres, self.redis = Postgres(nursery), Redis(nursery)
        self.database, self.replica, self.folder = Database(self.postgres.url), replica, folder
        self.env = environment(self.postgres.url, self.redis.url, folder) | {
            "DJANGO_SETTINGS_MODULE": "buka.settings", "SOURCES": "dws", "DWS_URL": replica.url,
            "FETCH_DELAY_SECONDS": "0", "FETCH_BACKOFF_SECONDS": "0", "FETCH_TIMEOUT_SECONDS": "120",
        }  # fmt: skip
        self.manage("migrate", "-v0")
        self.manage("sync_dws")
        self.webs = [Web(nursery, self.env, folder / f"web-{name}.log") for name in "ab"]
        self.cluster = Cluster(self.env, folder / "cluster.log")
        self.crowd, self.readers = Sockets(SOCKETS, self.webs, self.env), Readers(self.webs)
        self.scribe = Scribe(self.env)
        self.scribe.start()
        wait_for(lambda: self.crowd.has_all(self.head()), "the crowd", 120)
        self.took: dict[str, float] = {}

    def manage(self, *words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def head(self) -> int:
        return int(self.database.rows("SELECT last_id FROM projects_chainhead")[0][0])

    def states(self) -> list[str]:
        return [state for (state,) in self.database.rows("SELECT state FROM projects_syncrun ORDER BY id")]

    def logged(self) -> int:
        """Changes of projects that a run has written."""
        rows = self.database.rows(
            "SELECT count(*) FROM projects_datachangelog WHERE run_id IS NOT NULL AND entity_type = 'project'"
        )
        return int(rows[0][0])

    def begin_a_run(self) -> tuple[int, Gate]:
        """A run that waits for a page; the process that works on it."""
        gate = Gate(self.replica, 3)
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", FROM_THE_API],
            cwd=ROOT, env=self.env, check=True, capture_output=True,
        )  # fmt: skip
        assert gate.reached.wait(2 * SOON)
        (holder,) = self.database.rows("SELECT holder FROM projects_syncrun ORDER BY id DESC LIMIT 1")
        return int(holder[0].rpartition(":")[2]), gate

    def comes_back(self, part: str) -> None:
        """From now on a part is there again: until all have what happened meanwhile."""
        began, head = time.monotonic(), self.head()
        wait_for(lambda: self.crowd.has_all(head), f"the crowd after {part} came back", 120)
        self.took[part] = round(time.monotonic() - began, 1)

    def goes_on(self, part: str, since: float, runs: int) -> None:
        """Until the reading goes on that ended with a part."""
        wait_for(lambda: self.states().count("succeeded") >= runs, f"the run after {part} was killed", 240)
        self.took[f"reading after {part}"] = round(time.monotonic() - since, 1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Nursery() as nursery, ReplicaServer(projects=6, seed=7, provinces=("NC",)) as replica:
        house = House(nursery, replica, tmp_path)
        yield house
        house.readers.stops.set()
        house.scribe.stops.set()
        house.cluster.process.terminate()
        house.cluster.process.wait(60)


def test_every_part_may_be_killed_and_nothing_is_lost_or_comes_twice(house: House) -> None:
    before, done = house.logged(), house.states().count("succeeded")
    wanted = len(house.replica.site.mutate(3))
    worker, gate = house.begin_a_run()

    killed = time.monotonic()
    os.kill(worker, signal.SIGKILL)
    gate.open()
    house.redis.kill()
    time.sleep(2)
    house.redis.start()
    house.comes_back("Redis")
    first = house.webs[0]
    first.process.kill()
    first.process.wait()
    time.sleep(1)
    first.start()
    house.comes_back("a web process")
    house.goes_on("a worker", killed, done + 1)
    assert house.logged() == before + wanted

    wanted += len(house.replica.site.mutate(3))
    worker, gate = house.begin_a_run()
    house.cluster.kill()
    house.postgres.kill()
    gate.open()
    time.sleep(2)
    house.postgres.start()
    house.cluster.start()
    back = time.monotonic()
    house.comes_back("PostgreSQL")
    house.goes_on("master and database", back, done + 2)
    assert not born(worker), "the worker went with its master"
    assert house.logged() == before + wanted

    house.scribe.stops.set()
    house.scribe.join(SOON)
    wait_for(lambda: house.crowd.has_all(house.head()), "the last change")
    slowness = house.readers.slowness()
    told, pages = house.crowd.end(), house.readers.end()
    figures = json.dumps({**house.took, "visits": told["visits"], "pages": pages, "slow": round(slowness, 1)})
    sys.stderr.write(f"{figures}\n")
    assert told["faults"] == [], figures
    assert pages.keys() <= {"200", "503"}, figures
    assert pages["200"] > pages.get("503", 0), figures
    late = {
        name: took
        for name, took in house.took.items()
        if took > slowness * (RESUMED if name.startswith("reading") else CAUGHT_UP)
    }
    assert not late, figures
    house.manage("verify_log")
