"""Child processes that end with us, however we end. Standard library only."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from buka.dev import guard

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not import or open anything.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
_SOCKET_PATH_BYTES = 103


@dataclass(frozen=True)
class Account:
    """Whom a child runs as; `None` in a call means ourselves."""

    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _ends_with(parent: int, number: int) -> Callable[[], None] | None:
    """The child's first act: ask the kernel for signal `number` when the thread that started it dies.

    `subprocess` calls it after the change of user, which would clear the request.
    """
    if _LIBC is None:
        return None
    libc = _LIBC

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return ask


def wait_or_kill(process: subprocess.Popen[Any], patience: float) -> bool:
    """Wait `patience` seconds for a child that was asked to stop; False when it had to be killed."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        guard.kill(process.pid)
        process.wait()
        return False
    guard.kill(process.pid)  # what the child left behind in its group
    return True


class Nursery:
    """Starts children and folders, and answers for their end: in order by `close`, else by the guard.

    Start children from the main thread only: the kernel's parent-death signal follows the thread.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", guard.__file__]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        self._running: dict[int, tuple[subprocess.Popen[Any], signal.Signals]] = {}
        self._folders: list[Path] = []

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def spawn(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: Account | None = None,
        stdout: int | IO[Any] | None = None,
        end: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[str]:
        """Start `command` in a process group of its own; `end` is the signal that asks it to stop."""
        process = subprocess.Popen(
            list(command),
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout is not None else None,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_ends_with(os.getpid(), end),
            **(account.options() if account else {}),
        )
        self._running[process.pid] = (process, end)
        self._tell(f"watch {process.pid} {end.value}")
        return process

    def foreground(self, command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start `command` on our terminal, in our own process group: Ctrl-C reaches it directly."""
        return subprocess.Popen(list(command), env=env, preexec_fn=_ends_with(os.getpid(), signal.SIGTERM))

    def stop(self, process: subprocess.Popen[Any], patience: float = 10) -> bool:
        """Ask a child to stop and wait `patience` seconds; False when it had to be killed."""
        _process, end = self._running.get(process.pid, (process, signal.SIGTERM))
        if process.poll() is None:
            guard.ask(process.pid, end)
        ended = wait_or_kill(process, patience)
        self.forget(process)
        return ended

    def forget(self, process: subprocess.Popen[Any]) -> None:
        """Take note that a child has ended and was waited for."""
        if self._running.pop(process.pid, None):
            self._tell(f"forget {process.pid}")

    def folder(self, account: Account | None = None) -> Path:
        """A new private folder (mode 700) with a path short enough for sockets; deleted at the end."""
        path = Path(tempfile.mkdtemp(prefix="buka-", dir=_short_folder(account)))
        if account:
            os.chown(path, account.uid, account.gid)
        self._folders.append(path)
        self._tell(f"folder {path}")
        return path

    def close(self) -> None:
        """Stop what still runs, the last started first; delete the folders; let the guard go."""
        for process, _end in reversed(list(self._running.values())):
            self.stop(process)
        for path in self._folders:
            shutil.rmtree(path, ignore_errors=True)
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
        self._guard.wait()

    def _tell(self, line: str) -> None:
        assert self._guard.stdin is not None
        try:
            self._guard.stdin.write(line + "\n")
            self._guard.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # the guard was killed or let go: the kernel's signal still holds


def reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` may pass through every folder down to `path` (by the bits for others)."""
    if account is None:
        return True
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _short_folder(account: Account | None) -> str:
    usual = tempfile.gettempdir()
    for candidate in (usual, "/tmp", "/var/tmp", "/dev/shm"):
        path = Path(candidate).resolve()
        room = len(os.fsencode(path)) + len("/buka-12345678/.s.PGSQL.5432") <= _SOCKET_PATH_BYTES
        if room and path.is_dir() and os.access(path, os.W_OK) and reachable(path, account):
            return str(path)
    return usual
