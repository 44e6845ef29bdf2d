"""django-q2's command, whose workers also learn that it stops, instead of crawling on to the end."""

import logging
import os
import signal
import sys
import threading
import time
from typing import Any

from django.db import DatabaseError, connections
from django.db import Error as DatabaseFailure
from django.utils import timezone
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.management.commands import qcluster

from etl.runs import stop
from etl.runs.orphans import Family
from etl.scheduler import DataScheduler
from etl.sources import sources
from projects.health import clusters
from projects.health.worker import cluster_started, cluster_stopped

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0  # from one look for runs that were left to the next
_LEFT_SECONDS = 15.0  # until one is queued anew: whoever killed it may want to read the source himself
_LOOK_AGAIN_SECONDS = 0.5  # a SIGTERM to the whole group ends the guard before its master has heard it
_PAUSE_SECONDS = 2.0  # before a cluster begins anew


class StoppingCluster(Cluster):
    """A stop reaches the runs in the workers, which end between two pages."""

    stops = hangs = False

    def __init__(self) -> None:
        super().__init__()
        self._family = Family()

    def start(self) -> int:
        with self._family.ending_together():
            return int(super().start() or 0)

    def stop(self) -> bool:
        self.stops = True
        stop.stop_workers()
        was_alive = self.sentinel.is_alive()
        if was_alive:
            # A SIGTERM to the whole group ends the guard of the workers too. `set()` waits for its answer,
            # for ever when it is just dying: so that is done beside the wait for the guard's own end.
            threading.Thread(target=self.stop_event.set, daemon=True).start()
            self.sentinel.join()
        try:
            cluster_stopped(timezone.now())  # nothing is late for having stood still as planned
            clusters.ended()
        except DatabaseError as error:
            logger.warning("That the cluster stopped could not be written down: %s", error)
        return was_alive

    def keep(self) -> None:
        """Until it is stopped. A guard that ends by itself, or workers that the health loop finds silent, are
        ended with all that they have begun, and the command begins anew in its place."""
        signal.signal(clusters.BEGIN_ANEW, self._note)
        threading.Thread(target=_look_for_runs, name="left runs", daemon=True).start()
        while self.sentinel.is_alive() and not self.hangs:
            self.sentinel.join(1.0)
            self._family.members()
        time.sleep(_LOOK_AGAIN_SECONDS)
        if self.stops:
            return
        logger.error(
            "The cluster %s: it is ended, and begins anew.", "hangs" if self.hangs else "has lost its guard"
        )
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._family.end()
        time.sleep(_PAUSE_SECONDS)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    def _note(self, _number: int, _frame: Any) -> None:
        self.hangs = True


class Command(qcluster.Command):
    help = "Start the django-q2 cluster: the clock and the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("run_once"):  # it stops when the queue is empty, not before
            super().handle(*args, **options)
            return
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        # Every source at once, the downloads, which take their time, and one for what is short: a heartbeat
        # that waits would look like death.
        Conf.WORKERS = max(Conf.WORKERS, len(sources()) + 2)
        _keep_schedules()
        cluster = StoppingCluster()
        cluster.start()
        if cluster.sentinel is not None:
            cluster.keep()


def _keep_schedules() -> None:
    """Intervals that changed, and the heartbeat, are in force from the start, whoever deployed it."""
    try:
        DataScheduler().ensure_schedules()
        cluster_started(timezone.now())
        clusters.began(timezone.now())
    except DatabaseError as error:  # the cluster waits for the database; the schedules there go on
        logger.error("The schedules could not be looked at: %s", error)
    finally:
        connections.close_all()  # before the fork: a connection that two processes share serves neither


def _look_for_runs() -> None:
    """Runs whose process is gone are taken over in a quarter of a minute, not at their source's next tick."""
    scheduler, seen, silent = DataScheduler(), dict[int, float](), False
    while not stop.requested():
        try:
            now, left = time.monotonic(), scheduler.left_runs()
            seen = {run.pk: seen.get(run.pk, now) for run in left}
            for run in scheduler.take_over(one for one in left if now - seen[one.pk] >= _LEFT_SECONDS):
                logger.warning("Run %d of %s goes on with one that was left.", run.pk, run.source_id)
            silent = False
        except DatabaseFailure as error:
            if not silent:
                logger.warning("Runs that were left cannot be looked for: %s", " ".join(str(error).split()))
            silent = True
        finally:
            connections.close_all()
        time.sleep(_LOOK_SECONDS)
