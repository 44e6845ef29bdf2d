"""The log as frames: each change is read and encoded once in a language, whoever asks for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from django.core.serializers.json import DjangoJSONEncoder

from projects.api.changes import change_json
from projects.languages import ENGLISH, override, spoken
from projects.models import ChainHead, DataChangeLog
from projects.pages.render import change_html
from realtime.filters import Facets
from realtime.wire import framed

BATCH = 200  # changes a query
KEPT = 4000  # encoded changes in memory: 1 to 2 kB each, in each language that somebody asked for
READ_SECONDS = 20.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Frame:
    """One change, ready to send: by the code of a language the JSON that every socket of that language gets,
    and its bytes as a WebSocket frame; `at` when the log got it."""

    id: int
    at: datetime
    facets: Facets
    texts: Mapping[str, str]
    wires: Mapping[str, bytes]

    def is_said(self, languages: Collection[str]) -> bool:
        return self.texts.keys() >= set(languages)


def encode(kind: str, /, **content: Any) -> str:
    """One JSON text, `{"type": kind, …}`."""
    return json.dumps(
        {"type": kind, **content}, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")
    )


def frame(row: DataChangeLog, languages: Collection[str]) -> Frame:
    """The change, said once in each of these languages, whoever asks for it."""
    texts = {code: _said(row, code) for code in languages}
    return Frame(row.pk, row.at, Facets.of(row), texts, {code: framed(text) for code, text in texts.items()})


def _said(row: DataChangeLog, code: str) -> str:
    with override(code):
        change = change_json(row)
        return encode("change", **change, html=spoken(change_html(row, change)))


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

    async def newer(self, after: int, languages: Collection[str] = (ENGLISH.code,)) -> list[Frame]:
        """Up to BATCH changes past `after`, said in these languages; empty when there are none."""
        return self._keep(await in_thread(lambda: _read(after, None, languages)))

    async def replay(self, after: int, until: int, language: str = ENGLISH.code) -> list[Frame]:
        """Up to BATCH changes of those past `after` and not past `until`, from memory where possible."""
        async with self._replaying:
            ids = range(after + 1, min(after + BATCH, until) + 1)
            known = [self._frames.get(pk) for pk in ids]
            found = [one for one in known if one is not None and one.is_said((language,))]
            if len(found) == len(known):
                return found
            return self._keep(await in_thread(lambda: _read(after, until, (language,))))

    def _keep(self, frames: list[Frame]) -> list[Frame]:
        for new in frames:
            if known := self._frames.get(new.id):  # as it was said for others
                new = replace(new, texts={**known.texts, **new.texts}, wires={**known.wires, **new.wires})
            self._frames[new.id] = new
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


def _read(after: int, until: int | None, languages: Collection[str]) -> list[Frame]:
    rows = DataChangeLog.objects.filter(id__gt=after).order_by("id")
    if until is not None:
        rows = rows.filter(id__lte=until)
    return [frame(row, languages) for row in rows[:BATCH]]
