"""A helper process as seen by who asks it: started, asked, waited for, ended."""

from __future__ import annotations

import io
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings

from etl.bounds.limited import ANSWER, MEMORY, NESTED, RAISED, REQUEST
from etl.exceptions import PageTooCostly

_LOOK_SECONDS = 0.2  # how often who waits looks whether to go on waiting
_PATIENCE = 5  # times the seconds of processor time: a busy machine gives a process less than all of it
_OURS = ("etl.", "projects.")
_PLAIN = {(kind.__module__, kind.__name__): kind for kind in (set, frozenset, Decimal)}


class Gone(Exception):
    """The helper had ended before it was asked."""


class Helper:
    """One helper process. `megabytes`: what it may use. `calls`: how often it was asked. `used`: the most
    memory that it had, in bytes. `is_idle`: whether it waits for the next call."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes, self.calls, self.used, self.is_idle = megabytes, 0, 0, True
        theirs, self._lifeline = os.pipe()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "etl.bounds.limited", str(megabytes), str(theirs)],
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                pass_fds=(theirs,),  # and no other: no connection, no lock
                start_new_session=True,  # a terminal's Ctrl-C is for who asks
            )
        except OSError:
            os.close(self._lifeline)
            self._errors.close()
            raise
        finally:
            os.close(theirs)
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._answers = self._process.stdin, self._process.stdout

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, seconds: float, alive: Callable[[], None]) -> Any:
        """What the call returns, or raises. Raises PageTooCostly beyond the bounds, Gone, and what `alive`
        raises, which is asked again and again meanwhile."""
        self.calls, self.is_idle = self.calls + 1, False
        try:
            self._write(REQUEST.pack(len(request), seconds))
            self._write(request)
        except BrokenPipeError:
            raise Gone from None
        self._wait(seconds, alive)
        size, kind, self.used = ANSWER.unpack(self._read(ANSWER.size, seconds))
        if kind == MEMORY or size > self.megabytes * 1_000_000 / 4:  # we have to hold it too, as objects
            raise self._too_large()
        if kind == NESTED:
            self.is_idle = True
            raise PageTooCostly("It is nested too deeply to be read.")
        data = self._read(size, seconds)
        self.is_idle = True
        answer = Plain(io.BytesIO(data)).load()
        if kind == RAISED:
            raise answer
        return answer

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.wait()
        self._close()

    def disown(self) -> None:
        """In a process that was forked from who started it: it is not ours."""
        self._process.returncode = 0  # or its end would be waited for
        self._close()

    def _close(self) -> None:
        self._requests.close()
        self._answers.close()
        self._errors.close()
        os.close(self._lifeline)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._requests.write(left) or 0 :]

    def _wait(self, seconds: float, alive: Callable[[], None]) -> None:
        """Until it answers, or ends."""
        until = time.monotonic() + _PATIENCE * seconds
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        while not poll.poll(_LOOK_SECONDS * 1000):
            alive()
            if time.monotonic() > until:
                raise PageTooCostly(f"Reading it took more than {_PATIENCE * seconds:g} seconds.")

    def _read(self, size: int, seconds: float) -> bytearray:
        data = bytearray(size)
        left = memoryview(data)
        while left:
            count = self._answers.readinto(left)  # type: ignore[attr-defined]  # a FileIO: it is unbuffered
            if not count:
                raise self._ended(seconds)
            left = left[count:]
        return data

    def _ended(self, seconds: float) -> Exception:
        """Why there is no answer."""
        code = self._process.wait()
        if code == -signal.SIGPROF:
            return PageTooCostly(f"Reading it took more than {seconds:g} seconds of processor time.")
        if code < 0:
            return PageTooCostly(f"The process that read it was ended by {signal.Signals(-code).name}.")
        self._errors.seek(0)
        return RuntimeError(
            f"In the process that reads pages: {self._errors.read().decode(errors='replace')}"
        )

    def _too_large(self) -> PageTooCostly:
        return PageTooCostly(f"Reading it took more than {self.megabytes} MB of memory.")


class Plain(pickle.Unpickler):
    """Takes our own classes and plain values alone: who answers has read what strangers wrote."""

    def find_class(self, module: str, name: str) -> Any:
        if (known := _found.get((module, name))) is not None:
            return known
        found = super().find_class(module, name) if module.startswith(_OURS) else _PLAIN.get((module, name))
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"The helper process answered with {module}.{name}.")
        _found[module, name] = found
        return found


_found: dict[tuple[str, str], type] = {}  # each page names the same few
