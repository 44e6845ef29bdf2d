"""One long-running part of the local system: its process, its voice on the console, its restarts."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from buka.dev import guard
from buka.dev.processes import Nursery

_LINES_KEPT = 15
_RESTARTS = 3
_WITHIN_SECONDS = 120.0
_console = threading.Lock()

Start = Callable[[Nursery], subprocess.Popen[str]]


class PartFailed(RuntimeError):
    """A part ended and is not worth starting again; the message says which, how, and its last words."""


def say(text: str) -> None:
    """Write whole lines to the console, however many threads write."""
    with _console:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Part:
    """A child process that is started again, with growing pauses, when it ends without being asked.

    `start` returns the running process; where that has a pipe as stdout, its lines go to the console
    behind the part's name. `patience` is how many seconds it may take to stop.
    """

    def __init__(self, name: str, nursery: Nursery, start: Start, patience: float = 5) -> None:
        self.name, self.patience = name, patience
        self._nursery = nursery
        self._start = start
        self._deaths: deque[float] = deque(maxlen=_RESTARTS)
        self._last: deque[str] = deque(maxlen=_LINES_KEPT)
        self._revive_at = 0.0
        self._reader: threading.Thread | None = None
        self.process = self._begin()

    def _begin(self) -> subprocess.Popen[str]:
        process = self._start(self._nursery)
        if process.stdout:
            self._reader = threading.Thread(target=self._relay, args=(process.stdout,), daemon=True)
            self._reader.start()
        return process

    def _relay(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._last.append(line.rstrip())
                say(f"{self.name:<8}│ {line.rstrip()}")

    def running(self) -> bool:
        return self.process.poll() is None

    def watch(self, now: float) -> None:
        """Notice an end, and after a pause start again; raises `PartFailed` when that happens too often."""
        if self.running():
            return
        if self._revive_at == 0.0:
            self._note_death(now)
        elif now >= self._revive_at:
            self._revive_at = 0.0
            self.process = self._begin()

    def _note_death(self, now: float) -> None:
        guard.kill(self.process.pid)  # what it left behind in its group
        self._nursery.forget(self.process)
        recent = [death for death in self._deaths if now - death < _WITHIN_SECONDS]
        if len(recent) == _RESTARTS:
            raise PartFailed(f"{self.ending()} It was started again {_RESTARTS} times: giving up.")
        self._deaths.append(now)
        pause = 2.0 ** len(recent)
        self._revive_at = now + pause
        say(f"{self.name:<8}│ {_how(self.process.returncode)}; starting it again in {pause:.0f} s")

    def ending(self) -> str:
        """How the part ended, with its last lines."""
        if self._reader:
            self._reader.join(1.0)
        words = "".join(f"\n    {line}" for line in self._last)
        return f"{self.name} {_how(self.process.returncode)}.{words and ' Its last words:' + words}\n"

    def stop(self) -> None:
        if not self._nursery.stop(self.process, patience=self.patience):
            say(f"{self.name:<8}│ did not stop within {self.patience:g} s and was killed")
        if self._reader:
            self._reader.join(1.0)

    def kill(self) -> None:
        guard.kill(self.process.pid)


def program(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Start:
    """What a `Part` needs to start `command` with its output on a pipe."""
    return lambda nursery: nursery.spawn(command, env=env, cwd=cwd, stdout=subprocess.PIPE)


def _how(code: int | None) -> str:
    if code is None:
        return "is still running"
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


class Stopped(Exception):
    """Ctrl-C or a request to stop has come."""


class Signals:
    """Ctrl-C and its kin, noted at once and acted upon at safe places only."""

    def __init__(self) -> None:
        self._count = 0
        self._last_resort: Callable[[], None] = lambda: None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self._count += 1
        if self._count > 1:
            self._last_resort()

    def on_second(self, act: Callable[[], None]) -> None:
        self._last_resort = act

    def pause(self, seconds: float = 0.1) -> None:
        """Sleep; raises `Stopped` when a signal has come."""
        if not self._count:
            time.sleep(seconds)
        if self._count:
            raise Stopped
