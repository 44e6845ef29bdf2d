"""A second parser, for damaged pages alone: html5lib builds the tree that browsers show, and is slow.

It takes time to the square of much that a hostile page may hold, so its work is counted and has an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import html5lib
from html5lib._tokenizer import HTMLTokenizer
from lxml import etree

from etl.extract.damage import TOKEN
from etl.extract.html import CONTROL, Element
from projects.charset import storable

_LONGEST = 2_000_000  # characters
_MOST_TAGS = 150_000
_MOST_ELEMENTS = 200_000
_MOST_WORK = 30_000_000  # elements looked at; a page of 100,000 tags that stand 15 deep takes half of it
_MOST_COPIED = 300_000_000  # characters, which the tokenizer copies for each character of a name
_LONG_TAG = 4_000
_CHUNK = re.compile(r"=\s*+(?:\"[^\"&]*+\"|'[^'&]*+')")  # values that are read at once
_DOCTYPE = re.compile(r"<!(?!--)[^>]*+>?+")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_CHARACTERS = (1, 2)  # html5lib's tokens of text
_END_TAG = 4


class _TooMuchWork(Exception):
    """The page asks for more than a page of the site can."""


class _CountedTokens(HTMLTokenizer):
    """Tokens, as long as what they cost is bounded."""

    def __iter__(self) -> Iterator[Any]:
        work = run = made = 0
        tree: Any = self.parser.tree
        for token in super().__iter__():
            depth, formats = len(tree.openElements), len(tree.activeFormattingElements)
            made += 1 + formats  # each open format is opened anew in the next block
            run = run + len(token["data"]) if token["type"] in _CHARACTERS else 0
            work += 20 + depth * (8 if token["type"] == _END_TAG else 1) + formats * formats + run // 250
            if work > _MOST_WORK or made > 5 * _MOST_ELEMENTS:
                raise _TooMuchWork
            yield token


class _BoundedParser(html5lib.HTMLParser):
    def _parse(
        self,
        stream: Any,
        innerHTML: bool = False,
        container: str = "div",
        scripting: bool = False,
        **kwargs: Any,
    ) -> None:
        self.innerHTMLMode, self.container, self.scripting = innerHTML, container, scripting
        self.tokenizer = _CountedTokens(stream, parser=self, **kwargs)
        self.reset()
        self.mainLoop()


def parse_html5(text: str) -> Element | None:
    """The root of the tree that a browser would show, or None where that takes too long."""
    if len(text) > _LONGEST or text.count("<") > _MOST_TAGS:
        return None
    plain = _DOCTYPE.sub("", text.translate(_CONTROL_CHARACTERS))
    plain = TOKEN.sub(lambda token: token[0] if token["tag"] else "", plain)
    if sum(_copied(token[0]) for token in TOKEN.finditer(plain)) > _MOST_COPIED:
        return None
    parser = _BoundedParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    try:
        root = parser.parse(plain)
    except _TooMuchWork:
        return None
    return _as_lxml(root)


_CONTROL_CHARACTERS = dict.fromkeys(CONTROL) | {ord("\f"): " "}


def _copied(tag: str) -> int:
    if len(tag) < _LONG_TAG:
        return 0
    return len(_CHUNK.sub("", tag)) * len(tag)


def _as_lxml(source: Any) -> Element:
    """The same tree of lxml's elements, without comments; a `span` where XML has no such name."""
    root = etree.Element("html")
    waiting = [(source, root)]
    while waiting:
        given, made = waiting.pop()
        _fill(given, made)
        last = None
        for child in given:
            if isinstance(child.tag, str):
                tag = child.tag.rpartition("}")[2]
                last = etree.SubElement(made, tag if _NAME.fullmatch(tag) else "span")
                waiting.append((child, last))
            _append_text(made, last, child.tail)
    return root


def _fill(given: Any, made: Element) -> None:
    made.text = storable(given.text) if given.text else None
    for name, value in given.items():
        if isinstance(name, str) and _NAME.fullmatch(name):
            made.set(name, storable(value))


def _append_text(parent: Element, last: Element | None, text: str | None) -> None:
    if not text:
        return
    if last is None:
        parent.text = (parent.text or "") + storable(text)
    else:
        last.tail = (last.tail or "") + storable(text)
