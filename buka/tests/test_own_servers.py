"""The embedded servers: they start in a private folder, and nothing of them outlives us."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from buka.dev import embedded
from buka.dev.processes import Account, Nursery, reachable
from buka.environment import database

ROOT = Path(__file__).resolve().parent.parent.parent
long = pytest.mark.soak  # a PostgreSQL takes half a second to start, a kill some more to be noticed
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")

# Starts both servers, says where they are, and waits to be killed.
HOLDER = """
import sys, time
from buka.dev import embedded
from buka.dev.processes import Nursery
with Nursery() as nursery:
    folder = nursery.folder()
    redis = embedded.start_redis(nursery, folder)
    postgres, url = embedded.start_postgres(nursery)
    print(redis.pid, postgres.pid, nursery._guard.pid, folder, url, sep="\\t", flush=True)
    sys.stdin.read()
"""


def ping(folder: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / "redis.sock"))
        connection.sendall(b"PING\r\n")
        return connection.recv(100)


def answer_of(url: str) -> tuple:
    """The user and the encoding that the PostgreSQL at `url` answers with, through the project's settings."""
    entry = database(url, pool=False)
    with psycopg.connect(host=entry["HOST"], user=entry["USER"], dbname=entry["NAME"]) as connection:
        return connection.execute("select current_user, current_setting('server_encoding')").fetchone()


def gone(pid: int) -> bool:
    """Ended; a zombie that nobody waits for has ended too."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip() in ("", "Z", "Zs")


def soon(condition, seconds: float = 60) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.fixture
def nursery():
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def holder():
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    yield process
    process.kill()
    process.communicate()


def test_redis_answers_on_a_socket_in_a_private_folder(nursery):
    folder = nursery.folder()
    embedded.start_redis(nursery, folder)
    assert ping(folder) == b"+PONG\r\n"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert unquote(urlsplit(embedded.redis_url(folder)).path) == str(folder / "redis.sock")


@long
def test_postgres_answers_in_a_private_folder(nursery):
    _process, url = embedded.start_postgres(nursery)
    assert answer_of(url) == ("buka", "UTF8")
    assert Path(database(url, pool=False)["HOST"]).stat().st_mode & 0o777 == 0o700


@long
def test_an_orderly_end_leaves_no_process_and_no_folder():
    with Nursery() as nursery:
        folder = nursery.folder()
        redis = embedded.start_redis(nursery, folder)
        postgres, url = embedded.start_postgres(nursery)
        assert nursery.stop(postgres)
        assert nursery.stop(redis)
    assert gone(redis.pid)
    assert gone(postgres.pid)
    assert not folder.exists()
    assert not Path(database(url, pool=False)["HOST"]).exists()


@long
def test_a_killed_parent_leaves_no_process_and_no_folder(holder):
    redis, postgres, guard, folder, url = holder.stdout.readline().rstrip().split("\t")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert soon(lambda: all(gone(int(pid)) for pid in (redis, postgres, guard)))
    assert not Path(folder).exists()
    assert not Path(database(url, pool=False)["HOST"]).exists()


@long
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's own")
def test_a_parent_killed_together_with_its_guard_leaves_no_process(holder):
    redis, postgres, guard, folder, url = holder.stdout.readline().rstrip().split("\t")
    os.kill(int(guard), signal.SIGKILL)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert soon(lambda: gone(int(redis)) and gone(int(postgres)))
    for left in (folder, database(url, pool=False)["HOST"]):
        shutil.rmtree(left)  # with both gone nobody is left to do it


@long
def test_the_guard_kills_what_ignores_its_parent(tmp_path):
    stubborn = "trap '' TERM; while :; do sleep 0.1; done"
    script = "import os, sys; from buka.dev.processes import Nursery; n = Nursery()\n"
    script += f"print(n.spawn(['sh', '-c', {stubborn!r}]).pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
        assert soon(lambda: gone(pid))


@long
@as_root
def test_for_root_postgres_runs_as_nobody_and_no_folder_above_is_opened(nursery, tmp_path, monkeypatch):
    home = tmp_path / "root only"
    home.mkdir(mode=0o700)
    programs = embedded.find_postgres()
    install, package = programs.parent, programs.parent.parent
    shutil.copytree(install, home / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    monkeypatch.setenv("POSTGRES_BIN_DIR", str(home / package.name / install.name / "bin"))

    process, url = embedded.start_postgres(nursery)

    assert answer_of(url)[0] == "buka"
    assert home.stat().st_mode & 0o777 == 0o700
    assert home.stat().st_uid == 0
    assert Path(f"/proc/{process.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


def _python_for_all() -> str | None:
    nobody = Account(65534, 65534)
    for name in (sys.executable, "/usr/bin/python3.11", "/usr/bin/python3"):
        path = Path(name).resolve()
        if path.is_file() and reachable(path, nobody):
            return str(path)
    return None


@long
@as_root
@pytest.mark.skipif(_python_for_all() is None, reason="no Python that another user may run")
def test_an_ordinary_user_can_start_both():
    top = Path(tempfile.mkdtemp(prefix="buka-test-"))
    try:
        top.chmod(0o755)
        (top / "buka").mkdir()
        shutil.copy(ROOT / "buka" / "__init__.py", top / "buka")
        shutil.copytree(ROOT / "buka" / "dev", top / "buka" / "dev")
        programs = shutil.copytree(embedded.find_postgres().parent.parent, top / "package", symlinks=True)
        libraries = embedded.find_postgres().parent.parent
        libraries = libraries.with_name(f"{libraries.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, top / libraries.name, symlinks=True)
        env = {
            "PATH": os.environ["PATH"],
            "REDIS_SERVER_BIN": shutil.copy(embedded.find_redis(), top),
            "POSTGRES_BIN_DIR": str(programs / "pginstall" / "bin")
            if (programs / "pginstall").is_dir()
            else str(embedded.find_postgres()),
        }
        done = subprocess.run(
            [_python_for_all(), "-c", HOLDER],
            cwd=top,
            env=env,
            user=65534,
            group=65534,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    finally:
        shutil.rmtree(top)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\t") == 4


def test_a_temporary_folder_with_a_space_or_a_long_name_does(nursery, tmp_path, monkeypatch):
    spaced = tmp_path / "a b"
    spaced.mkdir()
    for place in (spaced, tmp_path / ("long" * 30)):
        place.mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        folder = nursery.folder()
        embedded.start_redis(nursery, folder)
        assert ping(folder) == b"+PONG\r\n"


def test_without_a_program_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("REDIS_SERVER_BIN", raising=False)
    with pytest.raises(embedded.ServerMissing, match="install redis-server"):
        embedded.find_redis()


def test_a_server_that_does_not_start_is_named_with_its_log(nursery, monkeypatch):
    monkeypatch.setenv("REDIS_SERVER_BIN", "/bin/false")
    with pytest.raises(embedded.ServerFailed, match="did not start"):
        embedded.start_redis(nursery, nursery.folder())
