"""Looking at a page: its bytes are kept before they are read, and let go when they say nothing new."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256

from etl.crawl.observations import LastSeen, Observation
from etl.crawl.reading import Reading
from etl.extract import clean
from etl.extract.types import PageContent
from etl.fetch.archive import Archive
from etl.fetch.page import Kept, Page
from etl.normalise.records import digest_of
from etl.values.vocabulary import is_volatile
from projects.models import Snapshot

_VALIDATORS = ("etag", "last-modified")


class EvidenceRecorder:
    """`last`: the last believed look at each page. `kept`: pages whose bytes this run kept, by SHA-256.

    `clean` takes the noise off a page's bytes, given its content type. `is_volatile`: whether the column of a
    label shows a position or the clock.
    """

    def __init__(
        self, archive: Archive, keep: bool = True, clean: Callable[[bytes, str], bytes] = clean
    ) -> None:
        self.archive, self.keep, self.clean = archive, keep, clean
        self.is_volatile: Callable[[str], bool] = (
            is_volatile  # whether a column shows a position or the clock
        )
        self.last: Mapping[str, LastSeen] = {}
        self.kept: dict[str, Page] = {}
        self._unread: dict[str, Observation] = {}
        self._read: dict[str, Observation] = {}
        self._ours: set[str] = set()  # files that this run made

    def look(self, key: str, page: Page) -> None:
        """Keep the page's bytes, unless the page without its noise is as it was last."""
        raw = page.sha256
        last = self.last.get(key)
        if last and last.raw_sha256 == raw:
            clean_sha256 = last.clean_sha256
        else:
            clean_sha256 = sha256(self.clean(page.body, page.content_type)).hexdigest()
        as_before = last is not None and last.snapshot_id is not None and last.clean_sha256 == clean_sha256
        snapshot = last.snapshot_id if last and as_before else raw
        if not as_before and self.keep:
            self._ours |= set() if self.archive.has(raw) else {raw}
            self.archive.keep(page.body)
            self.kept[raw] = page
        self._unread[key] = Observation(
            key, page.url, page.fetched_at, raw, clean_sha256, "", snapshot, not as_before
        )

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


def is_read_in_full(key: str, turn: int, of: int) -> bool:
    """Whether it is the page's turn to be fetched whatever its validator says: some servers' never change."""
    return zlib.crc32(key.encode()) % of == turn % of
