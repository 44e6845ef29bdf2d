"""Public reads on a standby of the database (`DATABASE_REPLICA_URL`), which follows the primary with a delay.

A request reads from one database from its beginning to its end: from the standby where it is public, nobody
is logged in, and the standby has all of the log that anybody here was told of. Else from the primary, so that
no reader goes back behind what a page or a socket has shown. The live feed, the admin, the worker and every
write know the primary alone. A standby that does not answer is a help that is missing, no fault; while the
primary does not answer, public pages go on from the standby.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from projects.models import ChainHead
from realtime.hub import newest_handed_out

STANDBY = "standby"
# What asks how a run goes on, what a reader has just written, or whether the primary is there.
_PRIMARY = (
    "/subscribe/",
    "/told/",
    "/admin/",
    "/report/",
    "/api/v1/sync/",
    "/api/v1/runs/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/",
)
_ASK_SECONDS = 1.0  # how long what the primary said of the log's end is good for
_AWAY_SECONDS = 10.0  # until a standby that did not answer is asked again
_reads_from: ContextVar[str] = ContextVar("reads_from", default=DEFAULT_DB_ALIAS)


class Router:
    """Which database a query goes to."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _reads_from.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class _Follower:
    """How far the log goes on the primary, as far as we know, and on the standby. In changes, by id."""

    def __init__(self) -> None:
        self.newest = self.reached = 0
        self._asked_at = self._away_until = float("-inf")

    def is_current(self) -> bool:
        now = time.monotonic()
        if now < self._away_until:
            return False
        if now - self._asked_at > _ASK_SECONDS:
            self._ask_primary(now)
        if self.reached < max(self.newest, newest_handed_out()):
            try:
                self.reached = _end_of_log(STANDBY)
            except Error:
                self._away_until = now + _AWAY_SECONDS
                return False
        return self.reached >= max(self.newest, newest_handed_out())

    def _ask_primary(self, now: float) -> None:
        try:
            self.newest, self._asked_at = _end_of_log(DEFAULT_DB_ALIAS), now
        except Error:  # a pool without a server takes seconds to say so
            self._asked_at = now + _AWAY_SECONDS - _ASK_SECONDS


_follower = _Follower()


def _end_of_log(alias: str) -> int:
    return ChainHead.objects.using(alias).values_list("last_id", flat=True).get(pk=1)


def _choose(request: HttpRequest) -> str:
    is_public = request.method in ("GET", "HEAD") and not request.path.startswith(_PRIMARY)
    is_known = "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES
    return STANDBY if is_public and not is_known and _follower.is_current() else DEFAULT_DB_ALIAS


@sync_and_async_middleware
def reads_from_standby(get_response: Callable[[HttpRequest], Any]) -> Any:
    async def answer_async(request: HttpRequest) -> Any:
        _reads_from.set(await sync_to_async(_choose)(request))
        return await get_response(request)

    def answer(request: HttpRequest) -> Any:
        _reads_from.set(_choose(request))
        return get_response(request)

    return answer_async if iscoroutinefunction(get_response) else answer


__all__ = ["Router", "reads_from_standby"]
