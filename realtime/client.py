"""One socket as the hub sees it: where it is in the log, what it asked for, how much it has not read yet."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import Error as DatabaseFailure

from projects.languages import ENGLISH
from realtime.delay import LEAST_PAUSE_SECONDS, reported
from realtime.filters import Filters
from realtime.frames import Frame, encode
from realtime.wire import Send, Wire

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

RESYNC_BEHIND = 2000  # whoever is further behind fetches from the API
LAG_BYTES = 1_000_000  # unread by the client: it is taken off the live feed and catches up at its own pace
DRAINED_BYTES = 64_000
STALLED_SECONDS = 30.0  # a client that reads nothing for so long is let go
_RETRY_SECONDS = 2.0

# Of the codes below 4000 a server may send only 1000 itself: autobahn refuses the others.
BAD_QUERY, STALLED, TOO_BIG, BROKEN, TRY_AGAIN = 4400, 4408, 4413, 4500, 4503


class Client:
    """`position` is the last id that it has been given (or that its filters left out)."""

    def __init__(self, send: Send, filters: Filters, language: str = ENGLISH.code) -> None:
        self._send = send
        self.language = language
        self._filters = None if filters == Filters() else filters
        self._wire = Wire(send)
        self._behind = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        self._reported, self._reported_at = 0, -math.inf
        self.position = 0
        self.live_from: int | None = None  # what is newer reached it live, as far as it passed the filters

    async def greet(self, after: int | None, last_id: int) -> None:
        """`hello`, and `resync` where the gap is too wide to be replayed."""
        await self.send(encode("hello", last_id=last_id))
        self.position = last_id if after is None else after
        if not 0 <= last_id - self.position <= RESYNC_BEHIND:
            await self.send(encode("resync", last_id=last_id))
            self.position = last_id

    async def follow(self, hub: Hub) -> None:
        """Catch up with the hub and go live; again when the client has fallen behind. Ends only when it
        stalls, and closes the socket then.
        """
        while True:
            was_behind = self.position < hub.cursor
            if not await self._catch_up(hub):
                break
            self._behind.clear()
            hub.attach(self)  # nothing is awaited since the look at the cursor
            if was_behind:  # what its filters left out it would not know of: it has caught up
                await self.send(encode("ping", last_id=self.position))
            await self._behind.wait()
        await self.close(STALLED)

    async def _catch_up(self, hub: Hub) -> bool:
        """True once all up to the cursor is sent; False when the client does not read."""
        while self.position < hub.cursor:
            if not await self._drained():
                return False
            try:
                frames = await hub.log.replay(self.position, hub.cursor, self.language)
            except (DatabaseFailure, TimeoutError) as error:
                logger.error("The log cannot be replayed, the next try is in %g s: %s", _RETRY_SECONDS, error)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            await self.offer(frames)
        return True

    async def _drained(self) -> bool:
        limit = asyncio.get_running_loop().time() + STALLED_SECONDS
        least = self._wire.backlog()
        while (unread := self._wire.backlog()) > DRAINED_BYTES:
            now = asyncio.get_running_loop().time()
            if unread < least:
                least, limit = unread, now + STALLED_SECONDS
            if now > limit:
                return False
            await asyncio.sleep(0.05)
        return True

    def fall_behind(self) -> None:
        """The hub has taken it off the live feed."""
        self.live_from = None
        logger.info("A client reads slowly: it goes on from change %d at its own pace.", self.position)
        self._behind.set()

    async def offer(self, frames: Sequence[Frame], whole: bytes | None = None) -> bool:
        """Give it those of the frames that are new to it and wanted; False when too much is unread by now.
        `whole`: all of them as bytes, where the hub has them at hand.
        """
        if not frames or frames[-1].id <= self.position:
            return True
        is_all = self._filters is None and self.position < frames[0].id
        wanted = frames if is_all else [frame for frame in frames if self._wants(frame)]
        self.position = frames[-1].id
        if not wanted:
            return True
        sent = (
            whole
            if is_all and whole is not None
            else b"".join(frame.wires[self.language] for frame in wanted)
        )
        if not self._wire.write(sent):
            for frame in wanted:
                await self.send(frame.texts[self.language])
        return self._wire.backlog() < LAG_BYTES

    def _wants(self, frame: Frame) -> bool:
        is_new = frame.id > self.position
        return is_new and (self._filters is None or self._filters.match(frame.facets))

    async def send(self, text: str, wire: bytes | None = None) -> None:
        if wire is not None and self._wire.write(wire):
            return
        try:
            await self._send({"type": "websocket.send", "text": text})
        except (RuntimeError, OSError):
            # Closing: servers raise errors of their own for it (autobahn's is a RuntimeError). Its
            # disconnect message is on the way.
            pass

    async def close(self, code: int, reason: str = "") -> None:
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (RuntimeError, OSError):
            pass  # as above

    def hear(self, text: str | None, hub: Hub) -> None:
        """What the client sends: that it has painted a change which came live. Nothing else is read."""
        pk = reported(text)
        if pk is None or self.live_from is None or not self.live_from < pk <= self.position:
            return
        now = time.monotonic()
        # Each change once: one socket that told of one change again and again would be the whole figure.
        if pk > self._reported and now - self._reported_at >= LEAST_PAUSE_SECONDS:
            self._reported, self._reported_at = pk, now
            hub.delays.shown(pk)

    def dismiss(self) -> None:
        """Close it because of an error of ours."""
        self._closing = asyncio.ensure_future(self.close(BROKEN))
