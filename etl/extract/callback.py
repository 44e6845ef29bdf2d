"""Answers to ASP.NET client callbacks: `<n>|<validation>/*DX*/({…})`, a script's literal, not JSON."""

from __future__ import annotations

import re
from typing import Any

from etl.exceptions import PageChanged
from etl.extract.jsliteral import NotALiteral, read_literal
from etl.extract.types import CallbackAnswer
from projects.charset import storable

_MARK = "/*DX*/"
_LENGTH = re.compile(r"(\d{1,9})\|")
_PREFIX = re.compile(r"(?:FB|EP)\|")


def looks_like_callback(text: str) -> bool:
    """Whether the text is an answer to a callback (and not a page that shows one)."""
    start = text[:200].lstrip("\ufeff \t\r\n")
    if start.startswith((_MARK, "s" + _MARK)):
        return True
    match = _LENGTH.match(start)
    if not match:
        return False
    lead = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    return text[lead + match.end() + int(match[1]) :].lstrip().startswith(_MARK)


def read_callback(text: str) -> CallbackAnswer:
    """Take an answer apart. Raises PageChanged when it is none (an HTML page with status 200)."""
    text = text.lstrip("\ufeff \t\r\n")
    validation: str | None = None
    if match := _LENGTH.match(text):
        end = match.end() + int(match[1])
        validation, text = text[match.end() : end], text[end:]
    elif text.startswith("s"):
        text = text[1:]
    elif text.startswith("e") and not text.startswith("e" + _MARK):
        return CallbackAnswer(
            None, None, None, None, error=storable(text[1:]).strip() or "The server gave no reason."
        )
    text = text.strip()
    if not text.startswith(_MARK):
        raise PageChanged("The server answered a callback with something else (an error or login page).")
    try:
        payload, _ = read_literal(text, len(_MARK))
    except NotALiteral as error:
        raise PageChanged(f"The callback's answer cannot be read: {error}.") from error
    return _answer(payload, validation)


def _answer(payload: Any, validation: str | None) -> CallbackAnswer:
    if not isinstance(payload, dict):
        raise PageChanged("The callback's answer has no named parts.")
    result, cp, error = payload.get("result"), payload.get("cp"), payload.get("error")
    html, state = result, None
    if isinstance(result, dict):
        html, state = result.get("html"), result.get("stateObject")
    if isinstance(error, dict):
        error = _string(error.get("message")) or "The server reported an error without a message."
    else:
        error = _string(payload.get("generalError")) or _string(error)
    return CallbackAnswer(
        event_validation=validation or None,
        html=_markup(html) if isinstance(html, str) else None,
        state=state if isinstance(state, dict) else None,
        redirect=_string(payload.get("redirect")),
        error=error,
        cp=cp if isinstance(cp, dict) else {},
    )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _markup(html: str) -> str:
    """The HTML without its prefix; rows alone (endless paging) get a table around them."""
    html = _PREFIX.sub("", html, count=1) if html.startswith(("FB|", "EP|")) else html
    return f"<table>{html}</table>" if html.lstrip()[:3].lower() == "<tr" else html
