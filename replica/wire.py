"""Faults of the wire: what a broken server, a firewall or a bad line makes of an answer.

A fault is a function `(site, fault, answer) -> answer`, registered with `@strike("name")`; see `faults.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from replica.exchange import Answer, html
from replica.pages import errors

if TYPE_CHECKING:
    from replica.faults import Fault
    from replica.site import Site

HUGE_BYTES = 60_000_000
ERROR_PAGE = "/pmd/GenericError.aspx?aspxerrorpath=/pmd/level.aspx"
LOGIN_PAGE = "/pmd/login.aspx?ReturnUrl=%2fpmd%2flevel.aspx"
Strike = Callable[["Site", "Fault", Answer], Answer]
STRIKES: dict[str, Strike] = {}


def applied(site: Site, fault: Fault, answer: Answer) -> Answer:
    """The answer as it leaves under this fault; faults of the data have done their work by now."""
    strike = STRIKES.get(fault.name)
    return strike(site, fault, answer) if strike else answer


def strike(name: str) -> Callable[[Strike], Strike]:
    """Register a fault under its name."""

    def register(function: Strike) -> Strike:
        STRIKES[name] = function
        return function

    return register


def _retry_seconds(fault: Fault) -> tuple[str, str]:
    return ("Retry-After", str(fault.retry_after))


def _retry_date(fault: Fault) -> tuple[str, str]:
    """Whole seconds are rounded up, so that the wait is never shorter than it was meant to be."""
    when = datetime.now(UTC) + timedelta(seconds=fault.retry_after, milliseconds=999)
    return ("Retry-After", format_datetime(when, usegmt=True))


@strike("status404")
def status404(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.not_found(), 404)


@strike("status429")
def status429(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.too_many(), 429, _retry_seconds(fault))


@strike("status429_date")
def status429_date(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.too_many(), 429, _retry_date(fault))


@strike("status500")
def status500(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.server_error("Object reference not set to an instance of an object."), 500)


@strike("status503")
def status503(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.unavailable(), 503, _retry_seconds(fault))


@strike("retry_date")
def retry_date(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.unavailable(), 503, _retry_date(fault))


@strike("soft_error")
def soft_error(site: Site, fault: Fault, answer: Answer) -> Answer:
    return replace(status500(site, fault, answer), status=200)


@strike("aspxerrorpath")
def aspxerrorpath(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html("", 302, ("Location", ERROR_PAGE))


@strike("waf200")
def waf200(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.firewall())


@strike("waf403")
def waf403(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.firewall(), 403)


@strike("login")
def login(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html(errors.login())


@strike("login_redirect")
def login_redirect(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html("", 302, ("Location", LOGIN_PAGE))


@strike("empty")
def empty(site: Site, fault: Fault, answer: Answer) -> Answer:
    return Answer()


@strike("truncate")
def truncate(site: Site, fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


@strike("cut")
def cut(site: Site, fault: Fault, answer: Answer) -> Answer:
    return replace(answer, cut=len(answer.body) // 2)


@strike("huge")
def huge(site: Site, fault: Fault, answer: Answer) -> Answer:
    return replace(answer, stream=_filler(answer.body))


def _filler(body: bytes) -> Iterator[bytes]:
    yield body
    block = b"<p>" + b"water " * 10_000 + b"</p>"
    for _ in range(HUGE_BYTES // len(block) + 1):
        yield block


@strike("slow")
def slow(site: Site, fault: Fault, answer: Answer) -> Answer:
    return replace(answer, drip=fault.seconds)


@strike("redirect_off")
def redirect_off(site: Site, fault: Fault, answer: Answer) -> Answer:
    return html("", 302, ("Location", "http://elsewhere.invalid/pmd/level.aspx"))


@strike("session_expire")
def session_expire(site: Site, fault: Fault, answer: Answer) -> Answer:
    site.sessions.expire()
    return answer


@strike("wrong_charset")
def wrong_charset(site: Site, fault: Fault, answer: Answer) -> Answer:
    """Every page has at least the © of its footer."""
    return replace(answer, body=answer.body.decode().encode("cp1252", "replace"))
