"""A recorded visit in place of the network: each request is answered from a file, and from it alone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

from etl.exceptions import BadCapture, NotCaptured
from etl.fetch import har, warc
from etl.fetch.network import Request
from etl.fetch.page import Page
from etl.fetch.recorded import Contents, Form, Recorded
from etl.values.addresses import page_name

_PASSING = (429, 500, 502, 503, 504)  # what may be gone at the next attempt
_NO_PAGE = (0, 206, 304)  # an answer without its body
_USELESS = re.compile(r"\s*(?:image|video|audio|font|text/css)\b", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:text/html|application/xhtml)", re.IGNORECASE)
_AHEAD = timedelta(days=1)  # a clock may be wrong by that


@dataclass(slots=True)
class _Shelf:
    """The answers to one request, in the order in which they came; the last one for all that follow."""

    form: Form | None
    answers: list[Recorded] = field(default_factory=list)
    at: int = 0

    def next(self) -> Recorded:
        answer = self.answers[min(self.at, len(self.answers) - 1)]
        self.at += 1
        return answer


class Capture:
    """`name`, `sha256`: of the file. `since`, `until`: its first and last answer.

    Answers are had by address without its session, and for a form also by what it asks for, whatever the
    state of page and session that it brings; first by both.
    """

    def __init__(self, name: str, sha256: str, found: Contents) -> None:
        self.name, self.sha256, self.cut = name, sha256, found.cut
        usable = [each for each in found.answers if each.status not in _NO_PAGE and not _is_useless(each)]
        if not usable:
            raise BadCapture(f"{name} holds no page.")
        self.answers = sorted(usable, key=lambda answer: answer.at)
        self.since, self.until = self.answers[0].at, self.answers[-1].at
        if self.until > datetime.now(UTC) + _AHEAD:
            raise BadCapture(f"{name} says that it is of {self.until:%Y-%m-%d}, a day to come.")
        self.hosts = {urlsplit(answer.url).netloc for answer in self.answers}
        self._gets: dict[str, _Shelf] = {}
        self._posts: dict[tuple[str, tuple[str, ...]], list[_Shelf]] = {}
        for answer in self.answers:
            self._shelve(answer)

    @classmethod
    def open(cls, path: Path, max_bytes: int, most: float = inf) -> Capture:
        """A WARC or HAR file, checked from its first byte to its last; `most`: bytes of it when unpacked.
        Raises BadCapture, OSError."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            is_json = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        found = har.contents(path, max_bytes) if is_json else warc.contents(path, max_bytes, most)
        return cls(path.name, sha256, found)

    def of_pages(self) -> list[Recorded]:
        """The answers that are pages, or parts of them that a callback brought, in their order."""
        answers = (each for each in self.answers if each.status == 200)
        return [each for each in answers if _PAGE.match(each.content_type) or _is_callback(each)]

    @property
    def breaks_off(self) -> str:
        return f"The capture {self.name} breaks off in the middle; what stands before was read."

    @property
    def notes(self) -> list[str]:
        """What whoever reads of the run should know."""
        span = f"{self.since:%Y-%m-%d %H:%M:%S} to {self.until:%Y-%m-%d %H:%M:%S} UTC"
        what = f"{len(self.answers)} answers, {span}, SHA-256 {self.sha256}"
        told = f"Read from the capture {self.name} ({what}); the site itself was not asked."
        return [told, *([self.breaks_off] if self.cut else [])]

    def ask(self, request: Request) -> Page:
        """The recorded answer. Raises NotCaptured, FetchFailed, BadCapture."""
        name = page_name(request.url)
        form = Form.of(request.fields.items()) if request.fields is not None else None
        shelf = self._posted(name, form) if form else self._gets.get(name)
        if shelf:
            page = shelf.next().read()
            page.url = request.url
            return page
        if urlsplit(request.url).path == "/robots.txt":
            return Page(request.url, b"", 404, {}, self.since)  # browsers do not ask for it
        raise NotCaptured(self._absent(request.url, form))

    def forget_cookies(self) -> None:
        """There are none."""

    def close(self) -> None:
        """Nothing is open."""

    def _absent(self, url: str, form: Form | None) -> str:
        what = f"{url[:500]} ({str(form)[:200].strip()})" if form else url[:500]
        own = (
            "" if urlsplit(url).netloc in self.hosts else ", which is of " + ", ".join(sorted(self.hosts)[:3])
        )
        return f"{what} is not in the capture {self.name}{own}."

    def _shelve(self, answer: Recorded) -> None:
        name, form = page_name(answer.url), answer.form
        if form is None:
            shelf = self._gets.setdefault(name, _Shelf(None))
        else:
            shelves = self._posts.setdefault((name, form.asked), [])
            shelf = next((each for each in shelves if each.form == form), _Shelf(form))
            shelves += [] if shelf.answers else [shelf]
        if shelf.answers and answer.status in _PASSING:
            return  # it was well before
        if shelf.answers and shelf.answers[-1].status in _PASSING:
            shelf.answers.pop()
        shelf.answers.append(answer)

    def _posted(self, name: str, form: Form) -> _Shelf | None:
        """The same form, its state included; else the same but for its state; else the only one that fits."""
        shelves = self._posts.get((name, form.asked), [])
        for pool in ([s for s in shelves if s.form and s.form.state == form.state], shelves):
            same = [s for s in pool if s.form and s.form.fields == form.fields]
            if same:
                return min(same, key=lambda shelf: shelf.at)
            fitting = [s for s in pool if s.form and form.fits(s.form)]
            if len({s.form.fields for s in fitting if s.form}) == 1:
                return min(fitting, key=lambda shelf: shelf.at)
        return None


def _is_callback(answer: Recorded) -> bool:
    """ASP.NET calls the answers to its callbacks plain text."""
    return answer.form is not None and answer.content_type.lower().startswith("text/plain")


def _is_useless(answer: Recorded) -> bool:
    return bool(_USELESS.match(answer.content_type))
