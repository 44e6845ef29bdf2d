"""How far a crawl is: for whoever asked for it, and for the pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from projects.models import RunState, SyncRun

_PAUSE = 2.0  # seconds between two writes: a reading is not slowed by being watched


@dataclass(slots=True)
class Progress:
    """How far a crawl is: pages read, pages known to be waiting, what is being read.

    `read` of the `of` `kind` that are known so far are read: "lists", "project pages"; 0 of 0 where there is
    nothing to count by."""

    done: int
    waiting: int
    what: str
    read: int = 0
    of: int = 0
    kind: str = ""


def unobserved(progress: Progress) -> None:
    """Nobody wants to know."""


class ShownProgress:
    """Tells a crawl's progress to whoever wants to know, and now and then to the run's row.

    The row of a run that ends says no more of it; that of a run that was killed still says how far it came.
    """

    def __init__(self, run: SyncRun, then: Callable[[Progress], None]) -> None:
        self._run, self._then = run, then
        self._next = time.monotonic() + _PAUSE

    def __call__(self, progress: Progress) -> None:
        self._then(progress)
        if not progress.of or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PAUSE
        told = {"read": progress.read, "of": progress.of, "kind": progress.kind}
        SyncRun.objects.filter(pk=self._run.pk, state=RunState.RUNNING).update(progress=told)
