"""The helper process, `python -m etl.bounds.limited MEGABYTES LIFELINE`: it makes the calls that it is sent.

C code that loops hears no exception and no Python signal handler, so the limits are the system's own: a timer
that counts this process's processor time anew for each call and ends it, and a ceiling on its memory. It has
no connection but its two pipes; `LIFELINE` is the end of a pipe in which nothing ever comes: when the other
end closes, whoever asked is gone, and so is the helper, whatever it is at. An error that is no `EtlError`
ends it too, with a traceback in stderr.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

import django
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

from etl.exceptions import EtlError

REQUEST = struct.Struct(">Qd")  # bytes of the call that follows, seconds that it may take
ANSWER = struct.Struct(">QcQ")  # bytes that follow, what they are, the most memory that was used (bytes)
VALUE, RAISED, MEMORY, NESTED = b"v", b"e", b"m", b"n"
_NOT_OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # whoever asked hears them, and lets us go
_MAXRSS = 1 if sys.platform == "darwin" else 1024


def main(megabytes: int, lifeline: int) -> None:
    for number in _NOT_OURS:
        signal.signal(number, signal.SIG_IGN)
    _end_with(lifeline)
    _limit_memory(megabytes)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing that is printed gets between the answers
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        size, seconds = REQUEST.unpack(header)
        kind, answer = _answer(requests.read(size), seconds)
        _send(answers, kind, answer)
        if kind == MEMORY:
            return  # what else was left half done, nobody knows


def _end_with(lifeline: int) -> None:
    """Have the system end this process when the other end of the pipe closes."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    try:
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:  # a system that has no such signal for pipes: the end of the requests is seen, if later
        return


def _limit_memory(megabytes: int) -> None:
    most = megabytes * 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):  # macOS knows the limit and refuses it: there time alone is bounded
        return


def _answer(request: bytes, seconds: float) -> tuple[bytes, bytes]:
    try:
        function, args, named = _call(request)
        del request
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF, which nobody here handles, ends the process
        try:
            return VALUE, pickle.dumps(function(*args, **named), pickle.HIGHEST_PROTOCOL)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except MemoryError:
        return MEMORY, b""
    except RecursionError:
        return NESTED, b""
    except EtlError as problem:
        return RAISED, pickle.dumps(problem, pickle.HIGHEST_PROTOCOL)


def _call(request: bytes) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The function, its arguments and its named ones. Its module may be one that needs Django's set-up."""
    try:
        return pickle.loads(request)
    except (AppRegistryNotReady, ImproperlyConfigured):
        django.setup()
        return pickle.loads(request)


def _send(answers: BinaryIO, kind: bytes, answer: bytes) -> None:
    answers.write(ANSWER.pack(len(answer), kind, _most_used()))
    answers.write(answer)
    answers.flush()


def _most_used() -> int:
    """The most memory that this process had, in bytes. What the system counts for its parent (`ru_maxrss`)
    begins at what that had when it started us: a large one would take every helper for a grown one."""
    try:
        with open("/proc/self/status", "rb") as status:
            line = next(line for line in status if line.startswith(b"VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):  # no Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
