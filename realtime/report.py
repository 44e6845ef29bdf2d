"""Each hub's record in Redis (`projects/health/hubs.py`): how far it is, how fast changes are on screens."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from projects.health.hubs import KEY, life

REPORT_SECONDS = 5.0
_REDIS_SECONDS = 2.0

Facts = Callable[[], dict[str, Any]]


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def report_forever(facts: Facts) -> None:
    """Write the record now and every few seconds, until cancelled. Redis away: nobody hears, no harm."""
    while True:
        record = json.dumps({**facts(), **life(), "at": time.time()})
        await _tell("HSET", KEY, process_name(), record)
        await asyncio.sleep(REPORT_SECONDS)


async def withdraw() -> None:
    """Take the record away: this process ends."""
    await _tell("HDEL", KEY, process_name())


async def _tell(*command: str) -> None:
    if not settings.REDIS_URL:
        return
    try:
        async with asyncio.timeout(_REDIS_SECONDS):
            client = redis.asyncio.from_url(settings.REDIS_URL)
            try:
                await client.execute_command(*command)
            finally:
                await client.aclose()
    except (RedisError, OSError):  # TimeoutError is an OSError
        pass


__all__ = ["process_name", "report_forever", "withdraw"]
