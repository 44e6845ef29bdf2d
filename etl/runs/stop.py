"""Being asked to stop: a signal to this process, or the end of the cluster whose worker this process is.

A run looks here before each page, so that it ends between two of them. The cluster's SIGTERM reaches only
its main process; the workers, which are its forks, learn of it from one shared byte.
"""

from __future__ import annotations

import mmap
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from etl.exceptions import Stopped

SENTENCE = "Stopped on request between two pages; nothing was loaded."
FILLED = "Stopped on request between two pages; what was loaded until then stays."  # of a first reading
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# No lock: a worker that was killed while it held one would block the cluster that is to be stopped.
_cluster = mmap.mmap(-1, 1)


class _Asked:
    """The signals that came while a run was listening, newest last."""

    signals: list[int] = []


def requested() -> bool:
    """Whether a run of this process is to end."""
    return bool(_Asked.signals) or _cluster[0] == 1


def check() -> None:
    """Raises Stopped where a run of this process is to end."""
    if requested():
        raise Stopped(SENTENCE)


def stop_workers() -> None:
    """Have the runs of all processes that were forked from this one end; there is no way back."""
    _cluster[0] = 1


@contextmanager
def listening() -> Iterator[None]:
    """SIGTERM and SIGINT ask the run inside to stop; a second SIGINT interrupts it where it is.

    Signals are a matter of the main thread; in another one nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _Asked.signals.clear()
    before = {number: signal.signal(number, _ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(number: int, _frame: FrameType | None) -> None:
    impatient = number == signal.SIGINT and signal.SIGINT in _Asked.signals
    _Asked.signals.append(number)
    if impatient:
        raise KeyboardInterrupt


def leave_with_parent(parent: int) -> None:
    """End this process, as the SIGTERM that its run listened to would have, if `parent` ended of it too.

    A signal to the whole group (systemd, a container's stop) ends the guard of the workers at once; a worker
    that came through it would wait for tasks for ever. Called after the run has said how it ended.
    """
    if signal.SIGTERM not in _Asked.signals:
        return
    _Asked.signals.clear()
    for _ in range(10):
        if os.getppid() != parent:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
