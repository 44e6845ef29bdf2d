"""Do the workers work: the heartbeat that they write, and how long the queue's oldest task waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django_q.models import OrmQ
from django_q.status import Stat

from projects.models import Heartbeat, RunState, SyncRun

WORKER = "worker"
STOPPED, RESTARTED = "stopped", "restarted"  # when the cluster was last ended, and begun again, as planned


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """`beat` is when a worker last wrote the heartbeat, which the clock asks for every minute."""

    beat: datetime | None
    age_s: float | None
    young: bool

    @property
    def alive(self) -> bool:
        """A cluster whose workers hang is not, though its guard goes on reporting: the heartbeat counts.
        Right after its start there is none yet."""
        return self.young or (self.age_s is not None and self.age_s <= settings.WORKER_SILENT_SECONDS)


def worker(now: datetime) -> WorkerFacts:
    beat = Heartbeat.objects.filter(pk=WORKER).values_list("at", flat=True).first()
    age = (now - beat).total_seconds() if beat else None
    silent = age is None or age > settings.WORKER_SILENT_SECONDS
    return WorkerFacts(beat, age, young=silent and _just_started(now))


def _just_started(now: datetime) -> bool:
    """Whether a cluster with workers reports to the cache that it began a moment ago."""
    since = now - timedelta(seconds=settings.WORKER_SILENT_SECONDS)
    try:
        return any(stat.workers and stat.tob and stat.tob > since for stat in Stat.get_all())
    except (redis.RedisError, OSError):
        return False


def cluster_stopped(now: datetime) -> None:
    """A cluster was asked to end, and ended."""
    Heartbeat.objects.update_or_create(name=STOPPED, defaults={"at": now})


def cluster_started(now: datetime) -> None:
    """A cluster begins: after a planned end, if nobody worked since. One that was killed, or that begins
    beside another, is no planned restart."""
    beats = dict(Heartbeat.objects.filter(pk__in=(WORKER, STOPPED)).values_list("name", "at"))
    if STOPPED in beats and beats[STOPPED] >= beats.get(WORKER, beats[STOPPED]):
        Heartbeat.objects.update_or_create(name=RESTARTED, defaults={"at": now})


def run_at_work(now: datetime) -> bool:
    """Whether some process renews the lease of a run."""
    return SyncRun.objects.filter(state=RunState.RUNNING, lease_until__gt=now).exists()


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """`tasks` that no worker has taken yet, and for how long the oldest of them has waited, in seconds."""

    tasks: int
    oldest_s: float

    @property
    def late(self) -> bool:
        return self.oldest_s > settings.QUEUE_LATE_SECONDS


def queue(now: datetime) -> QueueFacts:
    """A task's lock is when it was put there, or, for one that a dead worker had, when it was free again."""
    waiting = OrmQ.objects.filter(lock__lte=now)
    oldest = waiting.order_by("lock").values_list("lock", flat=True).first()
    return QueueFacts(waiting.count(), (now - oldest).total_seconds() if oldest else 0.0)


__all__ = [
    "RESTARTED",
    "STOPPED",
    "WORKER",
    "QueueFacts",
    "WorkerFacts",
    "cluster_started",
    "cluster_stopped",
    "queue",
    "run_at_work",
    "worker",
]
