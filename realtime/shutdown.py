"""Daphne's end: Twisted's reactor is asked to wait for our tasks, because ASGI gives Daphne no say in it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any


def before_shutdown(work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` when the reactor that runs this loop stops. Without a reactor: nothing."""
    if "twisted.internet.reactor" not in sys.modules:
        return
    from twisted.internet import defer
    from twisted.internet import reactor as running

    reactor: Any = running  # its type is only known when it runs

    def begin() -> defer.Deferred[None]:
        return defer.Deferred.fromFuture(asyncio.ensure_future(work()))

    reactor.addSystemEventTrigger("before", "shutdown", begin)
