"""Listens for the bell, through whatever happens to Redis."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from realtime.notifier import GROUP

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds between two attempts to subscribe
_CLOSE_SECONDS = 1.0


class _OneLine(logging.Filter):
    """While Redis is away the layer logs a traceback a second: keep the first, as one line."""

    def __init__(self) -> None:
        super().__init__()
        self.logged = False

    def filter(self, record: logging.LogRecord) -> bool:
        first, self.logged = not self.logged, True
        cause = record.exc_info[1] if record.exc_info else record.getMessage()
        record.msg, record.args, record.exc_info = "The bell cannot be heard: %s", (cause,), None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return first


async def listen(heard: Callable[[], None]) -> None:
    """Call `heard` at each ring, until cancelled. Returns at once when there is no Redis at all.

    The layer subscribes again by itself when a connection is lost; what was rung meanwhile is lost, which
    is why the hub does not rely on it.
    """
    if get_channel_layer() is None:
        return
    quiet = _OneLine()
    layer_log = logging.getLogger("channels_redis.pubsub")
    layer_log.addFilter(quiet)
    try:
        await _listen(heard, quiet)
    finally:
        layer_log.removeFilter(quiet)


async def _listen(heard: Callable[[], None], quiet: _OneLine) -> None:
    pause = _FIRST_PAUSE

    def ring() -> None:
        nonlocal pause
        pause, quiet.logged = _FIRST_PAUSE, False
        heard()

    while True:
        try:
            await _subscribe(ring)
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            if not quiet.logged:
                logger.warning("The bell cannot be heard: %s", error)
            quiet.logged = True
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _subscribe(ring: Callable[[], None]) -> None:
    """Returns never; raises what Redis raises."""
    layer = get_channel_layer()
    try:
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        while True:
            ring()  # the first time for what was rung before we listened
            await layer.receive(channel)
    finally:
        # A failed subscription leaves its queue and its connection behind; only a flush clears them.
        with suppress(RedisError, OSError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await layer.flush()
