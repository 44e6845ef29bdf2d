"""One hub per web process: reads the log past its cursor and hands each frame to every socket."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from weakref import WeakKeyDictionary

from django.db import Error as DatabaseFailure

from realtime import bell
from realtime.client import Client
from realtime.frames import Frame, FrameLog, encode

logger = logging.getLogger(__name__)

TICK_SECONDS = 2.0  # the log is read this often whether or not the bell rings
PING_SECONDS = 25.0
_SENDS_IN_A_ROW = 100  # then the loop gets a turn: pages are answered while a big load goes out
_STOP_SECONDS = 3.0

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_of_this_loop() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class Hub:
    """`cursor` is the last id handed to the live clients. A client that has all up to the cursor is live;
    one that has not catches up by itself (`Client.follow`) and then attaches. Between a client's look at
    the cursor and its `attach` nothing is awaited: that is why no change falls between the two.
    """

    def __init__(self) -> None:
        self.log = FrameLog()
        self.cursor = 0
        self._clients: set[Client] = set()
        self._live: set[Client] = set()
        self._rung = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        # Two sockets that open at once must not start it twice.
        self._starting = asyncio.Lock()
        # A ping that overtakes the frame it speaks of would move a client's resume point past it.
        self._sending = asyncio.Lock()

    async def join(self, client: Client) -> None:
        """The first client starts the hub. Raises django.db.Error or TimeoutError when the log cannot be read."""
        async with self._starting:
            if self._running is None:
                self.cursor = max(self.cursor, await self.log.head())
                self._running = asyncio.create_task(self._run(), name="hub")
                self._running.add_done_callback(self._ended)
            self._clients.add(client)

    async def leave(self, client: Client) -> None:
        """The last client stops the hub."""
        self._live.discard(client)
        self._clients.discard(client)
        async with self._starting:
            if self._running is not None and not self._clients:
                self._running.cancel()
                await asyncio.wait({self._running}, timeout=_STOP_SECONDS)
                self._running = None

    def attach(self, client: Client) -> None:
        """From now on the client gets each frame past its position. It must have all up to the cursor."""
        if client in self._clients:
            self._live.add(client)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read_forever(), name="hub reads")
            tasks.create_task(self._ping_forever(), name="hub pings")
            tasks.create_task(bell.listen(self._rung.set), name="hub listens")

    def _ended(self, running: asyncio.Task[None]) -> None:
        """A hub that broke says so and lets its clients go: they come back and start another."""
        if running.cancelled() or running.exception() is None:
            return
        logger.critical("The hub broke.", exc_info=running.exception())
        self._running = None
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
        if not self._live:
            head = await self.log.head()
            if not self._live:  # still: whoever attached meanwhile counts on the old cursor
                self.cursor = max(self.cursor, head)
                return
        while frames := await self.log.newer(self.cursor):
            for frame in frames:
                await self._deliver(frame)

    async def _deliver(self, frame: Frame) -> None:
        async with self._sending:
            self.cursor = frame.id
            for number, client in enumerate(tuple(self._live), start=1):
                if client in self._live and not await client.offer(frame):
                    self._live.discard(client)
                    client.fall_behind()
                if number % _SENDS_IN_A_ROW == 0:
                    await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _ping_forever(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            async with self._sending:
                text = encode("ping", last_id=self.cursor)
                for client in tuple(self._live):
                    await client.send(text)
