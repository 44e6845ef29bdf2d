"""Which clusters of workers there are, and the end of one that hangs, so that it begins anew.

A cluster whose workers wait for a lock that a killed one took along reports that all is well, for ever. Its
master writes itself down when it begins; the health loop, which sees that no worker shows life, asks the
masters on its own host to begin anew, and kills one that does not. Whoever keeps it running (systemd,
`make run`) then starts it again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
from datetime import datetime, timedelta

from django.conf import settings

from projects.health.worker import run_at_work, worker
from projects.models import Heartbeat
from projects.processes import Process, holder

logger = logging.getLogger(__name__)

BEGIN_ANEW = signal.SIGUSR1
_PREFIX = "cluster "
# While a run renews its lease some worker works: it is not ended with the others before this many times the
# silence at which they count as dead.
_SPARED = 10
_FORGOTTEN = timedelta(days=30)  # rows of other hosts, of which nobody can say whether they are gone


def began(now: datetime) -> None:
    """This process is the master of a cluster."""
    Heartbeat.objects.update_or_create(name=_name(holder()), defaults={"at": now, "holder": holder()})


def ended() -> None:
    Heartbeat.objects.filter(name=_name(holder())).delete()


def _name(of: str) -> str:
    return f"{_PREFIX}{hashlib.sha256(of.encode()).hexdigest()[:24]}"


class Restarts:
    """What one health loop has asked for. Not kept: a loop that begins anew asks again."""

    def __init__(self) -> None:
        self._asked: dict[str, datetime] = {}

    def act(self, now: datetime) -> None:
        """No worker shows life: have the clusters of this host begin anew that had time to."""
        facts = worker(now)
        silence = timedelta(seconds=settings.WORKER_SILENT_SECONDS)
        spared = _SPARED * silence.total_seconds()
        if run_at_work(now) and (facts.age_s is None or facts.age_s < spared):
            return
        for row in Heartbeat.objects.filter(name__startswith=_PREFIX):
            master = Process.read(row.holder)
            if master is None or master.is_gone or row.at < now - _FORGOTTEN:
                row.delete()
            elif master.is_here and row.at <= now - silence:
                self._end(row, master, now, silence)

    def _end(self, row: Heartbeat, master: Process, now: datetime, silence: timedelta) -> None:
        asked = self._asked.get(row.holder)
        if asked and now - asked < silence:
            return
        again = asked is not None and row.at <= asked  # it did not begin anew since
        self._asked[row.holder] = now
        try:
            os.kill(master.pid, signal.SIGKILL if again else BEGIN_ANEW)
        except OSError as error:
            logger.error("The cluster, %s, hangs and cannot be ended: %s.", master, error.strerror)
        else:
            what = "was killed, as it did not begin anew" if again else "was asked to begin anew"
            logger.warning("No worker shows life: the cluster, %s, %s.", master, what)


__all__ = ["BEGIN_ANEW", "Restarts", "began", "ended"]
