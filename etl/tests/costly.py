"""Calls that cost what no page may cost, for the helper process: it knows this module by its name."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

from etl.exceptions import SessionExpired


def burn() -> None:
    """C code that hears no signal, for years."""
    re.match(r"(?:a+)+$", "a" * 60 + "b")


def burn_a_little() -> None:
    until = time.process_time() + 0.4
    while time.process_time() < until:
        pass


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def grow(megabytes: int) -> int:
    return len(b"x" * (megabytes * 1_000_000))  # written to: zeros alone take no memory


def answer(megabytes: int) -> bytes:
    return bytes(megabytes * 1_000_000)


def nest(depth: int = 100_000) -> int:
    return nest(depth - 1) + 1 if depth else 0


def expire() -> None:
    raise SessionExpired("The session ended.")


def fail() -> None:
    raise KeyError("a fault of ours")


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def smuggle() -> object:
    """A class of a library, in place of a page's content."""
    return subprocess.Popen


def opened() -> list[str]:
    """The kinds of what is open there."""
    kinds = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            kinds.add(os.readlink(f"/proc/self/fd/{number}").split(":")[0])
        except FileNotFoundError:  # the listing's own
            pass
    return sorted(kinds)
