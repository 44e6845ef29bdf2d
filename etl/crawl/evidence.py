"""Looking at a page: its bytes are kept before they are read, and let go when they say nothing new.

Where the bytes of an earlier look came to harm, those of this one take their place.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple, TypeVar

from etl.bounds.call import Bounded
from etl.crawl import archive_reader
from etl.crawl.archive_reader import VALIDATORS, BelievedLook, LastLooks
from etl.crawl.observations import LastSeen, Observation
from etl.crawl.reading import Reading
from etl.exceptions import EvidenceDamaged
from etl.extract import clean
from etl.extract.types import PageContent
from etl.fetch.archive import Archive
from etl.fetch.page import Kept, Page
from etl.normalise.records import digest_of
from etl.values.vocabulary import is_volatile
from projects.evidence import Damaged
from projects.models import Sighting

_CLEAN = Bounded(clean)
_MOST_NOTES = 20
Seen = TypeVar("Seen", bound=Sighting | BelievedLook)


class Answer(NamedTuple):
    """What is remembered of a page whose bytes were kept: there are tens of thousands of them in a run."""

    url: str
    fetched_at: datetime
    status: int | None
    headers: dict[str, str]
    content_type: str
    size: int

    @classmethod
    def of(cls, page: Page) -> Answer:
        return cls(page.url, page.fetched_at, page.status, page.headers, page.content_type, len(page.body))


class EvidenceRecorder:
    """`last`: the last believed look at each page. `kept`: pages whose bytes this run kept, by SHA-256.
    `damaged`: what was kept before and cannot be read again, SHA-256 → what is wrong; `mended`: those of them
    that this run got, to the byte, and kept again.

    `clean` takes the noise off a page's bytes, given its content type. `is_volatile`: whether the column of a
    label shows a position or the clock.
    """

    def __init__(
        self, archive: Archive, keep: bool = True, clean: Callable[[bytes, str], bytes] = _CLEAN
    ) -> None:
        self.archive, self.keep, self.clean = archive, keep, clean
        self.is_volatile: Callable[[str], bool] = (
            is_volatile  # whether a column shows a position or the clock
        )
        self.last: Mapping[str, LastSeen] = {}
        self.sets: frozenset[str] = frozenset()  # digests of the sets of looks that are there
        self.kept: dict[str, Answer] = {}
        self.damaged: dict[str, str] = {}
        self.mended: set[str] = set()
        self.is_same_parser = False  # what was seen last was read by today's parser
        self.is_noted = False  # looks were written as they were taken
        self.owns_all = False  # looks of earlier runs, which came to no end, are no part of this one
        self.loaded: set[str] = set()  # keys of the pages that were loaded while the run goes on
        # size and headers (JSON) of kept pages that came with a validator, by SHA-256
        self._validated: dict[str, tuple[int, str]] = {}
        self._unread: dict[str, Observation] = {}
        self._read: dict[str, Observation] = {}
        self._keys: dict[str, str] = {}  # of what somebody came upon, by SHA-256
        self._ours: set[str] = set()  # files that this run made
        self._wanted: set[str] = set()  # pages that are something new, by SHA-256

    def begin(self, last: Mapping[str, Seen]) -> Mapping[str, Seen]:
        """Take in the last looks, and look after the bytes that were kept of them."""
        self.last = last
        self.sets = last.sets if isinstance(last, LastLooks) else frozenset()
        self.damaged |= archive_reader.damaged(last.values(), self.archive, self._validated)
        return last

    def found_damaged(self, problem: EvidenceDamaged) -> None:
        """Somebody came upon it who can go on without."""
        self.damaged[problem.sha256] = problem.what
        self._keys.setdefault(problem.sha256, problem.key)

    def lost(self) -> dict[str, LastSeen]:
        """The last looks whose bytes cannot be read again, by key: these pages are to be asked for."""
        return {key: seen for key, seen in self.last.items() if seen.snapshot_id in self.damaged}

    def notes(self) -> Iterator[str]:
        """What came to harm and what became of it, a sentence each."""
        keys = {seen.snapshot_id: key for key, seen in self.lost().items()} | self._keys
        told = [(keys[name], name, what) for name, what in self.damaged.items() if name in keys]
        for key, name, what in sorted(told)[:_MOST_NOTES]:
            yield f"The kept bytes of {key} (SHA-256 {name}) {what}. {self._fate(key, name)}"
        if len(told) > _MOST_NOTES:
            yield f"The kept bytes of {len(told) - _MOST_NOTES} more pages cannot be read again."

    def _fate(self, key: str, name: str) -> str:
        if name in self.mended:
            return "The source shows the same bytes; they were kept again."
        if key in self._read or key in self._unread:
            return "The source shows other bytes now, which were kept."
        return "The page was not asked for this time."

    def receive(self, key: str, page: Page) -> None:
        """Keep the page's bytes, before anything is done with them: whatever fails on them, they are there.
        Not those that are, to the byte, what was kept last."""
        raw = page.sha256
        if not self._is_same(key, raw):
            self._keep(page)
        self._unread[key] = Observation(key, page.url, page.fetched_at, raw, "", "", raw, True)

    def look(self, key: str, page: Page, known: str | None = None) -> None:
        """Keep the page's bytes, unless the page without its noise is as it was last, and that is there.

        `known`: SHA-256 of the page without its noise, where somebody knows it.
        """
        if known is None:
            self.receive(key, page)
            known = self._cleaned(key, page)
        raw, last = page.sha256, self.last.get(key)
        seen = self._unread[key] = Observation(key, page.url, page.fetched_at, raw, known, "", raw, True)
        is_kept = last is not None and last.snapshot_id and last.snapshot_id not in self.damaged
        if last and is_kept and last.clean_sha256 == seen.clean:
            seen.snapshot, seen.is_new = last.snapshot_id, False
            self._let_go(raw)
        else:  # of what is lost that is kept which the page says now, whatever it says
            self._keep(page)
            self._wanted.add(raw)

    def _cleaned(self, key: str, page: Page) -> str:
        if self._is_same(key, page.sha256):
            return self.last[key].clean_sha256
        return sha256(self.clean(page.body, page.content_type)).hexdigest()

    def _is_same(self, key: str, raw: str) -> bool:
        """Whether the bytes are those of the last look, and nothing that was kept of it came to harm."""
        last = self.last.get(key)
        return last is not None and last.raw_sha256 == raw and last.snapshot_id not in self.damaged

    def _keep(self, page: Page) -> None:
        if self.keep and page.sha256 not in self.kept:
            is_known = page.sha256 in self.damaged or self.archive.has(page.sha256)
            self._ours |= set() if is_known else {page.sha256}
            self.archive.keep(page.body)
            self.kept[page.sha256] = Answer.of(page)
            if page.sha256 in self.damaged:
                self.mended.add(page.sha256)

    def _let_go(self, raw: str) -> None:
        """The bytes say nothing new, and no other page of this run was the same to the byte."""
        if raw not in self._wanted:
            self.kept.pop(raw, None)
            if raw in self._ours:
                self._ours.discard(raw)
                self.archive.discard(raw)

    def observe(self, reading: Reading) -> Observation:
        """The observation of a page that could be read."""
        seen, last = self._unread[reading.key], self.last.get(reading.key)
        is_same = self.is_same_parser and last is not None and last.clean_sha256 == seen.clean
        content = last.content_sha256 if last and is_same else ""
        content = content or content_digest(reading.content, self.is_volatile)
        return self.settle(reading.key, content, reading.unit, reading.external_id or "")

    def settle(self, key: str, content: str, area: str = "", external_id: str = "") -> Observation:
        """The same by its key; `content` is the digest of what the page says. Bytes that only say again what
        was known are let go: rows in another order, another theme."""
        seen = self._read[key] = self._unread.pop(key)
        seen.content, seen.area, seen.external_id = content, area, external_id
        last = self.last.get(key)
        seen.is_emptied = content == _NOTHING and self.said_something(key)
        is_kept = last is not None and last.snapshot_id and last.snapshot_id not in self.damaged
        if seen.is_new and last and is_kept and last.content_sha256 == seen.content:
            seen.snapshot, seen.is_new, seen.is_repeated = last.snapshot_id, False, True
        return seen

    def said_something(self, key: str) -> bool:
        """Whether the page listed something when it was last believed."""
        last = self.last.get(key)
        return last is not None and last.content_sha256 not in ("", _NOTHING)

    def as_before(self, seen: Observation) -> Sighting | BelievedLook | None:
        """The last believed look at the page, where this one says nothing else and rests on its bytes."""
        last = self.last.get(seen.key)
        if not isinstance(last, Sighting | BelievedLook) or not seen.content or not seen.snapshot:
            return None
        now = (seen.clean, seen.content, seen.snapshot, seen.area[:20], seen.external_id)
        then = (last.clean_sha256, last.content_sha256, last.snapshot_id, last.area, last.external_id)
        return last if now == then else None

    def kept_answer(self, key: str) -> Kept | None:
        """The last believed answer of a page, where the server gave it an ETag or a Last-Modified.

        None where the page has to be fetched. Only the bytes that came with a validator can be had again by
        it: a later answer that differed in its noise alone was let go, and with it its validator.
        """
        seen = self.last.get(key)
        if seen is None or not seen.snapshot_id or seen.snapshot_id != seen.raw_sha256:
            return None
        if seen.snapshot_id not in self._validated:
            return None
        size, told = self._validated[seen.snapshot_id]
        headers = json.loads(told)
        if not any(name.lower() in VALIDATORS for name in headers):
            return None
        try:
            return Kept(self.archive.read(seen.snapshot_id, size), headers)
        except Damaged as damage:  # the page is fetched, and kept again
            self.damaged[seen.snapshot_id] = str(damage)
            return None

    def tidy(self, used: set[str]) -> None:
        """Let go of this run's files that no sighting names; `used`: the SHA-256s that are named."""
        for sha256_ in self._ours - used:
            self.archive.discard(sha256_)
            self.kept.pop(sha256_, None)
        self.kept = {name: page for name, page in self.kept.items() if name in used}

    def unread(self) -> list[Observation]:
        """Pages that were received and kept, but could not be read."""
        return list(self._unread.values())

    def read(self) -> list[Observation]:
        """Pages that could be read."""
        return list(self._read.values())


def content_digest(content: PageContent, is_volatile: Callable[[str], bool] = is_volatile) -> str:
    """SHA-256 of what a page says: projects, listings and tables, whatever the order of rows and columns."""
    projects = sorted(
        digest_of({k: v for k, v in project.published.items() if not is_volatile(k)})
        for project in content.projects
    )
    listings = sorted([line.code, line.name, line.projects, line.value] for line in content.listings)
    tables = sorted(
        digest_of(dict(zip(table.headers, row, strict=False)))
        for table in content.tables
        if not content.projects
        for row in table.rows
    )
    return digest_of({"projects": projects, "listings": listings, "tables": tables})


_NOTHING = content_digest(PageContent())


def is_read_in_full(key: str, turn: int, of: int) -> bool:
    """Whether it is the page's turn to be fetched whatever its validator says: some servers' never change."""
    return zlib.crc32(key.encode()) % of == turn % of
