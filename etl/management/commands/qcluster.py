"""django-q2's command, whose workers also learn that it stops, instead of crawling on to the end."""

import os
from typing import Any

from django_q.cluster import Cluster
from django_q.management.commands import qcluster

from etl import stop

_MOMENT = 0.3  # seconds


class StoppingCluster(Cluster):
    """A stop reaches the runs in the workers, which end between two pages."""

    def stop(self) -> bool:
        stop.stop_workers()
        # A SIGTERM to the whole group ends the guard of the workers too. Telling one that is just dying to
        # stop would wait for its answer for ever; of one that is dead the cluster asks nothing.
        self.sentinel.join(_MOMENT)
        return super().stop()


class Command(qcluster.Command):
    help = "Start the django-q2 cluster: the clock and the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("run_once"):  # it stops when the queue is empty, not before
            super().handle(*args, **options)
            return
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        StoppingCluster().start()
