"""Answers that are data and no page: JSON of handlers and web methods, read like a script's data. Pure.

An array, `{"rows": […]}`, `{"d": "[…]"}`, the same in the XML of an .asmx (`<string xmlns=…>[…]</string>`),
behind a guard (`)]}',`) or in a call (`show([…]);`).
"""

from __future__ import annotations

import html
import re
from typing import Any

from etl.exceptions import PageChanged
from etl.extract.jsliteral import NotALiteral
from etl.extract.scriptdata import literal
from projects.charset import storable

_GUARD = re.compile(r"\)\]\}'?,?\s*|while\s*\(1\);\s*|for\s*\(;;\);\s*")
_CALL = re.compile(r"(?:/\*\*/)?\s*[A-Za-z_$][\w$.]{0,100}\s*\((?=\s*[\[{])")
_XML = re.compile(r"(?:<\?xml[^>]{0,200}\?>\s*)?<string\b[^>]{0,300}>(.*)</string>\s*$", re.DOTALL)
_ERRORS = frozenset({"error", "errors", "exception", "exceptiontype", "errormessage"})
_DEEPEST = 4  # strings in strings


def page_of_json(text: str, content_type: str = "") -> str | None:
    """The page that holds an answer's data; None where the answer is no data.

    Raises PageChanged where it breaks off in the middle, and where it says that it is an error.
    """
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        wrapped = _XML.match(text)
        return _page(html.unescape(wrapped[1]).strip(), 0) if wrapped else None
    guard = _GUARD.match(text)
    text = text[guard.end() :] if guard else text
    call = _CALL.match(text)
    text = text[call.end() :].lstrip() if call else text
    if not text.startswith(("[", "{")):
        return None
    try:
        return _page(text, 0) if _is_json(content_type) or _holds_list(text) else None
    except NotALiteral as problem:
        if not _is_json(content_type) and "<" in text:
            return None  # a piece of markup that begins with a bracket
        raise PageChanged(f"The answer is data that cannot be read to its end: {problem}.") from problem


def _is_json(content_type: str) -> bool:
    return "json" in content_type.lower()


def _holds_list(text: str) -> bool:
    """Whether a value that nothing calls data may be a list of something. Raises NotALiteral."""
    value, _ = literal(text)
    return not isinstance(value, dict) or (bool(value) and ("[" in text or _inside(value) is not None))


def is_data(text: str) -> bool:
    """Whether an answer that could be read is data and no page."""
    text = text.lstrip("\ufeff \t\r\n")
    return bool(_XML.match(text)) or not text.startswith("<")


def _page(text: str, depth: int) -> str | None:
    if text.startswith("<"):
        return text  # a web method that answers with markup
    if not text.startswith(("[", "{")):
        return None
    value, _ = literal(text)
    if isinstance(value, dict):
        inner = _inside(value)
        if inner is not None and depth < _DEEPEST:
            return _page(inner, depth + 1)
        if sentence := _error(value):
            raise PageChanged(f"The answer is an error: “{sentence[:200]}”.")
    # what could end the script is written as JSON lets one write it
    inert = text.replace("<", "\\u003c")
    return f'<script type="application/json">{inert}</script>'


def _inside(value: dict[str, Any]) -> str | None:
    """The data that an object holds as a text: the one such text of it, beside plain values."""
    if any(isinstance(part, (dict, list)) for part in value.values()):
        return None
    texts = [part.strip() for part in value.values() if isinstance(part, str)]
    texts = [text for text in texts if text.startswith(("[{", "{", "<", "[["))]
    return texts[0] if len(texts) == 1 else None


def _error(value: dict[str, Any]) -> str:
    """What an object says that went wrong; blank where it holds a list."""
    if any(isinstance(part, list) and part for part in value.values()):
        return ""
    said = {str(key).lower(): part for key, part in value.items() if part}
    if not _ERRORS.intersection(said):
        return ""
    words = said.get("message") or next(said[key] for key in sorted(_ERRORS) if key in said)
    return storable(str(words))
