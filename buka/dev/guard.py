"""The guard: a small process that outlives the supervisor just long enough to stop what it started.

It reads lines from the supervisor and learns that the supervisor is gone, killed or not, when the pipe
closes. This holds on every system; on Linux each child has a parent-death signal besides (`processes.py`).

    watch GROUP SIGNAL    a process group and the signal that asks it to stop
    forget GROUP
    folder PATH           a folder of ours to delete at the end

Standard library only, and run with `python -I -S`: it starts in 20 ms and imports nothing of ours.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE_SECONDS = 5.0


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def ask(leader: int, number: int) -> None:
    """Signal the leader alone: it knows in which order its own children should stop."""
    try:
        os.kill(leader, number)
    except (ProcessLookupError, PermissionError):
        pass


def kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def stop(groups: dict[int, int], patience: float = PATIENCE_SECONDS) -> None:
    """Ask each leader with its own signal, wait `patience` seconds for the groups, then kill the rest."""
    for group, number in groups.items():
        ask(group, number)
    limit = time.monotonic() + patience
    while time.monotonic() < limit and any(alive(group) for group in groups):
        time.sleep(0.05)
    for group in groups:
        kill(group)


def read(lines: Iterable[str]) -> tuple[dict[int, int], list[str]]:
    """What is left to stop and to delete once the other end of the pipe has closed."""
    groups: dict[int, int] = {}
    folders: list[str] = []
    for line in lines:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "watch":
            group, _, number = rest.partition(" ")
            groups[int(group)] = int(number)
        elif verb == "forget":
            groups.pop(int(rest), None)
        elif verb == "folder":
            folders.append(rest)
    return groups, folders


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups, folders = read(sys.stdin)
    stop(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
