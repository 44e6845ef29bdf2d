"""Tags that swallow what stands behind them: a quote or an angle bracket of theirs is missing.

A tag is taken apart as browsers do it (https://html.spec.whatwg.org/#tokenization): a value whose quote is
missing reaches up to the next quote of the page, and the text between them is shown to nobody. Each character
is looked at once, those of a mended tag once more.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Tags with more attributes than any page has: parsers take time to the square of their number
_MOST_ATTRIBUTES = 1000
_MOST_MENDED = 10_000_000  # characters of mended tags, which are read again: keeps the time linear
_SHOWN = 60  # characters of a damaged tag in a note

_ATTRIBUTE = (
    r"[\s/]*+(?P<name>=[^\s/>=]*+|[^\s/>=]++)"
    r"(?:\s*+=\s*+(?:(?P<quote>[\"'])(?P<quoted>(?:(?!(?P=quote)).)*+)(?P<closed>(?P=quote))?+"
    r"|(?P<bare>[^\s>\"'][^\s>]*+))?+)?+"
)
_PIECE = r"[\s/]*+(?:=[^\s/>=]*+|[^\s/>=]++)(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>\"'][^\s>]*+)?+)?+"
_TAG_NAME = r"[A-Za-z][^\s/>]*+"
_SOUND = re.compile(
    r"(?:[^<]++|<(?:script|style)\b[^>]*+>(?:[^<]++|<(?!/(?:script|style)))*+|<!--(?:[^-]++|-(?!->))*+"
    rf"|<(?!/?[A-Za-z])|</?{_TAG_NAME}(?:{_PIECE}){{0,{_MOST_ATTRIBUTES}}}+(?!{_PIECE}))*+",
    re.IGNORECASE,
)
TOKEN = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?P<end>/?)(?P<tag>{_TAG_NAME})(?:{_PIECE})*+[\s/]*+(?P<close>>?)",
    re.DOTALL,
)
ATTRIBUTE = re.compile(_ATTRIBUTE, re.DOTALL)
_RAW_END = {
    name: re.compile(rf"</{name}|\Z", re.IGNORECASE)
    for name in "script style textarea title xmp iframe noembed noframes".split()
}
# Quick looks, one of which every damaged tag passes: an angle bracket in a quoted value, a tag in a tag
_HIDDEN_END = re.compile(r"=\s*+(?:\"[^\"<>]*+[<>]|'[^'<>]*+[<>])")
_TAG_IN_TAG = re.compile(r"<[A-Za-z/][^<>]*+<[A-Za-z/]")
_MARKUP = re.compile(
    r"</?(?:a|b|br|dd|div|dl|dt|em|font|form|h[1-6]|i|img|input|label|li|ol|option|p|select|small|span|strong"
    r"|table|tbody|td|tfoot|th|thead|tr|u|ul)(?=[\s/>]|\Z)",
    re.IGNORECASE,
)
_WITHOUT_VALUE = frozenset(
    "checked disabled hidden multiple noshade nowrap readonly required selected".split()
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BEFORE_ATTRIBUTE = re.compile(r"[\s/\"']")
_QUOTES = re.compile(r"[\"']")
# Where a value ends whose quote is missing: before the tag's next attribute, or its end
_VALUE_END = re.compile(r"(?=\s[A-Za-z][\w:-]*=|/?>)")


class Mended(NamedTuple):
    """A page's text with what its tags lack put in. `missing`: "quote" or "angle bracket"; `near`: where the
    first of them is, as it is written."""

    text: str
    missing: str
    near: str


class _Cut(NamedTuple):
    at: int  # position in the tag
    lacks: str  # what is put in there


@lru_cache(maxsize=1)  # a page is looked at several times, one after the other
def pieces_of(text: str) -> frozenset[str]:
    """What stands between one "<" of the markup and the next, digits left out, each once: what repeats from
    row to row need not be looked at again for each of them."""
    pieces = text.encode("utf-8", "ignore").translate(None, b"0123456789").split(b"<")
    return frozenset(piece.decode() for piece in {pieces[0] + b">", *pieces[1:]})


@lru_cache(maxsize=1)
def _may_be_damaged(text: str) -> bool:
    """Whether a tag may lack a quote or bracket: it has no end, or an odd number of quotes before it."""
    for piece in pieces_of(text):
        tag, end, _ = piece.partition(">")
        if not end or ("=" in tag and (tag.count('"') % 2 or tag.count("'") % 2)):
            return True
    return False


def is_overloaded(text: str) -> bool:
    """Whether a tag of the markup has more than a thousand attributes. Time grows with the length only."""
    if not _may_be_damaged(text):
        longest = max(map(len, pieces_of(text)))
        if longest < _MOST_ATTRIBUTES or not any(map(_has_many_parts, pieces_of(text))):
            return False
    sound = _SOUND.match(text)
    return sound is None or sound.end() < len(text)


def _has_many_parts(piece: str) -> bool:
    """Whether a sound tag may have so many attributes: before each stands a blank, a slash or a quote."""
    if len(piece) < _MOST_ATTRIBUTES:
        return False
    tag = _QUOTED.sub("''", piece.partition(">")[0])
    return len(tag) >= _MOST_ATTRIBUTES and len(_BEFORE_ATTRIBUTE.findall(tag)) >= _MOST_ATTRIBUTES


def mended(text: str) -> Mended | None:
    """The text with the quotes and angle brackets that its tags lack, or None where they lack none."""
    if not _may_be_damaged(text) or not (_HIDDEN_END.search(text) or _TAG_IN_TAG.search(text)):
        return None
    pieces: list[str] = []
    first: tuple[str, str] | None = None
    at = copied = read_again = 0
    while read_again < _MOST_MENDED and (token := TOKEN.search(text, at)):
        at = token.end()
        cut = _cut(token) if token["tag"] and text.find("<", token.start() + 1, at) >= 0 else None
        if cut is not None:
            read_again += len(token[0])
            at = token.start() + cut.at
            pieces += text[copied:at], cut.lacks
            copied = at
            first = first or (
                "angle bracket" if cut.lacks == ">" else "quote",
                " ".join(text[token.start() : min(at + 1, token.start() + _SHOWN)].split()),
            )
        elif token["tag"] and not token["end"] and (end := _RAW_END.get(token["tag"].lower())):
            closing = end.search(text, at)
            at = closing.start() if closing else len(text)
    return Mended("".join((*pieces, text[copied:])), *first) if first else None


def _cut(token: re.Match[str]) -> _Cut | None:
    """Where the tag ought to have ended or a value of it, or None where it swallows nothing."""
    tag = token[0]
    begins = token.end("tag") - token.start()
    if inner := _MARKUP.search(tag, 1, begins + 1):
        return _Cut(inner.start(), ">")
    attributes = list(ATTRIBUTE.finditer(tag, begins))
    for number, attribute in enumerate(attributes):
        if (value := attribute["quoted"]) is not None:
            inner, end = _MARKUP.search(value), value.find(">")
            # tips hold markup too; theirs begins with a tag, and the quotes around them come in pairs
            if inner and 0 <= end < inner.start() and _is_odd(attribute, attributes[number + 1 :]):
                closing = _VALUE_END.search(value)
                return _Cut(
                    attribute.start("quoted") + (closing.start() if closing else end), attribute["quote"]
                )
        elif (inner := _MARKUP.search(tag, attribute.start())) and inner.start() < attribute.end():
            return _Cut(_text_begins(attributes[: number + 1], inner.start()), ">")
    return None


def _text_begins(attributes: list[re.Match[str]], markup: int) -> int:
    """Where the words begin that run up to the markup: text of the page, as far as they are no attributes."""
    at = markup
    for attribute in reversed(attributes):
        is_word = attribute["quoted"] is None and attribute["bare"] is None
        if not is_word or attribute["name"].lower() in _WITHOUT_VALUE:
            break
        at = min(at, attribute.start("name"))
    return at


def _is_odd(attribute: re.Match[str], following: list[re.Match[str]]) -> bool:
    """Whether the value has no closing quote, or one that was meant to open another."""
    return attribute["closed"] is None or any(
        _QUOTES.search(other["name"]) or _QUOTES.search(other["bare"] or "") for other in following
    )
