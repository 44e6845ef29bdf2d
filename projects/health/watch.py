"""The health loop: looks at everything every few minutes, and alerts. A process of its own, because a dead
worker cannot report itself. It outlives a database and a Redis that are down.
"""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connections, transaction
from django.utils import timezone

from projects.health import alerts, outside
from projects.health import mail as alert_mail
from projects.health import probe as health_probe
from projects.health import words as alert_words
from projects.health.checks import WATCH, Check, checks
from projects.health.clusters import Restarts
from projects.models import Alert, AlertMessage, Heartbeat

logger = logging.getLogger(__name__)

# Judged only when the loop has run for WORKER_SILENT_SECONDS and the database has answered for as long: a
# cluster that starts or comes back together with them beats and empties its queue in that time.
_GRACED = ("worker", "queue")


@dataclass
class Outage:
    """A database that is down: it cannot keep its own alert, so memory does until it is back."""

    alert: Alert
    unsent: list[tuple[str, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def announce(self, step: str) -> None:
        subject, body = alert_words.words(self.alert, step)
        alerts.say(step, subject)
        self.steps.append(step)
        self.unsent.append((subject, body))

    def mail(self) -> None:
        """Send what was not sent yet, in order, as far as the mail server takes it."""
        try:
            while self.unsent:
                alert_mail.send(*self.unsent[0])
                del self.unsent[0]
        except alert_mail.NotDelivered as problem:
            logger.error("The alert on the database could not be mailed: %s", problem)


class Watch:
    """One health loop. `look` is one turn of it."""

    def __init__(self) -> None:
        self._well_since = timezone.now()
        self._outage: Outage | None = None
        self._busy = False
        self._restarts = Restarts()

    def run(self, stopping: Event) -> None:
        """Look, and again every HEALTH_INTERVAL_MINUTES, until `stopping`."""
        while not stopping.is_set():
            found = self.look()
            if found and all(check.ok for check in found):
                outside.tell()
            connections.close_all()  # a server that was restarted is met with a new connection
            stopping.wait(60 * settings.HEALTH_INTERVAL_MINUTES)

    def look(self) -> list[Check]:
        now = timezone.now()
        try:
            _beat(now)
            found = [self._graced(check, now) for check in checks()]
            down = [check for check in found if "database" in check.problems]
            if not down:
                self._tell(found, now)
            self._busy = False
        except DatabaseFailure as error:
            if self._is_only_busy(error):
                return []
            down = [_failed(error)]
            found = down
        if down:
            self._without_database(down[0], now)
        return found

    def _is_only_busy(self, error: DatabaseFailure) -> bool:
        """Reading works, writing does not: SQLite while much is loaded. Two looks in a row are a fault."""
        first, self._busy = not self._busy, True
        if not first or not health_probe.database().ok:
            return False
        logger.warning("This look could not be written down, the next one tries again: %s", error)
        return True

    def _tell(self, found: list[Check], now: datetime) -> None:
        self._database_is_back(now)
        alerts.update(found, now)
        if any("worker" in check.problems for check in found):
            self._restarts.act(now)
        alert_mail.deliver()

    def _graced(self, check: Check, now: datetime) -> Check:
        """Right after our own start, or the database's, a silent part may only just be starting too."""
        if self._outage is not None or self._busy:
            self._well_since = now
        if check.name in _GRACED and check.problems and now < self._well_since + _grace():
            return replace(check, problems={}, known=False)
        return check

    def _without_database(self, check: Check, now: datetime) -> None:
        if self._outage is None:
            sentence = f"The {check.problems['database']}."
            self._outage = Outage(Alert(key="database", sentence=sentence, started_at=now))
            self._outage.announce(AlertMessage.Step.STARTED)
        alert = self._outage.alert
        if (alert.reminded_at or alert.started_at) + alerts.REMINDED_EVERY <= now:
            alert.reminded_at = now
            self._outage.announce(AlertMessage.Step.REMINDER)
        self._outage.mail()

    def _database_is_back(self, now: datetime) -> None:
        """The outage goes into the record, with what was told of it; what was not mailed yet waits there for
        its turn, behind what has waited since before.
        """
        if self._outage is None:
            return
        was, steps = self._outage.alert, self._outage.steps
        sent = len(steps) - len(self._outage.unsent)
        with transaction.atomic():
            alert = Alert.objects.create(
                key=was.key,
                sentence=was.sentence,
                started_at=was.started_at,
                reminded_at=was.reminded_at,
                ended_at=now,
            )
            for number, step in enumerate(steps):
                alerts.keep(alert, step, was.started_at, delivered=now if number < sent else None)
            alerts.announce(alert, AlertMessage.Step.ENDED, now)
        self._outage = None


def _grace() -> timedelta:
    return timedelta(seconds=settings.WORKER_SILENT_SECONDS)


def _failed(error: DatabaseFailure) -> Check:
    silent = health_probe.database().problem
    trouble = f"database {health_probe.failure(error)}" if silent else "database can be read but not written"
    return Check("database", trouble, ("database",), {"database": trouble})


def _beat(now: datetime) -> None:
    Heartbeat.objects.update_or_create(
        name=WATCH, defaults={"at": now, "holder": f"{socket.gethostname()}:{os.getpid()}"}
    )


__all__ = ["Watch"]
