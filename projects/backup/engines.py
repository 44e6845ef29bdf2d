"""A database of one moment as one file, and made again: SQLite's online backup, PostgreSQL's pg_dump."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from projects.backup.place import BackupFailed

_DEBIAN = Path("/usr/lib/postgresql")
Rows = Callable[[str], Iterator[tuple[Any, ...]]]
_PIECE = 10_000  # rows


class Engine(Protocol):
    """`file`: the name of its file. `dump` writes the file, and yields what answers SQL as of that moment."""

    file: str

    def size(self) -> int:
        """About how many bytes the file will have."""

    def dump(self, path: Path) -> Any:
        """A context; in it the file is there. Raises BackupFailed."""

    def restore(self, path: Path) -> None:
        """Fill the empty database from the file, wholly or not at all. Raises BackupFailed."""


def engine() -> Engine:
    """That of the database in the settings."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


def is_empty() -> bool:
    """Whether the database has no table yet."""
    return not connection.introspection.table_names()


class Sqlite:
    file = "database.sqlite3"

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            return int(cursor.fetchone()[0])

    @contextmanager
    def dump(self, path: Path) -> Iterator[Rows]:
        """In one step, in one read transaction of the WAL: nobody who writes waits, or is mixed in."""
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, that needs no other beside it
            path.chmod(0o600)
            (well,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if well != "ok":
                raise BackupFailed(f"The database is damaged, and so is a copy of it: {well}.")
            yield lambda sql: iter(copy.execute(sql))

    def restore(self, path: Path) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            copy.backup(connection.connection)
        connection.close()  # the journal's mode is set as a connection begins


class Postgres:
    file = "database.dump"

    def size(self) -> int:
        """The format is compressed, and of indexes it has the definitions alone."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database()) / 2")
            return int(cursor.fetchone()[0])

    @contextmanager
    def dump(self, path: Path) -> Iterator[Rows]:
        """pg_dump and whoever asks here see the same moment: that of one exported snapshot."""
        program = _program("pg_dump")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = cursor.fetchone()[0]
            options = ["--format=custom", f"--snapshot={snapshot}", f"--file={path}"]
            _run(program, [*options, "--no-owner", "--no-privileges"])
            path.chmod(0o600)
            yield _as_of_now

    def restore(self, path: Path) -> None:
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        connection.close()
        _run(_program("pg_restore"), [*options, "--dbname", _name(), str(path)], named=False)


def _as_of_now(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_PIECE):
            yield from rows


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _program(name: str) -> Path:
    """The first of that name that is as new as the server. Raises BackupFailed where there is none."""
    connection.ensure_connection()
    server = connection.pg_version // 10_000  # type: ignore[attr-defined]
    folders = [os.environ.get("POSTGRES_BIN_DIR", "")]
    folders += [str(each) for each in sorted(_DEBIAN.glob("*/bin"), key=_major)[::-1]]
    folders += [os.environ.get("PATH", "")]
    found = [Path(path) for folder in folders if folder and (path := shutil.which(name, path=folder))]
    versions = {path: _version(path) for path in found}
    if fitting := [path for path in found if versions[path] >= server]:
        return fitting[0]
    advice = f"Install PostgreSQL's client programs of version {server} or newer"
    advice += f" (Debian: postgresql-client-{server}), or name their folder: POSTGRES_BIN_DIR."
    if not found:
        raise BackupFailed(f"{name} is not installed, and nothing was written. {advice}")
    newest = max(found, key=lambda path: versions[path])
    raise BackupFailed(
        f"{newest} is of version {versions[newest]}, too old for the server, which is of {server}; nothing"
        f" was written. {advice}"
    )


def _version(program: Path) -> int:
    """The first number of it; 0 where the program does not say."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _major(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if re.fullmatch(r"\d+(\.\d+)?", name) else 0.0


def _run(program: Path, options: list[str], named: bool = True) -> None:
    """Ask the server of the settings; the password goes through the environment. Raises BackupFailed."""
    args, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    where = args[1:] if named else args[1:-1]  # the last is the database's name
    done = subprocess.run(
        [str(program), *where, *options], env={**os.environ, **(env or {})}, capture_output=True, text=True
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[:500]
        raise BackupFailed(f"{program.name} failed, and what it began is not used: {said}")
