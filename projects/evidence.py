"""The bytes of a page as they were received, read from the file that keeps them: the one way to them.

The file is gzip and named by the SHA-256 of what is in it. Whoever reads it, to show it, to read it again or
to play history again, is told where that is not what the file holds.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

_PIECE = 1 << 20  # bytes
# More than this no page had, whatever FETCH_MAX_BYTES was: where nobody knows how many there were.
_MOST = 1 << 31
Open = Callable[[], BinaryIO]  # the file, opened to be read

LOST, EMPTY, BROKEN, UNREADABLE, FORGED = "lost", "empty", "broken", "unreadable", "forged"


class Damaged(Exception):
    """The kept bytes of a page cannot be had, or are not those that were received.

    `kind`: `lost empty broken unreadable forged`. The text says what is wrong, to be read behind
    "The kept bytes …".
    """

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


class Away(Exception):
    """The archive does not answer, or does not let us in. The text is a sentence for a person. It is no
    damage: nothing can be said of the pages just now."""


def read(opened: Open, sha256: str, size: int | None = None) -> bytes:
    """The bytes as received, held against their digest. `size`: how many there were, where that is known.

    Raises Damaged.
    """
    return b"".join(_checked(opened, sha256, size))


def damage(opened: Open, sha256: str, size: int | None = None) -> Damaged | None:
    """What is wrong with the file, found in little memory; None: it holds what was received."""
    try:
        for _ in _checked(opened, sha256, size):
            pass
    except Damaged as found:
        return found
    return None


def _checked(opened: Open, sha256: str, size: int | None) -> Iterator[bytes]:
    """The file's bytes, piece by piece; what came is only to be used once this has ended without an error."""
    digest, found, size = hashlib.sha256(), 0, _MOST if size is None else size
    for piece in _unpacked(opened):
        digest.update(piece)
        found += len(piece)
        if found > size:  # a few kilobytes may unpack to more than there is memory
            raise Damaged(FORGED, f"are not those that were received: the file holds more than {size} bytes")
        yield piece
    if digest.hexdigest() != sha256:
        other = f"the file holds others, of SHA-256 {digest.hexdigest()}"
        raise Damaged(FORGED, f"are not those that were received: {other}")


def _unpacked(opened: Open) -> Iterator[bytes]:
    try:
        with opened() as packed, gzip.GzipFile(fileobj=packed) as file:
            if not packed.read(1):
                raise Damaged(EMPTY, "cannot be read: the file is empty")
            packed.seek(0)
            yield from iter(partial(file.read, _PIECE), b"")
    except FileNotFoundError:
        raise Damaged(LOST, "are gone from the archive") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Damaged(BROKEN, "cannot be read: the file is broken") from None
    except OSError as error:
        raise Damaged(UNREADABLE, f"cannot be read: {error.strerror or error}") from None


__all__ = ["BROKEN", "EMPTY", "FORGED", "LOST", "UNREADABLE", "Away", "Damaged", "damage", "read"]
