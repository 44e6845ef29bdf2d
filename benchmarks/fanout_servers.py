"""The servers that the live benchmarks compare, each with its crowd of sockets, side by side on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.sockets import Crowd
from buka.dev.embedded import redis_url, start_redis
from buka.dev.processes import Nursery

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
BACKLOG = 4096
# With html about 1 kB
PROJECT: dict[str, Any] = {
    "entity_type": "project",
    "entity_id": 17,
    "external_id": "WP10234",
    "name": "Benchmark: bulk water supply, phase 2",
    "source_id": "dws",
    "change_type": "updated",
    "field_changes": {"progress_percentage": ["62.00", "63.00"]},
    "municipality": "LIM331",
    "municipalities": ["LIM331"],
    "province": "LIM",
}


@dataclass
class Contender:
    """One server with its crowd. `publish(n)` sends n changes at once; CPU is summed by `kind` of round."""

    name: str
    pid: int
    crowd: Crowd
    publish: Callable[[int], Awaitable[None]]
    cpu: dict[str, float] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)

    async def round(self, kind: str, messages: int, at_once: int = 1) -> None:
        before, had = cpu_seconds(self.pid), self.crowd.received
        for _ in range(messages // at_once):
            wanted = self.crowd.received + self.crowd.count * at_once
            await self.publish(at_once)
            try:
                await self.crowd.until(lambda: self.crowd.received >= wanted, seconds=60)  # noqa: B023
            except TimeoutError:
                told = f"{self.crowd.received} of {wanted} after {kind} of {at_once}"
                raise RuntimeError(f"{self.name} did not deliver: {told}") from None
        self.cpu[kind] = self.cpu.get(kind, 0.0) + cpu_seconds(self.pid) - before
        self.received[kind] = self.received.get(kind, 0) + self.crowd.received - had

    def micros(self, kind: str) -> float:
        return self.cpu[kind] / max(1, self.received[kind]) * 1e6


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def is_measurable() -> bool:
    """Whether this system tells what a process costs; has it allow as many sockets as it can."""
    if not Path("/proc/self/stat").exists():
        sys.stdout.write("not measured: this needs Linux's /proc\n")
        return False
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True


def prepare(nursery: Nursery, var: Path) -> None:
    """Redis, a migrated SQLite database, and Django in this process, which writes the changes."""
    folder = nursery.folder()
    start_redis(nursery, folder)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "buka.settings",
        "DATABASE_URL": f"sqlite:///{var}/bench.sqlite3",
        "REDIS_URL": redis_url(folder),
        "VAR_DIR": str(var),
        "DEBUG": "1",
        "LOG_LEVEL": "WARNING",
        "SOCKETS_PER_ADDRESS": "0",  # all come from loopback
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, check=True)
    import django

    django.setup()


def daphne(nursery: Nursery, target: str, port: int) -> subprocess.Popen[str]:
    listen = f"tcp:{port}:interface=127.0.0.1:backlog={BACKLOG}"
    command = [sys.executable, "-m", "daphne", "-e", listen, "--no-server-name"]
    command += ["--websocket_timeout", "-1", "--websocket_connect_timeout", "30"]
    return _spawned(nursery, [*command, "--access-log", os.devnull, target])


def uvicorn(nursery: Nursery, target: str, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--backlog", str(BACKLOG)]
    quiet = ["--no-access-log", "--log-level", "warning", "--ws-per-message-deflate", "false"]
    return _spawned(nursery, [*command, *quiet, target])


def _spawned(nursery: Nursery, command: list[str]) -> subprocess.Popen[str]:
    return nursery.spawn(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def answers(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return writer.close()


async def commit(number: int) -> None:
    """What a sync does: so many changes in one commit; the ring follows by itself."""
    await asyncio.to_thread(_append, number)


def _append(number: int) -> None:
    from django.db import transaction

    from projects.log.writer import Entry, append

    with transaction.atomic():
        append([Entry(**PROJECT)] * number)


async def send_to_group(number: int) -> None:
    """The newest change of the log, with its html, to the group, so many times."""
    from channels.layers import get_channel_layer

    from benchmarks.group_consumer import GROUP

    change = json.loads(await asyncio.to_thread(newest_text))
    for _ in range(number):
        await get_channel_layer().group_send(GROUP, {"type": "change", "change": change})


def post_to(port: int) -> Callable[[int], Awaitable[None]]:
    """The same to the bare hub, as texts."""

    async def post(number: int) -> None:
        body = json.dumps([await asyncio.to_thread(newest_text)] * number).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST / HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await reader.read()
        writer.close()

    return post


def newest_text() -> str:
    from projects.models import DataChangeLog
    from realtime.frames import frame

    return frame(DataChangeLog.objects.order_by("-id")[0], ["en"]).texts["en"]
