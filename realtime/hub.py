"""One hub per web process: reads the log past its cursor and hands each frame to every socket."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.db import Error as DatabaseFailure

from projects.languages import ENGLISH
from realtime import bell, report
from realtime.boards import Boards
from realtime.client import Client
from realtime.delay import Delays
from realtime.doors import doors
from realtime.frames import Frame, FrameLog, encode
from realtime.shutdown import before_shutdown
from realtime.wire import framed

logger = logging.getLogger(__name__)

TICK_SECONDS = 2.0  # the log is read this often whether or not the bell rings
PING_SECONDS = 25.0
_FRESH_SECONDS = 0.1  # so long a look at the log's head serves everybody who comes
_SENDS_IN_A_ROW = 100  # then the loop gets a turn: pages are answered while a big load goes out
_STOP_ATTEMPTS = 20

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_of_this_loop() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
        before_shutdown(_hubs[loop].stop)
    return _hubs[loop]


def newest_handed_out() -> int:
    """The last change that this process has told anybody of; 0: none. From any thread."""
    return max((hub.cursor for hub in tuple(_hubs.values())), default=0)


class Hub:
    """`cursor` is the last id handed to the live clients. A client that has all up to the cursor is live;
    one that has not catches up by itself (`Client.follow`) and then attaches. Between a client's look at
    the cursor and its `attach` nothing is awaited: that is why no change falls between the two.
    """

    def __init__(self) -> None:
        self.log = FrameLog()
        self.cursor = 0
        self.delays = Delays()
        self.boards = Boards()
        self.doors = doors()
        self._clients: set[Client] = set()
        self._live: set[Client] = set()
        self._unseen = -math.inf  # monotonic: when a look at the log began that found nothing new
        self._head, self._looked_at = 0, -math.inf
        self._looking: asyncio.Task[None] | None = None
        self._rung = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        # Two sockets that open at once must not start it twice.
        self._starting = asyncio.Lock()
        # A ping that overtakes the frame it speaks of would move a client's resume point past it.
        self._sending = asyncio.Lock()

    async def join(self, client: Client) -> None:
        """The first client starts the hub. Raises django.db.Error or TimeoutError: the log cannot be read."""
        async with self._starting:
            if not self._tasks:
                self.cursor = max(self.cursor, await self.log.head())
                self._start()
            self._clients.add(client)

    def _ring(self) -> None:
        self._looked_at = -math.inf
        self._rung.set()

    async def head(self, after: int | None = None) -> int:
        """The newest id of the log, for a greeting: of many who come at once the first asks for all. Asked
        anew after a ring, and for whoever has seen more. Raises django.db.Error or TimeoutError."""
        is_fresh = time.monotonic() - self._looked_at < _FRESH_SECONDS
        if not is_fresh or (after or 0) > max(self.cursor, self._head):
            if self._looking is None:
                self._looking = asyncio.ensure_future(self._look())
                # whoever waited for it may have gone: an error is then nobody's
                self._looking.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.shield(self._looking)
        return max(self.cursor, self._head)

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            self._head = max(self._head, await self.log.head())
            self._looked_at = began
        finally:
            self._looking = None

    def leave(self, client: Client) -> None:
        """The hub itself stays for the next one: people turn pages."""
        self._live.discard(client)
        self._clients.discard(client)

    def _start(self) -> None:
        works = (
            self._read_forever(),
            self._ping_forever(),
            bell.listen(self._ring),
            self.boards.follow_readings(),
            report.report_forever(self.facts),
        )
        self._tasks = {asyncio.ensure_future(work) for work in works}
        for task in self._tasks:
            task.add_done_callback(self._ended)

    def facts(self) -> dict[str, Any]:
        """Its record for whoever watches over the web processes."""
        return {"cursor": self.cursor, "sockets": len(self._clients), "delays": self.delays.summary()}

    async def stop(self) -> None:
        """At the end of the process. Asks more than once: redis-py now and then swallows a cancellation."""
        self.boards.stop()
        tasks, self._tasks = self._tasks, set()
        if not tasks:
            return
        for _ in range(_STOP_ATTEMPTS):
            for task in tasks:
                task.cancel()
            if not (await asyncio.wait(tasks, timeout=0.1))[1]:
                break
        await report.withdraw()

    def attach(self, client: Client) -> None:
        """From now on the client gets each frame past its position. It must have all up to the cursor."""
        if client in self._clients:
            client.live_from = max(self.cursor, client.position)
            self._live.add(client)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A hub that broke says so and lets its clients go: they come back and start it again."""
        if task.cancelled() or task.exception() is None:
            return
        logger.critical("The hub broke.", exc_info=task.exception())
        for other in self._tasks:
            other.cancel()
        self._tasks = set()
        self._live.clear()
        for client in self._clients:
            client.dismiss()

    async def _read_forever(self) -> None:
        failing = False
        while True:
            self._rung.clear()
            try:
                await self._read()
                failing = False
            except (DatabaseFailure, TimeoutError) as error:
                if not failing:
                    logger.error("The log cannot be read, the next try is in %g s: %s", TICK_SECONDS, error)
                failing = True
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._rung.wait()

    async def _read(self) -> None:
        began = time.monotonic()
        if not self._live:
            head = await self.log.head()
            if not self._live:  # still: whoever attached meanwhile counts on the old cursor
                self.cursor, self._unseen = max(self.cursor, head), began
                return
            began = time.monotonic()
        while frames := await self.log.newer(self.cursor, languages := self._languages()):
            await self._deliver(frames, languages)
            began = time.monotonic()
        self._unseen = began

    def _languages(self) -> set[str]:
        """Those of whoever is live: a change is said once in each of them."""
        return {client.language for client in self._live} or {ENGLISH.code}

    async def _deliver(self, frames: list[Frame], languages: set[str]) -> None:
        """All of them to one client after the other: a burst costs each client one write."""
        whole = {code: b"".join(frame.wires[code] for frame in frames) for code in languages}
        async with self._sending:
            self.cursor = frames[-1].id
            if self._live:
                for frame in frames:
                    self.delays.handed_out(frame.id, frame.at, self._unseen)
            for number, client in enumerate(tuple(self._live), start=1):
                # Whoever came meanwhile with another language catches up by himself.
                said = whole.get(client.language)
                if client in self._live and (said is None or not await client.offer(frames, said)):
                    self._live.discard(client)
                    client.fall_behind()
                if number % _SENDS_IN_A_ROW == 0:
                    await asyncio.sleep(0)
        self.boards.heard(frames)
        await asyncio.sleep(0)

    async def _ping_forever(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            async with self._sending:
                text = encode("ping", last_id=self.cursor)
                wire = framed(text)
                for client in tuple(self._live):
                    await client.send(text, wire)
