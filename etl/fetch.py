"""URL → Page: politely, with retries, never off the host. The only file that knows HTTP."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests

from etl import retry_after
from etl.exceptions import FetchFailed
from etl.reading import Page

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (429, 500, 502, 503, 504)
_MOST_REDIRECTS = 5
_LONGEST_WAIT = 300.0  # seconds; a server that asks for more is asked again at the next poll
_SLICE = 5.0  # seconds between two signs of life while waiting
ROBOT = "BukaAmanzi"


@dataclass(slots=True)
class Manners:
    """How we behave: seconds, bytes and counts; see the settings of the same names."""

    delay: float = 1.0
    timeout: float = 30.0
    attempts: int = 5
    backoff: float = 2.0
    max_bytes: int = 50_000_000
    contact_url: str = ""


class Fetcher:
    """One connection to one host. `alive` is called before each request and while waiting."""

    def __init__(self, base_url: str, manners: Manners, alive: Callable[[], None] = lambda: None) -> None:
        self.base_url, self.manners, self.alive = base_url, manners, alive
        self.host = urlsplit(base_url).netloc.lower()
        self.requests = self.retries = 0
        self._last_answer: float | None = None
        self._robots: RobotFileParser | None = None
        self._delay = manners.delay
        self._session = self._open()

    def _open(self) -> requests.Session:
        session = requests.Session()
        session.headers["User-Agent"] = f"{ROBOT}/1.0 (+{self.manners.contact_url})"
        session.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"
        session.headers["Accept-Language"] = "en-ZA,en;q=0.8"
        return session

    def forget_session(self) -> None:
        """Start a new session at the server (its old one expired)."""
        self._session.cookies.clear()

    def close(self) -> None:
        self._session.close()

    def get(self, url: str) -> Page:
        """Fetch a page of the host. Raises FetchFailed with one sentence for a person."""
        return self._ask("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        """Post a form of the host. Raises FetchFailed."""
        return self._ask("POST", url, fields)

    def allowed(self, url: str) -> bool:
        """Whether robots.txt lets us fetch the URL. Raises FetchFailed when robots.txt cannot be had."""
        if self._robots is None:
            self._robots = self._read_robots()
        return self._robots.can_fetch(ROBOT, url)

    def _read_robots(self) -> RobotFileParser:
        robots = RobotFileParser()
        answer = self._attempts("GET", urljoin(self.base_url, "/robots.txt"), None)
        if answer.status == 200 and answer.content_type.startswith("text/"):
            robots.parse(answer.body.decode("utf-8", "replace").splitlines())
        else:  # RFC 9309: no such file, or not ours to see, forbids nothing
            robots.allow_all = True  # type: ignore[attr-defined]
        asked = robots.crawl_delay(ROBOT) if not getattr(robots, "allow_all", False) else None
        if asked and self.manners.delay > 0:
            self._delay = max(self._delay, float(asked))
        return robots

    def _ask(self, method: str, url: str, fields: Mapping[str, str] | None) -> Page:
        for _ in range(_MOST_REDIRECTS + 1):
            self._check(url)
            answer = self._attempts(method, url, fields)
            if answer.status not in _REDIRECTS:
                return self._accept(answer)
            url = urljoin(url, answer.header("Location"))
            method, fields = "GET", None
        raise FetchFailed(f"{url} redirects in a circle.")

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != self.host:
            raise FetchFailed(f"{url} is off the host {self.host}; it was not followed.")
        if not self.allowed(url):
            raise FetchFailed(f"robots.txt of {self.host} does not allow {parts.path}.")

    def _accept(self, answer: Page) -> Page:
        if answer.status == 200:
            return answer
        if answer.status == 403:
            raise FetchFailed(
                f"{self.host} refuses us: 403 for {answer.url} (a firewall in front of the site, it seems)."
            )
        raise FetchFailed(f"{answer.url} answered {answer.status} instead of 200.")

    def _attempts(self, method: str, url: str, fields: Mapping[str, str] | None) -> Page:
        for attempt in range(1, self.manners.attempts + 1):
            last = attempt == self.manners.attempts
            try:
                answer = self._once(method, url, fields)
            except requests.RequestException as error:
                if last or _is_final(error):
                    self._give_up(url, error)
                wait = self._backoff(attempt)
            else:
                if answer.status not in _PASSING or last:
                    return answer
                wait = self._asked_wait(answer, attempt)
            self.retries += 1
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, url: str, fields: Mapping[str, str] | None) -> Page:
        if self._last_answer is not None:
            self._sleep(self._last_answer + self._delay - time.monotonic())
        self.alive()
        self.requests += 1
        try:
            with self._session.request(
                method,
                url,
                data=fields,
                timeout=self.manners.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._body(url, response)
        finally:
            self._last_answer = time.monotonic()
        headers = {k: v for k, v in response.headers.items() if k.lower() != "set-cookie"}
        if "Set-Cookie" in response.headers:
            headers["Set-Cookie"] = "(masked)"
        return Page(url, body, response.status_code, headers)

    def _body(self, url: str, response: requests.Response) -> bytes:
        cap, deadline = self.manners.max_bytes, time.monotonic() + 4 * self.manners.timeout
        pieces, size = [], 0
        for piece in response.iter_content(65536):
            size += len(piece)
            if size > cap:
                raise FetchFailed(f"{url} is larger than {cap / 1e6:g} MB; it was not read to its end.")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout(f"{url} drips too slowly")
            pieces.append(piece)
        return b"".join(pieces)

    def _backoff(self, attempt: int) -> float:
        return self.manners.backoff * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)

    def _asked_wait(self, answer: Page, attempt: int) -> float:
        asked = retry_after.seconds(answer.header("Retry-After"))
        if asked is not None and asked > _LONGEST_WAIT:
            raise FetchFailed(f"{self.host} answered {answer.status} and asks for {asked:.0f} s of patience.")
        return max(asked or 0.0, self._backoff(attempt))

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
            self.alive()

    def _give_up(self, url: str, error: requests.RequestException) -> NoReturn:
        tried = f" after {self.manners.attempts} attempts" if not _is_final(error) else ""
        raise FetchFailed(f"{_sentence(url, error)}{tried}.") from error


def _is_final(error: requests.RequestException) -> bool:
    return isinstance(
        error,
        requests.exceptions.SSLError | requests.exceptions.InvalidURL | requests.exceptions.MissingSchema,
    )


def _sentence(url: str, error: requests.RequestException) -> str:
    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return f"The certificate of {host} cannot be trusted"
    if isinstance(error, requests.Timeout):
        return f"{host} did not answer in time (the DWS host answers only to South African addresses)"
    if "NameResolution" in repr(error) or "getaddrinfo" in repr(error):
        return f"The name {host} cannot be found (DNS)"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"The answer of {url} broke off in the middle"
    if isinstance(error, requests.ConnectionError):
        return f"{host} cannot be reached: {type(error).__name__}"
    return f"{url} could not be fetched: {error}"
