"""What an error of the Municipal Money API means: shall we ask again, and what do we tell a person. Pure."""

from __future__ import annotations

import json

from etl.fetch.page import Page

_PASSING = frozenset({429, 502, 503, 504})
# Treasury's own client reads exactly this as "API Overloaded".
_OVERLOADED = "canceling statement due to statement timeout"
_LONGEST_URL, _LONGEST_MESSAGE = 200, 200  # characters in a sentence


def message(body: bytes) -> str | None:
    """The API's own message ("" is one); None where the body is not the API's."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    text = answer.get("message") if isinstance(answer, dict) else None
    return text if isinstance(text, str) else None


def is_passing(status: int, body: bytes) -> bool:
    """Whether asking again can help.

    The API answers a wrong question with 500 as well ("No such cube: nope"), so a 500 passes only where it
    says that the database took too long, or where it is not the API that speaks (a proxy's page).
    """
    if status != 500:
        return status in _PASSING
    text = message(body)
    return text is None or _OVERLOADED in text


def sentence(url: str, status: int, body: bytes) -> str:
    """What failed, for a person, with the API's own message."""
    return f"{_short(url, _LONGEST_URL)} answered {status} {_said(message(body))}."


def passing(answer: Page) -> bool:
    """`is_passing` of an answer as received."""
    return is_passing(answer.status or 0, answer.body)


def refusal(answer: Page) -> str:
    """`sentence` of an answer as received."""
    return sentence(answer.url, answer.status or 0, answer.body)


def _said(text: str | None) -> str:
    if text is None:
        return "without a message of the API"
    if not text.strip():
        return "with an empty message"
    quoted = f"and says “{_short(text, _LONGEST_MESSAGE)}”"
    return f"{quoted} (the service is overloaded)" if _OVERLOADED in text else quoted


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"
