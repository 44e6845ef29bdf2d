"""CPU a delivery: one change to 1,000 sockets of one Daphne, by our hub and by a plain Channels group.

Both servers run side by side and get the same changes in turns, so that a busy machine is busy for both.
The server's own CPU time is measured (/proc, so Linux), from the commit or the group_send to the last
socket; each delivery is counted at the socket. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sockets import Crowd
from buka.dev.embedded import redis_url, start_redis
from buka.dev.processes import Nursery

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.25
ROUNDS = 5
TICKS = os.sysconf("SC_CLK_TCK")
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
    """One server with its crowd. `publish` sends one change; `cpu` adds up seconds."""

    name: str
    pid: int
    crowd: Crowd
    publish: Callable[[], Awaitable[None]]
    cpu: float = 0.0

    async def round(self, messages: int) -> None:
        before = cpu_seconds(self.pid)
        for _ in range(messages):
            wanted = self.crowd.received + self.crowd.count
            await self.publish()
            await self.crowd.until(lambda: self.crowd.received >= wanted)  # noqa: B023
        self.cpu += cpu_seconds(self.pid) - before

    @property
    def micros(self) -> float:
        return self.cpu / self.crowd.received * 1e6


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=50)
    options = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        sys.stdout.write("fan-out: not measured, this needs Linux's /proc\n")
        return 0
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="buka-bench-") as var, Nursery() as nursery:
        prepare(nursery, Path(var))
        return asyncio.run(compare(nursery, options.sockets, options.messages))


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
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, check=True)
    import django

    django.setup()


async def compare(nursery: Nursery, sockets: int, messages: int) -> int:
    servers = [
        ("hub", "buka.asgi:application", commit),
        ("group", "benchmarks.group_consumer:application", send),
    ]
    contenders = [await enter(nursery, name, target, sockets, act) for name, target, act in servers]
    for contender in contenders:
        await contender.round(1)  # what is imported and compiled at the first message
        contender.cpu, contender.crowd.received, contender.crowd.bytes = 0.0, 0, 0
    for _ in range(ROUNDS):
        for contender in contenders:
            await contender.round(messages // ROUNDS)
    return report(contenders, messages // ROUNDS * ROUNDS)


async def enter(
    nursery: Nursery, name: str, target: str, sockets: int, publish: Callable[[], Awaitable[None]]
) -> Contender:
    """Start a Daphne on a free port and connect its crowd."""
    port = _free_port()
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--no-server-name"]
    process = nursery.spawn(
        [*command, "--access-log", os.devnull, target], cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL
    )
    await _answers(port)
    crowd = Crowd(port, sockets)
    await crowd.connect()
    return Contender(name, process.pid, crowd, publish)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return writer.close()


async def commit() -> None:
    """What a sync does: one change, committed; the ring follows by itself."""
    await asyncio.to_thread(_append)


def _append() -> None:
    from django.db import transaction

    from projects.log.writer import Entry, append

    with transaction.atomic():
        append([Entry(**PROJECT)])


async def send() -> None:
    """The newest change of the log, with its html, to the group."""
    from channels.layers import get_channel_layer

    from benchmarks.group_consumer import GROUP

    change = await asyncio.to_thread(_newest)
    await get_channel_layer().group_send(GROUP, {"type": "change", "change": change})


def _newest() -> dict[str, Any]:
    from projects.models import DataChangeLog
    from realtime.frames import frame

    return json.loads(frame(DataChangeLog.objects.order_by("-id")[0]).text)


def report(contenders: list[Contender], messages: int) -> int:
    hub, group = contenders
    for contender in contenders:
        crowd = contender.crowd
        sys.stdout.write(
            f"fan-out {contender.name:<6} {crowd.received} of {crowd.count * messages} delivered, "
            f"{crowd.bytes / max(1, crowd.received):.0f} bytes, {contender.micros:.0f} µs CPU a delivery\n"
        )
    ratio = hub.micros / group.micros
    complete = all(contender.crowd.received == contender.crowd.count * messages for contender in contenders)
    sys.stdout.write(f"fan-out ratio hub / plain group: {ratio:.2f} (goal: at most {GOAL})\n")
    return 0 if complete and ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
