"""What pages said when they were read: files that save reading a page again that is as it was.

A help, nothing more: what is not there, or not as it was written, is read anew. The page's own digest names
the file, so that it says what its bytes say, whoever sends them; a key of ours signs it: we wrote it.
"""

from __future__ import annotations

import os
import zlib
from hashlib import blake2b, sha256
from pathlib import Path

from django.conf import settings

from etl.fetch.page import Page

_SIGNED, _DIGEST = 32, 64  # bytes of the signature, characters of the digest of the page without its noise
_MOST = 64_000_000  # bytes of what a page says, unpacked


class KeptReadings:
    """`parser`: a digest of all that decides what is read of a page. `keep`: whether to write any."""

    def __init__(self, folder: Path, parser: str, keep: bool = True) -> None:
        self._folder, self._parser, self._is_kept = Path(folder), parser, keep
        self._key = sha256(settings.SECRET_KEY.encode()).digest()

    def get(self, page: Page, kind: str = "") -> tuple[str, bytes] | None:
        """The digest of the page without its noise, and its pickled content; None where nobody knows."""
        name = self._name(page, kind)
        path = self._path(name)
        try:
            with open(path, "rb", buffering=0) as file:
                os.utime(file.fileno())  # it is in use
                data = file.read()
        except OSError:
            return None
        signature, packed = data[:_SIGNED], data[_SIGNED:]
        if signature != self._signature(name, packed):
            return None
        unpacked = zlib.decompressobj().decompress(packed, _MOST)
        return unpacked[:_DIGEST].decode().strip(), unpacked[_DIGEST:]

    def keep(self, page: Page, clean: str, said: bytes, kind: str = "") -> None:
        """Keep what a page says. A disk that takes nothing costs time, and nothing else."""
        if not self._is_kept or len(said) > _MOST - _DIGEST:
            return
        name = self._name(page, kind)
        path, packed = Path(self._path(name)), zlib.compress(clean.ljust(_DIGEST).encode() + said, 1)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(self._signature(name, packed) + packed)
            os.replace(scratch, path)
        except OSError:
            return

    def _name(self, page: Page, kind: str) -> str:
        parts = (page.sha256, kind, self._parser, page.url, page.content_type)
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name[:2]}/{name}"

    def _signature(self, name: str, packed: bytes) -> bytes:
        return blake2b(packed, key=self._key, person=bytes.fromhex(name[:32]), digest_size=_SIGNED).digest()


def sweep(folder: Path, before: float) -> int:
    """Remove the files that nobody used since `before` (seconds since 1970); returns how many."""
    removed = 0
    for path in Path(folder).glob("[0-9a-f][0-9a-f]/*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                removed += 1
        except OSError:
            continue
    return removed
