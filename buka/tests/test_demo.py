"""`make demo` as a whole: it comes up, fills itself, and nothing of it remains, however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from buka.dev import local

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the processes in /proc"),
]


class Demo:
    """A supervisor of a test's own; `folder` is its VAR_DIR, by which its processes are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = next(filter(local._free, range(18000 + os.getpid() % 1000 * 10, 65000)))
        env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        env.update(VAR_DIR=str(folder), PORT=str(self.port), DEMO_PROJECTS="20", DEMO_MUTATE_SECONDS="1")
        with (folder / "output").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "buka.dev.supervisor", "demo"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return (self.folder / "output").read_text()

    def wait_until(self, condition, what: str, seconds: float = 120) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < limit, f"{what} did not come:\n{self.output()}"
            time.sleep(0.1)

    def running(self) -> bool:
        assert self.process.poll() is None, self.output()
        return "Ctrl-C stops all of it" in self.output()

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read()

    def project_count(self) -> int:
        return json.loads(self.get("/api/v1/projects/"))["count"]

    def processes(self) -> list[int]:
        """Pids of all that were started with our VAR_DIR; a zombie has no environment, and has ended."""
        mark = f"VAR_DIR={self.folder}\0".encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def demo(tmp_path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    if demo.process.poll() is None:
        demo.process.send_signal(signal.SIGINT)
        demo.process.wait(120)


def test_the_demo_fills_itself_outlives_a_killed_part_and_stops_in_order(demo):
    demo.wait_until(demo.running, "the banner")
    assert re.search(rf"Dashboard +http://127\.0\.0\.1:{demo.port}/", demo.output())
    assert "user steward, password " in demo.output()
    assert demo.get("/healthz")
    demo.wait_until(lambda: demo.project_count() > 0, "the first project")

    [web] = [pid for pid in demo.processes() if b"daphne" in _read(Path(f"/proc/{pid}/cmdline"))]
    os.kill(web, signal.SIGKILL)
    demo.wait_until(lambda: "web     │ was ended by SIGKILL" in demo.output(), "the message")
    demo.wait_until(lambda: _answers(demo), "the web server")

    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(120) == 0, demo.output()
    assert demo.processes() == []
    assert "Traceback" not in demo.output()
    assert demo.output().endswith("Everything is stopped.\n")


def test_nothing_remains_of_a_demo_that_was_killed(demo):
    demo.wait_until(demo.running, "the banner")
    assert len(demo.processes()) > 4
    demo.process.kill()
    demo.process.wait()
    demo.wait_until(lambda: demo.processes() == [], "the end of all processes", seconds=20)


def _answers(demo: Demo) -> bool:
    try:
        return bool(demo.get("/healthz"))
    except urllib.error.URLError:
        return False
