"""Places for requests, of which a web process has a number: what is scarce (a connection of the pool, the one
interpreter) is taken only by whoever has a place, and whoever waits for one holds nothing.

Five lanes, so that none can use up another's places: the public's pages; what costs much for the public (a
whole list, a big page, a past day, a search, a feed); logins; the admin; the probes. `/healthz` and static
files need none: they ask for nothing that is scarce.

Whoever has a place has a share of the interpreter, whatever lane it is of. So what is costly lets the pages
of readers go first: while one of them is not answered, one costly part begins in a second.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse

from buka.environment import PLACES
from buka.refusals import away, refusal
from projects.languages import gettext_noop

PATIENCE = 20.0  # seconds that a request waits for a place
_GIVE_WAY = 1.0  # seconds that a costly part waits for readers to be answered
_BUSY = gettext_noop("Very many people are asking just now; please try again in a minute.")
_BUSY_SECONDS = 30
_LARGE_PAGE = 100  # rows
_COSTLY_PATHS = re.compile(r"/(search|compare|oc4ids|schema|docs|digest)/|\.(atom|txt|csv|xlsx|json|xml|gz)$")
# Parameters that ask for a past day, a comparison, a search, or a kept page to be read again.
_COSTLY = frozenset({"as_of", "cited", "from", "q", "to"})
# Types that are never answered with a whole list. What else an Accept header names may be: `text/*` is CSV.
_NO_LISTS = frozenset(
    b"*/* text/html application/* application/json application/xhtml+xml application/xml image/*".split()
)
_PROBES = ("/readyz", "/metrics")

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def lane_of(scope: dict[str, Any]) -> str | None:
    """The name of its lane in `PLACES`; None needs no place."""
    # As Django takes it: what it is asked for begins behind the site's own root.
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if path == "/healthz" or path.startswith(settings.STATIC_URL):
        return None
    if path in _PROBES:
        return "probe"
    if path.startswith("/admin/"):
        return "login" if path.startswith("/admin/login") else "admin"
    asked = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
    costly = (
        _COSTLY_PATHS.search(path)
        or any(_is_costly(name, value.strip()) for name, value in asked)
        or (path.startswith("/api/") and not _accepted(scope) <= _NO_LISTS)
    )
    return "costly" if costly else "page"


def _accepted(scope: dict[str, Any]) -> set[bytes]:
    """The types that the Accept headers name."""
    lines = b",".join(value for name, value in scope.get("headers", ()) if name == b"accept")
    return {word.partition(b";")[0].strip().lower() for word in lines.split(b",")} - {b""}


def _is_costly(name: str, value: str) -> bool:
    if name == "page_size":
        return not value.isdecimal() or len(value) > 9 or int(value) > _LARGE_PAGE
    if name == "format":
        return value != "json"
    return name in _COSTLY


class Lanes:
    """The ASGI application, entered by as many at once as there are places."""

    def __init__(self, application: ASGIHandler) -> None:
        self._application = application
        self._lanes = {name: asyncio.Semaphore(places) for name, places in PLACES.items()}
        self._readers = _Readers()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        name = lane_of(scope)
        if name is None:
            await self._application(scope, receive, send)
            return
        with self._readers if name == "page" else nullcontext():
            await self._enter(name, scope, receive, send)

    async def _enter(self, name: str, scope: dict[str, Any], receive: Any, send: Send) -> None:
        place = _Place(self._lanes[name], self._readers if name == "costly" else None)
        answer: HttpResponse | None
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    await place.take()
            except TimeoutError:
                answer = refusal(scope["path"], 503, _BUSY, _BUSY_SECONDS)
            else:
                answer = None if name == "probe" else away(scope["path"])
            if answer:
                await self._application.send_response(answer, send)
            else:
                await self._application(scope, receive, place.around(send))
        finally:
            place.give_up()


class _Readers:
    """Whose pages are asked for and not answered yet."""

    def __init__(self) -> None:
        self._number = 0
        self._none, self._turn = asyncio.Event(), asyncio.Lock()
        self._none.set()

    def __enter__(self) -> None:
        self._number += 1
        self._none.clear()

    def __exit__(self, *_error: object) -> None:
        self._number -= 1
        if not self._number:
            self._none.set()

    async def go_first(self) -> None:
        """Wait until all are answered, but no longer than a moment; one after another."""
        async with self._turn:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GIVE_WAY):
                    await self._none.wait()


@dataclass
class _Place:
    """A place of a lane, and whether it is held. `after`: who goes first."""

    lane: asyncio.Semaphore
    after: _Readers | None = None
    held: bool = False

    async def take(self) -> None:
        await self.lane.acquire()
        self.held = True
        if self.after:
            await self.after.go_first()

    def give_up(self) -> None:
        if self.held:
            self.held = False
            self.lane.release()

    def around(self, send: Send) -> Send:
        """While a part of a long answer goes out, its place is another's; the next part waits its turn."""

        async def sent(message: Mapping[str, Any]) -> None:
            if not message.get("more_body"):
                await send(message)
                return
            self.give_up()
            await send(message)
            await self.take()

        return sent


__all__ = ["Lanes", "lane_of"]
