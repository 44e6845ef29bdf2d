"""The parts of open pages that follow the log: computed once per board and newest id, sent where they differ.

Were each page to ask for its parts itself, one change would cost a web process as many answers as there are
readers. What a client has is told by the id that it is of: from its page, then from what it was sent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from django.db import Error as DatabaseFailure

from projects.pages.boards import MOVING, Board, Parts
from realtime.client import Client
from realtime.frames import Frame, encode, in_thread
from realtime.wire import framed

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 0.1  # the changes of one commit are read in several batches
PAUSE_SECONDS = 1.0  # between two computations of one board
RETRY_SECONDS = 5.0
MOVING_SECONDS = 5.0  # while a reading goes on
_SENDS_IN_A_ROW = 100

Compute = Callable[[Board], Awaitable[tuple[int, Parts]]]


async def _computed(board: Board) -> tuple[int, Parts]:
    return await in_thread(board.now)


@dataclass
class _Shown:
    """What is known of one board. `at`: the id that `parts` are of, None before the first time."""

    clients: dict[Client, int] = field(default_factory=dict)  # → the id that its page is of
    parts: Parts = field(default_factory=dict)
    at: int | None = None
    is_stale: bool = True
    task: asyncio.Task[None] | None = None
    computed_at: float = -PAUSE_SECONDS


class Boards:
    """Those of one hub."""

    def __init__(self, compute: Compute = _computed) -> None:
        self._compute = compute
        self._shown: dict[Board, _Shown] = {}

    def enter(self, client: Client, board: Board, at: int | None) -> None:
        """The client has the page open, with parts as of the id `at` (None: of which is not known)."""
        shown = self._shown.setdefault(board, _Shown())
        shown.clients[client] = -1 if at is None else at
        if shown.at is None or shown.clients[client] < shown.at:
            self._refresh(board, shown)

    def leave(self, client: Client, board: Board) -> None:
        shown = self._shown.get(board)
        if shown is None:
            return
        shown.clients.pop(client, None)
        if not shown.clients:  # what nobody sees is not kept up to date
            del self._shown[board]
            if shown.task is not None:
                shown.task.cancel()

    def heard(self, frames: Sequence[Frame]) -> None:
        """The log has grown by these."""
        if not self._shown:
            return
        last = frames[-1].id
        places = frozenset[str]().union(*(frame.facets.municipalities for frame in frames))
        for board, shown in self._shown.items():
            is_older = shown.at is None or shown.at < last
            if is_older and board.follows(places):
                shown.is_stale = True
                self._refresh(board, shown)

    async def follow_readings(self) -> None:
        """While a reading goes on its boards move without the log, and those of the sources at any time."""
        while True:
            await asyncio.sleep(MOVING_SECONDS)
            for board, shown in self._shown.items():
                if board.is_clocked or any(MOVING in html for html in shown.parts.values()):
                    shown.is_stale = True
                    self._refresh(board, shown)

    def stop(self) -> None:
        for shown in self._shown.values():
            if shown.task is not None:
                shown.task.cancel()

    def _refresh(self, board: Board, shown: _Shown) -> None:
        if shown.task is None or shown.task.done():
            shown.task = asyncio.ensure_future(self._work(board, shown))

    async def _work(self, board: Board, shown: _Shown) -> None:
        while shown.is_stale or self._behind(shown):
            wait = shown.computed_at + PAUSE_SECONDS - time.monotonic()
            await asyncio.sleep(max(SETTLE_SECONDS, wait) if shown.at is not None else 0)
            try:
                await self._step(board, shown)
            except (DatabaseFailure, TimeoutError) as error:
                shown.is_stale = True
                logger.error("The parts of %s cannot be made, they are tried again: %s", board.name, error)
                await asyncio.sleep(RETRY_SECONDS)

    def _behind(self, shown: _Shown) -> list[Client]:
        return [client for client, at in shown.clients.items() if shown.at is None or at < shown.at]

    async def _step(self, board: Board, shown: _Shown) -> None:
        before, known = shown.at, shown.parts
        if shown.is_stale:
            shown.is_stale, shown.computed_at = False, time.monotonic()
            shown.at, shown.parts = await self._compute(board)
        assert shown.at is not None
        changed = {name: html for name, html in shown.parts.items() if known.get(name) != html}
        some, whole = _message(shown.at, changed), _message(shown.at, shown.parts)
        for number, (client, at) in enumerate(list(shown.clients.items()), start=1):
            if client not in shown.clients:  # it went while others were sent theirs
                continue
            has_all_before = before is not None and at >= before
            # Of a page that is as new as what was computed all parts are right.
            message = some if has_all_before else None if at >= shown.at else whole
            shown.clients[client] = max(at, shown.at)
            if message is not None:
                await client.send(*message)
            if number % _SENDS_IN_A_ROW == 0:
                await asyncio.sleep(0)


def _message(at: int, parts: Parts) -> tuple[str, bytes] | None:
    if not parts:
        return None
    text = encode("parts", last_id=at, parts=parts)
    return text, framed(text)
