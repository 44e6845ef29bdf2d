"""Tags with more attributes than any page has: libxml2 takes time to the square of their number."""

from __future__ import annotations

import re

_MOST = 2000  # pieces of one tag (a name with its value in quotes counts two): 20 ms of libxml2's time
_PIECE = r"""[\s/]*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++)"""
# Two quick looks first: such a tag has a long run without an angle bracket, or hides one in a quoted value
_LONG_RUN = re.compile(rf"(?:^|[<>])[^<>]{{{2 * _MOST - 200},}}")
_HIDDEN_END = re.compile(r"=\s*+(?:\"[^\"<>]*+[<>]|'[^'<>]*+[<>])")
_PIECES = re.compile(_PIECE)
_SOUND = re.compile(
    r"(?:[^<]++|<(?:script|style)\b[^>]*+>(?:[^<]++|<(?!/(?:script|style)))*+|<!--(?:[^-]++|-(?!->))*+"
    rf"|<(?![A-Za-z])|<[A-Za-z](?:{_PIECE}){{0,{_MOST}}}+(?!{_PIECE}))*+",
    re.IGNORECASE,
)


def is_overloaded(text: str) -> bool:
    """Whether a tag of the markup has a thousand attributes or more. Time grows with the length only."""
    if not _HIDDEN_END.search(text) and not any(map(_has_many_pieces, _LONG_RUN.finditer(text))):
        return False
    sound = _SOUND.match(text)
    return sound is None or sound.end() < len(text)


def _has_many_pieces(run: re.Match[str]) -> bool:
    return sum(1 for _ in _PIECES.finditer(run[0])) >= _MOST
