"""URL → Page: politely, with retries, never off the host. With `network.py` the only file that knows HTTP."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings

from etl.exceptions import FetchFailed, SessionExpired
from etl.fetch import errors, robots
from etl.fetch.answers import is_firewall, is_login, lost_session, retry_after_seconds
from etl.fetch.network import Connection, Exchange, Request
from etl.fetch.page import Kept, Page
from etl.fetch.robots import ROBOT, Robots
from etl.runs import stop

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (429, 500, 502, 503, 504)
_MOST_REDIRECTS = 5
_LONGEST_WAIT = 300.0  # seconds; a Retry-After of more waits for the next poll, a Crawl-delay of more is cut
_LONGEST_PAGE = 900.0  # seconds that one page may cost, all attempts and waits together
_SLICE = 0.5  # seconds between two signs of life while waiting
_LONGEST_NAME = 500  # characters of a URL in a sentence
_PORTS = {"http": 80, "https": 443}


def passing(answer: Page) -> bool:
    """Whether an error can be gone at the next attempt."""
    return answer.status in _PASSING and not lost_session(answer.url, answer.text)


def refusal(answer: Page) -> str:
    """What to say of an answer that is neither a page nor a redirect."""
    host, url = urlsplit(answer.url).netloc.lower(), _name(answer.url)
    if answer.status == 403:
        return f"{host} refuses us: 403 for {url} (a firewall in front of the site, it seems)."
    wall = " with the page of a firewall" if is_firewall(answer.text) else ""
    return f"{url} answered {answer.status}{wall} instead of 200."


@dataclass(slots=True)
class FetchPolicy:
    """How we behave: seconds, bytes and counts; see the settings of the same names."""

    delay: float = 1.0
    timeout: float = 30.0
    attempts: int = 5
    backoff: float = 2.0
    max_bytes: int = 50_000_000
    contact_url: str = ""

    @classmethod
    def of_settings(cls) -> FetchPolicy:
        return cls(
            delay=settings.FETCH_DELAY_SECONDS,
            timeout=settings.FETCH_TIMEOUT_SECONDS,
            attempts=settings.FETCH_MAX_ATTEMPTS,
            backoff=settings.FETCH_BACKOFF_SECONDS,
            max_bytes=settings.FETCH_MAX_BYTES,
            contact_url=settings.CONTACT_URL,
        )

    @classmethod
    def of_capture(cls) -> FetchPolicy:
        """Nobody is asked: no pauses, and nothing is asked for again."""
        return cls(delay=0, attempts=1, backoff=0, max_bytes=settings.FETCH_MAX_BYTES)

    @property
    def user_agent(self) -> str:
        return f"{ROBOT}/1.0 (+{self.contact_url})"


def connect(base_url: str, policy: FetchPolicy) -> Connection:
    """The way to a host over the network, with what we say of ourselves; the first request opens it."""
    headers = {
        "User-Agent": policy.user_agent,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "en-ZA,en;q=0.8",
    }
    return Connection(base_url, policy.timeout, policy.max_bytes, headers)


class Fetcher:
    """One connection to one host. `alive` is called before each request and while waiting.

    `passing` and `refusal` read the errors of a source that words them in its own way. `access`: what to know
    where there is no connection. `exchange`: who answers in place of the network. `notes`
    are sentences about the host for whoever reads of the run.
    Certificates are always verified; nothing here or in the environment switches that off.
    """

    def __init__(
        self,
        base_url: str,
        policy: FetchPolicy,
        alive: Callable[[], None] = lambda: None,
        *,
        passing: Callable[[Page], bool] = passing,
        refusal: Callable[[Page], str] = refusal,
        access: str = "",
        exchange: Exchange | None = None,
    ) -> None:
        self.passing, self.refusal, self.access = passing, refusal, access
        self.base_url, self.policy, self.alive = base_url, policy, alive
        self.requests = self.retries = self.not_modified = 0
        self._scheme, self._place = urlsplit(base_url).scheme, _place(base_url)
        self.host = urlsplit(base_url).netloc.lower()
        self._last_answer: float | None = None
        self.notes: list[str] = []
        self._robots: Robots | None = None
        self._delay = policy.delay
        self._connection = exchange or connect(base_url, policy)

    def forget_session(self) -> None:
        """Start a new session at the server (its old one expired)."""
        self._connection.forget_cookies()

    def close(self) -> None:
        self._connection.close()

    def get(self, url: str, kept: Kept | None = None) -> Page:
        """Fetch a page of the host. Raises FetchFailed with one sentence for a person, or SessionExpired.

        With its `kept` answer the server is asked only for what is new since then: where it says that nothing
        is, the page is the kept one, `not_modified`.
        """
        return self._ask("GET", url, None, kept)

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        """Post a form of the host. Raises FetchFailed, SessionExpired."""
        return self._ask("POST", url, fields, None)

    def call(self, url: str) -> Page:
        """Call a web method of the host that takes no arguments (a JSON POST). Raises FetchFailed,
        SessionExpired."""
        return self._ask("POST", url, {}, None, "{}")

    def allowed(self, url: str) -> bool:
        """Whether robots.txt lets us fetch the URL. Raises FetchFailed when robots.txt cannot be had."""
        if self._robots is None:
            self._robots = self._read_robots()
        return self._robots.allowed(url)

    def _read_robots(self) -> Robots:
        answer = self._robots_txt()
        status = (answer.status or 0) if answer else 404
        if status >= 500:  # RFC 9309: a server that cannot say forbids everything
            raise FetchFailed(f"robots.txt of {self.host} answered {status}: we may not go on.")
        # RFC 9309: no such file, or not ours to see, forbids nothing
        rules = robots.read(answer.body if answer and 200 <= status < 300 else b"")
        self.notes += [f"robots.txt of {self.host} {note}." for note in rules.notes]
        if self.policy.delay > 0:
            self._slow_down(rules.delay)
        return rules

    def _robots_txt(self) -> Page | None:
        """What the host answers; None where it leads away or in a circle (RFC 9309 §2.3.1.2: as if 404)."""
        url, problem = urljoin(self.base_url, "/robots.txt"), f"more than {_MOST_REDIRECTS} redirects."
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._attempts(Request("GET", url, enough=robots.LONGEST))
            if answer.status not in _REDIRECTS:
                return answer
            try:
                url = self._at_home(_joined(url, answer.header("Location")))
            except FetchFailed as astray:
                problem = str(astray)
                break
        self.notes.append(f"robots.txt of {self.host} counts as none, and forbids nothing: {problem}")
        return None

    def _slow_down(self, asked: float) -> None:
        self._delay = max(self.policy.delay, min(asked, _LONGEST_WAIT))
        if asked > self._delay:
            self.notes.append(
                f"robots.txt of {self.host} asks for {asked:.0f} s between two requests;"
                f" {self._delay:g} s were kept."
            )

    def _ask(
        self, method: str, url: str, fields: Mapping[str, str] | None, kept: Kept | None, json: str = ""
    ) -> Page:
        for _ in range(_MOST_REDIRECTS + 1):
            url = self._checked(url)
            answer = self._attempts(Request(method, url, fields, _validators(kept), json=json))
            if answer.status == 304 and kept:
                return self._as_before(answer, kept)
            if answer.status not in _REDIRECTS:
                return self._accept(answer)
            url = _joined(url, answer.header("Location"))
            method, fields, kept, json = "GET", None, None, ""
        raise FetchFailed(f"{_name(url)} redirects in a circle.")

    def _as_before(self, answer: Page, kept: Kept) -> Page:
        self.not_modified += 1
        return replace(answer, body=kept.body, headers={**kept.headers, **answer.headers}, not_modified=True)

    def _checked(self, url: str) -> str:
        """The URL as it is asked for. Raises FetchFailed where the host or its robots.txt ends."""
        url = self._at_home(url)
        if not self.allowed(url):
            raise FetchFailed(f"robots.txt of {self.host} does not allow {urlsplit(url).path}.")
        return url

    def _at_home(self, url: str) -> str:
        """A URL of this host; a link that forgot the encryption gets it back. Raises FetchFailed."""
        host, port = _place(url)
        plain = url.lower().startswith("http://")
        if self._scheme == "https" and plain and (host, port) == (self._place[0], 80):
            url, port = f"https://{self.host}{_behind_host(url)}", self._place[1]
        gains_encryption = self._scheme == "http" and not plain and (self._place[1], port) == (80, 443)
        if host != self._place[0] or not (port == self._place[1] or gains_encryption):
            login = " It seems to be a login." if is_login(url) else ""
            raise FetchFailed(f"{_name(url)} is off the host {self.host}; it was not followed.{login}")
        return url

    def _accept(self, answer: Page) -> Page:
        if answer.status == 200:
            return answer
        if lost_session(answer.url, answer.text):
            raise SessionExpired(
                f"{_name(answer.url)}: the server has forgotten the session ({answer.status})."
            )
        raise FetchFailed(self.refusal(answer))

    def _attempts(self, request: Request) -> Page:
        until = time.monotonic() + _LONGEST_PAGE
        for attempt in range(1, self.policy.attempts + 1):
            last = attempt == self.policy.attempts
            try:
                answer = self._once(request)
            except requests.RequestException as error:
                if last or errors.is_final(error) or time.monotonic() > until:
                    self._give_up(request.url, error, attempt)
                wait = self._backoff(attempt)
            else:
                if not self.passing(answer):
                    return answer
                wait = self._asked_wait(answer, attempt)
                if last or time.monotonic() + wait > until:
                    return answer
            self.retries += 1
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: Request) -> Page:
        if self._last_answer is not None:
            self._sleep(self._last_answer + self._delay - time.monotonic())
        self._sign_of_life()
        self.requests += 1
        try:
            return self._connection.ask(request)
        finally:
            self._last_answer = time.monotonic()

    def _backoff(self, attempt: int) -> float:
        doubled = self.policy.backoff * 2 ** min(attempt - 1, 20)
        return min(doubled, _LONGEST_WAIT) * random.uniform(0.5, 1.5)

    def _asked_wait(self, answer: Page, attempt: int) -> float:
        asked = retry_after_seconds(answer.header("Retry-After"), server_date=answer.header("Date"))
        if asked is not None and asked > _LONGEST_WAIT:
            raise FetchFailed(f"{self.host} answered {answer.status} and asks for {asked:.0f} s of patience.")
        return max(asked or 0.0, self._backoff(attempt))

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
            self._sign_of_life()

    def _sign_of_life(self) -> None:
        stop.check()
        self.alive()

    def _give_up(self, url: str, error: requests.RequestException, attempts: int) -> NoReturn:
        tried = f" after {attempts} attempts" if not errors.is_final(error) else ""
        raise FetchFailed(f"{errors.sentence(_name(url), error, self.access)}{tried}.") from error


def _validators(kept: Kept | None) -> dict[str, str]:
    if kept is None:
        return {}
    pairs = (("If-None-Match", kept.header("ETag")), ("If-Modified-Since", kept.header("Last-Modified")))
    return {name: value for name, value in pairs if value}


def _place(url: str) -> tuple[str, int]:
    """Host and port; ("", 0) where the URL cannot be read, is none of the web's, or brings a password."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or parts.username is not None:
            return "", 0
        return (parts.hostname or ""), (parts.port or _PORTS[parts.scheme])
    except ValueError:
        return "", 0


def _behind_host(url: str) -> str:
    return url[7:][len(urlsplit(url).netloc) :]


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchFailed(f"{_name(url)} redirects to “{location[:100]}”, which is no address.") from None


def _name(url: str) -> str:
    return url if len(url) <= _LONGEST_NAME else f"{url[:_LONGEST_NAME]}…"
