"""What the hubs of the web processes say of themselves, in Redis: how far they are, how fast a change is
on a screen.

Each hub writes its record every few seconds (`realtime/report.py`). Redis is only a help here: without it
nothing is known, which is not the same as nothing being there.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import Any, cast

import redis
from django.conf import settings

from projects.processes import UNKNOWN
from projects.processes import born as _born
from projects.processes import machine as _machine

KEY = "buka:hubs"
FRESH_SECONDS = 30.0  # an older record is of a process that is gone
_PRUNED_SECONDS = 120.0
_REDIS_SECONDS = 1.0


class HubsUnknown(Exception):
    """Redis does not answer, so nobody can say how the hubs are."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from a change's entry into the log to its being painted and reported, over `count` reports."""

    count: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class HubRecord:
    """One web process: `cursor` is the last id that it handed out; `delays`: None when none was measured."""

    process: str
    cursor: int
    sockets: int
    at: float
    delays: Delays | None
    gone: bool = False


def life() -> dict[str, str]:
    """What tells this process from any other, for its record: `machine`, and when it was `born` there."""
    return {"machine": _machine(), "born": _born(os.getpid())}


def _is_gone(process: str, said: dict[str, Any]) -> bool:
    """Whether a process of this machine has ended; one elsewhere cannot be asked, its record gets old."""
    pid = process.rpartition(":")[2]
    if said.get("machine") != _machine() or not pid.isdecimal():
        return False
    born = _born(int(pid))
    return not born or (born != UNKNOWN and born != said.get("born"))  # its number may be another's by now


def hubs() -> list[HubRecord]:
    """The hubs that reported lately, by process. Raises HubsUnknown."""
    if not settings.REDIS_URL:
        raise HubsUnknown("REDIS_URL is not set")
    try:
        with redis.from_url(
            settings.REDIS_URL, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        ) as client:
            return _read(client)
    except (redis.RedisError, OSError, ValueError) as error:
        raise HubsUnknown(f"Redis does not answer: {type(error).__name__}") from error


def delay() -> list[Delays] | None:
    """What each web process measured, most reports first; empty when none did, None when nobody can say."""
    try:
        found = [hub.delays for hub in hubs() if hub.delays]
    except HubsUnknown:
        return None
    return sorted(found, key=lambda one: -one.count)


def _read(client: redis.Redis) -> list[HubRecord]:
    stored = cast("dict[bytes, bytes]", client.hgetall(KEY))
    now, found = time.time(), []
    for process, text in stored.items():
        record = _record(process.decode(errors="replace"), text)
        if record is None or record.gone or now - record.at > _PRUNED_SECONDS:
            client.hdel(KEY, cast(str, process))
        elif now - record.at <= FRESH_SECONDS:
            found.append(record)
    return sorted(found, key=lambda hub: hub.process)


def _record(process: str, text: bytes) -> HubRecord | None:
    try:
        record: dict[str, Any] = json.loads(text)
        delays = Delays(**record["delays"]) if record["delays"] else None
        cursor, sockets, at = int(record["cursor"]), int(record["sockets"]), float(record["at"])
        return HubRecord(process, cursor, sockets, at, delays, _is_gone(process, record))
    except (ValueError, TypeError, KeyError):
        return None  # of another version, or broken


__all__ = ["FRESH_SECONDS", "KEY", "Delays", "HubRecord", "HubsUnknown", "delay", "hubs", "life"]
