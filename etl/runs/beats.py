"""A sign of life of the process that works on a run, for hosts that cannot see whether it lives.

A lease is long, since a step may take minutes without a word. So while a run goes on, a thread of its process
writes every few seconds that the process is there: when a host dies, the others know within the minute. One
that lives and hangs is still for the lease. On SQLite all processes are on one host and see each other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from projects.models import Heartbeat, SyncRun

logger = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
SILENT = timedelta(seconds=40)  # what a restart of the database may take is less
_LAST_WORD_SECONDS = 5.0


@contextmanager
def beating(run: SyncRun) -> Iterator[None]:
    """While inside, this process shows that it works on the run."""
    if connection.vendor == "sqlite":
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(ended, run), name=_name(run), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_LAST_WORD_SECONDS)  # where the database is away nothing waits for it


def silent_since(run: SyncRun) -> datetime | None:
    """When the run's process last showed life, where that is too long ago; by the database's clock."""
    beats = Heartbeat.objects.filter(pk=_name(run), holder=run.holder, at__lt=Now() - SILENT)
    return beats.values_list("at", flat=True).first()


def forget(run: SyncRun) -> None:
    """The run has ended."""
    Heartbeat.objects.filter(pk=_name(run)).delete()


def _beat_until(ended: threading.Event, run: SyncRun) -> None:
    """In a thread, over a connection of its own: what the run loads is one transaction, and not this."""
    try:
        while not ended.is_set():
            _do(run, _beat)
            ended.wait(BEAT_SECONDS)
        _do(run, forget)
    finally:
        connection.close()


def _do(run: SyncRun, what: Callable[[SyncRun], None]) -> None:
    try:
        what(run)
    except DatabaseError as error:
        connection.close()  # the next beat asks for another
        logger.info("No sign of life of run %s could be written: %s", run.pk, error)


def _beat(run: SyncRun) -> None:
    beat = Heartbeat(name=_name(run), at=Now(), holder=run.holder)
    Heartbeat.objects.bulk_create(
        [beat], update_conflicts=True, unique_fields=["name"], update_fields=["at", "holder"]
    )


def _name(run: SyncRun) -> str:
    return f"run {run.pk}"


__all__ = ["BEAT_SECONDS", "SILENT", "beating", "forget", "silent_since"]
