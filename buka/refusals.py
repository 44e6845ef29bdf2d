"""How the site says “not now”: one page, or JSON, with a plain sentence and `Retry-After`; never a 500.

The database is away (or its pool empty) → 503, wherever in a request that shows: in a view, in a template, in
another middleware, in the page for an address that there is not. Too many guesses of passwords → 429. What is
asked of the admin and the database cannot look up → 400.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from django.core.signals import got_request_exception
from django.db import DataError, InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import bad_request
from psycopg.errors import ReadOnlySqlTransaction
from psycopg_pool import PoolTimeout

from buka.policy import PUBLIC
from projects.languages import Words, current, gettext, gettext_noop, override, split, spoken

logger = logging.getLogger(__name__)

_AWAY = (OperationalError, InterfaceError)
# What a database cannot take, of numbers and names in addresses of the admin, whose views do not look at them
# before. Our own pages and forms do.
_NOT_TAKEN, _OF_STAFF = (DataError, OverflowError), "/admin/"
_AWAY_SENTENCE = gettext_noop(
    "The database does not answer just now. Nothing is lost; please try again in a minute."
)
_AWAY_SECONDS = 30
_LEAST_PAUSE = 10.0  # seconds between two lines of the log about the database
_TITLES = Words({"429": "Too many attempts", "503": "Not just now"})
_said_at = -_LEAST_PAUSE
# Whoever waited for a connection in vain spares the next ones the same wait, for so many seconds.
_SPARED = 2.0
_away_until = 0.0


class Refused(Exception):
    """A view, or what it calls, has no answer just now: `status` 429 or 503, again after `seconds`."""

    def __init__(self, status: int, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.seconds = status, sentence, seconds


def refusal(path: str, status: int, sentence: str, seconds: int) -> HttpResponse:
    """The answer to a request of this path. Needs no database."""
    answer: HttpResponse
    if path.startswith("/api/"):
        answer = JsonResponse({"detail": sentence}, status=status)
    else:
        # It may be said before the language was taken off the address, or in a view.
        with override((split(path)[0] or current()).code):
            context = {"title": _TITLES[str(status)], "sentence": gettext(sentence)}
            answer = HttpResponse(spoken(get_template("refused.html").render(context)), status=status)
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = PUBLIC  # it may go out before any middleware is asked
    return answer


class Refusals(MiddlewareMixin):
    """The outermost middleware: what could not be answered becomes a sentence."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view or its template raises."""
        if isinstance(error, Refused):
            return refusal(request.path, error.status, error.sentence, error.seconds)
        if isinstance(error, _NOT_TAKEN) and request.path.startswith(_OF_STAFF):
            logger.warning("%s cannot be asked for: %s", request.path[:200], type(error).__name__)
            return bad_request(request, error)
        return _unavailable(request, error) if is_away(error) else None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """What was raised elsewhere Django has made a 500 of by now, and told `_note`."""
        error = getattr(request, "database_error", None)
        return _unavailable(request, error) if error and response.status_code == 500 else response


@receiver(got_request_exception)
def _note(sender: Any, request: HttpRequest | None = None, **named: Any) -> None:
    error = sys.exc_info()[1]
    if request is not None and error is not None and is_away(error):
        request.database_error = error  # type: ignore[attr-defined]


def is_away(error: BaseException) -> bool:
    """Whether a database that works again has this answered: it is silent, or takes nothing just now.

    A server that is read-only, as one is that another has just taken over from, says so as an internal error.
    """
    return isinstance(error, _AWAY) or isinstance(error.__cause__, ReadOnlySqlTransaction)


def away(path: str) -> HttpResponse | None:
    """The answer while another request has just waited for a connection in vain."""
    return _without_database(path) if time.monotonic() < _away_until else None


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    global _said_at, _away_until
    if isinstance(error.__cause__, PoolTimeout):
        _away_until = time.monotonic() + _SPARED
    if time.monotonic() - _said_at >= _LEAST_PAUSE:
        _said_at = time.monotonic()
        problem = " ".join(str(error).split())
        logger.error("The database did not answer %s: %s: %s", request.path, type(error).__name__, problem)
    return _without_database(request.path)


def _without_database(path: str) -> HttpResponse:
    return refusal(path, 503, _AWAY_SENTENCE, _AWAY_SECONDS)


__all__ = ["Refusals", "Refused", "away", "is_away", "refusal"]
