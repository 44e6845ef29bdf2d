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
At = tuple[int, int]
# Labels and data as packed, digest of the texts, the whole, snapshot, who has its number, lists, places, at
Frozen = tuple[
    tuple[str, ...] | None,
    bytes,
    str,
    str,
    str | None,
    str,
    tuple[str, ...],
    frozenset[str] | None,
    At | None,
]


class Part:
    """What one kind of page (list line or own page) says of a project, and the bytes that prove it.

    The strings are kept packed: a reading of the whole country holds a hundred thousand of these.
    `is_volatile`: whether the column of a label shows a position or the clock; the same of a label always.
    `as_packed`: what is published, where it was packed already. `at`: which page of the reading, and which
    project of it, gave the address.
    """

    __slots__ = (
        "_digest",
        "_is_volatile",
        "_listed_under",
        "_packed",
        "_same_number",
        "at",
        "lists",
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
        self.at: At | None = None
        self._listed_under: frozenset[str] | None = None
        self.lists: frozenset[str] = frozenset()  # keys of the lists that show it
        self._same_number = ""
        self._take(published, as_packed or packed(published))

    @property
    def listed_under(self) -> frozenset[str] | None:
        """The places whose lists show it."""
        return self._listed_under

    @listed_under.setter
    def listed_under(self, codes: Set[str] | None) -> None:
        self._listed_under, self._digest = None if codes is None else frozenset(codes), ""

    @property
    def same_number(self) -> str:
        """Which others of its list have its number."""
        return self._same_number

    @same_number.setter
    def same_number(self, others: str) -> None:
        self._same_number, self._digest = others, ""

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
        self.texts, self._digest = digest_of(lasting), ""

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
        self.listed_under = (self._listed_under or frozenset()) | {code}

    def digest(self, kept: Set[str] = frozenset()) -> str:
        """Over what is published, positions and clocks apart, the places whose lists show it, and the others
        that have its number. `kept`: places that it has beside them, as their lists may show it too."""
        if kept or not self._digest:
            more = {"same_number": self._same_number} if self._same_number else {}
            places = sorted({*(self._listed_under or ()), *kept})
            found = digest_of({"texts": self.texts, "listed_under": places, **more})
            if kept:
                return found
            self._digest = found
        return self._digest

    def frozen(self) -> Frozen:
        """All that it says but its address, which may be another each time."""
        labels, data = self._packed
        digest = self.digest()  # whoever asks again is to find it
        said = labels, data, self.texts, digest, self.snapshot, self._same_number
        return *said, tuple(sorted(self.lists)), self._listed_under, self.at

    @classmethod
    def thawed(cls, frozen: Frozen, url: str | None, is_volatile: Callable[[str], bool]) -> Part:
        """The same again, with the address that it has now."""
        part = cls.__new__(cls)
        labels, data, part.texts, part._digest, part.snapshot, part._same_number = frozen[:6]
        lists, part._listed_under, part.at = frozen[6:]
        part._packed = None if labels is None else _labels.setdefault(labels, labels), data
        part.lists, part.url, part._is_volatile = _frozenset(lists), url, is_volatile
        return part


_labels: dict[tuple[str, ...], tuple[str, ...]] = {}


@lru_cache(maxsize=4096)
def _frozenset(keys: tuple[str, ...]) -> frozenset[str]:
    """Thousands of lines stand in one list."""
    return frozenset(keys)


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
