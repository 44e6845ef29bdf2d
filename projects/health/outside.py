"""A sign of life for whoever watches from outside: a host that is dead cannot say so itself.

HEARTBEAT_URL is asked after each look of the health loop at which all is well. The service behind it
(healthchecks.io, a cron monitor, one's own) tells people when it is not asked any more.
"""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

import requests
from django.conf import settings

logger = logging.getLogger("buka").getChild("heartbeat")

SECONDS = 10.0  # for all of it: the loop goes on by then, whatever the other side does
_going_on: list[threading.Thread] = []


def tell() -> None:
    """Ask HEARTBEAT_URL, where there is one. A failure is logged and nothing else: the next look asks again.

    A server may send a byte now and then for ever; so it is asked in a thread that is left alone when its
    time is up, and nobody asks again while that one still waits.
    """
    url = settings.HEARTBEAT_URL
    if not url:
        return
    _going_on[:] = [thread for thread in _going_on if thread.is_alive()]
    if not _going_on:
        thread = threading.Thread(target=_ask, args=(url,), name="heartbeat", daemon=True)
        _going_on.append(thread)
        thread.start()
        thread.join(SECONDS)
        if not thread.is_alive():
            return
    logger.warning("%s did not take the heartbeat in %g s.", _named(url), SECONDS)


def _ask(url: str) -> None:
    try:
        with requests.get(url, timeout=SECONDS, stream=True) as answer:
            if answer.status_code >= 400:
                logger.warning("%s refused the heartbeat: %s.", _named(url), answer.status_code)
    except (requests.RequestException, OSError, ValueError) as error:
        logger.warning("%s was not reached by the heartbeat: %s.", _named(url), type(error).__name__)


def _named(url: str) -> str:
    """The host alone: the path is often a secret."""
    return urlsplit(url).hostname or "HEARTBEAT_URL"


__all__ = ["tell"]
