"""No process of a cluster outlives the one that began it: a killed master leaves nobody at work.

On Linux the kernel signals the end of a parent, elsewhere a thread looks for it. The signal is the one that
asks to stop, so that a run ends between two pages; who has not ended some seconds later ends itself. The
master is told of each that begins below it, and can end them all, also those whose parent is gone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django_q.signals import post_spawn

from projects.processes import born

PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1
_NUMBER = struct.Struct("=i")
# Loaded before any fork: a child must not open anything before it has asked.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _Tree:
    """What a fork tells its child: who began it, whether it ends with that, and where it is to say so."""

    parent = 0
    binds = False
    tell = -1


class Family:
    """All that a master has begun, and what they have: number → when it began, as the kernel counts."""

    def __init__(self) -> None:
        self._hear, _Tree.tell = os.pipe()
        for end in (self._hear, _Tree.tell):
            os.set_blocking(end, False)
        self._known: dict[int, str] = {}

    @contextmanager
    def ending_together(self) -> Iterator[None]:
        """What this process forks inside ends with it; and what that forks, ends with that."""
        _Tree.binds = True
        post_spawn.connect(_watch_over_worker, dispatch_uid="etl.orphans")
        try:
            yield
        finally:
            _Tree.binds = False  # of the master alone: its children are inside for good

    def members(self) -> list[int]:
        """The numbers of those that live. To be asked every now and then: a number is given again."""
        with suppress(BlockingIOError):
            while numbers := os.read(self._hear, _NUMBER.size * 512):
                for (pid,) in _NUMBER.iter_unpack(numbers):
                    self._known[pid] = born(pid)
        self._known = {pid: began for pid, began in self._known.items() if began and born(pid) == began}
        return list(self._known)

    def end(self, patience: float = PATIENCE_SECONDS) -> None:
        """Ask all to stop, those that stand still too; kill who has not ended after `patience` seconds."""
        self._send(signal.SIGTERM)
        self._send(signal.SIGCONT)
        until = time.monotonic() + patience
        while self.members() and time.monotonic() < until:
            time.sleep(0.1)
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for pid in self.members():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


def _note_parent() -> None:
    _Tree.parent = os.getpid()


def _bind() -> None:
    if not _Tree.binds:
        return
    with suppress(OSError):  # nobody has listened for long, or listens any more
        os.write(_Tree.tell, _NUMBER.pack(os.getpid()))
    if _LIBC is None:
        _watch()
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != _Tree.parent:  # it died before we asked
        os._exit(1)


def _watch_over_worker(**_named: Any) -> None:
    """A worker may be where no SIGTERM is heard: in a run that waits, in code that never comes back."""
    if _LIBC is not None:
        _watch()


def _watch() -> None:
    threading.Thread(target=_end_after, args=(_Tree.parent,), name="parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    if _LIBC is None:
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


os.register_at_fork(before=_note_parent, after_in_child=_bind)

__all__ = ["Family"]
