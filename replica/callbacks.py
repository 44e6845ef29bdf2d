"""The DevExpress callback protocol, server side: reading the argument, writing the answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from replica.view import js_string

_PARAM = re.compile(r"([cd])(\d+):(.*)", re.DOTALL)


class BadCallback(ValueError):
    """A callback argument that the protocol does not know."""


@dataclass(frozen=True, slots=True)
class CallbackParam:
    """`__CALLBACKPARAM`: type ("c" or "d"), running number, argument."""

    kind: str
    number: int
    argument: str


@dataclass(frozen=True, slots=True)
class GridArgument:
    """A grid's argument: state items (KV, SR, FR, …) and the command with its arguments (from GB)."""

    command: str
    arguments: list[str]
    items: dict[str, str] = field(default_factory=dict)


def read_param(text: str) -> CallbackParam:
    """`c0:A` → ("c", 0, "A"). Raises BadCallback."""
    found = _PARAM.fullmatch(text)
    if found is None:
        raise BadCallback(f"Invalid callback parameter: {text[:80]}")
    return CallbackParam(found[1], int(found[2]), found[3])


def read_grid_argument(text: str) -> GridArgument:
    """`KV|2;[];GB|20;12|PAGERONCLICK3|PN1;`: each item is `KEY|<length>;<value>;`. Raises BadCallback."""
    items: dict[str, str] = {}
    while text:
        head, found, rest = text.partition(";")
        name, _, length = head.partition("|")
        if not found or not length.isdigit() or rest[int(length) : int(length) + 1] != ";":
            raise BadCallback(f"Invalid grid argument: {head[:80]}")
        items[name], text = rest[: int(length)], rest[int(length) + 1 :]
    command, *arguments = read_arguments(items.pop("GB", ""))
    return GridArgument(command, arguments, items)


def read_arguments(text: str) -> list[str]:
    """`12|PAGERONCLICK3|PN1` → ["PAGERONCLICK", "PN1"]: each is `<length>|<item>`. Raises BadCallback."""
    found = []
    while text:
        length, bar, rest = text.partition("|")
        if not bar or not length.isdigit() or len(rest) < int(length):
            raise BadCallback(f"Invalid grid command: {text[:80]}")
        found.append(rest[: int(length)])
        text = rest[int(length) :]
    if not found:
        raise BadCallback("No grid command.")
    return found


def read_state(value: str | None) -> dict[str, Any]:
    """The grid's state field: JSON, HTML-encoded by the client script; {} where it is absent or broken."""
    try:
        state = json.loads(unescape(value or ""))
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def answer(result: str, number: int, validation: str) -> str:
    """`<n>|<new __EVENTVALIDATION>/*DX*/({…})`; `result` is a JavaScript literal."""
    return f"{len(validation)}|{validation}/*DX*/({{'result':{result},'id':{number}}})"


def error_answer(message: str, number: int) -> str:
    return f"0|/*DX*/({{'error':{{'message':{js_string(message)}}},'id':{number}}})"


def redirect_answer(url: str) -> str:
    return f"0|/*DX*/({{'redirect':{js_string(url)},'id':0}})"
