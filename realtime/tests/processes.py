"""The real processes of the live tests: Daphne, a Redis-protocol server, a writer; and their clients."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from buka.dev.embedded import redis_url, start_redis
from buka.dev.processes import Nursery
from buka.tests.patience import SOON, wait_for

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(database_url: str, redis_url: str, var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "VAR_DIR": str(var),
        "DEBUG": "1",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "OPEN_DATA_SOURCES": "dws,treasury,correlation",
    }


class Redis:
    """A Redis-protocol server of a test's own, to be killed."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery, self._folder = nursery, nursery.folder()
        self.url = redis_url(self._folder)
        self.start()

    def start(self) -> None:
        self.process = start_redis(self._nursery, self._folder)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._nursery.forget(self.process)


class Web:
    """A real Daphne on a port of loopback, which it keeps when it is started again."""

    def __init__(
        self, nursery: Nursery, env: dict[str, str], log: Path, target: str = "buka.asgi:application"
    ) -> None:
        self._nursery, self._target, self.log = nursery, target, log
        self._env = {**env, "DB_POOL": "1"}  # as in production
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("a") as output:
            self.process = self._nursery.spawn(
                [*command, self._target], env=self._env, cwd=ROOT, stdout=output
            )
        wait_for(self._answers, f"Daphne on port {self.port}", seconds=90)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"Daphne ended:\n{self.log.read_text()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> bool:
        """SIGTERM; False when it had to be killed."""
        return self._nursery.stop(self.process, patience=SOON)

    def pause(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def socket(self, query: str = "", **options: Any) -> ClientConnection:
        options.setdefault("origin", self.origin)
        return connect(f"ws://127.0.0.1:{self.port}/ws/changes/{query}", max_size=None, proxy=None, **options)


class Writer:
    """The other end of `writer.py`. It ends when its input closes, so also when the tests are killed."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "realtime.tests.writer"],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def append(self, *names: str, **wish: Any) -> dict[str, Any]:
        self.begin(*names, **wish)
        return self.finish()

    def begin(self, *names: str, **wish: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"names": names, **wish}) + "\n")
        self._process.stdin.flush()

    def finish(self) -> dict[str, Any]:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=SOON)


def frames(ws: ClientConnection, seconds: float = SOON) -> Iterator[dict[str, Any]]:
    """Frames until none came for `seconds`, which fails the test."""
    while True:
        yield json.loads(ws.recv(timeout=seconds))


def changes(ws: ClientConnection, count: int, seconds: float = SOON) -> list[dict[str, Any]]:
    """The next `count` changes, other frames left out."""
    found: list[dict[str, Any]] = []
    for frame in frames(ws, seconds):
        found += [frame] if frame["type"] == "change" else []
        if len(found) == count:
            break
    return found


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [change["id"] for change in found]
