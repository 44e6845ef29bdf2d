"""A page's markup, decoded and parsed once: for whoever looks at its tree, and whoever takes it. Pure."""

from __future__ import annotations

import re
from functools import cached_property

from etl.extract.callback import looks_like_callback, read_callback
from etl.extract.html import Element, Parsed, parse_page
from etl.extract.types import CallbackAnswer
from projects.charset import Decoded, decoded

# A browser breaks the line there (https://html.spec.whatwg.org/#parsing-main-inbody); lxml joins the words
_LINE_END = re.compile(r"</br\s*/?>", re.IGNORECASE)


class Markup:
    """`body` as it came, with its Content-Type; or a text."""

    def __init__(self, body: bytes | str, content_type: str = "") -> None:
        self.body, self.content_type = body, content_type
        self._parsed: tuple[str, Parsed] | None = None

    @cached_property
    def decoded(self) -> Decoded:
        if isinstance(self.body, str):
            return Decoded(self.body, "utf-8", "", True, None)
        return decoded(self.body, self.content_type)

    @property
    def text(self) -> str:
        return self.decoded.text

    @cached_property
    def answer(self) -> CallbackAnswer | None:
        """What a callback's answer says, None where it is none. Raises PageChanged."""
        return read_callback(self.text) if looks_like_callback(self.text) else None

    @cached_property
    def html(self) -> str:
        """What is parsed: of a callback's answer the part that it carries. Raises PageChanged."""
        html = (self.answer.html or "") if self.answer else self.text
        return _LINE_END.sub("<br>", html) if "</br" in html or "</BR" in html else html

    def root(self) -> Element:
        """The tree, to be looked at and left as it is. Raises PageChanged."""
        if self._parsed is None:
            self._parsed = self.html, parse_page(self.html)
        return self._parsed[1].root

    def taken(self, text: str) -> Parsed:
        """The tree of a text, to be changed by whoever takes it: the one that was looked at, if it is of that
        text. Raises PageChanged."""
        had, self._parsed = self._parsed, None
        return had[1] if had and had[0] is text else parse_page(text)
