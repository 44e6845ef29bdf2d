"""`manage.py health --watch` as a process: it stops when it is asked to, and outlives what is down."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from buka.tests.patience import SOON, wait_for
from projects.tests.smtp import MailServer

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.soak


@pytest.fixture
def env(tmp_path: Path, migrated_copy: Callable[[], str]) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": migrated_copy(),
        "VAR_DIR": str(tmp_path),
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def path_of(env: dict[str, str]) -> Path:
    return Path(env["DATABASE_URL"].removeprefix("sqlite:///"))


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], subprocess.Popen[str]]]:
    started = []

    def start(env: dict[str, str]) -> subprocess.Popen[str]:
        with (tmp_path / "log").open("w") as log:
            command = [sys.executable, "manage.py", "health", "--watch"]
            started.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_alerts_and_stops_when_it_is_asked_to(env, watch, tmp_path, number):
    process = watch(env)
    log = tmp_path / "log"
    wait_for(lambda: "Buka Amanzi: Redis does not answer" in log.read_text(), "the alert")
    process.send_signal(number)
    assert process.wait(SOON) == 0
    assert "Traceback" not in log.read_text()
    with sqlite3.connect(path_of(env)) as database:
        assert database.execute("SELECT key FROM projects_alert").fetchall() == [("redis",), ("clock",)]
        assert database.execute("SELECT name FROM projects_heartbeat").fetchall() == [("health",)]


def test_it_outlives_a_database_that_is_down(env, watch, tmp_path):
    process = watch({**env, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"})
    log = tmp_path / "log"
    wait_for(lambda: "Buka Amanzi: The database does not answer" in log.read_text(), "the alert")
    time.sleep(0.5)
    assert process.poll() is None
    process.terminate()
    assert process.wait(SOON) == 0
    assert "Traceback" not in log.read_text()


def test_it_outlives_a_database_that_takes_connections_and_never_answers(env, watch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}/none?connect_timeout=2"
        process = watch({**env, "DATABASE_URL": f"postgres://nobody@{address}"})
        wait_for(
            lambda: "Buka Amanzi: The database does not answer" in (tmp_path / "log").read_text(), "the alert"
        )
        process.terminate()
        assert process.wait(SOON) == 0


def mailing(env: dict[str, str], port: int) -> dict[str, str]:
    server = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), "EMAIL_TIMEOUT": "30"}
    return {**env, **server, "ALERT_EMAILS": "ops@example.org"}


def test_a_mail_server_that_says_nothing_holds_up_no_writer_and_a_killed_loop_loses_no_message(
    env, watch, tmp_path
):
    path = path_of(env)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        process = watch(mailing(env, silent.getsockname()[1]))
        conversation, _ = silent.accept()
        with conversation, closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            process.kill()  # before the conversation ends: one that ends is a refusal, and frees the claim
            process.wait()
    with MailServer() as server:
        second = watch(mailing(env, server.port))
        wait_for(lambda: _last_look(path).endswith(f":{second.pid}"), "the look of the second")
        second.terminate()
        assert second.wait(SOON) == 0, "after its look"
        assert server.mails == [], "the one that was killed may still be sending"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE projects_alertmessage SET claimed_until = '2000-01-01 00:00:00'")
    with MailServer() as server:
        watch(mailing(env, server.port))
        wait_for(lambda: len(server.mails) == 2, "two mails")
        assert server.subjects[0].startswith("Buka Amanzi: Redis does not answer")
        assert server.subjects[1].startswith("Buka Amanzi: Clock reads nothing")


def _last_look(path: Path) -> str:
    """Host and process of the loop that looked last."""
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("SELECT holder FROM projects_heartbeat").fetchone()[0])
