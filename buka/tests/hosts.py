"""Hosts of a test: processes that share a database, Redis and a bucket, and nothing else; not even a name."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from buka.dev import embedded
from buka.dev.processes import Nursery
from realtime.tests.processes import ROOT, Web, wait_for

# In a namespace of its own a process may call its host what it likes.
_NAMED = "import os, socket, sys; socket.sethostname(sys.argv[1]); os.execvp(sys.argv[2], sys.argv[2:])"


def on_host(name: str, *command: str) -> list[str]:
    return ["unshare", "--uts", sys.executable, "-c", _NAMED, name, *command]


def can_be_named() -> bool:
    unshare = shutil.which("unshare")
    return (
        bool(unshare) and not subprocess.run([str(unshare), "--uts", "true"], capture_output=True).returncode
    )


class Host:
    """A web process and a cluster under one name, with a `VAR_DIR` of their own."""

    def __init__(self, nursery: Nursery, name: str, folder: Path, env: Mapping[str, str]) -> None:
        self.name, self.nursery = name, nursery
        self.env = {**env, "VAR_DIR": str(folder / name)}
        self.log = folder / f"{name}.log"
        self.web = Web(nursery, self.env, folder / f"{name}.web.log")
        self.cluster = self._start("manage.py", "qcluster")
        wait_for(lambda: " running." in self.log.read_text(), f"the cluster of {name}", 120)

    def _start(self, *command: str) -> subprocess.Popen[str]:
        with self.log.open("a") as output:
            return self.nursery.spawn(
                on_host(self.name, sys.executable, *command), env=self.env, cwd=ROOT, stdout=output
            )

    def manage(self, *command: str, exits: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            on_host(self.name, sys.executable, "manage.py", *command),
            env=self.env, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode in exits, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(f"{self.web.origin}{path}"))

    def json(self, path: str) -> Any:
        status, text = self.get(path)
        assert status == 200, (path, status, text[:300])
        return json.loads(text)

    def trigger(self, token: str, source: str = "dws") -> tuple[int, str]:
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        body = json.dumps({"source": source}).encode()
        return self._ask(urllib.request.Request(f"{self.web.origin}/api/v1/sync/trigger", body, headers))

    @staticmethod
    def _ask(request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()

    def kill_cluster(self) -> None:
        """As a host that loses its power: nobody says goodbye."""
        os.killpg(self.cluster.pid, signal.SIGKILL)
        self.cluster.wait()
        self.nursery.forget(self.cluster)


class Primary:
    """A PostgreSQL of the test's own, and a standby that follows it."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self.process, self.url = embedded.start_postgres(nursery)
        command: Any = self.process.args
        self.folder, self.programs = Path(command[command.index("-k") + 1]), Path(command[0]).parent
        self._account = embedded._nobody() if os.geteuid() == 0 else None

    def stop(self) -> None:
        self._nursery.stop(self.process)

    def standby(self) -> str:
        """Its URL."""
        folder = self._nursery.folder(self._account)
        options: dict[str, Any] = self._account.options() if self._account else {}
        copy = [str(self.programs / "pg_basebackup"), "-h", str(self.folder), "-U", "buka"]
        copy += ["-D", str(folder / "data"), "-R", "-X", "stream", "-c", "fast"]
        subprocess.run(copy, check=True, cwd=folder, capture_output=True, **options)
        command = [str(self.programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", ""]
        with (folder / "log").open("w") as log:
            self._nursery.spawn(command, cwd=folder, account=self._account, stdout=log)
        limit = time.monotonic() + 60
        while not embedded._accepts(folder / "data" / "postmaster.pid"):
            assert time.monotonic() < limit, (folder / "log").read_text()
            time.sleep(0.05)
        return self.url.replace(str(self.folder).replace("/", "%2F"), str(folder).replace("/", "%2F"))
