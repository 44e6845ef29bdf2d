"""Two hosts, each with web and cluster, over one PostgreSQL and its standby, one Redis, one bucket."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from buka.dev.processes import Nursery
from buka.tests.hosts import Host, Primary, can_be_named
from etl.tests.test_damaged_evidence import PAGES, a_list
from etl.tests.tinysite import Site, serving
from projects.tests.s3 import S3, WHO
from realtime.tests.processes import ROOT, Redis, changes, environment, frames, ids, wait_for

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not can_be_named(), reason="a host of another name needs `unshare --uts`"),
]
WITHIN = 60  # seconds; a lease is longer
MAKE_TOKEN = """
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
print(Token.objects.create(user=User.objects.create_superuser("steward")).key)
"""


class World:
    """What both hosts share, and the site that they read."""

    def __init__(self, nursery: Nursery, site: Site, folder: Path) -> None:
        self.site, self._budgets = site, count(2000)
        self.primary = Primary(nursery)
        s3, redis = S3(nursery), Redis(nursery)
        shared = environment(self.primary.url, redis.url, folder)
        shared |= WHO | {"ARCHIVE_URL": s3.url(s3.bucket()), "SOURCES": "dws"}
        shared |= {"DWS_URL": f"{site.root}/pmd/level.aspx", "DWS_INTERVAL_MINUTES": "1000"}
        shared |= {"FETCH_DELAY_SECONDS": "0.05", "SYNC_RATE": "1000/minute", "WORKER_SILENT_SECONDS": "60"}
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, env=shared, cwd=ROOT, check=True)
        self.alpha = Host(nursery, "alpha", folder, shared)
        self.token = self.alpha.manage("shell", "-v0", "-c", MAKE_TOKEN).split()[-1]
        self.standby = self.primary.standby()
        self.beta = Host(nursery, "beta", folder, {**shared, "DATABASE_REPLICA_URL": self.standby})
        self.wait_until_idle()

    @property
    def hosts(self) -> dict[str, Host]:
        return {"alpha": self.alpha, "beta": self.beta}

    def rows(self, sql: str, url: str = "") -> list[tuple[Any, ...]]:
        with psycopg.connect(
            (url or self.primary.url).replace("postgres:", "postgresql:"), autocommit=True
        ) as c:
            return c.execute(sql.encode()).fetchall()

    def move(self) -> None:
        """The site says something new."""
        budget = f"{next(self._budgets)}"
        self.site.pages["/pmd/list.aspx?m=DC12"] = f"<html>{a_list('WP2', 'Amathole pipe', budget)}</html>"

    def wait_until_idle(self) -> None:
        active = "SELECT id FROM projects_syncrun WHERE state IN ('queued', 'running')"
        wait_for(lambda: not self.rows(active), "the runs to end", 180)

    def ask_everywhere(self) -> None:
        """Both webs are asked for a reading at the same moment."""
        asked = [threading.Thread(target=host.trigger, args=(self.token,)) for host in self.hosts.values()]
        for each in asked:
            each.start()
        for each in asked:
            each.join()
        self.wait_until_idle()

    def newest(self) -> int:
        return int(self.rows("SELECT last_id FROM projects_chainhead")[0][0])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    pages = {f"/pmd/{name}": f"<html>{body}</html>" for name, body in PAGES.items()}
    with Nursery() as nursery, serving(pages) as site:
        yield World(nursery, site, tmp_path_factory.mktemp("hosts"))


def test_a_source_is_read_by_one_worker_at_a_time_whichever_host_is_asked(world: World) -> None:
    for _ in range(15):
        world.move()
        world.ask_everywhere()
        holders = {name.partition("@")[0] for (name,) in world.rows("SELECT holder FROM projects_syncrun")}
        if {"alpha", "beta"} <= holders:
            break
    assert {"alpha", "beta"} <= holders, "each host has its share of the work"
    runs = world.rows("SELECT state, started_at, finished_at FROM projects_syncrun ORDER BY started_at")
    assert {state for state, *_ in runs} <= {"succeeded", "unchanged"}
    assert all(earlier[2] <= later[1] for earlier, later in pairwise(runs))


def test_what_one_host_keeps_the_other_shows_checks_and_replays(world: World) -> None:
    kept = world.rows(
        "SELECT s.sha256, r.holder FROM projects_snapshot s JOIN projects_syncrun r ON r.id = s.run_id"
    )
    for sha256, holder in kept:
        other = world.beta if holder.startswith("alpha@") else world.alpha
        status, text = other.get(f"/snapshots/{sha256}/")
        assert (status, "as it was received" in text) == (200, True)
    for host in world.hosts.values():
        assert not Path(host.env["VAR_DIR"], "archive").exists()
        log = json.loads(host.manage("verify_log", "--archive", "--json"))
        assert (log["intact"], log["archive"]["checked"]) == (True, len(kept))
    assert json.loads(world.beta.manage("replay", "--json"))["identical"]


def test_each_change_reaches_the_readers_of_both_webs_once(world: World) -> None:
    before = world.newest()
    with world.alpha.web.socket() as one, world.beta.web.socket() as other:
        for ws in (one, other):
            assert next(frames(ws))["last_id"] == before
        for _ in range(3):
            world.move()
            world.ask_everywhere()
        due = list(range(before + 1, world.newest() + 1))
        assert len(due) >= 3
        assert ids(changes(one, len(due))) == ids(changes(other, len(due))) == due


def test_public_pages_come_from_the_standby_but_never_from_behind_what_was_told(world: World) -> None:
    world.rows("SELECT pg_wal_replay_pause()::text", world.standby)
    try:
        world.move()
        world.ask_everywhere()
        behind = int(world.rows("SELECT last_id FROM projects_chainhead", world.standby)[0][0])
        assert behind < world.newest()
        time.sleep(1.1)  # for so long what the primary said last is good
        (newest,) = world.beta.json(f"/api/v1/changes/?after={world.newest() - 1}")["results"]
        assert newest["id"] == world.newest()
    finally:
        world.rows("SELECT pg_wal_replay_resume()::text", world.standby)
    wait_for(
        lambda: world.rows("SELECT last_id FROM projects_chainhead", world.standby)[0][0] == world.newest(),
        "the standby",
    )
    health = json.loads(world.beta.manage("health", "--json", exits=(0, 1)))
    (part,) = [check for check in health["checks"] if check["name"] == "standby"]
    assert (part["ok"], part["sentence"]) == (True, "is 0 changes behind")


def test_the_run_of_a_host_that_died_is_taken_over_by_the_other(world: World) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_form: dict[str, str]) -> str:
        begun.set()
        go_on.wait(60)
        return f"<html>{PAGES['list.aspx?m=LIM331']}</html>"

    usual, world.site.pages["/pmd/list.aspx?m=LIM331"] = world.site.pages["/pmd/list.aspx?m=LIM331"], slow
    world.alpha.trigger(world.token)
    assert begun.wait(60)
    ((run, holder),) = world.rows("SELECT id, holder FROM projects_syncrun WHERE state = 'running'")
    world.hosts[holder.partition("@")[0]].kill_cluster()
    world.site.pages["/pmd/list.aspx?m=LIM331"] = usual
    go_on.set()
    died = time.monotonic()

    def taken_over() -> bool:
        world.alpha.trigger(world.token)
        time.sleep(0.5)
        later = world.rows(f"SELECT holder FROM projects_syncrun WHERE id > {run} AND state <> 'queued'")
        return bool(later)

    wait_for(taken_over, "the other host", WITHIN)
    assert time.monotonic() - died < WITHIN
    world.wait_until_idle()
    ((state, error),) = world.rows(f"SELECT state, error FROM projects_syncrun WHERE id = {run}")
    assert (state, holder.partition("@")[0] in error) == ("abandoned", True)
    (last,) = world.rows("SELECT state, holder FROM projects_syncrun ORDER BY id DESC LIMIT 1")
    assert last[0] in ("succeeded", "unchanged")
    assert last[1].partition("@")[0] != holder.partition("@")[0]


def test_while_the_primary_is_away_public_pages_go_on_from_the_standby(world: World) -> None:
    world.primary.stop()
    wait_for(lambda: world.alpha.get("/projects/")[0] == 503, "the host without a standby to notice")
    wait_for(lambda: world.beta.get("/projects/")[0] == 200, "the host with one")
    status, text = world.beta.get("/projects/")
    assert (status, "Amathole pipe" in text) == (200, True)
    assert world.beta.get("/admin/login/")[0] in (200, 503)
    assert world.beta.get("/readyz")[0] == 503
