"""Do the servers answer: quick questions, with a sentence where the answer is no."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError, connection

from projects.archive import Archive
from projects.models import ChainHead

STANDBY = "standby"  # of `DATABASES`: that of DATABASE_REPLICA_URL
_SECONDS = 2.0
_READ_ONLY = "is read-only"


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem` is blank for a server that answered, in `seconds`."""

    problem: str
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.problem


def database() -> Answer:
    started = time.monotonic()
    try:
        _knock()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseFailure, OSError) as error:
        return Answer(failure(error))
    return Answer("", time.monotonic() - started)


def failure(error: Exception) -> str:
    """What a failed question to the database means: an answer that is an error is not silence."""
    silent = isinstance(error, OperationalError | InterfaceError | OSError)
    return f"{'does not answer' if silent else 'cannot be used'}: {type(error).__name__}"


def _knock() -> None:
    """Raises OSError where nothing listens: the pool of the web process would wait for it for 10 seconds."""
    host, port = connection.settings_dict.get("HOST") or "", connection.settings_dict.get("PORT") or "5432"
    if connection.vendor != "postgresql" or not host or "," in host:
        return
    if host.startswith("/"):
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(_SECONDS)
            door.connect(f"{host}/.s.PGSQL.{port}")
    else:
        socket.create_connection((host, int(port)), timeout=_SECONDS).close()


def standby() -> int | str:
    """The last change that the standby has; or a sentence, where it does not answer."""
    try:
        return ChainHead.objects.using(STANDBY).values_list("last_id", flat=True).get(pk=1)
    except (DatabaseFailure, OSError, ChainHead.DoesNotExist) as error:
        return failure(error)


def redis_server() -> Answer:
    if not settings.REDIS_URL:
        return Answer("REDIS_URL is not set: the web and the worker processes need a Redis-protocol server")
    started = time.monotonic()
    try:
        with redis.from_url(
            settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return Answer(f"does not answer: {type(error).__name__}")
    return Answer("", time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system that a folder of ours is on, in bytes. `holds`: what is there (`data`, `archive`,
    `database`); `unwritable`: why nothing can be written, or blank."""

    holds: str
    free: int
    total: int
    unwritable: str = ""

    @property
    def percent(self) -> float:
        return 100 * self.free / self.total if self.total else 0.0


def disks(write: bool = False) -> list[Disk]:
    """Each file system that we write to, once; with `write` a file is made there, and gone again.

    Raises OSError when VAR_DIR is gone. Other folders are made when they are needed.
    """
    found: list[Disk] = []
    seen = set()
    for holds, folder in _folders():
        device = os.stat(folder).st_dev
        problem = _unwritable(folder, write)
        # a part of a disk may be mounted a second time, to be read only
        if device not in seen or (problem and problem not in {other.unwritable for other in found}):
            usage = shutil.disk_usage(folder)
            found.append(Disk(holds, usage.free, usage.total, problem))
        seen.add(device)
    return found


def _folders() -> Iterator[tuple[str, Path]]:
    yield "data", Path(settings.VAR_DIR)
    if folder := Archive().folder:
        yield "archive", _there(folder)
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():  # type: ignore[attr-defined]
        yield "database", _there(Path(name).parent)


def _there(folder: Path) -> Path:
    """The folder, or that above it in which it will be made."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def _unwritable(folder: Path, write: bool) -> str:
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return _READ_ONLY
    try:
        if write:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(4096))
    except OSError as error:
        if error.errno == errno.EROFS:
            return _READ_ONLY
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "is full" if full else f"cannot be written: {error.strerror or error}"
    return ""


__all__ = ["STANDBY", "Answer", "Disk", "database", "disks", "failure", "redis_server"]
