"""The supervisor: it says no in one sentence, restarts what falls, and passes exit codes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from buka.dev import local
from buka.dev.parts import Part, PartFailed, program
from buka.dev.processes import Nursery

ROOT = Path(__file__).resolve().parent.parent.parent
# With these set no server is started, which the tests of exit codes do not need.
ELSEWHERE = {"TEST_DATABASE_URL": "postgres://nowhere/x", "TEST_REDIS_URL": "redis://127.0.0.1:1"}


def supervise(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "buka.dev.supervisor", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=240,
    )


def part_of(nursery: Nursery, script: str) -> Part:
    return Part("thing", nursery, program(["sh", "-c", script], dict(os.environ), ROOT))


def wait_for(part: Part) -> None:
    part.process.wait(60)


def test_exec_passes_the_exit_code_of_the_command_on():
    assert supervise("exec", "--", "sh", "-c", "exit 7", **ELSEWHERE).returncode == 7
    assert supervise("exec", "--", "sh", "-c", "kill -9 $$", **ELSEWHERE).returncode == 128 + 9


def test_exec_names_a_command_that_is_not_there():
    done = supervise("exec", "--", "no-such-command", **ELSEWHERE)
    assert (done.returncode, done.stderr) == (127, "no-such-command: there is no such command.\n")


def test_exec_gives_the_command_servers_of_its_own_and_takes_them_away():
    script = 'echo "$REDIS_URL $TEST_REDIS_URL $TEST_DATABASE_URL $VAR_DIR"; test -S "${REDIS_URL#unix://}"'
    done = supervise("exec", "--", "sh", "-c", script, TEST_REDIS_URL="", TEST_DATABASE_URL="")
    redis, test_redis, database, var = done.stdout.split()
    assert done.returncode == 0
    assert redis == test_redis
    assert database.startswith("postgres://")
    assert not Path(redis.removeprefix("unix://")).exists()
    assert not Path(var).exists()


def test_a_wrong_command_line_shows_how_to_call_it():
    done = supervise("dance")
    assert done.returncode == 2
    assert "demo|run|exec" in done.stderr


def test_a_taken_port_is_named_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = supervise("run", PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_no_port_is_refused():
    assert "must be a number" in supervise("demo", PORT="eighty").stderr


def test_two_systems_on_one_folder_are_refused(tmp_path):
    with local.only_one(tmp_path), pytest.raises(local.CannotStart, match="Another supervisor"):
        local.only_one(tmp_path).__enter__()


def test_the_secret_key_is_made_once_and_is_private(tmp_path):
    first = local._secret_key(tmp_path / "secret_key")
    assert local._secret_key(tmp_path / "secret_key") == first
    assert len(first) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_demo_reads_the_replica_past_any_proxy_and_the_run_does_not(tmp_path, monkeypatch):
    monkeypatch.delenv("DWS_URL", raising=False)
    monkeypatch.delenv("SOURCES", raising=False)
    demo = local.Plan("demo", tmp_path, 8000, 8001).environment("redis://x")
    assert demo["DWS_URL"] == "http://127.0.0.1:8001/pmd/level.aspx"
    assert "127.0.0.1" in demo["NO_PROXY"].split(",")
    assert demo["SOURCES"] == "dws,treasury,correlation", "no site that has no replica"
    run = local.Plan("run", tmp_path, 8000, None).environment("redis://x")
    assert not {"DWS_URL", "SOURCES"} & run.keys()


def test_the_web_alone_has_a_pool_and_only_on_postgresql(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db/water")
    monkeypatch.setenv("DB_POOL", "1")
    everybody = local.Plan("run", tmp_path, 8000, None).environment("redis://x")
    assert everybody["DB_POOL"] == "0"
    assert local.web_environment(everybody)["DB_POOL"] == "1"
    assert local.web_environment({**everybody, "DATABASE_URL": "sqlite:///x"})["DB_POOL"] == "0"


def test_a_part_that_ends_is_started_again(tmp_path):
    with Nursery() as nursery:
        part = part_of(nursery, f"echo x >> {tmp_path}/starts; sleep 0.1; exit 3")
        wait_for(part)
        now = time.monotonic()
        part.watch(now)
        part.watch(now + 0.5)
        assert (tmp_path / "starts").read_text() == "x\n"  # the pause is not over
        part.watch(now + 1.5)
        wait_for(part)
    assert (tmp_path / "starts").read_text() == "x\nx\n"


def _watch_until_given_up(part: Part) -> None:
    now = time.monotonic()
    for _ in range(20):
        wait_for(part)
        part.watch(now)
        now += 5


def test_a_part_that_keeps_ending_is_given_up_with_its_last_words():
    with Nursery() as nursery:
        part = part_of(nursery, "echo the disk is full; exit 3")
        with pytest.raises(PartFailed, match=r"(?s)ended with exit code 3.*the disk is full.*giving up"):
            _watch_until_given_up(part)


def test_a_stopped_part_takes_its_children_along(tmp_path):
    with Nursery() as nursery:
        part = part_of(nursery, f"sleep 300 & echo $! > {tmp_path}/child; wait")
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
            time.sleep(0.02)
        part.stop()
    child = int((tmp_path / "child").read_text())
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(child)], capture_output=True, text=True).stdout
    assert state.strip()[:1] in ("", "Z")  # gone, or waiting for its reaper (a nice one is "ZN")


def test_a_part_that_does_not_stop_is_killed(tmp_path):
    with Nursery() as nursery:
        part = part_of(nursery, f"trap '' TERM; touch {tmp_path}/up; while :; do sleep 0.1; done")
        part.patience = 0.5
        while not (tmp_path / "up").exists():
            time.sleep(0.02)
        part.stop()
        assert part.process.returncode == -signal.SIGKILL
