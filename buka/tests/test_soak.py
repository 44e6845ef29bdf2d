"""Two hundred polls with random faults, kills and restarts; then the log is held against the truth.

Run by `make soak`; `SOAK_POLLS`, `SOAK_SEED` and `SOAK_MINUTES` (5) change what it does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from buka.dev.processes import Nursery
from realtime.tests.processes import ROOT, Redis, Web, environment, wait_for
from replica.server import ReplicaServer

pytestmark = [pytest.mark.soak, pytest.mark.timeout(660)]

POLLS = int(os.environ.get("SOAK_POLLS", "200"))
SEED = int(os.environ.get("SOAK_SEED", "20261123"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "5"))

# Half of all polls find a healthy site; the others one of these.
WIRE_FAULTS = ("status500", "status503", "status404", "waf200", "waf403", "login", "truncate", "cut", "empty")
MIDDLE_FAULTS = ("status500", "cut", "truncate", "session_expire")
LIES = ("drop_rows", "drop_pages", "lie_pager", "blank_column", "rename_column", "shuffle", "self_edit")


class Worker:
    """The polling process; it can be killed, and another takes its place at once."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "buka.tests.soak_worker"],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self._asks, self._says = self.process.stdin, self.process.stdout
        self._pid = int(self._says.readline())
        self.kills = 0

    def poll(self, url: str, kill_after: float | None = None) -> dict[str, Any]:
        is_killed = threading.Event()
        killer = threading.Timer(kill_after or 0, self._kill, (is_killed,))
        self._asks.write(json.dumps({"url": url}) + "\n")
        self._asks.flush()
        if kill_after is not None:
            killer.start()
        said = self._says.readline().strip()
        if kill_after is not None:
            killer.cancel()
            killer.join()
        if is_killed.is_set():
            if said != "killed":  # the answer came first
                assert self._says.readline().strip() == "killed"
            self._pid = int(self._says.readline())
            self.kills += said == "killed"
        return {"state": "killed"} if said == "killed" else json.loads(said)

    def _kill(self, is_killed: threading.Event) -> None:
        is_killed.set()
        os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        self.process.communicate(timeout=60)


class Reader(threading.Thread):
    """A socket client that reconnects for as long as the soak lasts, with `after=` the last it saw."""

    def __init__(self, web: Web) -> None:
        super().__init__(daemon=True)
        self.web, self.seen, self.connections = web, [], 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except (OSError, ConnectionClosed, TimeoutError, EOFError):
                time.sleep(0.1)
            except Exception as problem:  # noqa: BLE001 - a refused handshake while the web is down
                self.problem = problem
                time.sleep(0.1)

    def _listen(self) -> None:
        last = self.seen[-1] if self.seen else 0
        with self.web.socket(f"?after={last}", open_timeout=30) as ws:
            self.connections += 1
            while not self.stopping.is_set():
                try:
                    frame = json.loads(ws.recv(timeout=0.5))
                except TimeoutError:
                    continue
                if frame["type"] == "change" and frame["id"] > last:
                    self.seen.append(frame["id"])
                    last = frame["id"]


