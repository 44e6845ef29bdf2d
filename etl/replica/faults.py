"""Ways to go wrong: what a broken site, a firewall or a bad line does to an answer.

A fault is a function `(site, answer) -> answer`; register it with `@fault("name")`. Faults of the facts
themselves (dropped rows, a lying pager, renamed columns, …) belong in the renderers, which can ask
`view.site.fault.name`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from etl.replica.pages import errors

if TYPE_CHECKING:
    from etl.replica.site import Site

HTML = "text/html; charset=utf-8"
HUGE_BYTES = 60_000_000


@dataclass(frozen=True)
class Answer:
    """What goes out. `stream` replaces the body and is sent without a length; `cut` closes the line after
    that many bytes of the announced ones; `drip` sends the body in small pieces over that many seconds."""

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    stream: Iterator[bytes] | None = None
    cut: int | None = None
    drip: float = 0.0


def html(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(text.encode(), status, headers=headers)


@dataclass
class Fault:
    """The fault that is on: it starts after `after` more answers and strikes `times` of them (0: always)."""

    name: str = "none"
    after: int = 0
    times: int = 0
    seconds: float = 30.0
    struck: int = field(default=0)

    def strikes(self) -> bool:
        """Count one answer; is it hit?"""
        if self.name == "none" or (self.times and self.struck >= self.times):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.struck += 1
        return True


Strike = Callable[["Site", Answer], Answer]
FAULTS: dict[str, Strike] = {}


def fault(name: str) -> Callable[[Strike], Strike]:
    """Register a fault under its name."""

    def register(strike: Strike) -> Strike:
        FAULTS[name] = strike
        return strike

    return register


@fault("none")
def none(site: Site, answer: Answer) -> Answer:
    return answer


@fault("status404")
def status404(site: Site, answer: Answer) -> Answer:
    return html(errors.not_found(), 404)


@fault("status429")
def status429(site: Site, answer: Answer) -> Answer:
    return html(errors.bare("Too Many Requests", "<h1>Too Many Requests</h1>"), 429, ("Retry-After", "2"))


@fault("status500")
def status500(site: Site, answer: Answer) -> Answer:
    return html(errors.server_error("Object reference not set to an instance of an object."), 500)


@fault("status503")
def status503(site: Site, answer: Answer) -> Answer:
    return html(errors.unavailable(), 503, ("Retry-After", "2"))


@fault("soft_error")
def soft_error(site: Site, answer: Answer) -> Answer:
    """An error page with status 200."""
    return replace(status500(site, answer), status=200)


@fault("waf403")
def waf403(site: Site, answer: Answer) -> Answer:
    return html(errors.firewall(), 403)


@fault("login")
def login(site: Site, answer: Answer) -> Answer:
    return html(errors.login())


@fault("empty")
def empty(site: Site, answer: Answer) -> Answer:
    return Answer()


@fault("truncate")
def truncate(site: Site, answer: Answer) -> Answer:
    """Half a page that looks like a whole one: its Content-Length is right."""
    return replace(answer, body=answer.body[: len(answer.body) // 2])


@fault("cut")
def cut(site: Site, answer: Answer) -> Answer:
    """The line breaks in the middle of the body."""
    return replace(answer, cut=len(answer.body) // 2)


@fault("huge")
def huge(site: Site, answer: Answer) -> Answer:
    return replace(answer, stream=_filler(answer.body))


def _filler(body: bytes) -> Iterator[bytes]:
    yield body
    block = b"<p>" + b"water " * 10_000 + b"</p>"
    for _ in range(HUGE_BYTES // len(block) + 1):
        yield block


@fault("slow")
def slow(site: Site, answer: Answer) -> Answer:
    return replace(answer, drip=site.fault.seconds)


@fault("redirect_off")
def redirect_off(site: Site, answer: Answer) -> Answer:
    return html("", 302, ("Location", "http://elsewhere.invalid/pmd/level.aspx"))


@fault("session_expire")
def session_expire(site: Site, answer: Answer) -> Answer:
    """Forget all sessions: what was answered stands, the next callback or postback is timed out."""
    site.sessions.expire()
    return answer


@fault("wrong_charset")
def wrong_charset(site: Site, answer: Answer) -> Answer:
    """Windows-1252 bytes announced as UTF-8: every page has at least the © of its footer."""
    return replace(answer, body=answer.body.decode().encode("cp1252", "replace"))
