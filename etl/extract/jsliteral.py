"""JavaScript literals as DevExpress prints them, to Python values. Linear time, bounded depth.

Single quotes, escapes, holes (`[1,,2]` → None), nested objects and arrays; functions, `new …(…)` and calls
give None; a bare name gives None (`true`, `false` their values).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from projects.charset import storable

_SPACE = re.compile(r"(?:\s++|//[^\n]*+|/\*.*?(?:\*/|\Z))*+", re.DOTALL)
_STRING = re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\"", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]{1,16}|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)")
_WORD = re.compile(r"[A-Za-z_$][\w$.]*")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[0-9a-fA-F]{4})"
    r"|x([0-9a-fA-F]{2})|(\r\n|.))",
    re.DOTALL,
)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"} | dict.fromkeys(
    ("\n", "\r", "\r\n", "\u2028", "\u2029"), ""
)
# Inside code that is skipped: brackets, and what may hold one that is none
_CODE = re.compile(r"['\"]|//[^\n]*+|/\*.*?(?:\*/|\Z)|[][(){}]", re.DOTALL)
_IN_QUOTES = {quote: re.compile(rf"[^{quote}\\\n]*+(?:\\.[^{quote}\\\n]*+)*+", re.DOTALL) for quote in "'\""}
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_MAX_DEPTH = 100
_CONSTANTS = {"true": True, "false": False}


class NotALiteral(ValueError):
    """The text at this place is no literal that this reader knows. `at`: how far it was read, if known."""

    def __init__(self, sentence: str, at: int | None = None) -> None:
        super().__init__(sentence if at is None else f"{sentence} at {at}")
        self.at = at


def read_literal(text: str, start: int = 0) -> tuple[Any, int]:
    """The value that begins at `start`, and the position behind it. Raises NotALiteral."""
    return _value(text, start, 0)


def read_arguments(text: str, start: int) -> tuple[list[Any], int]:
    """The arguments of a call whose `(` stands at `start`, and the position behind its `)`."""
    return _items(text, start + 1, ")", 0)


def unescape(inner: str) -> str:
    """The inside of a JavaScript string literal as the script's engine would read it, but for characters
    that no text is kept with."""
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def _unescaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits is None:
        return storable(_SIMPLE.get(match[4], match[4]))
    if len(digits) > 6:  # two halves of one character
        return bytes.fromhex(digits.replace("\\u", "")).decode("utf-16-be")
    code = int(digits, 16)
    return storable(chr(code)) if code <= 0x10FFFF else "\ufffd"


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > _MAX_DEPTH:
        raise NotALiteral("nested too deeply", at)
    at = _skip_space(text, at)
    first = text[at : at + 1]
    if first in ("'", '"') and (match := _STRING.match(text, at)):
        return unescape(match[0][1:-1]), match.end()
    if first == "[":
        return _items(text, at + 1, "]", depth + 1)
    if first == "{":
        return _object(text, at + 1, depth + 1)
    if first == "(":
        items, end = _items(text, at + 1, ")", depth + 1)
        return (items[-1] if items else None), end
    if match := _NUMBER.match(text, at):
        return _number(match[0]), match.end()
    if first == "!" and text[at + 1 : at + 2] in ("0", "1"):
        return text[at + 1] == "0", at + 2
    return _word(text, at)


def _number(digits: str) -> int | float:
    if "x" in digits.lower():
        return int(digits, 16)
    return float(digits) if any(mark in digits for mark in ".eE") or len(digits) > 400 else int(digits)


def _word(text: str, at: int) -> tuple[Any, int]:
    match = _WORD.match(text, at)
    if not match:
        raise NotALiteral("no literal", at)
    if match[0] in _CONSTANTS:
        return _CONSTANTS[match[0]], match.end()
    if match[0] == "new":
        return None, _word(text, _skip_space(text, match.end()))[1]
    return None, _behind_code(text, match.end(), is_function=match[0] == "function")


def _behind_code(text: str, at: int, is_function: bool) -> int:
    """Behind the brackets that follow a name: `name(…)`, `function name(…) {…}`."""
    if is_function:
        at = text.find("(", at)
        if at < 0:
            raise NotALiteral("a function without parameters")
        return _behind_brackets(text, _skip_space(text, _behind_brackets(text, at)))
    after = _skip_space(text, at)
    return _behind_brackets(text, after) if text[after : after + 1] == "(" else at


def _behind_brackets(text: str, at: int) -> int:
    if text[at : at + 1] not in _PAIRS:
        raise NotALiteral("no bracket", at)
    waiting: list[str] = []
    for mark, end in _marks(text, at):
        if mark in _PAIRS:
            waiting.append(_PAIRS[mark])
        elif waiting and mark == waiting[-1]:
            waiting.pop()
            if not waiting:
                return end
    raise NotALiteral("brackets without end")


def _marks(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The brackets of code from `at` on, and the position behind each. A quote with no other on its line is
    no string; neither are those behind it, up to where it was looked for: each character is seen once."""
    unclosed = {"'": at, '"': at}
    while match := _CODE.search(text, at):
        mark, at = match[0], match.end()
        if mark not in unclosed:
            if len(mark) == 1:
                yield mark, at
        elif at > unclosed[mark]:
            inside = _IN_QUOTES[mark].match(text, at)
            end = inside.end() if inside else at
            if text.startswith(mark, end):
                at = end + 1
            else:
                unclosed[mark] = end


def _items(text: str, at: int, end: str, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while True:
        at = _skip_space(text, at)
        mark = text[at : at + 1]
        if mark == end:
            return items, at + 1
        if mark == ",":  # a hole
            items.append(None)
            at += 1
            continue
        item, at = _value(text, at, depth)
        items.append(item)
        at = _skip_space(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != end:
            raise NotALiteral(f"neither comma nor {end}", at)


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        at = _skip_space(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        key, at = _key(text, at)
        at = _skip_space(text, at)
        if text[at : at + 1] in (",", "}"):  # a variable's name alone: `{map, title: "…"}`
            found[key] = None
        elif text[at : at + 1] != ":":
            raise NotALiteral("no colon", at)
        else:
            found[key], at = _value(text, at + 1, depth)
            at = _skip_space(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "}":
            raise NotALiteral("neither comma nor brace", at)


def _key(text: str, at: int) -> tuple[str, int]:
    for pattern in (_STRING, _WORD, _NUMBER):
        if match := pattern.match(text, at):
            return (unescape(match[0][1:-1]) if pattern is _STRING else match[0]), match.end()
    raise NotALiteral("no key", at)
