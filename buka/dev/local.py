"""The local system: which parts it has, with which environment, in which order."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import secrets
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from buka.dev import embedded
from buka.dev.parts import Part, PartFailed, Signals, Stopped, program
from buka.dev.processes import Nursery

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90.0
# What the replica stands in for, and what is made of it.
DEMO_SOURCES = ("dws", "treasury", "correlation")


class CannotStart(RuntimeError):
    """The system cannot start as things are; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """What was asked for. `replica_port` is None where the real sources are read."""

    mode: str
    folder: Path
    port: int
    replica_port: int | None

    @classmethod
    def from_environment(cls, mode: str) -> Plan:
        port = _port(os.environ.get("PORT") or "8000")
        if not _free(port):
            raise CannotStart(
                f"Port {port} is in use by another program. Choose another: PORT={port + 10} make {mode}"
            )
        folder = Path(os.environ.get("VAR_DIR") or ROOT / "var" / mode).expanduser().resolve()
        # The same port at each start keeps the addresses of the projects the same.
        replica_port = _free_after(port) if mode == "demo" else None
        return cls(mode, folder, port, replica_port)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, redis_url: str) -> dict[str, str]:
        """The variables that every part is started with: ours, completed."""
        env = {**os.environ, "VAR_DIR": str(self.folder), "REDIS_URL": redis_url, "DB_POOL": "0"}
        env.update(PYTHONUNBUFFERED="1", DJANGO_SETTINGS_MODULE="buka.settings", PORT=str(self.port))
        if hosts := env.get("HEALTH_HOSTS"):
            env["HEALTH_HOSTS"] = f"{hosts},127.0.0.1"  # we ask it ourselves whether the web is up
        env.setdefault("SECRET_KEY", _secret_key(self.folder / "secret_key"))
        if self.replica_port:
            env.setdefault("TWO_FACTOR", "0")  # nothing of a demo is worth a phone
            env.update(_demo_sources(self.replica_port), DEMO="1")
            if not env.get("EMAIL_HOST"):  # nobody is written to by a demo
                env.setdefault("EMAIL_FOLDER", str(self.folder / "outbox"))
            env.setdefault("WEBHOOK_LOOPBACK", "1")
            for source in DEMO_SOURCES:
                env.setdefault(f"{source.upper()}_INTERVAL_MINUTES", "1")
            env.setdefault("HEALTH_INTERVAL_MINUTES", "1")
        return env


def _demo_sources(port: int) -> dict[str, str]:
    site = f"http://127.0.0.1:{port}"
    without_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"]))
    return {
        "DWS_URL": f"{site}/pmd/level.aspx",
        "TREASURY_URL": f"{site}/api",
        "SOURCES": ",".join(DEMO_SOURCES),  # a site without a replica would be the real one, without a pause
        "FETCH_DELAY_SECONDS": "0",
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
    }


def web_environment(env: dict[str, str]) -> dict[str, str]:
    """With a connection pool on PostgreSQL: for the web alone, it hangs the children of a forking worker."""
    return {**env, "DB_POOL": "1" if env.get("DATABASE_URL", "").startswith("postgres") else "0"}


