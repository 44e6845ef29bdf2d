"""One migrated database of a test run, of which others are copies: the migrations take their time once."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


class Template:
    """`folder` and `run` are those of all processes of the run; `server` is a PostgreSQL's URL, or empty.

    The test database of the process that needs one first is migrated, and kept as the template; that of
    each other process is a copy, and so is a database that several processes share: a test's own is rolled
    back, so that nobody else sees what is in it.
    """

    def __init__(self, folder: Path, run: str, server: str) -> None:
        self._folder, self._server = folder, server
        self._name = f"migrated_{run}"
        self._copies: list[str] = []

    def fill(self, connection: Any, migrate: Callable[[], object]) -> None:
        """Have the test database of `connection`, which `migrate` makes and migrates, from the template."""
        with self._alone():
            if not self._made.exists():
                migrate()
                self._keep(connection)
                self._made.touch()
            elif self._server:
                connection.settings_dict["TEST"]["TEMPLATE"] = self._name
                _create(connection)
            else:
                _create(connection)
                with closing(sqlite3.connect(self._path(self._name))) as kept:
                    kept.backup(connection.connection)

    def copy(self) -> str:
        """The URL of a new copy."""
        self._copies.append(f"{self._name}_{os.getpid()}_{len(self._copies)}")
        with self._alone():
            if not self._made.exists():  # no test of the run has a database of its own
                self._make()
                self._made.touch()
            if self._server:  # alone: a template that is being copied cannot be copied
                execute(self._server, f"CREATE DATABASE {self._copies[-1]} TEMPLATE {self._name}")
            else:
                shutil.copy(self._path(self._name), self._path(self._copies[-1]))
        return self._url(self._copies[-1])

    def drop_copies(self) -> None:
        while self._copies:
            self._drop(self._copies.pop())

    def drop(self) -> None:
        """At the end of the run."""
        self._drop(self._name)

    def _keep(self, connection: Any) -> None:
        if self._server:
            connection.close()  # a database is copied while nobody uses it
            own = connection.settings_dict["NAME"]
            execute(self._server, f"CREATE DATABASE {self._name} TEMPLATE {own}")
        else:
            with closing(sqlite3.connect(self._path(self._name))) as kept:
                connection.connection.backup(kept)

    def _make(self) -> None:
        if self._server:
            execute(self._server, f"CREATE DATABASE {self._name}")
        env = {**os.environ, "DATABASE_URL": self._url(self._name), "REDIS_URL": ""}
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)

    def _drop(self, name: str) -> None:
        if self._server:
            execute(self._server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        else:
            self._path(name).unlink(missing_ok=True)

    @property
    def _made(self) -> Path:
        return self._folder / f"{self._name}.made"

    def _url(self, name: str) -> str:
        if self._server:
            return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))
        return f"sqlite:///{self._path(name)}"

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / f"{self._name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _create(connection: Any) -> None:
    """The test database as Django makes it, before it is migrated."""
    creation, name = connection.creation, connection.creation._get_test_db_name()
    creation._create_test_db(verbosity=0, autoclobber=True, keepdb=False)
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def execute(server: str, statement: str) -> None:
    """One statement, outside of a transaction, on the server of a `postgres://` URL."""
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(statement.encode())
