"""The log as frames: each change is read and encoded once, whoever asks for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from django.core.serializers.json import DjangoJSONEncoder

from projects.api.changes import change_json
from projects.models import ChainHead, DataChangeLog
from projects.pages.render import change_html
from realtime.filters import Facets
from realtime.wire import framed

BATCH = 200  # changes a query
KEPT = 4000  # encoded changes in memory: 1 to 2 kB each
READ_SECONDS = 20.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Frame:
    """One change, ready to send: `text` is the JSON that every socket gets, `wire` its bytes as a frame; `at`
    when the log got it."""

    id: int
    at: datetime
    facets: Facets
    text: str
    wire: bytes


def encode(kind: str, /, **content: Any) -> str:
    """One JSON text, `{"type": kind, …}`."""
    return json.dumps(
        {"type": kind, **content}, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")
    )


def frame(row: DataChangeLog) -> Frame:
    change = change_json(row)
    text = encode("change", **change, html=change_html(row, change))
    return Frame(row.pk, row.at, Facets.of(row), text, framed(text))


class FrameLog:
    """Reads the log past an id, in id order. The newest frames stay in memory, so that many clients who
    come back at once (a restart, a network that returns) cost one reading of the database.
    """

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}
        self._replaying = asyncio.Lock()

    async def head(self) -> int:
        """The newest id of the log. Raises django.db.Error or TimeoutError, as do the other readers."""
        return await in_thread(_head)

    async def newer(self, after: int) -> list[Frame]:
        """Up to BATCH changes past `after`; empty when there are none."""
        return self._keep(await in_thread(lambda: _read(after)))

    async def replay(self, after: int, until: int) -> list[Frame]:
        """Up to BATCH changes of those past `after` and not past `until`, from memory where possible."""
        async with self._replaying:
            ids = range(after + 1, min(after + BATCH, until) + 1)
            if all(pk in self._frames for pk in ids):
                return [self._frames[pk] for pk in ids]
            return self._keep(await in_thread(lambda: _read(after, until)))

    def _keep(self, frames: list[Frame]) -> list[Frame]:
        self._frames.update((frame.id, frame) for frame in frames)
        if len(self._frames) > KEPT + BATCH:
            for pk in sorted(self._frames)[: len(self._frames) - KEPT]:
                del self._frames[pk]
        return frames


async def in_thread(work: Callable[[], Answer]) -> Answer:
    """Run a short query beside the event loop, with the connection given back after it.

    Not in the one thread that channels would share among all sockets: a slow reading would hold up all.
    """
    async with asyncio.timeout(READ_SECONDS):
        return await database_sync_to_async(work, thread_sensitive=False)()


def _head() -> int:
    return ChainHead.objects.values_list("last_id", flat=True).get(pk=1)


def _read(after: int, until: int | None = None) -> list[Frame]:
    rows = DataChangeLog.objects.filter(id__gt=after).order_by("id")
    if until is not None:
        rows = rows.filter(id__lte=until)
    return [frame(row) for row in rows[:BATCH]]
