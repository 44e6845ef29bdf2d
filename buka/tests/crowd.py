"""Many sockets in one process, `python -m buka.tests.crowd NUMBER PORT …`: each comes back by itself, with
`after=` the last change that it saw.

Reads a line `ask` → one line of JSON, how far they are and what went wrong; `end` → the same, and ends.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from realtime.doors import FULL, TOO_MANY
from realtime.tests.processes import ROOT, SOON, Web

_CHANGE = re.compile(r'\{"type":"change","id":(\d+),')
_LAST = re.compile(r'\{"type":"(?:hello|resync)","last_id":(\d+)')
_REFUSED_SECONDS = 60.0  # as the page's script waits


class Reader:
    """One page that stays open. `faults`: what it was told that does not follow what it was told before."""

    def __init__(self, number: int, ports: list[int]) -> None:
        self.ports, self.number = ports, number
        self.first = self.last = -1
        self.open = False
        self.visits, self.refused, self.faults = 0, 0, list[str]()

    async def stay(self) -> None:
        while True:
            wait = random.uniform(0.2, 1.5)
            try:
                await self._visit()
            except ConnectionClosed as closed:
                if closed.rcvd and closed.rcvd.code in (TOO_MANY, FULL):
                    self.refused += 1
                    wait = _REFUSED_SECONDS
            except (OSError, TimeoutError, WebSocketException, EOFError):
                pass
            self.open = False
            await asyncio.sleep(wait)

    async def _visit(self) -> None:
        self.visits += 1
        port = self.ports[(self.number + self.visits) % len(self.ports)]
        after = f"?after={self.last}" if self.last >= 0 else ""
        url = f"ws://127.0.0.1:{port}/ws/changes/{after}"
        origin: Any = f"http://127.0.0.1:{port}"
        async with connect(
            url,
            origin=origin,
            proxy=None,
            compression=None,
            open_timeout=30,
            close_timeout=1,
            ping_interval=None,
        ) as ws:
            while True:
                self._hear(str((await ws.recv())[:60]))

    def _hear(self, frame: str) -> None:
        if change := _CHANGE.match(frame):
            number = int(change[1])
            if number != self.last + 1:
                self.faults.append(f"{number} after {self.last}")
            self.last = max(self.last, number)
        elif told := _LAST.match(frame):
            self.open = True
            if self.last < 0:
                self.first = self.last = int(told[1])
            elif "resync" in frame:
                self.faults.append(f"resync to {told[1]} after {self.last}")


class Sockets:
    """The other end: the process with so many of them, spread over web processes."""

    def __init__(self, count: int, webs: Iterable[Web], env: dict[str, str]) -> None:
        self.count = count
        command = [sys.executable, "-m", "buka.tests.crowd", str(count), *(str(web.port) for web in webs)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Sockets:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, word: str = "ask") -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def has_all(self, head: int) -> bool:
        """Whether all are open and have what the log has up to this id."""
        told = self.ask()
        return bool(told["open"] == self.count and told["least"] >= head)

    def end(self) -> dict[str, Any]:
        told = self.ask("end")
        self._process.communicate(timeout=SOON)
        return told


async def main(count: int, ports: list[int]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * count + 100)), hard))
    readers = [Reader(number, ports) for number in range(count)]
    staying = [asyncio.ensure_future(reader.stay()) for reader in readers]
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        told: dict[str, Any] = {
            "open": sum(reader.open for reader in readers),
            "least": min(reader.last for reader in readers),
            "visits": sum(reader.visits for reader in readers),
            "refused": sum(reader.refused for reader in readers),
            "faults": [fault for reader in readers for fault in reader.faults][:20],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        if line == "end":
            break
    for one in staying:
        one.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
