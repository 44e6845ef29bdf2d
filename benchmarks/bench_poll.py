"""An unchanged poll of 5,000 projects beside the least that anybody must do for it, and the rows it leaves.

Run: `python -m benchmarks.bench_poll [projects]`. The replica serves in a process of its own; polls and bare
readings take turns. A bare reading asks for the same pages over a connection of ours, takes the SHA-256 of
each and parses it once with lxml. Printed: processor time of poll (with its helper processes) and of the bare
reading, both without the replica's, and their ratio (goal: at most 1.5), statements beside renewals and
progress (goal: at most 12), and the rows that an unchanged poll adds to each table. The first day's polls
each look at another part of the projects' own pages, and note which (two statements, a row); from then on
they find the same parts: what a poll asks then is counted on a small site, whose days have as many polls.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
MOST_RATIO, MOST_STATEMENTS = 1.5, 12
ROUNDS = 5
SMALL = 200  # projects
TICKS = os.sysconf("SC_CLK_TCK")
_SITES: set[int] = set()  # processes that serve: what they take is the site's
_BESIDE = ('SET "lease_until"', 'SET "progress"')  # renewals and progress come with the time, not the pages


@contextlib.contextmanager
def replica(projects: int) -> Iterator[str]:
    """The entry address of a replica in a process of its own."""
    command = [sys.executable, "manage.py", "replica", "--port", "0", "--projects", str(projects)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    _SITES.add(process.pid)
    try:
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.terminate()
        process.wait()


def cpu_seconds() -> float:
    """Of this process and its children that are there, but for the site's."""
    pids = [os.getpid()]
    for file in Path("/proc/self/task").glob("*/children"):
        pids += map(int, file.read_text().split())
    return sum(of(pid) for pid in pids if pid not in _SITES)


def of(pid: int) -> float:
    """Seconds of processor time of a process, and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


class Statements:
    """Counts statements, by their beginning."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not any(part in sql for part in _BESIDE):
            self.counted[" ".join(sql.split())[:110]] += 1
        return execute(sql, params, many, context)


def rows() -> dict[str, int]:
    """Rows of each table of ours."""
    from django.apps import apps

    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("projects").get_models()
    }


def bare(entry: str, asked: list[Any]) -> float:
    """Seconds of processor time for the same requests, a SHA-256 and one parse of each answer."""
    from etl.fetch.fetcher import FetchPolicy, connect

    connection = connect(entry, FetchPolicy.of_settings())
    before = cpu_seconds()
    for request in asked:
        body = connection.ask(request).body
        hashlib.sha256(body).hexdigest()
        etree.fromstring(body, parser=etree.HTMLParser(encoding="utf-8"))
    connection.close()
    return cpu_seconds() - before


def poll(**options: Any) -> tuple[Any, float, Statements]:
    """One poll: its run, seconds of processor time, and what it asked the database."""
    from django.db import connection

    from etl.scheduler import DataScheduler

    statements, before = Statements(), cpu_seconds()
    with connection.execute_wrapper(statements):
        run = DataScheduler().run_now("dws", "command", **options)
    return run, cpu_seconds() - before, statements


def asked_by_a_poll() -> list[Any]:
    """The requests of one more poll, in their order."""
    from etl.fetch.network import Connection

    asked, ask = [], Connection.ask

    def noted(self: Any, request: Any) -> Any:
        asked.append(request)
        return ask(self, request)

    Connection.ask = noted  # type: ignore[method-assign]
    try:
        poll()
    finally:
        Connection.ask = ask  # type: ignore[method-assign]
    return asked


def measure(projects: int) -> dict[str, Any]:
    settings.FETCH_DELAY_SECONDS = 0
    with replica(projects) as entry:
        settings.DWS_URL = entry
        first, seconds, _ = poll()
        sys.stdout.write(
            f"first reading: {first.state}, {first.created} projects, {first.pages} pages,"
            f" {seconds:.1f} s CPU\n"
        )
        asked = asked_by_a_poll()
        ours, least, before = [], [], rows()
        for _ in range(ROUNDS):
            run, taken, statements = poll()
            ours.append(taken)
            least.append(bare(entry, asked))
        after = rows()
    grown = {name: (after[name] - before[name]) / ROUNDS for name in after if after[name] != before[name]}
    return {
        "state": f"{run.state} ({run.unchanged_by})",
        "pages": run.pages,
        "requests": run.requests,
        "ours": statistics.median(ours),
        "least": statistics.median(least),
        "statements": sum(statements.counted.values()),
        "grown": grown,
    }


def settled() -> Counter[str]:
    """What an unchanged poll of a small site asks the database when every project's page was looked at."""
    settings.FETCH_DELAY_SECONDS = 0
    with replica(SMALL) as entry:
        settings.DWS_URL = entry
        for _ in range(settings.ROTATION_RUNS + 2):
            _, _, statements = poll()
    return statements.counted


@contextlib.contextmanager
def _own_database() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "buka.settings"}
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def main(projects: int = 5000) -> int:
    started, env = time.monotonic(), dict(os.environ)
    with _own_database():
        found = measure(projects)
    again = [sys.executable, "-m", "benchmarks.bench_poll", "settled"]
    asked = json.loads(subprocess.run(again, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout)
    number = sum(asked.values())
    ratio = found["ours"] / found["least"]
    sys.stdout.write(
        f"unchanged poll of {projects} projects: {found['state']}, {found['pages']} pages, "
        f"{found['requests']} requests ({time.monotonic() - started:.0f} s in all)\n"
        f"  CPU {found['ours']:.2f} s beside {found['least']:.2f} s: {ratio:.2f} x (goal <= {MOST_RATIO})\n"
        f"  {number} statements (goal <= {MOST_STATEMENTS}), {found['statements']} on the first day\n"
        f"  rows a poll: {json.dumps(found['grown'])}\n"
    )
    for sql, times in asked.items():
        sys.stdout.write(f"    {times:4} {sql}\n")
    return 0 if ratio <= MOST_RATIO and number <= MOST_STATEMENTS else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["settled"]:
        with _own_database():
            sys.stdout.write(json.dumps(settled()))
        raise SystemExit(0)
    raise SystemExit(main(*map(int, sys.argv[1:2])))
