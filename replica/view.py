"""One answer being written: who asks, which page, which layout, and the noise of this answer."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from math import gcd
from typing import TYPE_CHECKING, Any

from replica.faults import NO_FAULT, Fault
from replica.fields import STYLES, Style
from replica.lies import Lies
from replica.webforms import NONCE, Session, Target, enc_value, json_field

if TYPE_CHECKING:
    from replica.layouts import Layout
    from replica.site import Site

_SCRIPT_ID = "dxss_@"
_BETWEEN_BLOCKS = re.compile(r">(?=<(?:/?(?:table|tr|td|th|div|ul|li|p)\b))")


@dataclass(frozen=True, slots=True)
class PageState:
    """What the view state remembers: 0-based page of the projects, letter of the alphabet filter."""

    page: int = 0
    letter: str = "All"


class View:
    """Everything that a renderer may ask. `root` is the way back to /pmd/ ("" or "../"); `still` leaves
    all noise out, so that two answers differ only where what they say differs."""

    def __init__(
        self,
        site: Site,
        session: Session,
        target: Target,
        state: PageState | None = None,
        *,
        fault: Fault = NO_FAULT,
        still: bool = False,
    ) -> None:
        self.site, self.session, self.target = site, session, target
        self.state = state or PageState()
        self.fault, self._still = fault, still
        self.layout: Layout = site.layout_of(target, fault)
        self.root = "../" if target.kind in ("projects", "project") else ""
        self.rng = random.Random(0) if still else random.Random()
        self.lies = Lies(fault, self.rng)
        theme = (
            self.rng.choice(("Moderno", "Office365", "Glass", "none")) if self.has("theme") else site.theme
        )
        self.theme = "" if theme == "none" else f"_{theme}"

    def has(self, kind: str) -> bool:
        """Is this kind of noise in this answer?"""
        return not self._still and self.site.has(kind)

    @property
    def style(self) -> Style:
        return STYLES[self.layout.name]

    def with_state(self, **changes: Any) -> View:
        self.state = replace(self.state, **changes)
        return self

    def nonce(self, kind: str, about: str) -> bytes:
        """Random while that noise is on, else always the same for the same thing."""
        if self.has(kind):
            return self.rng.randbytes(NONCE)
        return random.Random(f"{kind} {about}").randbytes(NONCE)

    def link(self, target: Target) -> str:
        """Relative href of a page behind an `enc=` link; `+` stays as it is, as on the real site."""
        page = "project/proj_detail.aspx" if target.kind == "project" else "level.aspx"
        value = enc_value(self.site.seal, target, self.nonce("enc", str(target)))
        return f"{self.root}{page}?enc={value}"

    def sealed(self, purpose: str, size: int, **content: Any) -> str:
        """A hidden field bound to this session and this page."""
        content |= {"session": self.session.id, "target": str(self.target)}
        noise = "scripts" if purpose == "callbackState" else "viewstate"
        nonce = self.nonce(noise, f"{purpose} {self.target} {self.state} {content}")
        return json_field(self.site.seal, purpose, content, nonce, size)

    def event_validation(self) -> str:
        return self.sealed("__EVENTVALIDATION", 200)

    def permuted(self, length: int, what: str) -> range | list[int]:
        """Order in which this session sees `length` things; the natural one while the noise is off."""
        if length < 2 or not self.has(what):
            return range(length)
        rng = random.Random(self.session.salt * 31 + self.site.noise_epoch)
        step = next(s for s in iter(lambda: rng.randrange(1, length), None) if gcd(s, length) == 1)
        start = rng.randrange(length)
        return [(start + step * i) % length for i in range(length)]

    def finish(self, html: str) -> str:
        """Give the scripts their numbers and spread the white space."""
        parts = html.split(_SCRIPT_ID)
        numbers = self.rng if self.has("scripts") else random.Random(str(self.target))
        numbered = [f"dxss_{numbers.randrange(10**8, 2 * 10**9)}{part}" for part in parts[1:]]
        html = "".join((parts[0], *numbered))
        if self.has("whitespace"):
            html = _BETWEEN_BLOCKS.sub(lambda _: ">\r\n" + " " * self.rng.randrange(9), html)
        return html

    def clock(self) -> str:
        return datetime.now(UTC).strftime("%Y/%m/%d %H:%M:%S.%f") if self.has("clock") else ""


def script(code: str) -> str:
    """A start-up script as DevExpress writes it; the number in its id is filled in at the end."""
    return f'<script id="{_SCRIPT_ID}" type="text/javascript">\n<!--\n{code}\n//-->\n</script>'


_JS_ESCAPES = (
    ("\\", "\\\\"),
    ("'", "\\'"),
    ("\r", "\\r"),
    ("\n", "\\n"),
    ("\t", "\\t"),
    ("</script>", "<\\/script>"),
    ("<!--", "<!-\\-"),
    ("-->", "-\\->"),
)


def js_string(text: str) -> str:
    """A single-quoted JavaScript string with the escapes that DevExpress uses; double quotes stay."""
    for plain, escaped in _JS_ESCAPES:
        text = text.replace(plain, escaped)
    return f"'{text}'"


def control(kind: str, uid: str, name: str = "", more: str = "", *, callback: bool = False) -> str:
    """`ASPx.createControl(…)`; `more` is the rest of the property literal, without a leading comma."""
    cid = uid.replace("$", "_")
    props = [f"'uniqueID':'{uid}'"] + ([more] if more else [])
    if callback:
        call = f"WebForm_DoCallback('{uid}',arg,ASPx.Callback,'{cid}',ASPx.CallbackError,true);"
        props.insert(0, f"'callBack':function(arg) {{ {call} }}")
    return f"ASPx.createControl({kind},'{cid}','{name}',{{{','.join(props)}}});"


def text(value: str) -> str:
    """Text for HTML."""
    return escape(value, quote=True)