class Truth:
    """The database as a reader of SQL sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.path, timeout=60) as connection:
            return connection.execute(sql).fetchall()

    def head(self) -> int:
        return self.rows("SELECT last_id FROM projects_chainhead")[0][0]

    def budgets(self) -> dict[str, str | None]:
        found = self.rows("SELECT external_id, budget FROM projects_project WHERE presence = 'present'")
        return {external_id: None if v is None else f"{float(v):.2f}" for external_id, v in found}


def test_two_hundred_polls_of_a_site_that_misbehaves(
    tmp_path: Path, migrated_copy: Callable[[], str]
) -> None:
    chance, until = random.Random(SEED), time.monotonic() + 60 * MINUTES
    database = migrated_copy()
    with Nursery() as nursery, ReplicaServer(projects=30, provinces=("NC",), rows_of_all=10) as replica:
        initial = {external_id: dict(facts) for external_id, facts in replica.site.facts().items()}
        redis = Redis(nursery)
        env = environment(database, redis.url, tmp_path)
        env |= {
            "DJANGO_SETTINGS_MODULE": "buka.settings",
            "FETCH_DELAY_SECONDS": "0",
            "FETCH_MAX_ATTEMPTS": "2",
            "FETCH_TIMEOUT_SECONDS": "30",
            "WITHDRAWN_AFTER_HOURS": "0",
            "LOG_LEVEL": "ERROR",
        }
        web, worker, truth = (
            Web(nursery, env, tmp_path / "web.log"),
            Worker(env),
            Truth(Path(database.removeprefix("sqlite:///"))),
        )
        reader = Reader(web)
        reader.start()
        story = Soak(chance, replica, worker, redis, web, truth)
        while story.polls < POLLS and time.monotonic() < until:
            story.turn()
        story.settle()
        wait_for(lambda: reader.seen and reader.seen[-1] == truth.head(), "the socket to catch up", 30)
        reader.stopping.set()
        worker.close()
        told = (
            f"{story.polls} polls: {dict(story.states)}; {worker.kills} kills, {reader.connections} sockets"
        )
        sys.stdout.write(f"\n{told}\n")
        assert story.polls >= min(POLLS, 50), "the machine is too slow for a soak"
        check_the_log(replica, truth, initial)
        assert reader.seen == list(range(1, truth.head() + 1)), "every change, in order, none left out"
        for command in ("verify_log", "replay"):
            done = subprocess.run(
                [sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


class Soak:
    """One poll after another, each with its own mishap."""

    def __init__(
        self,
        chance: random.Random,
        replica: ReplicaServer,
        worker: Worker,
        redis: Redis,
        web: Web,
        truth: Truth,
    ) -> None:
        self.chance, self.replica, self.worker = chance, replica, worker
        self.redis, self.web, self.truth = redis, web, truth
        self.polls, self.states = 0, Counter[str]()
        self._lies: list[str] = []
        self._redis_is_up = True

    def turn(self) -> None:
        self._change_the_site()
        self._upset_the_house()
        fault = self._misbehave()
        kill_after = self.chance.uniform(0.05, 1.5) if self.chance.random() < 0.12 else None
        answer = self.worker.poll(self.replica.url, kill_after)
        self.replica.site.set_fault("none")
        self.polls += 1
        self.states[answer["state"]] += 1
        if fault == "none" and answer.get("complete") and answer["state"] in ("succeeded", "unchanged"):
            assert self.truth.budgets() == self.published(), f"poll {self.polls}"

    def published(self) -> dict[str, str | None]:
        return {external_id: facts["budget"] for external_id, facts in self.replica.site.published().items()}

    def settle(self) -> None:
        """Healthy polls until nothing is left to say: what was missed is caught up with, absences too."""
        if not self._redis_is_up:
            self.redis.start()
        for _ in range(6):
            answer = self.worker.poll(self.replica.url)
        assert answer["state"] == "unchanged", answer
        assert self.truth.budgets() == self.published()

    def _change_the_site(self) -> None:
        site = self.replica.site
        if self.chance.random() < 0.5:
            site.mutate(self.chance.randint(1, 3))
        if self.chance.random() < 0.08:
            site.remove(self.chance.choice(sorted(site.published())))
        if self.chance.random() < 0.05:
            site.restore_all()
        site.noise(
            self.chance.choice(["row_order", "column_order", "whitespace", "theme"]),
            self.chance.random() < 0.5,
        )

    def _upset_the_house(self) -> None:
        if self.chance.random() < 0.06:
            if self._redis_is_up:
                self.redis.kill()
            else:
                self.redis.start()
            self._redis_is_up = not self._redis_is_up
        if self.chance.random() < 0.03:
            self.web.stop()
            self.web.start()

    def _misbehave(self) -> str:
        site, dice = self.replica.site, self.chance.random()
        if dice < 0.5:
            return "none"
        if dice < 0.65:
            name = self.chance.choice(WIRE_FAULTS)
            site.set_fault(name)
        elif dice < 0.8:
            name = self.chance.choice(MIDDLE_FAULTS)
            site.set_fault(name, after=self.chance.randint(2, 30), times=self.chance.randint(1, 3))
        else:
            # the same lie three readings in a row would be how the site is
            name = self.chance.choice([lie for lie in LIES if lie not in self._lies[-3:]])
            self._lies.append(name)
            site.set_fault(name, **({"after": self.chance.randint(2, 20)} if name == "self_edit" else {}))
        return name


def check_the_log(replica: ReplicaServer, truth: Truth, initial: dict[str, dict[str, Any]]) -> None:
    """Each value in the log was published, in that order, and the log's last word is the site's."""
    said: dict[tuple[str, str], list[Any]] = {}
    for external_id, changes in truth.rows(
        "SELECT external_id, field_changes FROM projects_datachangelog"
        " WHERE entity_type = 'project' ORDER BY id"
    ):
        for name, (old, new) in json.loads(changes).items():
            values = said.setdefault((external_id, name), ["present" if name == "presence" else None])
            assert values[-1] == old, f"{external_id} {name}: {old} does not follow {values[-1]}"
            values.append(new)
    history: dict[tuple[str, str], list[Any]] = {}
    for entry in replica.site.ledger:
        for name, (old, new) in entry["changes"].items():
            history.setdefault((entry.get("external_id", ""), name), [old]).append(new)
    now = replica.site.published()
    for (external_id, name), values in said.items():
        if name in ("budget", "progress_percentage", "status", "name", "contractor", "expenditure"):
            published = history.get((external_id, name)) or [initial[external_id][name]]
            assert _is_subsequence(values[1:], published), f"{external_id} {name}: {values} of {published}"
            if external_id in now:
                assert values[-1] == now[external_id][name], f"{external_id} {name}"


def _is_subsequence(values: list[Any], of: list[Any]) -> bool:
    rest = iter(of)
    return all(any(value == other for other in rest) for value in values)
