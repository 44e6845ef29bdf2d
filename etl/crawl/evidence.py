"""Looking at a page: its bytes are kept before they are read, and let go when they say nothing new."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256

from etl.bounds.call import Bounded
from etl.crawl.observations import LastSeen, Observation
from etl.crawl.reading import Reading
from etl.extract import clean
from etl.extract.types import PageContent
from etl.fetch.archive import Archive
from etl.fetch.page import Kept, Page
from etl.normalise.records import digest_of
from etl.values.vocabulary import is_volatile
from projects.models import Snapshot

_CLEAN = Bounded(clean)
_VALIDATORS = ("etag", "last-modified")


class EvidenceRecorder:
    """`last`: the last believed look at each page. `kept`: pages whose bytes this run kept, by SHA-256.

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
        self.kept: dict[str, Page] = {}
        self.is_noted = False  # looks were written as they were taken
        self.loaded: set[str] = set()  # keys of the pages that were loaded while the run goes on
        self._unread: dict[str, Observation] = {}
        self._read: dict[str, Observation] = {}
        self._ours: set[str] = set()  # files that this run made
        self._wanted: set[str] = set()  # pages that are something new, by SHA-256

    def look(self, key: str, page: Page) -> None:
        """Keep the page's bytes, unless the page without its noise is as it was last."""
        raw, last = page.sha256, self.last.get(key)
        seen = Observation(key, page.url, page.fetched_at, raw, "", "", raw, True)
        if last and last.raw_sha256 == raw:
            self._unread[key], seen.clean = seen, last.clean_sha256
        else:
            self._keep(page)  # before anything is done with the bytes: whatever fails on them, they are there
            self._unread[key] = seen
            seen.clean = sha256(self.clean(page.body, page.content_type)).hexdigest()
        if last and last.snapshot_id is not None and last.clean_sha256 == seen.clean:
            seen.snapshot, seen.is_new = last.snapshot_id, False
            self._let_go(raw)
        else:
            self._keep(page)
            self._wanted.add(raw)

    def _keep(self, page: Page) -> None:
        if self.keep and page.sha256 not in self.kept:
            self._ours |= set() if self.archive.has(page.sha256) else {page.sha256}
            self.archive.keep(page.body)
            self.kept[page.sha256] = page

    def _let_go(self, raw: str) -> None:
        """The bytes say nothing new, and no other page of this run was the same to the byte."""
        if raw not in self._wanted:
            self.kept.pop(raw, None)
            if raw in self._ours:
                self._ours.discard(raw)
                self.archive.discard(raw)

    def observe(self, reading: Reading) -> Observation:
        """The observation of a page that could be read."""
        content = content_digest(reading.content, self.is_volatile)
        return self.settle(reading.key, content, reading.area or "", reading.external_id or "")

    def settle(self, key: str, content: str, area: str = "", external_id: str = "") -> Observation:
        """The same by its key; `content` is the digest of what the page says. Bytes that only say again what
        was known are let go: rows in another order, another theme."""
        seen = self._read[key] = self._unread.pop(key)
        seen.content, seen.area, seen.external_id = content, area, external_id
        last = self.last.get(key)
        seen.is_emptied = (
            content == _NOTHING and last is not None and last.content_sha256 not in ("", _NOTHING)
        )
        if seen.is_new and last and last.snapshot_id and last.content_sha256 == seen.content:
            seen.snapshot, seen.is_new, seen.is_repeated = last.snapshot_id, False, True
        return seen

    def kept_answer(self, key: str) -> Kept | None:
        """The last believed answer of a page, where the server gave it an ETag or a Last-Modified.

        None where the page has to be fetched. Only the bytes that came with a validator can be had again by
        it: a later answer that differed in its noise alone was let go, and with it its validator.
        """
        seen = self.last.get(key)
        if seen is None or not seen.snapshot_id or seen.snapshot_id != seen.raw_sha256:
            return None
        headers = Snapshot.objects.filter(pk=seen.snapshot_id).values_list("headers", flat=True).first() or {}
        if not any(name.lower() in _VALIDATORS for name in headers):
            return None
        try:
            body = self.archive.read(seen.snapshot_id)
        except (OSError, EOFError, zlib.error):  # gone or broken: the page is fetched, and kept again
            return None
        return Kept(body, headers) if sha256(body).hexdigest() == seen.snapshot_id else None

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
