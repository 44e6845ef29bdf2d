"""Logins with a password: whoever guesses has to wait, and nothing scarce is held while a password is hashed.

Counted in the shared cache, so by all web processes together; with Redis away nobody is kept out.

* An address that was wrong about a name `LOGIN_FAILURES` times is locked out for that name (django-axes);
  nobody can lock a name for others, and no other name is locked.
* An address has `LOGIN_GUESSES_PER_MINUTE` wrong ones in a minute, whatever the names. They are counted
  before the password is looked at, so that many at once cost no more than the same one after another.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import sync_to_async
from axes.backends import AxesBackend
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse

from buka.refusals import Refused, is_away, refusal
from realtime.doors import address_of

_MINUTE = 60
# A hash takes a third of a second of one core, and the readers' pages need the others.
_HASHES_AT_ONCE = 1
_PATIENCE = 10.0  # seconds that a login waits for its turn
_hashing = threading.BoundedSemaphore(_HASHES_AT_ONCE)


class Backend(AxesBackend):
    """Django's own users and permissions."""

    def authenticate(
        self, request: HttpRequest | None, username: Any = None, password: Any = None, **more: Any
    ) -> Any:
        """The user, or None. Raises PermissionDenied (locked out for this name) and Refused."""
        if username is None:
            username = more.get(get_user_model().USERNAME_FIELD)
        if username is None or password is None:
            return None
        if request is None:  # a program's own question: it has no address
            return self._user(username, password)
        super().authenticate(request, username, password, **more)
        guesses = _Guesses(address(request))
        guesses.one_more()
        user = self._user(username, password)
        if user is not None:
            guesses.one_less()
        return user

    async def aauthenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        return await sync_to_async(self.authenticate)(request, **credentials)

    def _user(self, username: str, password: str) -> Any:
        """As `ModelBackend` finds it; a name that there is not takes as long as one that there is."""
        model = get_user_model()
        user = model._default_manager.filter(**{model.USERNAME_FIELD: username}).first()
        _give_connection_back()
        with _turn():
            if user is None:
                model().set_password(password)
                return None
            right = user.check_password(password)
        return user if right and self.user_can_authenticate(user) else None


class SessionStore(DatabaseSessions):
    """Django's, which takes a database that is away for a session that somebody ended meanwhile, and whoever
    asked for the one at fault (400). Raises the error of the database.
    """

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if error.__context__ is not None and is_away(error.__context__):
                raise error.__context__ from None
            raise


class _Guesses:
    """What an address has guessed in this minute."""

    def __init__(self, address: str) -> None:
        self._key = f"guesses:{hashlib.sha256(address.encode()).hexdigest()}"

    def one_more(self) -> None:
        cache.add(self._key, 0, _MINUTE)
        if self._count(1) > settings.LOGIN_GUESSES_PER_MINUTE:
            raise Refused(429, "Too many attempts from here; try again in a minute.", _MINUTE)

    def one_less(self) -> None:
        self._count(-1)

    def _count(self, step: int) -> int:
        try:
            return cache.incr(self._key, step)
        except ValueError:  # the minute has just ended
            return 0


def address(request: HttpRequest) -> str:
    """The address that a login is counted by: the one that a socket of the same client is counted by."""
    scope = getattr(request, "scope", None)
    if scope is None:  # not over ASGI
        meta = request.META
        forwarded = meta.get("HTTP_X_FORWARDED_FOR", "").encode("latin-1", "replace")
        peer = (meta.get("REMOTE_ADDR", ""), meta.get("REMOTE_PORT") or 1)
        scope = {"client": peer, "headers": [(b"x-forwarded-for", forwarded)]}
    return address_of(scope)


def locked_out(request: HttpRequest, *_about: Any) -> HttpResponse:
    """The answer to whoever is locked out for a name. Each further attempt begins the wait anew."""
    minutes = settings.LOGIN_LOCK_MINUTES
    sentence = (
        f"Too many attempts from here for this name; try again in {minutes} minute{'s' * (minutes != 1)}."
        " An attempt before that begins the wait anew."
    )
    return refusal(request.path, 429, sentence, minutes * _MINUTE)


def _give_connection_back() -> None:
    """To the pool, for others, while a password is hashed. What is in a transaction has to keep its own."""
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def _turn() -> Iterator[None]:
    if not _hashing.acquire(timeout=_PATIENCE):
        raise Refused(503, "Many people are logging in just now; please try again in a minute.", _MINUTE)
    try:
        yield
    finally:
        _hashing.release()


__all__ = ["Backend", "SessionStore", "address", "locked_out"]
