"""Page → file: bytes are kept before anybody tries to read them. The archive as a run uses it: what it cannot
do ends the run with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from etl.exceptions import ArchiveAway, NotKept
from projects import archive
from projects.archive import Away
from projects.evidence import Damaged

T = TypeVar("T")


class Archive:
    """The archive of the settings, or a folder (`root`) in its place. Each method raises ArchiveAway."""

    def __init__(self, root: Path | None = None) -> None:
        self._kept = archive.Archive(root)

    def has(self, sha256: str) -> bool:
        return _asked(lambda: self._kept.has(sha256))

    def keep(self, body: bytes) -> str:
        """Keep the bytes; returns their SHA-256 (hex). Raises NotKept."""
        try:
            return self._kept.keep(body)
        except Away as away:
            raise NotKept(f"{away} Nothing of the page was kept, and so it was not read.") from away
        except OSError as error:
            reason = error.strerror or error
            raise NotKept(f"The archive, {self._kept}, cannot be written: {reason}.") from error

    def read(self, sha256: str, size: int | None = None) -> bytes:
        """The bytes as received, checked against their digest; `size`: how many. Raises Damaged."""
        return _asked(lambda: self._kept.read(sha256, size))

    def damage(self, sha256: str, size: int | None = None) -> Damaged | None:
        """What is wrong with the file; None: it holds what was received."""
        return _asked(lambda: self._kept.damage(sha256, size))

    def touched(self, sha256s: Collection[str]) -> dict[str, datetime]:
        """When somebody last wrote, replaced or copied each file; none of a file that is not there."""
        return _asked(lambda: self._kept.touched(sha256s))

    def discard(self, sha256: str) -> None:
        """Drop bytes that turned out to say nothing new. Only for what no snapshot row names.

        Where the archive is away they stay, and `prune_snapshots` finds them: that ends no run.
        """
        try:
            self._kept.discard(sha256)
        except (Away, OSError):
            return


def _asked(question: Callable[[], T]) -> T:
    try:
        return question()
    except Away as away:
        raise ArchiveAway(str(away)) from away
