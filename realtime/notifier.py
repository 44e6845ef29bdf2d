"""Rings the bell: "the log has grown to id N". The only place that sends to a channel group."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

GROUP = "changes"
SEND_SECONDS = 2.0
# How long a commit waits for its ring. A working bell takes milliseconds; one that failed is not waited
# for until it has worked again. What is lost costs nothing but time: the hub reads every 2 seconds anyway.
PATIENCE_SECONDS = 0.8


class _Loop(asyncio.SelectorEventLoop):
    """Resolves names in its own thread. The usual pool of threads would be waited for when the process
    ends, for as long as a dead name server takes, and takes no more work from then on.
    """

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        return socket.getaddrinfo(host, port, **options)


class NotificationManager:
    """Rings from a short-lived thread of its own, so that it works under any caller: a command, a forked
    worker, an event loop. Rings that come while one is under way become one, with the newest id.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)  # a lock that another thread held stays locked

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._newest = 0
        self._sent = 0
        self._broken = False  # do not wait for it
        self._told = False  # the log has said so

    def on_log_grew(self, sender: object, last_id: int, **_: object) -> None:
        self.ring(last_id)

    def ring(self, last_id: int) -> None:
        """Tell every web process that the log has grown to `last_id`. Never raises, never waits long."""
        with self._lock:
            self._newest = max(self._newest, last_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="bell", daemon=True)
                self._thread.start()
            thread = self._thread
        # A command may end right after its commit: give the thread the time that it needs.
        if not self._broken and not _in_event_loop():
            thread.join(PATIENCE_SECONDS)
            self._broken = self._broken or thread.is_alive()

    def _work(self) -> None:
        while (last_id := self._next()) is not None:
            try:
                with asyncio.Runner(loop_factory=_Loop) as runner:
                    runner.run(_send(last_id))
            except (RedisError, OSError) as error:  # TimeoutError is an OSError
                self._failed(error)
            else:
                self._worked()

    def _next(self) -> int | None:
        """The id to send, or None when there is no more to do and the thread ends."""
        with self._lock:
            if self._newest > self._sent:
                self._sent = self._newest
                return self._sent
            self._thread = None
            return None

    def _failed(self, error: Exception) -> None:
        if not self._told:
            cause = str(error) or "no answer from Redis"
            logger.warning("The bell is silent, browsers hear of changes 2 seconds later: %s", cause)
        self._broken = self._told = True

    def _worked(self) -> None:
        if self._told:
            logger.info("The bell rings again.")
        self._broken = self._told = False


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _send(last_id: int) -> None:
    layer = get_channel_layer()
    if layer is None:  # no REDIS_URL: commands work without one
        return
    async with asyncio.timeout(SEND_SECONDS):
        await layer.group_send(GROUP, {"type": "log.grew", "last_id": last_id})


notification_manager = NotificationManager()
