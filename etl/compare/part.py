"""What one kind of page says of a project, kept small."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Set
from functools import lru_cache

from etl.normalise.records import digest_of

_BETWEEN = "\x1e"  # stands in no published string
_LONG = 600  # characters: more than that is packed smaller than it is
_MOST_SHAPES = 1000
Packed = tuple[tuple[str, ...] | None, bytes]


class Part:
    """What one kind of page (list line or own page) says of a project, and the bytes that prove it.

    The strings are kept packed: a reading of the whole country holds a hundred thousand of these.
    `is_volatile`: whether the column of a label shows a position or the clock; the same of a label always.
    `as_packed`: what is published, where it was packed already.
    """

    __slots__ = (
        "_is_volatile",
        "_packed",
        "listed_under",
        "lists",
        "same_number",
        "snapshot",
        "texts",
        "url",
    )

    def __init__(
        self,
        published: dict[str, str],
        url: str | None,
        snapshot: str | None,
        is_volatile: Callable[[str], bool],
        as_packed: Packed | None = None,
    ) -> None:
        self.url, self.snapshot, self._is_volatile = url, snapshot, is_volatile
        self.listed_under: set[str] | None = None
        self.lists: frozenset[str] = frozenset()  # keys of the lists that show it
        self.same_number = ""  # which others of its list have its number
        self._take(published, as_packed or packed(published))

    @property
    def published(self) -> dict[str, str]:
        """Label → string; a copy: assign to change it."""
        return _unpacked(*self._packed)

    @published.setter
    def published(self, published: dict[str, str]) -> None:
        self._take(published, packed(published))

    def _take(self, published: dict[str, str], as_packed: Packed) -> None:
        self._packed = as_packed
        passing = _passing(as_packed[0] or tuple(published), self._is_volatile)
        # a blank column that comes or goes publishes nothing
        lasting = {label: text for label, text in published.items() if text and label not in passing}
        self.texts = digest_of(lasting)

    def says_what(self, other: Part) -> bool:
        """Whether the other publishes the same strings, in the same order."""
        return self._packed == other._packed

    @property
    def compared(self) -> dict[str, str]:
        """What is published, positions and clocks apart."""
        return {label: text for label, text in self.published.items() if not self._is_volatile(label)}

    def without(self, is_volatile: Callable[[str], bool]) -> None:
        """Leave these columns out of what is compared."""
        if is_volatile == self._is_volatile:
            return
        labels = self._packed[0] or tuple(self.published)
        moves = _passing(labels, is_volatile) != _passing(labels, self._is_volatile)
        self._is_volatile = is_volatile
        if moves:
            self.published = self.published

    def list_under(self, code: str) -> None:
        self.listed_under = (self.listed_under or set()) | {code}

    def digest(self, kept: Set[str] = frozenset()) -> str:
        """Over what is published, positions and clocks apart, the places whose lists show it, and the others
        that have its number. `kept`: places that it has beside them, as their lists may show it too."""
        more = {"same_number": self.same_number} if self.same_number else {}
        return digest_of(
            {"texts": self.texts, "listed_under": sorted({*(self.listed_under or ()), *kept}), **more}
        )


_labels: dict[tuple[str, ...], tuple[str, ...]] = {}


@lru_cache(maxsize=256)
def _passing(labels: tuple[str, ...], is_volatile: Callable[[str], bool]) -> frozenset[str]:
    """Those of the labels that are left out of what is compared: a shape has thousands of parts."""
    return frozenset(filter(is_volatile, labels))


def packed(published: dict[str, str]) -> Packed:
    """The labels, which thousands of parts share, and the strings in one piece; None where the piece says
    which they are."""
    labels = tuple(published)
    text = _BETWEEN.join(published.values())
    if text.count(_BETWEEN) != max(len(labels) - 1, 0) or len(text) > _LONG:
        return None, zlib.compress(json.dumps(published).encode(), 1)
    if len(_labels) > _MOST_SHAPES:
        _labels.clear()
    return _labels.setdefault(labels, labels), text.encode("utf-8", "surrogatepass")


def _unpacked(labels: tuple[str, ...] | None, data: bytes) -> dict[str, str]:
    if labels is None:
        found: dict[str, str] = json.loads(zlib.decompress(data))
        return found
    return dict(zip(labels, data.decode("utf-8", "surrogatepass").split(_BETWEEN), strict=False))
