"""The last believed answer of a page, where the server gave it an ETag or a Last-Modified."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping

from etl.fetch.archive import Archive
from etl.fetch.page import Kept
from etl.sight import LastSeen
from projects.models import Snapshot

_VALIDATORS = ("etag", "last-modified")


def kept_answer(archive: Archive, last: Mapping[str, LastSeen], key: str) -> Kept | None:
    """What to compare with, by the page's key; None where it has to be fetched.

    Only the bytes that came with a validator can be had again by it: a later answer that differed in its
    noise alone was let go, and with it its validator.
    """
    seen = last.get(key)
    if seen is None or not seen.snapshot_id or seen.snapshot_id != seen.raw_sha256:
        return None
    headers = Snapshot.objects.filter(pk=seen.snapshot_id).values_list("headers", flat=True).first() or {}
    if not any(name.lower() in _VALIDATORS for name in headers):
        return None
    try:
        body = archive.read(seen.snapshot_id)
    except (OSError, EOFError, zlib.error):  # gone or broken: the page is fetched, and kept again
        return None
    return Kept(body, headers) if hashlib.sha256(body).hexdigest() == seen.snapshot_id else None


def is_read_in_full(key: str, turn: int, of: int) -> bool:
    """Whether it is the page's turn to be fetched whatever its validator says: some servers' never change."""
    return zlib.crc32(key.encode()) % of == turn % of
