"""What was worked out before: files that save reading a page again that is as it was, and putting lists
together again that are.

A help, nothing more: what is not there, or not as it was written, is worked out anew. The page's own digest
names its file, so that it says what its bytes say, whoever sends them; a key of ours signs it: we wrote it.
"""

from __future__ import annotations

import os
import zlib
from hashlib import blake2b, sha256
from pathlib import Path

from django.conf import settings

from etl.fetch.page import Page

_SIGNED, _DIGEST = 32, 64  # bytes of the signature, characters of a digest
_MOST = 64_000_000  # bytes of what a file says, unpacked


class SignedFiles:
    """Files of a folder by name, a SHA-256 (hex). `keep`: whether to write any."""

    def __init__(self, folder: Path, keep: bool = True) -> None:
        self._folder, self._is_kept = Path(folder), keep
        self._key = sha256(settings.SECRET_KEY.encode()).digest()

    def get(self, name: str) -> bytes | None:
        """What was kept under the name; None where nobody knows."""
        try:
            with open(self._path(name), "rb", buffering=0) as file:
                os.utime(file.fileno())  # it is in use
                data = file.read()
        except OSError:
            return None
        signature, packed = data[:_SIGNED], data[_SIGNED:]
        if signature != self._signature(name, packed):
            return None
        return zlib.decompressobj().decompress(packed, _MOST)

    def keep(self, name: str, data: bytes) -> None:
        """Keep it, in place of what was there. A disk that takes nothing costs time, and nothing else."""
        if not self._is_kept or len(data) > _MOST:
            return
        path, packed = Path(self._path(name)), zlib.compress(data, 1)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(self._signature(name, packed) + packed)
            os.replace(scratch, path)
        except OSError:
            return

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name[:2]}/{name}"

    def _signature(self, name: str, packed: bytes) -> bytes:
        return blake2b(packed, key=self._key, person=bytes.fromhex(name[:32]), digest_size=_SIGNED).digest()


class KeptReadings:
    """`parser`: a digest of all that decides what is read of a page. `keep`: whether to write any."""

    def __init__(self, folder: Path, parser: str, keep: bool = True) -> None:
        self._files, self._parser = SignedFiles(folder, keep), parser

    def get(self, page: Page, kind: str = "") -> tuple[str, str, bytes] | None:
        """The digest of the page without its noise, that of its substance, and its pickled content; None
        where nobody knows."""
        data = self._files.get(self._name(page, kind))
        if data is None:
            return None
        clean, substance = data[:_DIGEST].decode().strip(), data[_DIGEST : 2 * _DIGEST].decode().strip()
        return clean, substance, data[2 * _DIGEST :]

    def keep(self, page: Page, clean: str, said: bytes, kind: str = "", substance: str = "") -> None:
        """Keep what a page says."""
        head = clean.ljust(_DIGEST) + substance.ljust(_DIGEST)
        self._files.keep(self._name(page, kind), head.encode() + said)

    def _name(self, page: Page, kind: str) -> str:
        parts = (page.sha256, kind, self._parser, page.url, page.content_type)
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


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