class System:
    """The running parts of a plan, in the order of their start."""

    def __init__(self, plan: Plan, nursery: Nursery, signals: Signals) -> None:
        self.plan, self.nursery, self.signals = plan, nursery, signals
        self.parts: list[Part] = []
        self.env = plan.environment(self._redis())

    def start(self) -> None:
        """Start all parts, each when those it needs answer; raises `PartFailed` when one does not."""
        replica = self._replica() if self.plan.replica_port else None
        self._prepare()
        if replica:
            self._await(replica, f"127.0.0.1:{self.plan.replica_port}", "/pmd/level.aspx")
        web = self._web()
        self._await(web, f"127.0.0.1:{self.plan.port}", "/healthz")
        self._add("worker", self._manage("qcluster"), self.env, patience=30)
        self._add("health", self._manage("health", "--watch"), self.env)

    def keep_running(self) -> None:
        """Until a signal comes (`Stopped`) or a part cannot be kept alive (`PartFailed`)."""
        while True:
            self.signals.pause()
            for part in self.parts:
                part.watch(time.monotonic())

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()

    def kill(self) -> None:
        for part in self.parts:
            part.kill()

    def banner(self) -> str:
        admin = f"{self.plan.address}/admin/"
        lines = ["", "Buka Amanzi is running." + (" Demo data." if self.plan.replica_port else ""), ""]
        lines += [f"  Dashboard   {self.plan.address}/"]
        if self.plan.replica_port:
            password = (self.plan.folder / "steward_password").read_text().strip()
            lines += [f"  Admin       {admin}   user steward, password {password}"]
            lines += [f"  Replica     {self.env['DWS_URL']}   (the site that is watched)"]
        else:
            lines += [f"  Admin       {admin}   ({self._by_hand('createsuperuser')} makes a user)"]
        return "\n".join([*lines, f"  Data        {self.plan.folder}", "", "Ctrl-C stops all of it.", ""])

    def _redis(self) -> str:
        if url := os.environ.get("REDIS_URL"):
            return url
        folder = self.nursery.folder()
        self.parts.append(Part("redis", self.nursery, lambda nursery: embedded.start_redis(nursery, folder)))
        return embedded.redis_url(folder)

    def _replica(self) -> Part:
        command = self._manage(
            "replica",
            f"--port={self.plan.replica_port}",
            "--story",
            f"--projects={os.environ.get('DEMO_PROJECTS') or 500}",
            f"--mutate-every={os.environ.get('DEMO_MUTATE_SECONDS') or 5}",
            # the database remembers the last demo: a replica that began anew would differ from it in a third
            f"--remember={self.plan.folder / 'replica.json'}",
        )
        return self._add("replica", command, {**self.env, "REPLICA_TODAY": self._first_day()})

    def _first_day(self) -> str:
        """The day of the first start: the replica's municipal years end there, at this start and the next."""
        kept = self.plan.folder / "replica_day"
        if not kept.exists():
            kept.write_text(datetime.now().astimezone().date().isoformat())
        return kept.read_text().strip()

    def _web(self) -> Part:
        # Daphne would close every socket after a day; -1 lets them live. Its own backlog of 50 makes a crowd
        # that comes back at once wait for seconds, and its 5 s for a handshake send half of it away again.
        listen = f"tcp:{self.plan.port}:interface=127.0.0.1:backlog=4096"
        command = [sys.executable, "-m", "daphne", "-e", listen, "-v", "0"]
        command += ["--websocket_timeout", "-1", "--websocket_connect_timeout", "30"]
        command += ["buka.asgi:application"]
        return self._add("web", command, web_environment(self.env))

    def _prepare(self) -> None:
        command = [sys.executable, "-m", "buka.dev.prepare"]
        command += ["--steward"] if self.plan.replica_port else []
        setup = Part("setup", self.nursery, program(command, self.env, ROOT))
        try:
            while setup.running():
                self.signals.pause()
        except Stopped:
            setup.stop()
            raise
        self.nursery.forget(setup.process)
        if setup.process.returncode:
            raise PartFailed(setup.ending())

    def _by_hand(self, words: str) -> str:
        """What to type in the project's folder for a command of manage.py."""
        var = self.plan.folder
        where = "" if var == ROOT / "var" / "run" else f"VAR_DIR={shlex.quote(os.path.relpath(var, ROOT))} "
        return f"{where}{shlex.quote(os.path.relpath(sys.executable, ROOT))} manage.py {words}"

    def _manage(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *words]

    def _add(self, name: str, command: list[str], env: dict[str, str], patience: float = 5) -> Part:
        part = Part(name, self.nursery, program(command, env, ROOT), patience)
        self.parts.append(part)
        return part

    def _await(self, part: Part, host: str, path: str) -> None:
        """Until `part` answers 200; it may refuse connections for long, but answer otherwise only briefly."""
        limit = time.monotonic() + READY_SECONDS
        while (answer := _answer(host, path)) != "200":
            if answer.isdecimal():
                limit = min(limit, time.monotonic() + READY_SECONDS / 10)
            self.signals.pause(0.5 if answer.isdecimal() else 0.1)
            if not part.running():
                raise PartFailed(part.ending())
            if time.monotonic() > limit:
                raise PartFailed(f"{part.name} does not answer at http://{host}{path}: {answer}")


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold `folder` for ourselves; raises `CannotStart` when another system runs on it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CannotStart(f"VAR_DIR={folder}: it cannot be written to ({error.strerror}).") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Another supervisor is running on {folder}. Stop it first.") from None
        yield


def _answer(host: str, path: str) -> str:
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()  # closing with bytes unread would reset the connection, and be reported
        return str(response.status)
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()


def _secret_key(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first moment on."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 65535:
        raise CannotStart(f"PORT={text!r}: it must be a number from 1 to 65535.")
    return int(text)


def _free_after(port: int) -> int:
    for each in range(port + 1, min(port + 100, 65536)):
        if _free(each):
            return each
    raise CannotStart(f"No port after PORT={port} is free for the replica. Choose another PORT.")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
