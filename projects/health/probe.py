"""Do the servers answer: quick questions, with a sentence where the answer is no."""

from __future__ import annotations

import shutil
import socket
import time
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError, connection

_SECONDS = 2.0


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
    """Bytes of the file system that VAR_DIR is on."""

    free: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.free / self.total if self.total else 0.0


def disk() -> Disk:
    """Raises OSError when VAR_DIR is gone."""
    usage = shutil.disk_usage(settings.VAR_DIR)
    return Disk(usage.free, usage.total)


__all__ = ["Answer", "Disk", "database", "disk", "failure", "redis_server"]
