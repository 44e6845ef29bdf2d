"""What was found of lists once they were put together, to be found again where they say the same. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeVar, cast

from etl.understand.plan import ReadingPlan

T = TypeVar("T")


@dataclass(slots=True)
class Facts:
    """Found by name, each with all that it depends on beside the lines and the code, as a text (`by`).

    `is_open`: the lines are those of lists that were kept, whole. `is_new`: something was found anew."""

    found: dict[str, tuple[str, object]] = field(default_factory=dict)
    is_open: bool = False
    is_new: bool = False

    def get(self, name: str, by: str, find: Callable[[], T]) -> T:
        """What was found before by the same, else what is found now."""
        if not self.is_open:
            return find()
        key = sha256(by.encode("utf-8", "surrogatepass")).hexdigest()
        known = self.found.get(name)
        if known is not None and known[0] == key:
            return cast(T, known[1])
        value = find()
        self.found[name], self.is_new = (key, value), True
        return value

    def close(self) -> None:
        """The lines are not those of the lists any more."""
        self.is_open = False


def as_read(plan: ReadingPlan) -> str:
    """All of a plan by which values are read: no samples, no sentences, no numbers of rows."""
    shapes = [(s.part, [replace(c, samples=(), evidence=()) for c in s.columns]) for s in plan.shapes]
    return repr(shapes)
