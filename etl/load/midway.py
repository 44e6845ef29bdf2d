"""How far a run is, for the pages: said on its row while it reads."""

from __future__ import annotations

import time
from collections.abc import Callable

from etl.crawl.session import Progress
from projects.models import RunState, SyncRun

_PAUSE = 2.0  # seconds between two writes: a reading is not slowed by being watched


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
