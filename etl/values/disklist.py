"""A list that moves to disk when it grows: a first reading of the whole country does not fit the memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")
_IN_MEMORY = 16_000_000  # bytes


class DiskList(Generic[T]):
    """Append, then read from the start as often as wanted. Only our own objects are ever pickled."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lives as long as we do
        weakref.finalize(self, self._file.close)
        self._count = 0

    def append(self, item: T) -> None:
        self._file.seek(0, 2)
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        at = 0
        for _ in range(self._count):
            self._file.seek(at)
            item = pickle.load(self._file)
            at = self._file.tell()
            yield item

    def batches(self, size: int) -> Iterator[list[T]]:
        """The items in lists of `size`."""
        items = iter(self)
        while batch := list(islice(items, size)):
            yield batch
