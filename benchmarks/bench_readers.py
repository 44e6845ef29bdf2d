"""Two thousand open dashboards and one change: how soon all are current, and what each costs.

Each reader is a socket of the dashboard, as its page opens it: it gets the change and the totals. Beside it,
in the same run, what the totals cost when a page asks for them over HTTP: what each reader cost before they
were sent. The server's own CPU time is measured (/proc, so Linux). The same for the page of a municipality.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fanout_servers import answers, commit, cpu_seconds, daphne, free_port, is_measurable, prepare
from benchmarks.sockets import Crowd
from buka.dev.processes import Nursery

SECONDS, MILLIS, OF_ASKING = 1.0, 0.2, 0.05  # goals: all current, CPU a reader, beside asking
PAGES = {
    "dashboard": ("?board=dashboard", "/?fragment=totals"),
    "municipality": ("?board=municipality&municipality=LIM331", "/municipalities/LIM331/"),
}
ASKED = 20  # answers over HTTP


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=2000)
    parser.add_argument("--projects", type=int, default=2000)
    options = parser.parse_args()
    if not is_measurable():
        return 0
    with tempfile.TemporaryDirectory(prefix="buka-bench-") as var, Nursery() as nursery:
        prepare(nursery, Path(var))
        from benchmarks.big_log import BigLog

        BigLog(options.projects, 2 * options.projects).write()
        return asyncio.run(_measure(nursery, options.readers))


async def _measure(nursery: Nursery, readers: int) -> int:
    port = free_port()
    server = daphne(nursery, "buka.asgi:application", port)
    await answers(port)
    failed = 0
    for name, (query, address) in PAGES.items():
        crowd = Crowd(port, readers, query)
        await crowd.connect(at_once=200)
        for _ in range(2):  # the first of each is imported, compiled, and sent whole
            await _change(crowd)
            await asyncio.sleep(1.2)
        took, cpu = await _change(crowd, server.pid)
        asked = await _asked(port, address, server.pid)
        each = cpu / readers * 1000
        sys.stdout.write(
            f"{name}: {readers} readers current {took:.2f} s after one change (goal: at most {SECONDS:g});"
            f" {each:.3f} ms CPU a reader (goal: at most {MILLIS:g})\n"
            f"{name}: beside {asked * 1000:.1f} ms where each asks: {each / 1000 / asked:.4f}"
            f" (goal: at most {OF_ASKING})\n"
        )
        failed |= took > SECONDS or each > MILLIS or each / 1000 / asked > OF_ASKING
        crowd.close()
        await asyncio.sleep(2)
    return int(failed)


async def _change(crowd: Crowd, pid: int | None = None) -> tuple[float, float]:
    """Seconds until all readers have the change and the parts that it moved, and the server's CPU seconds."""
    before = cpu_seconds(pid) if pid else 0.0
    changes, parts = crowd.received + crowd.count, crowd.parts + crowd.count
    await commit(1)
    began = time.monotonic()
    await crowd.until(lambda: crowd.received >= changes, seconds=60)
    if "dashboard" in crowd.query:  # of a municipality nothing moves that its page shows: nothing is sent
        await crowd.until(lambda: crowd.parts >= parts, seconds=60)
    took = time.monotonic() - began
    await asyncio.sleep(0.5)  # what is computed and not sent counts too
    return took, (cpu_seconds(pid) - before if pid else 0.0)


async def _asked(port: int, address: str, pid: int) -> float:
    """CPU seconds of the server for one answer over HTTP."""
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    before = 0.0
    for number in range(ASKED + 2):
        if number == 2:
            before = cpu_seconds(pid)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        assert (await reader.readline()).split()[1] == b"200"
        await reader.read()
        writer.close()
    return (cpu_seconds(pid) - before) / ASKED


if __name__ == "__main__":
    sys.exit(main())
