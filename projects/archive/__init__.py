"""Where the bytes of pages are kept: the storage `archive` of Django's `STORAGES`, which `ARCHIVE_URL` names.

A page is a gzip file, `ab/abcdef….gz`, named by the SHA-256 of what is in it. What is to be had of an archive
is the same for each storage (`folder.py`, `bucket.py`); whoever keeps, reads, checks or drops pages does it
here.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from projects import evidence
from projects.archive.folder import Entry, Folder
from projects.evidence import Away, Damaged

SUFFIX = ".gz"


def file_name(sha256: str) -> str:
    """The name of a page's file in the archive."""
    return f"{sha256[:2]}/{sha256}{SUFFIX}"


class Archive:
    """The pages that are kept. Each method raises Away where the storage does not answer.

    `root`: a folder in place of the archive that the settings name.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.storage: Any = storages["archive"] if root is None else Folder(root)

    def __str__(self) -> str:
        """Where it is, for people; without what opens it."""
        return str(self.storage.where)

    @property
    def folder(self) -> Path | None:
        """Its folder; None where it lies on no disk of ours."""
        return cast("Path | None", self.storage.folder)

    @property
    def pages_a_look(self) -> int:
        """How many pages may be read at once by whoever goes through all of them by and by."""
        return int(self.storage.pages_a_look)

    def gone(self) -> str:
        """Why there is no archive that could be read; blank: there is."""
        return str(self.storage.gone())

    def has(self, sha256: str) -> bool:
        return bool(self.storage.exists(file_name(sha256)))

    def keep(self, body: bytes) -> str:
        """Keep the bytes, whole or not at all; returns their SHA-256 (hex). The same bytes twice are written
        once, unless what is there came to harm. Raises OSError where a disk says no."""
        sha256 = hashlib.sha256(body).hexdigest()
        if self.damage(sha256, len(body)):
            self.put(sha256, gzip.compress(body, 6, mtime=0))
        return sha256

    def put(self, sha256: str, packed: bytes) -> None:
        """Write a page's file as it is, over one that is there."""
        self.storage.save(file_name(sha256), ContentFile(packed))

    def packed(self, sha256: str) -> bytes:
        """A page's file as it is. Raises FileNotFoundError and OSError."""
        with self._open(sha256) as file:
            return file.read()

    def read(self, sha256: str, size: int | None = None) -> bytes:
        """The bytes as received, held against their digest; `size`: how many. Raises Damaged."""
        return evidence.read(lambda: self._open(sha256), sha256, size)

    def damage(self, sha256: str, size: int | None = None) -> Damaged | None:
        """What is wrong with the file; None: it holds what was received."""
        return evidence.damage(lambda: self._open(sha256), sha256, size)

    def touched(self, sha256s: Collection[str]) -> dict[str, datetime]:
        """When somebody last wrote, replaced or copied each file; none of a file that is not there."""
        names = {file_name(sha256): sha256 for sha256 in sha256s}
        return {names[name]: at for name, at in self.storage.touched(names).items()}

    def discard(self, sha256: str) -> None:
        """Drop a page. Only for what no snapshot row names."""
        self.storage.delete(file_name(sha256))

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """The files, or those of one folder (the first two letters of a digest), folder by folder; also one
        that a writer left behind."""
        return cast("Iterator[Entry]", self.storage.entries(prefix))

    def remove(self, entry: Entry) -> None:
        self.storage.delete(entry.name)

    def _open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self.storage.open(file_name(sha256)))


__all__ = ["SUFFIX", "Archive", "Away", "Entry", "file_name"]
