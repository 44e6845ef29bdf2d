"""CPU a delivery, alone and in bursts, and a crowd that comes back: our hub beside two baselines.

One Daphne with our hub, one with a plain Channels group, one uvicorn with a bare hub that hands texts to
all sockets. They run side by side and get the same changes in turns: a busy machine is busy for all.
The server's own CPU time is measured (/proc, so Linux), from the commit to the last socket; each delivery is
counted at the socket. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fanout_servers import (
    Contender,
    answers,
    commit,
    cpu_seconds,
    daphne,
    free_port,
    is_measurable,
    post_to,
    prepare,
    send_to_group,
    uvicorn,
)
from benchmarks.sockets import Crowd
from buka.dev.processes import Nursery

OF_GROUP, OF_BARE = 0.25, 2.0  # goals
RETURN_SECONDS, RETURN_OF_BARE = 3.0, 2.5  # either: on a busy machine the bare server is late, too
ROUNDS = 3
BURST = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=30)
    parser.add_argument("--back", type=int, default=2000, help="sockets that come back at once")
    options = parser.parse_args()
    if not is_measurable():
        return 0
    with tempfile.TemporaryDirectory(prefix="buka-bench-") as var, Nursery() as nursery:
        prepare(nursery, Path(var))
        return asyncio.run(compare(nursery, options.sockets, options.messages, options.back))


async def compare(nursery: Nursery, sockets: int, messages: int, back: int) -> int:
    ports = [free_port() for _ in range(3)]
    hub = daphne(nursery, "buka.asgi:application", ports[0])
    group = daphne(nursery, "benchmarks.group_consumer:application", ports[1])
    bare = uvicorn(nursery, "benchmarks.bare_hub:application", ports[2])
    contenders = [
        Contender("hub", hub.pid, Crowd(ports[0], sockets), commit),
        Contender("group", group.pid, Crowd(ports[1], sockets), send_to_group),
        Contender("bare", bare.pid, Crowd(ports[2], sockets), post_to(ports[2])),
    ]
    for contender in contenders:
        await answers(contender.crowd.port)
        await contender.crowd.connect()
        await contender.round("first", 1)  # what is imported and compiled at the first message
    for _ in range(ROUNDS):
        for contender in contenders:
            await contender.round("single", messages // ROUNDS)
        for contender in contenders[::2]:  # a group of Channels drops what is over its capacity
            await contender.round("burst", BURST, at_once=BURST)
    failed = report(contenders)
    for contender in contenders:
        contender.crowd.close()
    await asyncio.sleep(1)
    return failed | await come_back(contenders[::2], back)


def report(contenders: list[Contender]) -> int:
    hub, group, bare = contenders
    for contender in contenders:
        told = ", ".join(
            f"{kind} {contender.micros(kind):.0f} µs" for kind in contender.cpu if kind != "first"
        )
        sys.stdout.write(f"fan-out {contender.name:<6} CPU a delivery: {told}\n")
    ratios = [
        ("one by one, hub / plain group", hub.micros("single") / group.micros("single"), OF_GROUP),
        ("one by one, hub / bare uvicorn hub", hub.micros("single") / bare.micros("single"), OF_BARE),
        ("in bursts, hub / bare uvicorn hub", hub.micros("burst") / bare.micros("burst"), OF_BARE),
    ]
    for what, ratio, goal in ratios:
        sys.stdout.write(f"fan-out {what}: {ratio:.2f} (goal: at most {goal})\n")
    return int(any(ratio > goal for _, ratio, goal in ratios))


async def come_back(contenders: list[Contender], number: int) -> int:
    """All at once, as after a restart; seconds until the last is greeted."""
    took = {}
    for contender in contenders:
        crowd = Crowd(contender.crowd.port, number)
        before, began = cpu_seconds(contender.pid), time.monotonic()
        await crowd.connect(at_once=number)
        took[contender.name] = time.monotonic() - began
        cpu = cpu_seconds(contender.pid) - before
        sys.stdout.write(
            f"return  {contender.name:<6} {number} sockets in {took[contender.name]:.1f} s,"
            f" {cpu / number * 1000:.2f} ms CPU each\n"
        )
        crowd.close()
        await asyncio.sleep(1)
    ratio = took["hub"] / took["bare"]
    sys.stdout.write(
        f"return of all: {took['hub']:.1f} s, {ratio:.2f} x the bare server's"
        f" (goal: at most {RETURN_SECONDS:g} s or {RETURN_OF_BARE:g} x)\n"
    )
    return int(took["hub"] > RETURN_SECONDS and ratio > RETURN_OF_BARE)


if __name__ == "__main__":
    sys.exit(main())
