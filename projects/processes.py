"""Which process that is, and whether it still lives: for the lease of a run, the record of a hub, a cluster.

A number alone says little: it is given again after a restart of a container or of the machine, and a process
that has ended keeps it for as long as nobody asks how it ended. So what is kept is also when it began, as the
kernel counts.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

UNKNOWN = "?"
_HOST = 50  # characters: the whole has a column of 80
_HOLDER = re.compile(r"(?P<host>[^@]*?)(?:@(?P<born>\d+))?:(?P<pid>\d+)")


def command_line(words: str) -> str:
    """`VAR_DIR=var/demo .venv/bin/python manage.py sync_dws`: what to type in the project's folder, as this
    process was started itself. What lies elsewhere is not named: the pages are everybody's."""
    base, asked = Path(settings.BASE_DIR), os.environ.get("VAR_DIR", "")
    python, var = Path(sys.executable), Path(asked or base / "var" / "run")
    called = str(python.relative_to(base)) if python.is_relative_to(base) else "python"
    is_usual = not var.is_relative_to(base) or var == base / "var" / "run"
    return f"{'' if is_usual else f'VAR_DIR={var.relative_to(base)} '}{called} manage.py {words}"


@dataclass(frozen=True, slots=True)
class Process:
    """`born` is blank where that is not known."""

    host: str
    pid: int
    born: str

    @classmethod
    def read(cls, holder: str) -> Process | None:
        """What `holder` wrote, or a version before it (`host:pid`); None where it is neither."""
        found = _HOLDER.fullmatch(holder)
        return cls(found["host"], int(found["pid"]), found["born"] or "") if found else None

    @property
    def is_here(self) -> bool:
        """Whether it is, or was, one of this host: only of those can be said whether they live."""
        return self.host in (_host(), socket.gethostname())

    @property
    def is_gone(self) -> bool:
        """Whether it has ended, as far as can be known from here."""
        if not self.is_here:
            return False
        now = born(self.pid)
        return not now or (bool(self.born) and now not in (UNKNOWN, self.born))

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


def holder() -> str:
    """This process, to be kept: `host@born:pid`."""
    began = born(os.getpid())
    return f"{_host()}{f'@{began}' if began.isdecimal() else ''}:{os.getpid()}"


def machine() -> str:
    """The host, and in it the numbering of processes: a container has its own."""
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def born(pid: int) -> str:
    """When the process began, as the kernel counts; `?` where that cannot be seen, blank when it is gone."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else rest[18]  # a zombie has ended; nobody has asked yet how
    except (OSError, IndexError):
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass  # another user's
    return UNKNOWN


def _host() -> str:
    return socket.gethostname()[:_HOST]


__all__ = ["UNKNOWN", "Process", "born", "holder", "machine"]
