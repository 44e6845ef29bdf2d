"""Real processes for the crash tests: a database of their own, a replica, commands to be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from buka.tests.patience import wait_for
from replica.server import ReplicaServer

ROOT = Path(__file__).resolve().parents[2]
Rows = list[tuple[Any, ...]]


class Database:
    """A database that several processes share, by its URL, as one who asks in SQL sees it."""

    def __init__(self, url: str) -> None:
        self.url, self._is_server = url, not url.startswith("sqlite:")

    def open(self) -> Any:
        if self._is_server:
            import psycopg

            return psycopg.connect(self.url.replace("postgres://", "postgresql://", 1))
        import sqlite3

        return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)

    def rows(self, statement: str) -> Rows:
        connection = self.open()
        try:
            return [tuple(row) for row in connection.execute(statement).fetchall()]
        finally:
            connection.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes to the log inside: a load waits in its transaction, its own work half done.

        PostgreSQL: the head of the chain, which a load takes last. SQLite has one writer, so it waits at
        the door.
        """
        connection = self.open()
        try:
            connection.execute("BEGIN" if self._is_server else "BEGIN IMMEDIATE")
            if self._is_server:
                connection.execute("SELECT * FROM projects_chainhead FOR UPDATE")
            yield
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def somebody_waits(self) -> bool:
        """Whether a session of the server waits for a lock. SQLite cannot say."""
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return not self._is_server or self.rows(waiting)[0][0] > 0


class Gate:
    """Stops the replica before one of its answers until told to go on: a crawl hangs just there."""

    def __init__(self, replica: ReplicaServer, after: int) -> None:
        self.reached, self._open, self._left = threading.Event(), threading.Event(), after
        self._server, self._handler = replica._server, replica._server.RequestHandlerClass
        gate = self

        class Waiting(self._handler):  # type: ignore[name-defined,misc]
            def _answer(self, form: dict[str, str]) -> None:
                gate.pass_()
                super()._answer(form)

        self._server.RequestHandlerClass = Waiting

    def pass_(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.reached.set()
            self._open.wait(120)

    def open(self) -> None:
        self._open.set()
        self._server.RequestHandlerClass = self._handler


class Machine:
    """Runs our commands as processes, against one database, one archive and one replica."""

    def __init__(self, database: Database, var: Path, replica: ReplicaServer, redis_url: str = "") -> None:
        self.database, self.replica = database, replica
        self._started: list[subprocess.Popen[str]] = []
        self.env = {
            **os.environ,
            "DATABASE_URL": database.url,
            "REDIS_URL": redis_url,
            "VAR_DIR": str(var),
            "DWS_URL": replica.url,
            "FETCH_DELAY_SECONDS": "0",
            "FETCH_BACKOFF_SECONDS": "0",
            "FETCH_TIMEOUT_SECONDS": "120",
            "LOG_LEVEL": "INFO",
        }

    def start(self, *command: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *(command or ("manage.py", "sync_dws", "--json"))],
            cwd=ROOT,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*command)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def sync(self) -> dict[str, Any]:
        """A sync to its end; what it says of itself."""
        done = self.run()
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def clean_up(self) -> None:
        """Nothing that was started here is left over, whatever a test did."""
        for process in self._started:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.communicate()

    def states(self) -> list[str]:
        return [state for (state,) in self.database.rows("SELECT state FROM projects_syncrun ORDER BY id")]

    def log(self) -> Rows:
        rows = self.database.rows(
            "SELECT id, change_type, external_id, field_changes FROM projects_datachangelog ORDER BY id"
        )
        return [(row[0], row[1], row[2], str(row[3])) for row in rows]

    def wait_for_state(self, state: str, seconds: float = 60) -> None:
        wait_for(lambda: self.states()[-1:] == [state], f"a run that is {state}", seconds)
