"""`/metrics`: the same facts for Prometheus, in its text format 0.0.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import Error as DatabaseFailure
from django.utils import timezone

from projects.health import probe
from projects.health.checks import WATCH
from projects.health.hubs import HubRecord, HubsUnknown, hubs
from projects.health.sources import SourceFacts, all_facts
from projects.health.worker import WORKER, queue
from projects.models import (
    Alert,
    AlertMessage,
    AreaReading,
    ChainHead,
    DeliveryHost,
    Heartbeat,
    OutboxMessage,
    Snapshot,
    Subscription,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float | None]
_GAUGE = "gauge"


def text() -> str:
    """The whole page; also while the database or Redis is down, which it then says."""
    return "".join(_lines(timezone.now()))


def _lines(now: datetime) -> Iterator[str]:
    redis = probe.redis_server()
    up = probe.database().ok
    records = _hubs() if redis.ok else []
    database: list[str] = []
    if up:
        try:
            database = [*_of_sources(), *_of_areas(), *_of_parts(now), *_of_log(records)]
        except DatabaseFailure:  # it went away between two questions
            up = False
    yield metric("buka_database_up", "1: the database answers", [({}, float(up))])
    yield metric("buka_redis_up", "1: Redis answers", [({}, float(redis.ok))])
    yield from database
    yield from _of_hubs(records)
    yield from _of_disk()


def metric(name: str, meaning: str, samples: Iterable[Sample], kind: str = _GAUGE) -> str:
    """One metric with its head; samples whose value is not known are left out, blank without any."""
    lines = [_sample(name, labels, value) for labels, value in samples if value is not None]
    return "".join([f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n", *lines]) if lines else ""


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    labelled = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{labelled}}} {value:.15g}\n" if labelled else f"{name} {value:.15g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_sources() -> Iterator[str]:
    facts = [one for one in all_facts() if one.watched]

    def each(name: str, meaning: str, value: object) -> str:
        return metric(f"buka_{name}", meaning, [({"source": one.name}, value(one)) for one in facts])  # type: ignore[operator]

    def at(moment: datetime | None) -> float | None:
        return moment.timestamp() if moment else None

    complete, attempt, change = "last_complete", "last_attempt", "last_change"
    for column, meaning in (
        (complete, "When the last believed reading ended of which all counts were met"),
        ("last_whole", "When the last believed reading ended in which every list was read"),
        (attempt, "When the newest run began"),
        (change, "When the newest change was found"),
    ):
        yield each(f"source_{column}_timestamp_seconds", meaning, lambda one, c=column: at(getattr(one, c)))
    yield each("source_failures_in_a_row", "Failed runs since one read the source", _failures)
    yield each("source_stale", "1: no whole reading for too long", lambda one: float(one.stale))
    yield each("source_circuit_open", "1: the clock asks less often", lambda one: float(one.circuit.open))
    yield each("source_held", "1: a reading waits for a steward", lambda one: float(one.held is not None))
    yield each("run_duration_seconds", "What the newest ended run took", lambda one: one.last_duration_s)


def _of_areas() -> Iterator[str]:
    """Whether what the site says of itself is met: the figures of the newest reading of each area."""
    states: Counter[tuple[str, str]] = Counter()
    checked: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for row in AreaReading.objects.newest():
        states[row.source_id, row.state] += 1
        checked[row.source_id] += row.checked
        met[row.source_id] += row.met
    areas: list[Sample] = [({"source": name, "state": state}, n) for (name, state), n in states.items()]
    yield metric("buka_areas", "Municipalities by what became of their newest reading", areas)
    for name, meaning, counted in (
        (
            "buka_claims_checked",
            "Counts and sums that the source states of itself, and that could be checked",
            checked,
        ),
        ("buka_claims_met", "Those of them that are met", met),
    ):
        yield metric(name, meaning, [({"source": source}, counted[source]) for source in checked])


def _failures(one: SourceFacts) -> float:
    return float(one.failure_streak)


def _of_parts(now: datetime) -> Iterator[str]:
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    tasks = queue(now)
    for name in (WORKER, WATCH):
        age = (now - beats[name]).total_seconds() if name in beats else None
        yield metric(f"buka_{name}_heartbeat_age_seconds", f"Since the last heartbeat: {name}", [({}, age)])
    yield metric("buka_queue_tasks", "Tasks that no worker has taken yet", [({}, tasks.tasks)])
    yield metric("buka_queue_oldest_seconds", "How long the oldest of them waits", [({}, tasks.oldest_s)])
    going_on = Alert.objects.filter(ended_at=None).count()
    yield metric("buka_alerts_open", "Alerts that are going on", [({}, going_on)])
    damaged = Snapshot.objects.damaged().count()
    yield metric("buka_archive_damaged_pages", "Kept pages that are not what was received", [({}, damaged)])
    yield from _of_outbox(now)
    unsent = AlertMessage.objects.filter(delivered_at=None).count()
    yield metric("buka_alert_messages_waiting", "Messages that are not delivered yet", [({}, unsent)])


def _of_outbox(now: datetime) -> Iterator[str]:
    """What readers are told (`docs/alerts.md`): how many there are, and what they wait for."""
    counts = Subscription.objects.counts()
    live: list[Sample] = [({"channel": name}, counts[name]) for name in ("email", "webhook")]
    yield metric("buka_subscriptions", "Alerts that readers asked for", live)
    yield metric("buka_subscriptions_dead", "Webhooks that were given up", [({}, counts["dead"])])
    depth = OutboxMessage.objects.depth(now)
    age = (now - depth["oldest"]).total_seconds() if depth["oldest"] else 0
    yield metric("buka_outbox_messages", "Messages to readers that are due", [({}, depth["waiting"])])
    yield metric("buka_outbox_oldest_seconds", "How long the oldest of them is due", [({}, age)])
    hosts = DeliveryHost.objects.count()
    yield metric("buka_outbox_failing_hosts", "Hosts that did not take a message lately", [({}, hosts)])


def _hubs() -> list[HubRecord]:
    try:
        return hubs()
    except HubsUnknown:
        return []


def _of_log(records: list[HubRecord]) -> Iterator[str]:
    head = ChainHead.objects.values_list("last_id", flat=True).get(pk=1)
    yield metric("buka_log_last_id", "The newest id of the change log", [({}, head)])
    behind = [({"process": hub.process}, max(0, head - hub.cursor)) for hub in records]
    yield metric("buka_hub_behind", "Changes that a web process has not handed out yet", behind)


def _of_hubs(records: list[HubRecord]) -> Iterator[str]:
    sockets = [({"process": hub.process}, hub.sockets) for hub in records]
    yield metric("buka_hub_sockets", "Open sockets of a web process", sockets)
    name = "buka_commit_to_screen_seconds"
    samples: list[Sample] = []
    for hub in records:
        if hub.delays is None:
            continue
        process = {"process": hub.process}
        for quantile, seconds in (("0.5", hub.delays.median), ("0.95", hub.delays.p95)):
            samples.append(({**process, "quantile": quantile}, seconds))
    # Gauges: they are of the newest reports alone, where a summary's count may only ever grow.
    yield metric(name, "From a change's commit to a browser's word that it is painted", samples)
    counts = [({"process": hub.process}, hub.delays.count) for hub in records if hub.delays]
    yield metric("buka_commit_to_screen_reports", "Over how many of the newest reports", counts)


def _of_disk() -> Iterator[str]:
    try:
        data, *others = probe.disks()
    except OSError:
        return
    yield metric("buka_disk_free_bytes", "Free where the data are", [({}, data.free)])
    samples: list[Sample] = [({"holds": disk.holds}, disk.free) for disk in others]
    yield metric("buka_other_disk_free_bytes", "Free on a disk of the archive or the database", samples)
    samples = [({"holds": disk.holds}, float(bool(disk.unwritable))) for disk in (data, *others)]
    yield metric("buka_disk_read_only", "1: the file system is mounted read-only", samples)


__all__ = ["CONTENT_TYPE", "metric", "text"]
