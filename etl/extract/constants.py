"""Texts that a script puts together out of constants: `root + 'Projects'`, with `var root = '/api/'`. Pure.

Nothing is run: what is named once, as a text, stands in for its name where texts are joined or handed on.
"""

from __future__ import annotations

import re
from functools import partial

_TEXT = r"'[^'\\\n]{0,300}'|\"[^\"\\\n]{0,300}\""
_NAMED = re.compile(rf"(?<![\w$.])([A-Za-z_$][\w$]{{0,60}})\s*=\s*({_TEXT})\s*(?=[;,\n]|$)")
_JOINED = re.compile(rf"({_TEXT})\s*\+\s*({_TEXT})")
_TEMPLATE = re.compile(r"`([^`\\\n\"]{0,300})`")
_PLACE = re.compile(r"\$\{\s*([A-Za-z_$][\w$]{0,60})\s*\}")
_TIMES = 4  # names that are made of names
_LONGEST = 300_000  # characters of one script


def with_constants(code: str) -> str:
    """The script with its joined constants written out; one that joins nothing, or is too long, as it is."""
    if ("+" not in code and "`" not in code) or len(code) > _LONGEST:
        return code
    for _ in range(_TIMES):
        known = _constants(code)
        filled = _TEMPLATE.sub(partial(_filled, known), code)
        written = _JOINED.sub(lambda pair: f'"{pair[1][1:-1]}{pair[2][1:-1]}"', _written(filled, known))
        if written == code:
            break
        code = written
    return code


def _filled(known: dict[str, str], template: re.Match[str]) -> str:
    """A template's text with what is known of its names; with all of them, a text like any other."""
    filled = _PLACE.sub(lambda name: known[name[1]][1:-1] if name[1] in known else name[0], template[1])
    return f"`{filled}`" if "${" in filled else f'"{filled}"'


def _constants(code: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _NAMED.finditer(code):
        name = match[1]
        if len(re.findall(rf"(?<![\w$.]){re.escape(name)}\s*(?:[-+*/]?=(?![=>])|\+\+|--)", code)) == 1:
            found[name] = match[2]
        if len(found) > 50:
            break
    return {name: text for name, text in found.items() if "/" in text or "?" in text}


def _written(code: str, known: dict[str, str]) -> str:
    if not known:
        return code
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    used = re.compile(
        rf"(?<![\w$.'\"])({names})(?=\s*\+)|(?<=\+)(\s*)({names})(?![\w$.(])|(?<=\()({names})(?=\s*[,)])"
    )

    def text(match: re.Match[str]) -> str:
        return (match[2] or "") + known[match[1] or match[3] or match[4]]

    return used.sub(text, code)
