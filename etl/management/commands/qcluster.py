"""django-q2's command, whose workers also learn that it stops, instead of crawling on to the end."""

import logging
import os
import threading
from typing import Any

from django.db import DatabaseError, connections
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.management.commands import qcluster

from etl.runs import stop
from etl.scheduler import DataScheduler
from etl.sources import sources

logger = logging.getLogger(__name__)


class StoppingCluster(Cluster):
    """A stop reaches the runs in the workers, which end between two pages."""

    def stop(self) -> bool:
        stop.stop_workers()
        if not self.sentinel.is_alive():
            return False
        # A SIGTERM to the whole group ends the guard of the workers too. `set()` waits for its answer, for
        # ever when it is just dying: so that is done beside the wait for the guard's own end.
        threading.Thread(target=self.stop_event.set, daemon=True).start()
        self.sentinel.join()
        return True


class Command(qcluster.Command):
    help = "Start the django-q2 cluster: the clock and the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("run_once"):  # it stops when the queue is empty, not before
            super().handle(*args, **options)
            return
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        # Every source at once, and one for what is short: a heartbeat that waits would look like death.
        Conf.WORKERS = max(Conf.WORKERS, len(sources()) + 1)
        _keep_schedules()
        StoppingCluster().start()


def _keep_schedules() -> None:
    """Intervals that changed, and the heartbeat, are in force from the start, whoever deployed it."""
    try:
        DataScheduler().ensure_schedules()
    except DatabaseError as error:  # the cluster waits for the database; the schedules there go on
        logger.error("The schedules could not be looked at: %s", error)
    finally:
        connections.close_all()  # before the fork: a connection that two processes share serves neither
