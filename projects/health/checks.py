"""Is all well: one check a part and a source, each with a sentence for people and figures for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from projects import datasets
from projects.health import probe
from projects.health.evidence import audit
from projects.health.hubs import HubsUnknown, hubs
from projects.health.sources import SourceFacts, all_facts
from projects.health.worker import queue, worker
from projects.models import ChainHead, DataChangeLog, Heartbeat, OutboxMessage
from projects.wording.figures import moment

WATCH = "health"
DATA = "data"
_OF_DATABASE = ("archive", "worker", "queue", "clock", "hubs", "outbox")
_DOWNLOADS_LATE = timedelta(days=2)  # they are made once a day
_QUERIES_FAIL = "not known without the database"


@dataclass(frozen=True, slots=True)
class Check:
    """`problems`: key → sentence, of all that is wrong; `keys`: all that could be.

    Where `known` is false nobody can say now, and nothing may be concluded from it.
    """

    name: str
    sentence: str
    keys: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    facts: SourceFacts | None = None  # of a source
    known: bool = True

    @property
    def ok(self) -> bool:
        return self.known and not self.problems


def checks() -> list[Check]:
    """Every part, then every source that the clock reads. Never raises for a server that is down."""
    now = timezone.now()
    first = [_database(), _redis(), _disk()]
    if not first[0].ok:
        return [*first, *(_unknown(name) for name in _OF_DATABASE)]
    try:
        parts = (_worker, _queue, _hubs, _outbox, _downloads, _watch)
        rest = [_archive(), *(make(now) for make in parts)]
        rest += [_standby(now)] if probe.STANDBY in settings.DATABASES else []
        facts = [one for one in all_facts() if one.watched]
    except DatabaseFailure as error:  # it went away between two questions
        down = _found("database", "database", probe.failure(error))
        return [down, *first[1:], *(_unknown(name) for name in _OF_DATABASE)]
    return [*first, *rest, _clock(facts), *(_source(one, now) for one in facts)]


def _found(name: str, key: str, problem: str, well: str = "", **figures: Any) -> Check:
    """A check of one question: `problem` is blank when the answer is good."""
    problems = {key: f"{name} {problem}"} if problem else {}
    return Check(name, problem or well, (key,), problems, figures)


def _unknown(name: str) -> Check:
    return Check(name, _QUERIES_FAIL, (name,), known=False)


def _database() -> Check:
    answer = probe.database()
    return _found("database", "database", answer.problem, f"answers in {answer.seconds * 1000:.0f} ms")


def _redis() -> Check:
    answer = probe.redis_server()
    return _found("redis", "redis", answer.problem, f"answers in {answer.seconds * 1000:.0f} ms")


def _disk() -> Check:
    """Data, archive and database may each be on a disk of their own."""
    try:
        found = probe.disks(write=True)
    except OSError as error:
        return _found("disk", "disk", f"cannot be looked at: {error.strerror}")
    problems = {_disk_key(disk): problem for disk in found if (problem := _disk_problem(disk))}
    free = "; ".join(
        f"{_free(disk)}{'' if disk.holds == DATA else f' for the {disk.holds}'}" for disk in found
    )
    figures = [{"free_bytes": disk.free, "free_percent": round(disk.percent, 1)} for disk in found]
    each = [{"holds": disk.holds, **room} for disk, room in zip(found, figures, strict=True)]
    keys = tuple(_disk_key(disk) for disk in found)
    sentence = "; ".join(problem.removeprefix("disk ") for problem in problems.values()) or free
    return Check("disk", sentence, keys, problems, {**figures[0], "disks": each})


def _disk_key(disk: probe.Disk) -> str:
    return "disk" if disk.holds == DATA else f"disk:{disk.holds}"


def _disk_problem(disk: probe.Disk) -> str:
    where = f"where the {disk.holds} {'are' if disk.holds == DATA else 'is'}"
    if disk.unwritable:
        return f"disk {disk.unwritable} {where}: {_free(disk)}, and nothing can be written"
    if disk.free < settings.DISK_LEAST_FREE_MB * 1e6 or disk.percent < settings.DISK_LEAST_FREE_PERCENT:
        return f"disk is nearly full: {_free(disk)} {where}"
    return ""


def _free(disk: probe.Disk) -> str:
    return f"{disk.free / 1e6:.0f} MB free ({disk.percent:.0f}%)"


def _archive() -> Check:
    found = audit()
    well = f"{found.kept} pages kept, {found.checked} of them checked just now"
    well += f"; {found.accepted} are lost for good" if found.accepted else ""
    figures = {"kept": found.kept, "checked": found.checked, "damaged": len(found.damaged)}
    return _found("archive", "archive", found.problem, well, **figures, accepted=found.accepted)


def _worker(now: datetime) -> Check:
    facts = worker(now)
    if facts.age_s is None:
        problem, well = "has never shown a sign of life", "has just started"
    else:
        heard = f"last heartbeat {_ago(facts.age_s)}"
        problem = f"shows no sign of life: {heard}. Is a cluster running? The health loop ends one that hangs"
        well = "has just started" if facts.young else heard
    return _found("worker", "worker", "" if facts.alive else problem, well, heartbeat_age_s=facts.age_s)


def _queue(now: datetime) -> Check:
    facts = queue(now)
    sentence = f"{facts.tasks} waiting, the oldest for {_time(facts.oldest_s)}" if facts.tasks else "empty"
    return _found(
        "queue",
        "queue",
        f"does not move: {sentence}" if facts.late else "",
        sentence,
        tasks=facts.tasks,
        oldest_s=round(facts.oldest_s, 1),
    )


def _hubs(now: datetime) -> Check:
    """A hub is late when a change that is a while in the log has not left it."""
    try:
        found = hubs()
    except HubsUnknown as unknown:
        return Check("hubs", str(unknown), ("hubs",), known=False)
    head = ChainHead.objects.values_list("last_id", flat=True).get(pk=1)
    late = [hub.process for hub in found if hub.cursor < head and _is_late(hub.cursor, now)]
    figures = [{"process": h.process, "behind": max(0, head - h.cursor), "sockets": h.sockets} for h in found]
    problem = f"are far behind the log: {', '.join(late)}" if late else ""
    sockets = sum(hub.sockets for hub in found)
    well = f"{len(found)} at work, {sockets} sockets" if found else "no web process has had a socket yet"
    return _found("hubs", "hubs", problem, well, processes=figures)


def _outbox(now: datetime) -> Check:
    """What readers are told of. That a receiver of theirs fails is theirs to mend."""
    depth = OutboxMessage.objects.depth(now)
    waiting, oldest, ours = depth["waiting"], depth["oldest"], depth["ours"]
    age = (now - oldest).total_seconds() if oldest else 0.0
    sentence = f"{waiting} due, the oldest for {_time(age)}" if waiting else "empty"
    late = ours is not None and (now - ours).total_seconds() > settings.OUTBOX_LATE_SECONDS
    problem = f"does not move: {sentence}" if late else ""
    return _found("outbox", "outbox", problem, sentence, due=waiting, oldest_s=round(age, 1))


def _downloads(now: datetime) -> Check:
    """The files of /data/. Where none were ever made, nobody waits for them."""
    made = datasets.newest()
    if made is None:
        return _found("downloads", "downloads", "", "none have been made yet")
    age = now - made.made_at
    sentence = f"were last made {_ago(age.total_seconds())}"
    late = f"are old: they {sentence}" if age > _DOWNLOADS_LATE else ""
    return _found("downloads", "downloads", late, sentence, age_s=round(age.total_seconds(), 1))


def _standby(now: datetime) -> Check:
    """The database that public reads may go to. Where it is away or behind, they go to the primary."""
    reached = probe.standby()
    if isinstance(reached, str):
        return _found("standby", "standby", reached)
    behind = max(0, DataChangeLog.objects.newest() - reached)
    problem = f"is {behind} changes behind the primary" if behind and _is_late(reached, now) else ""
    return _found("standby", "standby", problem, f"is {behind} changes behind", changes_behind=behind)


def _is_late(cursor: int, now: datetime) -> bool:
    limit = now - timedelta(seconds=settings.HUB_LATE_SECONDS)
    return DataChangeLog.objects.filter(pk=cursor + 1, at__lt=limit).exists()


def _watch(now: datetime) -> Check:
    """The health loop itself: it cannot alert on its own death, but whoever asks is told."""
    beat = Heartbeat.objects.filter(pk=WATCH).values_list("at", flat=True).first()
    if beat is None:
        return _found("health", "health", "", "no loop has run here: `health --watch` sends the alerts")
    age = (now - beat).total_seconds()
    silent = age > 60 * (3 * settings.HEALTH_INTERVAL_MINUTES + 1)
    sentence = f"the loop last looked {_ago(age)}"
    return _found("health", "health", sentence if silent else "", sentence, loop_age_s=round(age, 1))


def _clock(facts: list[SourceFacts]) -> Check:
    lost = ", ".join(one.name for one in facts if not one.scheduled)
    problem = "" if facts else "reads nothing: `manage.py schedules` has not run"
    problem = f"does not read {lost} any more: run `manage.py schedules`" if lost else problem
    return _found("clock", "clock", problem, f"reads {', '.join(one.name for one in facts)}")


def _source(facts: SourceFacts, now: datetime) -> Check:
    problems = {
        f"{key}:{facts.name}": sentence
        for key, sentence_of in _SOURCE.items()
        if (sentence := sentence_of(facts))
    }
    keys = tuple(f"{key}:{facts.name}" for key in _SOURCE)
    read = _when("last read completely", facts.last_whole)
    failing = [f"failing since {moment(facts.down_since)}"] if facts.down_since else []
    failing += [reading] if (reading := _reading(facts)) else []
    sentence = "; ".join([read, *failing, *problems.values()])
    return Check(facts.name, sentence, keys, problems, facts=facts)


def _stale(facts: SourceFacts) -> str:
    if facts.stale_since is None:
        return ""
    read = _when("last read completely", facts.last_whole)
    reading = f"; {sentence}" if (sentence := _reading(facts)) else ""
    return f"source {facts.name} is stale since {moment(facts.stale_since)}: {read}{reading}"


def _reading(facts: SourceFacts) -> str:
    run = facts.active
    return f"run {run.pk} reads it since {moment(run.started_at)}" if run and run.started_at else ""


def _broken(facts: SourceFacts) -> str:
    if not facts.circuit.open:
        return ""
    since = f" since {moment(facts.down_since)}" if facts.down_since else ""
    sentence = f"source {facts.name} failed {facts.circuit.failures} times in a row{since}"
    return f"{sentence}: {facts.last_error}".rstrip(": ")


def _held(facts: SourceFacts) -> str:
    if facts.held is None:
        return ""
    why = " ".join(reason.get("sentence", "") for reason in facts.held.held)
    return f"run {facts.held.pk} of {facts.name} is held and waits for a steward. {why}".rstrip()


_SOURCE: dict[str, Callable[[SourceFacts], str]] = {"stale": _stale, "broken": _broken, "held": _held}


def _when(what: str, at: datetime | None) -> str:
    return f"{what} {moment(at)}" if at else f"never {what.removeprefix('last ')}"


def _ago(seconds: float) -> str:
    return f"{_time(seconds)} ago"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


__all__ = ["WATCH", "Check", "checks"]
