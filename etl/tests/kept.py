"""A first reading that is done once a process and put back for each test that begins with it.

What a reading leaves is the rows of some tables and the pages of the archive; putting both back takes a
twentieth of the time that reading a site takes. It is the reading itself that is kept: a test gets what the
same poll of the same site at the same address left in this process.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from projects.log import index
from replica.server import ReplicaServer

Rows = bytes | list[tuple[Any, ...]]  # PostgreSQL's own format, or the rows of a SQLite table


_MOST_SERVERS = 4  # each has a thread that looks twenty times a second whether to stop


class Replicas:
    """Running replicas by their options: a site that is new for each test, at an address that stays."""

    def __init__(self) -> None:
        self._running: OrderedDict[str, ReplicaServer] = OrderedDict()

    def new(self, **options: Any) -> ReplicaServer:
        what = repr(sorted(options.items()))
        server = self._running.pop(what, None)
        if server and not server.is_stopped:
            server.reopen()
        else:
            server = ReplicaServer(**options).start()
        self._running[what] = server
        while len(self._running) > _MOST_SERVERS:
            self._running.popitem(last=False)[1].stop()
        return server

    def stop(self) -> None:
        for server in self._running.values():
            if not server.is_stopped:
                server.stop()


@dataclass(frozen=True)
class Kept:
    """Rows by table, of the tables that the reading changed; a folder with the archive's pages."""

    tables: dict[str, Rows]
    archive: Path


class Keeper:
    """The kept readings of this process, by what was read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Any, Kept] = {}

    def begin(self, what: Any, archive: Path, read: Callable[[], Any]) -> None:
        """Have the database and the archive, both as they are before any poll, as `read` leaves them."""
        if kept := self._kept.get(what):
            _put_back(kept.tables)
            shutil.copytree(kept.archive, archive)
            return
        before = _rows()
        read()
        changed = {table: rows for table, rows in _rows().items() if rows != before[table]}
        pages = self._folder / str(len(self._kept))
        shutil.copytree(archive, pages)
        self._kept[what] = Kept(changed, pages)


def _rows() -> dict[str, Rows]:
    """All rows of all tables of ours."""
    with connection.cursor() as cursor:
        return {model._meta.db_table: _rows_of(cursor, model) for model in models()}


def models() -> list[type[Model]]:
    """One a table, of all tables of ours."""
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def _rows_of(cursor: Any, model: type[Model]) -> Rows:
    quote, options = connection.ops.quote_name, model._meta
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {quote(options.db_table)} TO STDOUT (FORMAT BINARY)") as copy:
            return b"".join(copy)
    # `+`: as it is stored; a plain column would be converted by its declared type
    columns = ", ".join(f"+{quote(field.column)}" for field in options.local_concrete_fields)
    cursor.execute(f"SELECT {columns} FROM {quote(options.db_table)}")
    return list(cursor.fetchall())


def _put_back(tables: dict[str, Rows]) -> None:
    """In one transaction: which table refers to which is only asked at its end."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {quote(table)}")
        # the database itself writes its index of the log when the log is written
        for model in sorted(models(), key=lambda model: model._meta.db_table in index.TABLES):
            if model._meta.db_table in index.TABLES & tables.keys():
                cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")
            rows, name = tables.get(model._meta.db_table), quote(model._meta.db_table)
            if isinstance(rows, bytes):
                with cursor.copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(rows)
            elif rows:
                columns = [quote(field.column) for field in model._meta.local_concrete_fields]
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
