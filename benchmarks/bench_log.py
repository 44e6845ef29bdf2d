"""What addresses cost over a long log: 10⁵ changes on SQLite, 10⁶ on PostgreSQL, beside two of 10⁴.

One short log is of as many projects, whose histories are short; the other of as few as leave each as long a
history as in the long log, so that a page of some projects or of a week's changes shows as much. What an
address costs may follow from the projects that there are or from what it shows: the dearer of the two counts.

The logs are written in bulk (`big_log`). CPU time counts, of the process that answers and of the database's
process for it, because a busy machine makes the clock say anything; the whole time stands beside it.
PostgreSQL is that of `TEST_DATABASE_URL`, as `make bench` starts it; without it only SQLite is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
SHORT = 10_000
RATIO, MILLIS, MEGABYTES = 2.0, 300.0, 128.0  # goals
LITTLE = 50.0  # ms: below it a ratio says how much a page shows, not what the log costs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--projects", type=int, default=5000)
    parser.add_argument("--sqlite", type=int, default=100_000, help="changes of the long log")
    parser.add_argument("--postgres", type=int, default=1_000_000, help="changes of the long log")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="buka-bench-") as folder:
        failed = _compare("SQLite", options.projects, options.sqlite, Path(folder), "")
        if server := os.environ.get("TEST_DATABASE_URL"):
            failed |= _compare("PostgreSQL", options.projects, options.postgres, Path(folder), server)
    return int(failed)


def _compare(name: str, projects: int, changes: int, folder: Path, server: str) -> bool:
    few = max(50, projects * SHORT // changes)
    sizes = ((projects, SHORT), (few, SHORT), (projects, changes))
    short, dense, long = (_measured(folder, server, *size) for size in sizes)
    sys.stdout.write(
        f"\n{name}: {SHORT} changes of {projects} projects, {SHORT} of {few}, {changes} of {projects};"
        " CPU in ms, and how often the dearer of the first two\n"
    )
    late, late_at_first = [], 0
    for address, now in long["addresses"].items():
        before = [one["addresses"][address]["cpu_ms"] for one in (short, dense)]
        ratio = now["cpu_ms"] / max(before)
        is_late = _is_late(now["cpu_ms"], max(before))
        late += [address] * is_late
        late_at_first += _is_late(
            now["first_ms"], max(one["addresses"][address]["first_ms"] for one in (short, dense))
        )
        sys.stdout.write(
            f"{before[0]:8.0f}{before[1]:8.0f}{now['cpu_ms']:8.0f}{ratio:6.1f} x"
            f" {now['first_ms']:8.0f} at first"
            f" {'!' if is_late else ' '} {address}\n"
        )
    grew = long["megabytes"] - short["megabytes"]
    sys.stdout.write(
        f"{name}: {len(late)} of {len(short['addresses'])} addresses over {MILLIS:g} ms, or over {RATIO:g} x"
        f" and {LITTLE:g} ms (goal: none; at the first request since a"
        f" change {late_at_first}); memory {grew:+.0f} MB (goal: at most {MEGABYTES:g})\n"
    )
    return bool(late) or grew > MEGABYTES


def _is_late(now: float, before: float) -> bool:
    return now > MILLIS or (now > RATIO * before and now > LITTLE)


def _measured(folder: Path, server: str, projects: int, changes: int) -> dict[str, Any]:
    name = f"bench_log_{os.getpid()}_{projects}_{changes}"
    url = f"sqlite:///{folder}/{name}.sqlite3"
    if server:
        _execute(server, f"CREATE DATABASE {name}")
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    env = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR", "REDIS_URL": ""}
    env["OPEN_DATA_SOURCES"] = "dws,treasury,correlation"
    env["PGOPTIONS"] = "-c max_parallel_workers_per_gather=0"  # whose time is not counted
    try:
        began = time.monotonic()
        _run(["-m", "benchmarks.big_log", str(projects), str(changes)], env)
        sys.stdout.write(f"wrote {changes} changes in {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
        return json.loads(_run(["-m", "benchmarks.addresses_once"], env))
    finally:
        if server:
            _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _execute(server: str, statement: str) -> None:
    from buka.dev.template import execute

    execute(server, statement)


if __name__ == "__main__":
    sys.exit(main())
