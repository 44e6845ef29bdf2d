"""What an error of the Municipal Money API means: shall we ask again, and what do we tell a person. Pure."""

from __future__ import annotations

import json
import re

from etl.fetch.page import Page

_PASSING = frozenset({408, 429, 502, 503, 504, *range(520, 531)})  # from 520 on a proxy's own
# What the API's code says of a question that is wrong, each time it is asked: a cube that there is not (of
# facts and sums; of a model), a page size that is no number, a format that there is not.
_FINAL = re.compile(r"No such cube: .*|'[^']*'|invalid literal for int\(\).*|\s*", re.S)
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


def passing(answer: Page) -> bool:
    """Whether asking again can help, of an answer as received.

    The API answers a wrong question with 500 as well, so a 500 passes unless it says what the API says of
    those. Anything else is its database that is overloaded or whose connection broke, or a proxy's page. An
    answer that calls itself JSON and has no end broke off with the line or the server: its length fits.
    """
    if answer.status == 200:
        is_json = "json" in answer.content_type.lower()
        return is_json and not answer.body.rstrip().endswith((b"}", b"]"))
    if answer.status != 500:
        return answer.status in _PASSING
    text = message(answer.body)
    return text is None or not _FINAL.fullmatch(text)


def refusal(answer: Page) -> str:
    """What failed, for a person, with the API's own message."""
    return f"{_short(answer.url, _LONGEST_URL)} answered {answer.status} {_said(message(answer.body))}."


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
