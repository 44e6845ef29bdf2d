"""The client controls that a page's scripts announce, with their properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from etl.extract.jsliteral import NotALiteral, read_arguments, read_literal
from etl.extract.types import Control

_CREATE = re.compile(r"ASPx\.createControl\s*(\(\s*([\w$.]+))\s*,")
_OLD = re.compile(r"new\s+(ASPxClient\w+)\s*\(\s*(['\"])([^'\"]{1,300})\2\s*\)")
_OLD_PROPERTY = re.compile(r"\bdxo\.(\w+)\s*=(?!=)\s*")
_OLD_NAME = re.compile(r"window\[\s*['\"]([^'\"]{1,300})['\"]\s*\]\s*=\s*dxo")
_CALLBACK_ID = re.compile(r"WebForm_DoCallback\(\s*\\?['\"]([^'\"\\]{1,300})")
_SMALL = 20_000  # characters
_MAX_BROKEN = 50  # unreadable announcements after which a script is left alone: keeps the time linear


def read_controls(scripts: list[str]) -> list[Control]:
    """All controls of the scripts, in order; an announcement that cannot be read is passed over."""
    found: list[Control] = []
    for script in scripts:
        if "ASPx" in script:
            found.extend(_same_as_ever(script) if len(script) < _SMALL else _read(script))
    return found


def _read(script: str) -> tuple[Control, ...]:
    return (*_created(script), *_old_style(script))


@lru_cache(maxsize=256)
def _same_as_ever(script: str) -> tuple[Control, ...]:
    """The menus and panels around a site's pages announce themselves alike on each of them."""
    return _read(script)


def _created(script: str) -> Iterator[Control]:
    at = broken = 0
    while broken < _MAX_BROKEN and (match := _CREATE.search(script, at)):
        try:
            arguments, at = read_arguments(script, match.start(1))
        except NotALiteral:
            broken, at = broken + 1, match.end()
            continue
        yield _control(match[2].rpartition(".")[2], arguments[1:], script[match.start() : at])


def _control(kind: str, arguments: list[Any], source: str) -> Control:
    names = [value for value in arguments[:2] if isinstance(value, str)] + ["", ""]
    props = next((value for value in arguments if isinstance(value, dict)), {})
    return Control(kind, names[0], _unique_id(props, source), names[1], props)


def _unique_id(props: dict[str, Any], source: str) -> str:
    unique_id = props.get("uniqueID")
    if isinstance(unique_id, str):
        return unique_id
    match = _CALLBACK_ID.search(source)
    return match[1] if match else ""


def _old_style(script: str) -> Iterator[Control]:
    """`var dxo = new ASPxClientGridView('id'); dxo.uniqueID = '…'; dxo.stateObject = ({…});`."""
    announcements = list(_OLD.finditer(script))
    ends = [match.start() for match in announcements[1:]] + [len(script)] * bool(announcements)
    for match, end in zip(announcements, ends, strict=True):
        part = script[match.end() : end]
        props = _old_properties(part)
        names = [name for name in _OLD_NAME.findall(part) if name != match[3]] + [""]
        yield Control(match[1], match[3], _unique_id(props, part), names[0], props)


def _old_properties(part: str) -> dict[str, Any]:
    props: dict[str, Any] = {}
    at = broken = 0
    while broken < _MAX_BROKEN and (match := _OLD_PROPERTY.search(part, at)):
        try:
            props[match[1]], at = read_literal(part, match.end())
        except NotALiteral:
            broken, at = broken + 1, match.end()
    return props
